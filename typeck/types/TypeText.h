// TypeText.h: types and signatures in the language's own words, for diagnostics and dumps.
#pragma once
#include <string>

#include "typeck/types/Program.h"

namespace async::typeck {

// `Map<str, List<i64>>`, `&mut T`, `fn(i64) -> bool`, `Async<str>`, `[i64; 3]`; inference variables are `_`. Names of params by `generics` or their Symbol.
// Exact (MIR text): nothing is cut or left out, closures are told by number.
enum class TypeStyle : uint8_t { Words, Exact };
std::string typeText(const Program &program, const frontend::Interner &interner, TypeId type, TypeStyle style = TypeStyle::Words);
std::string traitText(const Program &program, const frontend::Interner &interner, const TraitRef &trait);
// `async fn serve(conn: TcpStream) -> Result<i64, Error>`
std::string signatureText(const Program &program, const frontend::Interner &interner, FnId fn);
// `std::time::sleep`, `List::push`
std::string pathText(const Program &program, const frontend::Interner &interner, FnId fn);
// The same as one word of MIR text: in backquotes if it is no plain path.
std::string exactPathText(const Program &program, const frontend::Interner &interner, FnId fn);

} // namespace async::typeck
