// Exhaustiveness.h: whether the arms of a `match` cover every value, and whether each arm can be reached.
//
// In      thir::Body without errors.
// Out     diagnostics T0501 (a `match` leaves something out, with an example), T0502 (a `let` or parameter whose pattern can fail), W0501 (an arm that
//         the arms before it cover). The body is not changed. Bodies of closures are checked too.
// How     usefulness after Maranget: a row is useful if some value matches it and none of the rows before. Columns are split by the constructors
//         in them: variants, intervals of integers, lengths of slices; literals of other types never cover a type.
// Not here  arms with guards cover nothing.
// Cost    exponential in the worst case, and limited: beyond that the body is reported as too large.   Tests  test/unit/infer/Exhaustiveness.cpp
#pragma once
#include "frontend/diagnostics/Diagnostics.h"
#include "typeck/infer/Thir.h"

namespace async::infer {

void checkPatterns(typeck::Program &program, const frontend::Interner &interner, const thir::Body &body, frontend::Diagnostics &diagnostics);

} // namespace async::infer
