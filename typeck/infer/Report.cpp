// Errors that several constructs share, and types in the user's words: literals that nothing fixed yet read as their default.
#include "typeck/infer/Inferer.h"
#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/TypeText.h"

namespace async::infer {

namespace {

TypeId defaulted(Inferer &inferer, TypeId id, uint32_t depth) {
  const Type &type = inferer.types[inferer.resolve(id)];
  if (type.kind == TypeKind::Var) {
    VarKind kind = inferer.varKind(inferer.resolve(id));
    return kind == VarKind::Int ? inferer.types.i64 : kind == VarKind::Float ? inferer.types.f64 : inferer.resolve(id);
  }
  if (depth > 8)
    return inferer.resolve(id);
  return inferer.mapArgs(inferer.resolve(id), [&](TypeId arg) { return defaulted(inferer, arg, depth + 1); });
}

} // namespace

std::string Inferer::text(TypeId type) const { return typeText(program, context.interner, defaulted(const_cast<Inferer &>(*this), zonk(type), 0)); }

std::string Inferer::traitText(const TraitRef &trait) const {
  TraitRef shown{trait.trait, {}};
  for (TypeId arg : trait.args)
    shown.args.push_back(defaulted(const_cast<Inferer &>(*this), zonk(arg), 0));
  return typeck::traitText(program, context.interner, shown);
}

void Inferer::mismatch(Span span, TypeId expected, TypeId found, ast::ExprId) {
  expected = zonk(expected);
  found = zonk(found);
  if ((types[expected].flags | types[found].flags) & HasError) {
    hasErrors = true;
    return;
  }
  if (isInfinite) {
    isInfinite = false;
    error(span, diag::InfiniteType, text(found));
    return;
  }
  if (types[found].kind == TypeKind::Async && types[expected].kind != TypeKind::Async) {
    error(span, diag::NotAwaited, text(expected), text(found)).help(diag::AddAwait).fix({span.lo, span.lo}, "await ", frontend::Applicability::MaybeIncorrect);
    return;
  }
  auto builder = error(span, diag::Mismatch, text(expected), text(found));
  const Type &wanted = types[expected];
  if (wanted.kind == TypeKind::Ref && static_cast<Mutability>(wanted.sub) == Mutability::Exclusive && types[found].kind != TypeKind::Ref &&
      canUnify(wanted.args[0], found))
    builder.help(diag::BorrowMutably).fix({span.lo, span.lo}, "&mut ", frontend::Applicability::MaybeIncorrect);
}

ExprId Inferer::unsupported(Span span, std::string_view what) {
  error(span, diag::NotSupportedYet, what);
  return errorExpr(span);
}

} // namespace async::infer
