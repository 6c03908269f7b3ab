// Blocks, statements and block forms.
#include "frontend/syntax/Builder.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;
using ast::ExprId;
using ast::ExprKind;

ast::BlockId Builder::block(Node n) {
  ast::Block made;
  Gather<ast::Stmt> stmts(*this);
  if (n != none) {
    made.span = span(n);
    const Deeper deeper(*this, 1);
    if (const Node all = child(n, P::RuleStatements); all != none && !tooDeep(made.span)) {
      for (const Node c : children(all))
        statement(c, stmts);
      if (broken(all)) {
        ast::Stmt error;
        error.span = span(all);
        error.expr = errorExpr(error.span);
        stmts.push(error);
      }
    }
  }
  made.stmts = stmts.finish(file.stmts);
  file.blocks.push_back(made);
  return {static_cast<uint32_t>(file.blocks.size() - 1)};
}

ExprId Builder::blockExpr(Node n) {
  ast::Expr expr = made(ExprKind::Block, span(n));
  expr.block = block(n);
  return add(expr);
}

void Builder::statement(Node n, Gather<ast::Stmt> &stmts) {
  if (isToken(n)) { // `;` or a virtual one
    if (stmts.size() > 0 && stmts.back().kind == ast::StmtKind::Expr)
      stmts.back().hasSemi = true;
    return;
  }
  ast::Stmt made;
  made.span = span(n);
  const Node inner = isRule(n, P::RuleExprNB) ? n : firstChild(n);
  if (broken(n) || inner == none) {
    made.expr = errorExpr(made.span);
  } else if (isRule(inner, P::RuleExprNB)) {
    made.expr = expr(inner);
  } else if (isRule(inner, P::RuleLetStatement)) {
    made = letStatement(inner);
  } else if (isRule(inner, P::RuleDeferStatement)) {
    made = deferStatement(inner);
  } else if (isRule(inner, P::RuleBlockForm)) {
    made.expr = blockForm(inner);
  } else {
    made.kind = ast::StmtKind::Item;
    made.item = item(inner);
    made.hasSemi = true;
    if (!made.item.valid()) {
      made.kind = ast::StmtKind::Expr;
      made.expr = errorExpr(made.span);
    }
  }
  stmts.push(made);
}

ast::Stmt Builder::letStatement(Node n) {
  ast::Stmt made;
  made.kind = ast::StmtKind::Let;
  made.hasSemi = true;
  made.span = span(n);
  for (const Node c : children(n)) {
    if (isRule(c, P::RulePatternNoTop))
      made.pattern = patternNoTop(c);
    else if (isRule(c, P::RuleType))
      made.type = type(c);
    else if (isRule(c, P::RuleExpr))
      made.expr = expr(c);
    else if (isRule(c, P::RuleBlock))
      made.elseBlock = block(c);
  }
  return made;
}

ast::Stmt Builder::deferStatement(Node n) {
  ast::Stmt made;
  made.kind = ast::StmtKind::Defer;
  made.hasSemi = true;
  made.flag = isToken(firstChild(n), P::ERRDEFER);
  made.span = span(n);
  const Node form = child(n, P::RuleBlockForm);
  made.expr = form != none ? blockForm(form) : expr(child(n, P::RuleExprNB));
  return made;
}

ExprId Builder::blockForm(Node n) {
  if (broken(n))
    return errorExpr(span(n));
  Node head = firstChild(n);
  if (isToken(head, P::LABEL))
    head = cst.nodes[cst.nodes[head].end].end;
  ast::Expr expr_ = made(ExprKind::Block, span(n));
  if (isRule(head, P::RuleBlock)) {
    if (head != firstChild(n))
      expr_.label = name(firstChild(n));
    expr_.block = block(head);
    return add(expr_);
  }
  switch (tokenType(head)) {
  case P::UNSAFE:
    expr_.flag = true;
    expr_.block = block(child(n, P::RuleBlock));
    return add(expr_);
  case P::IF:
    return ifForm(n);
  case P::MATCH:
    expr_.kind = ExprKind::Match;
    expr_.a = expr(child(n, P::RuleExpr));
    expr_.list = arms(child(n, P::RuleArms));
    return add(expr_);
  case P::SCOPE:
    expr_.kind = ExprKind::Scope;
    if (const Node options = child(n, P::RuleOptions); options != none)
      expr_.list = arguments(options);
    if (const Node named = childToken(n, P::IDENT); named != none) {
      expr_.name = interner.intern(textOf(named));
      expr_.span2 = span(named);
    }
    expr_.block = block(child(n, P::RuleBlock));
    return add(expr_);
  case P::SELECT:
    return selectForm(n);
  default:
    return loopForm(n);
  }
}

