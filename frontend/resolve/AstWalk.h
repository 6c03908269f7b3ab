// AstWalk.h: the parts of an expression, for walks with a stack of their own (trees of chains are deep).
#pragma once
#include <vector>

#include "frontend/syntax/Ast.h"

namespace async::resolve {

// Calls `onExpr(ExprId)` for each expression and `onBlock(BlockId)` for each block that stands directly in `expr`; what is invalid is left out.
template <typename OnExpr, typename OnBlock> void forEachPart(const ast::File &file, const ast::Expr &expr, OnExpr onExpr, OnBlock onBlock) {
  auto one = [&](ast::ExprId id) {
    if (id.valid())
      onExpr(id);
  };
  auto arguments = [&] {
    for (const ast::Argument &argument : ast::File::run(file.arguments, expr.list))
      one(argument.value);
  };
  auto arms = [&] {
    for (const ast::Arm &arm : ast::File::run(file.arms, expr.list)) {
      one(arm.guard);
      one(arm.body);
    }
  };
  one(expr.a);
  one(expr.b);
  one(expr.c);
  if (expr.block.valid())
    onBlock(expr.block);
  switch (expr.kind) {
  case ast::ExprKind::Interpolated:
    for (const ast::FormatPart &part : ast::File::run(file.formatParts, expr.list)) {
      one(part.expr);
      one(part.widthExpr);
      one(part.precisionExpr);
    }
    break;
  case ast::ExprKind::StructLiteral:
    for (const ast::FieldInit &field : ast::File::run(file.fieldInits, expr.list))
      one(field.value);
    break;
  case ast::ExprKind::Tuple:
  case ast::ExprKind::Array:
    for (ast::ExprId element : ast::File::run(file.exprLists, expr.list))
      one(element);
    break;
  case ast::ExprKind::Call:
  case ast::ExprKind::MethodCall:
  case ast::ExprKind::Scope:
  case ast::ExprKind::Spawn:
  case ast::ExprKind::Detach:
    arguments();
    break;
  case ast::ExprKind::Catch:
  case ast::ExprKind::Match:
    arms();
    break;
  case ast::ExprKind::Select:
    for (const ast::SelectArm &arm : ast::File::run(file.selectArms, expr.list)) {
      one(arm.expr);
      one(arm.guard);
      one(arm.body);
    }
    break;
  case ast::ExprKind::Error:
  case ast::ExprKind::Int:
  case ast::ExprKind::Float:
  case ast::ExprKind::Bool:
  case ast::ExprKind::Char:
  case ast::ExprKind::Str:
  case ast::ExprKind::ByteStr:
  case ast::ExprKind::Duration:
  case ast::ExprKind::Path:
  case ast::ExprKind::ArrayRepeat:
  case ast::ExprKind::Field:
  case ast::ExprKind::Index:
  case ast::ExprKind::Question:
  case ast::ExprKind::Await:
  case ast::ExprKind::Unary:
  case ast::ExprKind::Ref:
  case ast::ExprKind::Binary:
  case ast::ExprKind::Assign:
  case ast::ExprKind::AssignOp:
  case ast::ExprKind::Range:
  case ast::ExprKind::Cast:
  case ast::ExprKind::Pipe:
  case ast::ExprKind::LetCondition:
  case ast::ExprKind::Block:
  case ast::ExprKind::If:
  case ast::ExprKind::While:
  case ast::ExprKind::Loop:
  case ast::ExprKind::For:
  case ast::ExprKind::Async:
  case ast::ExprKind::Stream:
  case ast::ExprKind::Shield:
  case ast::ExprKind::Blocking:
  case ast::ExprKind::Closure:
  case ast::ExprKind::Return:
  case ast::ExprKind::Break:
  case ast::ExprKind::Continue:
  case ast::ExprKind::Yield:
    break;
  }
}

// The same for the statements of a block; items in it are not entered.
template <typename OnExpr, typename OnBlock> void forEachPart(const ast::File &file, const ast::Block &block, OnExpr onExpr, OnBlock onBlock) {
  for (const ast::Stmt &stmt : ast::File::run(file.stmts, block.stmts)) {
    if (stmt.kind == ast::StmtKind::Item)
      continue;
    if (stmt.expr.valid())
      onExpr(stmt.expr);
    if (stmt.elseBlock.valid())
      onBlock(stmt.elseBlock);
  }
}

// How far a walk goes on into an expression.
enum class Into : uint8_t {
  None,
  Exprs, // not into its blocks
  All,
  Stop, // the walk ends here
};

// Walks over what stands in `exprs` and `blocks`: `visit(const Expr &)` is called for each expression, before its parts, and says how far to go on.
// False: it was stopped.
template <typename Visit> bool walk(const ast::File &file, std::vector<ast::ExprId> exprs, std::vector<ast::BlockId> blocks, Visit visit) {
  auto onExpr = [&](ast::ExprId id) { exprs.push_back(id); };
  auto onBlock = [&](ast::BlockId id) { blocks.push_back(id); };
  while (!exprs.empty() || !blocks.empty()) {
    if (exprs.empty()) {
      const ast::Block &block = file[blocks.back()];
      blocks.pop_back();
      forEachPart(file, block, onExpr, onBlock);
      continue;
    }
    const ast::Expr &expr = file[exprs.back()];
    exprs.pop_back();
    switch (visit(expr)) {
    case Into::None:
      break;
    case Into::Exprs:
      forEachPart(file, expr, onExpr, [](ast::BlockId) {});
      break;
    case Into::All:
      forEachPart(file, expr, onExpr, onBlock);
      break;
    case Into::Stop:
      return false;
    }
  }
  return true;
}

} // namespace async::resolve
