// if, match, and conditions with `let`.
#include "typeck/infer/Inferer.h"

namespace async::infer {

using thir::ExprKind;

// Names bound by a condition stay until its owner takes them away.
ExprId Inferer::inferCondition(ast::ExprId id) {
  const ast::Expr &expr = tree(id);
  if (expr.kind == ast::ExprKind::LetCondition) {
    ExprId scrutinee = infer(expr.a);
    PatternId pattern = checkTopPattern(expr.pattern, typeAt(scrutinee));
    ExprId made = node(ExprKind::Let, expr.span, types.boolean);
    at(made).a = scrutinee;
    at(made).index = pattern.index;
    return made;
  }
  if (expr.kind == ast::ExprKind::Binary && static_cast<ast::BinaryOp>(expr.op) == ast::BinaryOp::And) {
    ExprId left = inferCondition(expr.a);
    bool before = diverges;
    ExprId right = inferCondition(expr.b);
    diverges = before;
    ExprId made = node(ExprKind::LogicalAnd, expr.span, types.boolean);
    at(made).a = left;
    at(made).b = right;
    return made;
  }
  return check(id, types.boolean);
}

ExprId Inferer::joinAdd(Join &join, ExprId value) {
  if (kindOf(typeAt(value)) == TypeKind::Never) {
    join.nevers.push_back(value);
    return value;
  }
  if (!join.type.valid())
    join.type = typeAt(value);
  return coerce(value, join.type);
}

ExprId Inferer::joinAdd(Join &join, ast::ExprId value, TypeId hint) {
  return joinAdd(join, join.type.valid() ? check(value, join.type) : infer(value, hint));
}

// The type of all; what does not return gets it too.
TypeId Inferer::joinEnd(Join &join) {
  if (!join.type.valid())
    return types.never;
  for (ExprId id : join.nevers) {
    thir::Expr inner = at(id);
    if (types[resolve(inner.type)].kind != TypeKind::Never)
      continue;
    ExprId copy = add(inner);
    thir::Expr wrapped{};
    wrapped.kind = ExprKind::Coerce;
    wrapped.op = static_cast<uint8_t>(thir::CoercionKind::NeverToAny);
    wrapped.span = inner.span;
    wrapped.type = join.type;
    wrapped.a = copy;
    at(id) = wrapped;
  }
  return join.type;
}

ExprId Inferer::inferIf(const ast::Expr &expr, TypeId hint, bool checks) {
  size_t names = frame->names.size();
  ExprId condition = inferCondition(expr.a);
  bool before = std::exchange(diverges, false);
  ExprId then, otherwise;
  TypeId type;
  Join join;
  if (checks && expr.c.valid())
    join.type = hint;
  if (!expr.c.valid()) {
    then = check(expr.b, types.unit);
    type = types.unit;
  } else {
    then = joinAdd(join, expr.b, hint);
  }
  frame->names.resize(names);
  bool thenDiverges = std::exchange(diverges, false);
  if (expr.c.valid()) {
    otherwise = joinAdd(join, expr.c, hint);
    type = checks && join.nevers.size() == 2 ? types.never : TypeId{};
    if (!type.valid())
      type = joinEnd(join);
  }
  diverges = before || (thenDiverges && diverges);
  ExprId made = node(ExprKind::If, expr.span, type);
  at(made).a = condition;
  at(made).b = then;
  at(made).c = otherwise;
  return made;
}

ExprId Inferer::inferMatch(const ast::Expr &expr, TypeId hint, bool checks) {
  ExprId scrutinee = infer(expr.a);
  known(typeAt(scrutinee));
  bool before = diverges, all = true;
  Join join;
  if (checks)
    join.type = hint;
  std::vector<thir::Arm> arms;
  std::vector<ast::Arm> written;
  for (const ast::Arm &arm : ast::File::run(file->arms, expr.list))
    written.push_back(arm);
  for (const ast::Arm &arm : written) {
    size_t names = frame->names.size();
    diverges = false;
    thir::Arm made{};
    made.pattern = checkTopPattern(arm.pattern, typeAt(scrutinee));
    if (arm.guard.valid())
      made.guard = inferCondition(arm.guard);
    diverges = false;
    made.body = joinAdd(join, arm.body, hint);
    all &= diverges;
    frame->names.resize(names);
    arms.push_back(made);
  }
  bool returns = join.nevers.size() < arms.size();
  TypeId type = returns ? joinEnd(join) : types.never;
  diverges = before || all;
  return matchExpr(scrutinee, arms, type, expr.span);
}

} // namespace async::infer
