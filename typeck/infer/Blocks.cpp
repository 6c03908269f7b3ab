// Blocks and statements.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"

namespace async::infer {

using thir::ExprKind;

ExprId Inferer::inferBlockExpr(const ast::Expr &expr, TypeId expected, bool checks) {
  if (expr.flag)
    ++unsafeDepth;
  ExprId made;
  if (expr.label.symbol.empty()) {
    made = inferBlock(expr.block, expected, expr.span, UINT32_MAX, checks);
  } else {
    uint32_t label = frame->labels++;
    TypeId result = checks ? expected : fresh(expr.span);
    targets.push_back({frame, expr.label.symbol, label, result, false, false});
    made = inferBlock(expr.block, result, expr.span, label, true);
    bool hasBreak = targets.back().hasBreak;
    targets.pop_back();
    if (hasBreak)
      at(made).type = result;
  }
  if (expr.flag)
    --unsafeDepth;
  return made;
}

ExprId Inferer::checkBlock(ast::BlockId id, TypeId expected, Span span, uint32_t label) {
  return coerce(inferBlock(id, expected, span, label, true), expected);
}

// The `;` without which the block would have the value that it should have.
Span Inferer::looseSemicolon(const ast::Block &block, const std::vector<thir::Stmt> &stmts, TypeId expected) {
  if (block.stmts.count == 0 || stmts.empty() || isGeneralVar(expected) || canUnify(expected, types.unit))
    return {};
  const ast::Stmt &last = file->stmts[block.stmts.begin + block.stmts.count - 1];
  if (last.kind != ast::StmtKind::Expr || !last.hasSemi || kindOf(typeAt(stmts.back().expr)) == TypeKind::Never || isError(typeAt(stmts.back().expr)))
    return {};
  const uint32_t end = (*file)[last.expr].span.hi;
  const Span semicolon{end, end + 1};
  return canUnify(expected, typeAt(stmts.back().expr)) && context.sources.text(semicolon) == ";" ? semicolon : Span{};
}

// With `checks` the value is coerced to `expected` where it stands.
ExprId Inferer::inferBlock(ast::BlockId id, TypeId expected, Span span, uint32_t label, bool checks) {
  const ast::Block block = (*file)[id];
  uint32_t outerModule = scope.module;
  uint32_t own = context.world.blockModule(*file, id);
  if (own != UINT32_MAX)
    scope.module = own;
  size_t names = frame->names.size();
  bool before = std::exchange(diverges, false);

  std::vector<thir::Stmt> stmts;
  ExprId value;
  TypeId type;
  for (uint32_t i = 0; i < block.stmts.count; ++i) {
    const ast::Stmt stmt = file->stmts[block.stmts.begin + i];
    thir::Stmt made{};
    made.span = stmt.span;
    switch (stmt.kind) {
    case ast::StmtKind::Item:
      continue;
    case ast::StmtKind::Let:
      letStatement(stmt, stmts);
      continue;
    case ast::StmtKind::Defer:
      made.kind = thir::Stmt::Kind::Defer;
      made.isErr = stmt.flag;
      defers.push_back({exits.size(), targets.size()});
      made.expr = infer(stmt.expr);
      defers.pop_back();
      break;
    case ast::StmtKind::Expr:
      if (!stmt.hasSemi && i + 1 == block.stmts.count) {
        value = checks ? check(stmt.expr, expected) : infer(stmt.expr, expected);
        continue;
      }
      made.kind = thir::Stmt::Kind::Expr;
      made.expr = stmt.hasSemi ? infer(stmt.expr) : check(stmt.expr, types.unit);
      break;
    }
    stmts.push_back(made);
  }
  if (value.valid())
    type = typeAt(value);
  else
    type = diverges ? types.never : types.unit;
  frame->names.resize(names);
  scope.module = outerModule;
  ExprId made = blockExpr(stmts, value, type, span, label);
  if (!value.valid() && checks) {
    thrownAway = looseSemicolon(block, stmts, expected);
    made = coerce(made, expected);
    thrownAway = {};
  }
  diverges |= before;
  return made;
}

void Inferer::letStatement(const ast::Stmt &stmt, std::vector<thir::Stmt> &out) {
  thir::Stmt made{};
  made.kind = thir::Stmt::Kind::Let;
  made.span = stmt.span;
  TypeId type;
  if (stmt.type.valid())
    type = normalize(lowerType(context, scope, stmt.type), (*file)[stmt.type].span);
  if (stmt.expr.valid()) {
    made.expr = type.valid() ? check(stmt.expr, type) : infer(stmt.expr);
    if (!type.valid())
      type = typeAt(made.expr);
  } else if (!type.valid()) {
    type = fresh(stmt.span);
  }
  if (stmt.elseBlock.valid()) {
    size_t names = frame->names.size();
    bool before = diverges;
    ExprId otherwise = inferBlock(stmt.elseBlock, {}, (*file)[stmt.elseBlock].span, UINT32_MAX, false);
    if (kindOf(typeAt(otherwise)) != TypeKind::Never && !isError(typeAt(otherwise)))
      error((*file)[stmt.elseBlock].span, diag::ElseFallsThrough);
    diverges = before;
    frame->names.resize(names);
    made.elseBlock = otherwise;
  }
  made.pattern = checkTopPattern(stmt.pattern, type);
  out.push_back(made);
}

} // namespace async::infer
