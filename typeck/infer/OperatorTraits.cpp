// Operators on types that are no scalars: calls of the operator traits of std (std/core/ops.async).
#include "typeck/infer/Inferer.h"

namespace async::infer {

using ast::BinaryOp;
using thir::ExprKind;

namespace {

// The name of the trait and of its method; none for what is no operator trait.
std::string_view traitName(BinaryOp op) {
  switch (op) {
  case BinaryOp::Add:
    return "add";
  case BinaryOp::Sub:
    return "sub";
  case BinaryOp::Mul:
    return "mul";
  case BinaryOp::Div:
    return "div";
  case BinaryOp::Rem:
    return "rem";
  case BinaryOp::BitAnd:
    return "bitand";
  case BinaryOp::BitOr:
    return "bitor";
  case BinaryOp::BitXor:
    return "bitxor";
  case BinaryOp::Shl:
    return "shl";
  case BinaryOp::Shr:
    return "shr";
  case BinaryOp::WrapAdd:
  case BinaryOp::WrapSub:
  case BinaryOp::WrapMul:
  case BinaryOp::SatAdd:
  case BinaryOp::SatSub:
  case BinaryOp::Eq:
  case BinaryOp::Ne:
  case BinaryOp::Lt:
  case BinaryOp::Le:
  case BinaryOp::Gt:
  case BinaryOp::Ge:
  case BinaryOp::And:
  case BinaryOp::Or:
    return {};
  }
  return {};
}

} // namespace

std::optional<ExprId> Inferer::overloadedUnary(std::string_view trait, ExprId operand, Span span) {
  const TypeId type = resolve(typeAt(operand));
  const TypeKind kind = types[type].kind;
  std::optional<FnId> method = langMethod(trait, trait);
  if (!method || (kind != TypeKind::Adt && kind != TypeKind::Param && kind != TypeKind::Tuple) ||
      evaluateTrait(type, {*program.fn(*method).trait, {}}) == Answer::No)
    return std::nullopt;
  return traitCall(*method, type, {}, std::span(&operand, 1), span);
}

std::optional<ExprId> Inferer::overloadedBinary(BinaryOp op, ExprId left, ExprId right, Span span) {
  const std::string_view name = traitName(op);
  std::optional<FnId> method = name.empty() ? std::nullopt : langMethod(name, name);
  if (!method)
    return std::nullopt;
  const TypeId a = resolve(typeAt(left)), b = resolve(typeAt(right));
  const TypeKind first = types[a].kind, second = types[b].kind;
  // Futures have an algebra of their own.
  if (first == TypeKind::Async || second == TypeKind::Async || (isNumber(a) && isNumber(b)))
    return std::nullopt;
  if (evaluateTrait(a, {*program.fn(*method).trait, {b}}) == Answer::No)
    return std::nullopt;
  ExprId operands[]{left, right};
  return traitCall(*method, a, {b}, operands, span);
}

// `a += b` is `a = a + b`, with the place of `a` found once.
std::optional<ExprId> Inferer::overloadedAssign(BinaryOp op, ExprId place, ExprId operand, ExprId wholeOperand, Span span) {
  const TypeId type = resolve(typeAt(place));
  if (isNumber(type) || types[type].kind == TypeKind::Bool)
    return std::nullopt;
  ExprId target = place;
  thir::Stmt let{};
  if (!isPlainPlace(place)) {
    ExprId pointer = refExpr(Mutability::Exclusive, place, at(place).span);
    LocalId held = addLocal(Symbol{}, typeAt(pointer), span, true);
    let.kind = thir::Stmt::Kind::Let;
    let.span = span;
    let.pattern = bindingPattern(held, typeAt(pointer), span);
    let.expr = pointer;
    target = derefExpr(localExpr(held, span), type, span);
  }
  std::optional<ExprId> made;
  if (op == BinaryOp::Add && isLangAdt(type, "str") && isLangAdt(typeAt(operand), "str")) {
    ExprId operands[]{target, operand};
    made = langCall("str_concat", operands, span);
  } else {
    made = overloadedBinary(op, target, operand, span);
    if (!made && operand != wholeOperand)
      made = overloadedBinary(op, target, wholeOperand, span);
  }
  if (!made)
    return std::nullopt;
  ExprId assign = node(ExprKind::Assign, span, types.unit);
  at(assign).a = target;
  at(assign).b = *made;
  if (!unify(type, typeAt(*made)))
    mismatch(span, type, typeAt(*made));
  return target == place ? assign : blockExpr(std::span(&let, 1), assign, types.unit, span);
}

// Found again without doing anything twice.
bool Inferer::isPlainPlace(ExprId id) {
  const thir::Expr &expr = at(id);
  return expr.kind == ExprKind::Local || ((expr.kind == ExprKind::Field || expr.kind == ExprKind::Deref) && isPlainPlace(expr.a));
}

} // namespace async::infer