// A chain of `else if` is as long as the text: made from its end.
ExprId Builder::ifForm(Node n) {
  std::vector<std::pair<ExprId, ExprId>> branches; // condition, body
  std::vector<Span> starts;
  ExprId otherwise;
  for (const Node c : children(n)) {
    if (isToken(c, P::IF)) {
      starts.push_back(span(c));
    } else if (isRule(c, P::RuleExpr)) {
      branches.push_back({condition(c), {}});
    } else if (isRule(c, P::RuleBody) && !branches.empty()) {
      branches.back().second = blockExpr(c);
    } else if (isRule(c, P::RuleBlock)) {
      otherwise = blockExpr(c);
    }
  }
  for (size_t i = branches.size(); i > 0; --i) {
    ast::Expr expr_ = made(ExprKind::If, cover(starts[i - 1], span(n)));
    expr_.a = branches[i - 1].first;
    expr_.b = branches[i - 1].second.valid() ? branches[i - 1].second : errorExpr(expr_.span);
    expr_.c = otherwise;
    otherwise = add(expr_);
  }
  return otherwise.valid() ? otherwise : errorExpr(span(n));
}

ExprId Builder::loopForm(Node n) {
  ast::Expr expr_ = made(ExprKind::Loop, span(n));
  for (const Node c : children(n)) {
    if (isToken(c, P::LABEL))
      expr_.label = name(c);
    else if (isToken(c, P::WHILE))
      expr_.kind = ExprKind::While;
    else if (isToken(c, P::FOR))
      expr_.kind = ExprKind::For;
    else if (isToken(c, P::AWAIT))
      expr_.flag = true;
    else if (isRule(c, P::RulePatternNoTop))
      expr_.pattern = patternNoTop(c);
    else if (isRule(c, P::RuleExpr))
      expr_.a = expr_.kind == ExprKind::While ? condition(c) : expr(c);
    else if (isRule(c, P::RuleBody) || isRule(c, P::RuleBlock))
      expr_.block = block(c);
  }
  if (!expr_.block.valid())
    expr_.block = block(none);
  return add(expr_);
}

ExprId Builder::selectForm(Node n) {
  ast::Expr expr_ = made(ExprKind::Select, span(n));
  expr_.flag = childToken(n, P::KW_BIASED) != none;
  Gather<ast::SelectArm> list(*this);
  const Node all = child(n, P::RuleSelectArms);
  for (const Node c : children(all)) {
    if (!isRule(c, P::RuleSelectArm) || broken(c))
      continue;
    ast::SelectArm arm;
    arm.span = span(c);
    bool guard = false;
    for (const Node part : children(c)) {
      if (isRule(part, P::RulePatternNoTop)) {
        arm.pattern = patternNoTop(part);
      } else if (isToken(part, P::IF)) {
        guard = true;
      } else if (isRule(part, P::RuleExpr)) {
        (guard ? arm.guard : arm.expr) = guard ? condition(part) : expr(part);
      } else if (isRule(part, P::RuleArmBody)) {
        arm.body = armBody(part);
      }
    }
    list.push(arm);
  }
  expr_.list = list.finish(file.selectArms);
  return add(expr_);
}

ast::List Builder::arms(Node n) {
  Gather<ast::Arm> list(*this);
  if (n == none)
    return {};
  for (const Node c : children(n)) {
    if (!isRule(c, P::RuleArm))
      continue;
    ast::Arm arm;
    arm.span = span(c);
    if (broken(c)) { // absorbs what the arm would have covered
      ast::Pattern any;
      any.span = arm.span;
      arm.pattern = addPattern(any);
      arm.body = errorExpr(arm.span);
    } else {
      arm.pattern = pattern(child(c, P::RulePattern));
      if (const Node guard = child(c, P::RuleExpr); guard != none)
        arm.guard = condition(guard);
      arm.body = armBody(child(c, P::RuleArmBody));
    }
    list.push(arm);
  }
  return list.finish(file.arms);
}

ExprId Builder::armBody(Node n) {
  const Node first = n == none ? none : firstChild(n);
  if (first == none)
    return errorExpr({});
  if (isRule(first, P::RuleBlockForm))
    return blockForm(first);
  return expr(first);
}

} // namespace async::syntax
