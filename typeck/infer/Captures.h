// Captures.h: what closures and block expressions capture, and how (rules.md I5, I6).
//
// In      a zonked thir::Body. ClosureExpr::captures has one entry for each local of the body around that the inner body (or one inside it) names:
//         `outer`, and `inner`, the local that stands for it; of the rest nothing.
// Out     captures are places: a local and a path of fields, each with its least mode; one that is used by several disjoint fields is split, and the
//         inner body then names new locals in place of the field expressions. ClosureDecl::captures and callKind are filled. Blocks given to
//         `detach` move what they capture.
// Holds   ClosureDecl::Capture::type is that of the place if its value is in the environment (Copy, Move, and RefMut of a `&mut`, whose target is
//         lent on), else a reference to it.
// How     uses are gathered over the inner body, innermost closures first; the captures of a closure are uses in the body around it.
// Cost    linear in the tree, times captures.   Tests  test/unit/infer/Captures.cpp
#pragma once
#include "typeck/infer/Thir.h"

namespace async::infer {

void computeCaptures(typeck::Program &program, thir::Body &body);

} // namespace async::infer
