// The end: no variable is left in the tree.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"

namespace async::infer {

TypeId Inferer::final(TypeId type, Span span) {
  if (!type.valid())
    return types.error;
  type = zonk(type);
  // Reported where it came from; such a body is not lowered.
  if (types[type].flags & HasError)
    hasErrors = true;
  if (!(types[type].flags & HasVar))
    return type;
  if (!hasErrors && !reportedUnknown) {
    reportedUnknown = true;
    reportUnknown(span);
  }
  return types.error;
}

void Inferer::zonkBody(thir::Body &made) {
  // Locals first: their places read best in a report.
  for (thir::Local &local : made.locals)
    local.type = final(local.type, local.span);
  for (thir::Expr &expr : made.exprs) {
    expr.type = final(expr.type, expr.span);
    for (uint32_t i = 0; i < expr.typeArgs.count; ++i) {
      TypeId &arg = made.typeLists[expr.typeArgs.begin + i];
      arg = final(arg, expr.span);
    }
  }
  for (thir::Pattern &pattern : made.patterns)
    pattern.type = final(pattern.type, pattern.span);
  for (thir::Param &param : made.params)
    param.type = final(param.type, made.patterns[param.pattern.index].span);
  made.result = final(made.result, program.fn(fn).span);
  for (thir::ClosureExpr &closure : made.closures) {
    ClosureDecl &decl = program.closure(closure.decl);
    ClosureState &state = closures[closure.decl.index];
    decl.params.clear();
    for (TypeId param : state.params)
      decl.params.push_back(final(param, decl.span));
    decl.result = final(state.result, decl.span);
    zonkBody(*closure.body);
  }
}

} // namespace async::infer
