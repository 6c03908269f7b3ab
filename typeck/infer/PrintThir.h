// PrintThir.h: the typed tree as text, for tests and `--emit=types`. Stable: names come from the source, numbers from the order of the text.
#pragma once
#include <string>

#include "frontend/source/Interner.h"
#include "typeck/infer/Thir.h"

namespace async::infer {

// One node a line, indented, with its type.
std::string printThir(const typeck::Program &program, const frontend::Interner &interner, const thir::Body &body);
// The named locals of a body and of those inside it, one a line: `  let name: type`.
std::string printLocals(const typeck::Program &program, const frontend::Interner &interner, const thir::Body &body);

} // namespace async::infer
