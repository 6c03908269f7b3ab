// CheckLoans.h: reports every use that conflicts with a live loan, and every loan that outlives what it refers to.
//
// In      MIR of one function, moves and drops elaborated (ElaborateDrops.h); the bodies of the functions it calls may be asked for what their results
//         carry (Origins.h), so no body is changed meanwhile.
// Out     diagnostics L01xx; the MIR is not changed.
// How     loans flow forward over the control-flow graph while somebody who may hold them is live: a local that is read later, or a task that may
//         still run (rules.md L4). Assigning a reference ends the loans behind it. A conflict is a point where a loan is live and an access
//         overlaps its place. Suspension points are ordinary points: a started frame never moves. Unwinding is not checked by itself, what is
//         dropped there is dropped on ordinary ways too.
// Cost    points * loans that end there. A body that takes too much work is accepted without a look.   Dump  --emit=loans   Tests  test/mir/loans*.mir
#pragma once
#include "frontend/diagnostics/Diagnostics.h"
#include "typeck/mir/Mir.h"

namespace async::lifetimes {

void checkLoans(typeck::Program &program, const frontend::Interner &interner, const mir::Body &body, frontend::Diagnostics &diagnostics);

// The loans and who may hold them, as text.
std::string loansText(typeck::Program &program, const frontend::Interner &interner, const mir::Body &body);

} // namespace async::lifetimes
