// CheckMoves.h: reports every use of a place that may have been moved away, or never had a value.
//
// In      MIR of one body at stage Built.
// Out     diagnostics L00xx; the MIR is not changed.
// How     each move out of a path (MovePaths.h) is a site; sites flow forward and end where the path is assigned or its storage begins or ends.
//         A use of a path that a site of it, of one above, or (if the whole is needed) of one below reaches is an error. A site is reported
//         once, at the first use in order of the blocks. Moves out of references, elements and types with destructors are errors by themselves,
//         and so are moves of futures that `&mut` has started (rules.md L6).
// Cost    points * sites / 64.   Tests  test/mir/check-moves.mir, test/errors/L000*.async
#pragma once
#include "frontend/diagnostics/Diagnostics.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

void checkMoves(Program &program, const frontend::Interner &interner, const Body &body, frontend::Diagnostics &diagnostics);

} // namespace async::mir
