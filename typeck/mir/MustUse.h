// MustUse.h: reports futures, streams and results that nothing uses (rules.md I10).
//
// In      MIR of one body at stage Built: spans of the ends of storage tell the end of a block from other ways out of it.
// Out     diagnostics S00xx; the MIR is not changed.
// How     a local of such a type is unused from where it is given a value until anything reads, borrows or moves it; being unused flows forward. A
//         named local must not be unused where its block ends, nor a temporary where the statement ends whose value it is.
// Cost    points * such locals / 64.   Tests  test/errors/S000*.async
#pragma once
#include "frontend/diagnostics/Diagnostics.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

void checkMustUse(Program &program, const frontend::Interner &interner, const Body &body, frontend::Diagnostics &diagnostics);

} // namespace async::mir
