// Where a value meets a place of known type (rules.md I2): never, borrows, followed references, futures, streams, function values.
#include "typeck/infer/Inferer.h"

namespace async::infer {

using thir::CoercionKind;
using thir::ExprKind;

namespace {

ExprId coercion(Inferer &inferer, CoercionKind kind, ExprId expr, TypeId type) {
  ExprId id = inferer.node(ExprKind::Coerce, inferer.at(expr).span, type);
  inferer.at(id).op = static_cast<uint8_t>(kind);
  inferer.at(id).a = expr;
  return id;
}

} // namespace

ExprId Inferer::coerce(ExprId expr, TypeId to) {
  to = resolve(to);
  TypeId from = known(typeAt(expr));
  to = resolve(to);
  const Type &source = types[from], &target = types[to];
  if (source.kind == TypeKind::Never)
    return target.kind == TypeKind::Never ? expr : neverTo(expr, to);
  if (target.kind == TypeKind::Ref && source.kind != TypeKind::Error)
    return coerceRef(expr, to);
  if (target.kind == TypeKind::Async && source.kind != TypeKind::Async && source.kind != TypeKind::Error && !isGeneralVar(from)) {
    ExprId value = coerce(expr, target.args[0]);
    ExprId operands[]{value};
    return langCall("ready", operands, at(expr).span);
  }
  if (target.kind == TypeKind::Fn && coerceToFn(expr, to))
    return expr;
  if (target.kind == TypeKind::Stream && source.kind != TypeKind::Stream && coerceToStream(expr, to))
    return expr;
  if (target.kind == TypeKind::Sink && source.kind != TypeKind::Sink && coerceToSink(expr, to))
    return expr;
  if (target.kind == TypeKind::Pointer && source.kind == TypeKind::Pointer && target.sub != source.sub &&
      static_cast<Mutability>(target.sub) == Mutability::Shared && unify(target.args[0], source.args[0])) {
    ExprId id = node(ExprKind::Cast, at(expr).span, to);
    at(id).a = expr;
    return id;
  }
  if (target.kind == TypeKind::Adt && source.kind == TypeKind::Adt && coerceToDyn(expr, to))
    return expr;
  return unify(to, from) ? expr : mismatched(expr, to);
}

// What stands for a value of the wrong type is of the right one.
ExprId Inferer::mismatched(ExprId expr, TypeId to) {
  mismatch(at(expr).span, to, typeAt(expr), true);
  ExprId id = errorExpr(at(expr).span);
  at(id).type = to;
  return id;
}

ExprId Inferer::coerceRef(ExprId expr, TypeId to) {
  TypeId from = resolve(typeAt(expr));
  auto wanted = static_cast<Mutability>(types[to].sub);
  TypeId target = resolve(types[to].args[0]);
  Span span = at(expr).span;
  if (types[from].kind == TypeKind::Ref) {
    auto given = static_cast<Mutability>(types[from].sub);
    if (wanted == Mutability::Exclusive && given == Mutability::Shared)
      return mismatched(expr, to);
    TypeId inner = resolve(types[from].args[0]);
    if (unify(target, inner)) {
      if (given == Mutability::Shared || (wanted == given && !isPlace(expr)))
        return expr;
      ExprId place = derefExpr(expr, inner, span);
      if (wanted == Mutability::Exclusive)
        useMutably(place, span, false);
      return refExpr(wanted, place, span);
    }
    if (coerceToDyn(expr, to))
      return expr;
    std::vector<Step> steps = followSteps(inner);
    for (size_t i = 1; i < steps.size(); ++i)
      if (unify(target, steps[i].type)) {
        ExprId place = followTo(derefExpr(expr, inner, span), steps, i);
        if (wanted == Mutability::Exclusive)
          useMutably(place, span, false);
        return refExpr(wanted, place, span);
      }
    return mismatched(expr, to);
  }
  if (isGeneralVar(from) || wanted == Mutability::Exclusive)
    return unify(to, from) ? expr : mismatched(expr, to);
  std::vector<Step> steps = followSteps(from);
  for (size_t i = 0; i < steps.size(); ++i)
    if (unify(target, steps[i].type))
      return refExpr(Mutability::Shared, followTo(expr, steps, i), span);
  return mismatched(expr, to);
}

bool Inferer::coerceToFn(ExprId &expr, TypeId to) {
  TypeId from = resolve(typeAt(expr));
  TypeKind kind = types[from].kind;
  if (kind != TypeKind::Closure && kind != TypeKind::FnDef && kind != TypeKind::Param)
    return false;
  std::optional<TypeId> signature = callSignature(from);
  if (!signature || types[resolve(*signature)].kind != TypeKind::Fn || !unifyAll(types[resolve(to)].args, types[resolve(*signature)].args))
    return false;
  expr = coercion(*this, CoercionKind::ClosureToFn, expr, to);
  return true;
}

bool Inferer::coerceToStream(ExprId &expr, TypeId to) {
  TypeId from = resolve(typeAt(expr));
  TypeId item = types[to].args[0];
  for (std::string_view name : {"async_iterator", "into_iterator"}) {
    std::optional<TraitId> trait = langTrait(name);
    if (!trait || !implements(from, *trait))
      continue;
    requireTrait(from, *trait, {}, at(expr).span);
    TypeId given = projectionOf(from, *trait, "Item", {}, at(expr).span);
    if (!unify(item, given)) {
      mismatch(at(expr).span, to, types.stream(given));
      return true;
    }
    ExprId operands[]{expr};
    expr = langCall(name == "async_iterator" ? "stream_from" : "stream_of", operands, at(expr).span);
    return true;
  }
  return false;
}

bool Inferer::coerceToSink(ExprId &expr, TypeId to) {
  TypeId from = resolve(typeAt(expr));
  std::optional<TraitId> trait = langTrait("sink");
  if (!trait || !implements(from, *trait))
    return false;
  requireTrait(from, *trait, {}, at(expr).span);
  TypeId item = projectionOf(from, *trait, "Item", {}, at(expr).span), failure = projectionOf(from, *trait, "Error", {}, at(expr).span);
  if (!unify(types[to].args[0], item) || !unify(types[to].args[1], failure))
    mismatch(at(expr).span, to, types.sink(item, failure));
  ExprId operands[]{expr};
  expr = langCall("sink_from", operands, at(expr).span);
  return true;
}

// Box<T> to Box<dyn Trait>, &T to &dyn Trait.
bool Inferer::coerceToDyn(ExprId &expr, TypeId to) {
  TypeId from = resolve(typeAt(expr));
  const Type &target = types[resolve(to)], &source = types[from];
  if (target.args.size() != 1 || source.args.size() != 1 || target.kind != source.kind)
    return false;
  bool isBox = isLangAdt(to, "box") && isLangAdt(from, "box");
  if (!isBox && (target.kind != TypeKind::Ref || target.sub != source.sub))
    return false;
  TypeId object = resolve(target.args[0]), value = resolve(source.args[0]);
  if (types[object].kind != TypeKind::Dyn || types[value].kind == TypeKind::Dyn || types[value].kind == TypeKind::Var)
    return false;
  requireTrait(value, TraitId{types[object].index}, {types[object].args.begin(), types[object].args.end()}, at(expr).span);
  expr = coercion(*this, CoercionKind::ToDyn, expr, to);
  return true;
}

} // namespace async::infer
