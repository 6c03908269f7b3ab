// CallKinds.h: what a closure does with its captures is known last: whether it may be called as the place it is given to says (rules.md I6).
//
// In      THIR without variables, captures computed (Captures.h).
// Out     a mismatch for each closure that is called exclusively or once where a `shared fn`, or once where a `fn`, is wanted. What a parameter
//         that is plain `fn` needs is known by then: its signature says it (Collector::inferNeeds). And one for each function value whose calls are
//         awaited here, and so may give futures, that is handed to a function that does not await them (rules.md I1).
#pragma once
#include "typeck/infer/Thir.h"
#include "typeck/types/Context.h"

namespace async::infer {

void checkCallKinds(typeck::Context &context, const thir::Body &body);

} // namespace async::infer
