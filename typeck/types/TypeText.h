// TypeText.h: types and signatures in the language's own words, for diagnostics and dumps.
#pragma once
#include <string>

#include "typeck/types/Program.h"

namespace async::typeck {

// `Map<str, List<i64>>`, `&mut T`, `fn(i64) -> bool`, `Async<str>`, `[i64; 3]`; inference variables are `_`. Names of params by `generics` or their Symbol.
std::string typeText(const Program &program, const frontend::Interner &interner, TypeId type);
std::string traitText(const Program &program, const frontend::Interner &interner, const TraitRef &trait);
// `async fn serve(conn: TcpStream) -> Result<i64, Error>`
std::string signatureText(const Program &program, const frontend::Interner &interner, FnId fn);
// `std::time::sleep`, `List::push`
std::string pathText(const Program &program, const frontend::Interner &interner, FnId fn);

} // namespace async::typeck
