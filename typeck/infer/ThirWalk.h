// ThirWalk.h: the expressions directly inside an expression, in order of evaluation as far as that is known. Bodies of closures are not entered.
#pragma once
#include "typeck/infer/Thir.h"

namespace async::thir {

template <typename Visit> void forEachChild(const Body &body, ExprId id, Visit &&visit) {
  const Expr &expr = body[id];
  auto one = [&](ExprId child) {
    if (child.valid())
      visit(child);
  };
  auto ids = [&](List list) {
    for (uint32_t i = 0; i < list.count; ++i)
      one(body.exprLists[list.begin + i]);
  };
  switch (expr.kind) {
  case ExprKind::Error:
  case ExprKind::Literal:
  case ExprKind::Local:
  case ExprKind::Const:
  case ExprKind::FnItem:
  case ExprKind::ConstParam:
  case ExprKind::Closure:
  case ExprKind::AsyncBlock:
  case ExprKind::Continue:
    return;
  case ExprKind::Assign:
  case ExprKind::AssignOp:
    one(expr.b);
    one(expr.a);
    return;
  case ExprKind::Block:
    for (uint32_t i = 0; i < expr.list.count; ++i) {
      const Stmt &stmt = body.stmts[expr.list.begin + i];
      one(stmt.expr);
      if (stmt.kind == Stmt::Kind::Let)
        one(stmt.elseBlock);
    }
    one(expr.a);
    return;
  case ExprKind::Match:
    one(expr.a);
    for (uint32_t i = 0; i < expr.list.count; ++i) {
      const Arm &arm = body.arms[expr.list.begin + i];
      one(arm.guard);
      one(arm.body);
    }
    return;
  case ExprKind::Let:
    one(expr.a);
    return;
  case ExprKind::Field:
  case ExprKind::Index:
  case ExprKind::Deref:
  case ExprKind::Ref:
  case ExprKind::Unary:
  case ExprKind::Binary:
  case ExprKind::LogicalAnd:
  case ExprKind::LogicalOr:
  case ExprKind::Cast:
  case ExprKind::Coerce:
  case ExprKind::Call:
  case ExprKind::CallValue:
  case ExprKind::Tuple:
  case ExprKind::Array:
  case ExprKind::ArrayRepeat:
  case ExprKind::AdtLiteral:
  case ExprKind::If:
  case ExprKind::Loop:
  case ExprKind::Break:
  case ExprKind::Return:
  case ExprKind::Format:
  case ExprKind::FormatArg:
  case ExprKind::Await:
  case ExprKind::Scope:
  case ExprKind::Spawn:
    one(expr.a);
    one(expr.b);
    one(expr.c);
    ids(expr.list);
    return;
  }
}

} // namespace async::thir
