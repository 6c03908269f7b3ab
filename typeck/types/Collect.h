// Collect.h: from definitions in the trees to signatures in Program.
//
// In      a World whose modules are entered. Definitions below Program's sizes are loaded already.
// Out     every FnDecl, AdtDecl, TraitDecl, ImplDecl, ConstDecl, AssocTypeDecl of the trees; lang items; `mainFn`. Diagnostics T0xxx, N0xxx: in signatures,
//         double and overlapping impls, missing and unknown trait members, members that differ from their trait, `impl Drop` on what cannot have it,
//         recursive types without a box, wrong `main`, constructs that are not supported yet.
// Numbers Program's vectors follow World's numbers; functions that only typeck knows (values of consts, defaults of parameters) are appended behind.
//         The value of const c is computed by ConstDecl::valueFn, whose body is the const's expression: `bodyOf` says so.
// Async   FnDecl::isAsync of a function that does not say `async` but awaits in its own body (not in a nested block or closure) is true as well.
#pragma once
#include <string_view>

#include "typeck/types/Context.h"

namespace async::typeck {

// The text of a function's body.
struct BodySource {
  const ast::File *file = nullptr; // null: none
  uint32_t module = 0;
  ast::FunctionId function; // valid: its parameters and block
  ast::ExprId expr; // else: this expression (const, default of a parameter, array length)
};

// Also kept: for each FnId the source of its body.
struct Bodies {
  std::vector<BodySource> sources; // by FnId
};

void collect(Context &context, Bodies &bodies);

// A word of C or C++ that is none of ours.
bool isWordOfC(std::string_view name);

// What `Self` is inside a function, and its scope for LowerTypes.h.
struct TypeScope;
TypeScope scopeOf(Context &context, const Bodies &bodies, FnId fn);

} // namespace async::typeck
