// Which file makes which expression; and where an expected type is handed inwards, so that an error stands at the value.
#include "typeck/infer/Inferer.h"

namespace async::infer {

ExprId Inferer::infer(ast::ExprId id, TypeId hint) {
  ExprId made = inferKind(id, hint);
  if (kindOf(typeAt(made)) == TypeKind::Never)
    diverges = true;
  return made;
}

ExprId Inferer::check(ast::ExprId id, TypeId expected) {
  const ast::Expr &expr = tree(id);
  switch (expr.kind) {
  case ast::ExprKind::Block:
    return inferBlockExpr(expr, expected, true);
  case ast::ExprKind::If:
    return coerce(inferIf(expr, expected, true), expected);
  case ast::ExprKind::Match:
    return coerce(inferMatch(expr, expected, true), expected);
  case ast::ExprKind::Loop:
    return coerce(infer(id, expected), expected);
  case ast::ExprKind::Scope:
    return coerce(inferScope(expr, expected, true), expected);
  default:
    return coerce(infer(id, expected), expected);
  }
}

ExprId Inferer::inferKind(ast::ExprId id, TypeId hint) {
  const ast::Expr &expr = tree(id);
  using Kind = ast::ExprKind;
  switch (expr.kind) {
  case Kind::Error:
    return errorExpr(expr.span);
  case Kind::Int:
  case Kind::Float:
  case Kind::Bool:
  case Kind::Char:
  case Kind::Str:
  case Kind::ByteStr:
  case Kind::Duration:
    return inferLiteral(expr, hint, false);
  case Kind::Interpolated:
    return inferInterpolated(expr);
  case Kind::Path:
    return inferPath(id, expr, hint);
  case Kind::StructLiteral:
    return inferStructLiteral(expr, hint);
  case Kind::Tuple:
    return inferTuple(expr, hint);
  case Kind::Array:
    return inferArray(expr, hint);
  case Kind::ArrayRepeat:
    return inferRepeat(expr, hint);
  case Kind::Field:
    return inferField(id, expr);
  case Kind::Index:
    return inferIndex(expr);
  case Kind::Call:
    return inferCall(id, expr, hint);
  case Kind::MethodCall:
    return inferMethodCall(id, expr, hint);
  case Kind::Question:
    return inferQuestion(expr, hint);
  case Kind::Await:
    return inferAwait(expr, hint);
  case Kind::Unary:
    return inferUnary(id, expr, hint);
  case Kind::Ref:
    return inferRef(expr, hint);
  case Kind::Binary:
    return inferBinary(expr, hint);
  case Kind::Assign:
    return inferAssign(expr);
  case Kind::AssignOp:
    return inferAssignOp(expr);
  case Kind::Range:
    return inferRange(expr, hint);
  case Kind::Cast:
    return inferCast(expr);
  case Kind::Catch:
    return inferCatch(expr, hint);
  case Kind::Pipe:
    return inferPipe(id, expr, hint);
  case Kind::LetCondition:
    return inferCondition(id);
  case Kind::Block:
    return inferBlockExpr(expr, hint, false);
  case Kind::If:
    return inferIf(expr, hint, false);
  case Kind::Match:
    return inferMatch(expr, hint, false);
  case Kind::While:
    return inferWhile(expr);
  case Kind::Loop:
    return inferLoop(expr, hint);
  case Kind::For:
    return inferFor(expr);
  case Kind::Scope:
    return inferScope(expr, hint, false);
  case Kind::Shield:
    return inferShield(expr, hint);
  case Kind::Select:
  case Kind::Blocking: // reported when they were collected
    return errorExpr(expr.span);
  case Kind::Async:
    return inferAsync(expr, hint);
  case Kind::Stream:
    return inferStream(expr, hint);
  case Kind::Spawn:
  case Kind::Detach:
    return inferSpawn(expr);
  case Kind::Closure:
    return inferClosure(id, expr, hint);
  case Kind::Return:
    return inferReturn(expr);
  case Kind::Break:
    return inferBreak(expr);
  case Kind::Continue:
    return inferContinue(expr);
  case Kind::Yield:
    return inferYield(expr);
  }
  return errorExpr(expr.span);
}

} // namespace async::infer
