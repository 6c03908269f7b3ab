// Verify.h: what always holds of MIR, checked.
//
// Out     a line for each violation, with its block; empty if the body is well-formed.
// Holds   targets   exist, are as many as the terminator needs, and lead from ordinary code to cleanup only by `unwind`, back only behind TakeUnwind
//         places    locals exist, each step fits the type before it
//         types     what is assigned, returned, tested or passed has the type of where it goes, as far as it is known before mono
//         stages    Elaborated: what is dropped is initialised.  Mono: no type parameters, callees are instances
// Cost    points * paths / 64.
#pragma once
#include <string>
#include <vector>

#include "frontend/source/Interner.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

std::vector<std::string> verify(Program &program, const frontend::Interner &interner, const Body &body);

} // namespace async::mir
