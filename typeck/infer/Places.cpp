// Following references, boxes and `Deref`; and what a mutable use asks of a place.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"

namespace async::infer {

using thir::ExprKind;

namespace {
constexpr size_t mostSteps = 32;
} // namespace

std::optional<Step> Inferer::followStep(TypeId id) {
  id = known(id);
  const Type &type = types[id];
  if (type.kind == TypeKind::Ref || isLangAdt(id, "box"))
    return Step{resolve(type.args[0]), Step::Kind::Builtin};
  if (type.kind == TypeKind::Array)
    return Step{types.slice(type.args[0]), Step::Kind::Unsize};
  if (type.kind != TypeKind::Adt && type.kind != TypeKind::Param && type.kind != TypeKind::Projection)
    return std::nullopt;
  std::optional<TraitId> trait = langTrait("deref");
  if (!trait || evaluateTrait(id, TraitRef{*trait, {}}) == Answer::No)
    return std::nullopt;
  return Step{known(projectionOf(id, *trait, "Target", {}, Span{})), Step::Kind::Overloaded};
}

std::vector<Step> Inferer::followSteps(TypeId type) {
  std::vector<Step> steps{{known(type), Step::Kind::Start}};
  while (steps.size() < mostSteps) {
    std::optional<Step> next = followStep(steps.back().type);
    if (!next)
      break;
    steps.push_back(*next);
  }
  return steps;
}

ExprId Inferer::follow(ExprId expr, const Step &step) {
  Span span = at(expr).span;
  switch (step.kind) {
  case Step::Kind::Start:
    return expr;
  case Step::Kind::Builtin:
    return derefExpr(expr, step.type, span);
  case Step::Kind::Overloaded: {
    std::optional<FnId> method = langMethod("deref", "deref");
    if (!method)
      return errorExpr(span);
    TypeId args[]{typeAt(expr)};
    ExprId operands[]{refExpr(Mutability::Shared, expr, span)};
    ExprId call = callExpr(*method, args, operands, types.reference(Mutability::Shared, step.type), span);
    return derefExpr(call, step.type, span);
  }
  case Step::Kind::Unsize: {
    ExprId whole = refExpr(Mutability::Shared, expr, span);
    ExprId slice = node(ExprKind::Coerce, span, types.reference(Mutability::Shared, step.type));
    at(slice).op = static_cast<uint8_t>(thir::CoercionKind::ArrayToSlice);
    at(slice).a = whole;
    return derefExpr(slice, step.type, span);
  }
  }
  return expr;
}

ExprId Inferer::followTo(ExprId expr, std::span<const Step> steps, size_t count) {
  for (size_t i = 1; i <= count; ++i)
    expr = follow(expr, steps[i]);
  return expr;
}

ExprId Inferer::peel(ExprId expr) {
  for (size_t i = 0; i < mostSteps; ++i) {
    TypeId type = known(typeAt(expr));
    if (types[type].kind != TypeKind::Ref)
      break;
    expr = derefExpr(expr, resolve(types[type].args[0]), at(expr).span);
  }
  return expr;
}

void Inferer::useMutably(ExprId place, Span span, bool isAssignment) {
  atEnd.push_back([this, place, span, isAssignment, owner = frame] {
    frame = owner;
    makeMutable(place, span, isAssignment);
  });
}

bool Inferer::makeMutable(ExprId id, Span span, bool isAssignment) {
  // References into the tables of the body do not outlive a call that adds to them; nothing here adds.
  thir::Expr &expr = at(id);
  auto exclusive = [&](TypeId type) { return types.reference(Mutability::Exclusive, types[resolve(type)].args[0]); };
  switch (expr.kind) {
  case ExprKind::Local:
    return true;
  case ExprKind::Field:
  case ExprKind::Index:
    return makeMutable(expr.a, span, isAssignment);
  case ExprKind::Deref: {
    ExprId inner = expr.a;
    TypeId pointer = resolve(typeAt(inner));
    const Type &type = types[pointer];
    if (type.kind == TypeKind::Pointer) {
      if (static_cast<Mutability>(type.sub) == Mutability::Exclusive)
        return true;
      error(span, diag::ThroughShared, text(pointer));
      return false;
    }
    if (type.kind != TypeKind::Ref)
      return makeMutable(inner, span, isAssignment);
    if (static_cast<Mutability>(type.sub) == Mutability::Exclusive)
      return makeMutable(inner, span, false);
    thir::Expr &source = at(inner);
    if (source.kind == ExprKind::Coerce && source.op == static_cast<uint8_t>(thir::CoercionKind::ArrayToSlice) && at(source.a).kind == ExprKind::Ref) {
      thir::Expr &whole = at(source.a);
      if (!makeMutable(whole.a, span, false))
        return false;
      whole.op = static_cast<uint8_t>(Mutability::Exclusive);
      whole.type = exclusive(whole.type);
      source.type = exclusive(source.type);
      return true;
    }
    if (source.kind == ExprKind::Call && source.list.count > 0) {
      FnId callee{source.def};
      std::optional<FnId> deref = langMethod("deref", "deref"), derefMut = langMethod("deref_mut", "deref_mut");
      std::optional<FnId> index = langMethod("index", "index"), indexMut = langMethod("index", "index_mut");
      std::optional<FnId> other;
      if (deref && callee == *deref)
        other = derefMut;
      else if (index && callee == *index)
        other = indexMut;
      ExprId receiver = body().exprLists[source.list.begin];
      if (other && at(receiver).kind == ExprKind::Ref) {
        TypeId self = zonk(body().typeLists[source.typeArgs.begin]);
        std::optional<TraitId> trait = langTrait("deref_mut");
        if (callee == *deref && (!trait || evaluateTrait(self, TraitRef{*trait, {}}) == Answer::No)) {
          error(span, diag::ThroughShared, text(self));
          return false;
        }
        if (!makeMutable(at(receiver).a, span, false))
          return false;
        source.def = other->index;
        source.type = exclusive(source.type);
        at(receiver).op = static_cast<uint8_t>(Mutability::Exclusive);
        at(receiver).type = exclusive(at(receiver).type);
        return true;
      }
    }
    error(span, diag::ThroughShared, text(pointer)).help(diag::TakeMutable);
    return false;
  }
  case ExprKind::Const:
    if (isAssignment)
      error(span, diag::NotAPlace);
    return !isAssignment;
  case ExprKind::Error:
    return true;
  default:
    if (isAssignment)
      error(span, diag::NotAPlace);
    return !isAssignment;
  }
}

} // namespace async::infer
