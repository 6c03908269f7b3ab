// Infer.h: the types of bodies: constraint generation, unification, and the typed tree.
//
// In      the AST of a function (or const) whose signature is in Program, names resolved on the way (resolve/).
// Out     thir::Body, zonked: no inference variable is left; ClosureDecls appended to Program. Diagnostics T0xxx, N0xxx.
//         A body with errors has hasErrors set; it is not lowered.
// How     one walk makes THIR with type variables and constraints; method calls and operators on unknown types wait in a
//         list that is retried (rules.md I7); integer literals default last; then zonk. Coercions only at places of
//         known type (I2). Both ends of a failed constraint are labelled.
// Cost    near linear in the size of the body (union-find; each waiting obligation is retried when its variable is solved).
#pragma once
#include <memory>

#include "frontend/diagnostics/Diagnostics.h"
#include "typeck/types/Collect.h"
#include "typeck/infer/Thir.h"

namespace async::infer {

std::unique_ptr<thir::Body> inferBody(typeck::Context &context, const typeck::Bodies &bodies, typeck::FnId fn);

} // namespace async::infer
