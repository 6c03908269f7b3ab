// Print.h: MIR as text, which Parse.h reads back.
//
// Locals are named for what they are: `result`, the name in the source, `tmp` for the rest; the second of a name is `x#1`. Places are written
// behind one another: `x.field`, `x.*` what a reference or box refers to, `x[i]`, `x[=2]` and `x[=-1]` fixed elements, `x[=1..-2]` a part, `x@Some`
// a variant. Functions are named by path and type arguments; a path that is not only names stands in backticks. Spans are not written.
#pragma once
#include <string>

#include "frontend/source/Interner.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

std::string print(const Program &program, const frontend::Interner &interner, const Body &body);

// With every part written out, so that it can be read back (typeText is for people).
std::string printType(const Program &program, const frontend::Interner &interner, TypeId type);

// A path that names the function in MIR text.
std::string printPath(const Program &program, const frontend::Interner &interner, FnId fn);

// The names of the body's locals, in order.
std::vector<std::string> localNames(const frontend::Interner &interner, const Body &body);

} // namespace async::mir
