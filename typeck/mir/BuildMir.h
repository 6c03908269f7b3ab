// BuildMir.h: from the typed tree of a body to its control-flow graph.
//
// In      thir::Body without errors, patterns checked (Exhaustiveness.h), captures computed (Captures.h).
// Out     mir::Body at stage Built, and one for each closure and block expression inside, in order of their text, inner ones after outer ones.
// Holds   every value is dropped on each way out of its region, in reverse order of creation; drops are conditional on initialisation
//         (ElaborateDrops.h decides them). Temporaries live to the end of their statement. Each instruction has a span.
// Unwind  every instruction that can panic or be cancelled leads to a chain of cleanup blocks, one for each thing to clean up, shared by all
//         instructions below which the same things stand. Ways out by break, return … share their blocks in the same manner.
// Cost    linear in the tree, but for `match` (a decision tree; each row is tested in each branch it can match) and `defer` (built once for each
//         chain it stands in; nesting is limited).
// Tests   test/unit/mir/Build*.cpp
#pragma once
#include <memory>
#include <utility>
#include <vector>

#include "frontend/diagnostics/Diagnostics.h"
#include "typeck/infer/Thir.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

struct Built {
  std::unique_ptr<Body> body;
  std::vector<std::pair<ClosureId, std::unique_ptr<Body>>> closures;
};

// Diagnostics are only for programs that are too large to build, and for a standard library that lacks a lang item.
Built buildMir(typeck::Program &program, frontend::Interner &interner, const thir::Body &body, frontend::Diagnostics &diagnostics);

} // namespace async::mir
