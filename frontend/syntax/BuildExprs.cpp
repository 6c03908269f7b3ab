// Operands: prefix operators, primaries and their suffixes.
#include "frontend/syntax/Builder.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;
using ast::ExprId;
using ast::ExprKind;

ExprId Builder::condition(Node n) {
  if (n == none)
    return errorExpr({});
  letAllowed = true;
  const ExprId made = expr(n);
  letAllowed = false;
  return made;
}

ExprId Builder::expr(Node n) {
  const bool mayLet = std::exchange(letAllowed, false);
  if (n == none)
    return errorExpr({});
  if (broken(n))
    return errorExpr(span(n));
  const Deeper deeper(*this, 1);
  if (tooDeep(span(n)))
    return errorExpr(span(n));
  // Most have one operand and nothing else.
  const Node first = firstChild(n);
  if (first != none && (isRule(first, P::RuleOperand) || isRule(first, P::RuleOperandNB)) && !isRule(firstChild(first), P::RuleLetCondition)) {
    const Node tail = cst.nodes[first].end;
    if (tail + 1 == cst.nodes[n].end && isRule(tail, P::RuleExprTail))
      return operand(first);
  }
  if (first != none && isRule(first, P::RuleGreedy))
    return greedy(first);
  return operators(n, mayLet);
}

namespace {

bool isAwaitLike(uint32_t type) { return type == P::AWAIT || type == P::SPAWN || type == P::DETACH; }

} // namespace

ExprId Builder::operand(Node n) {
  std::vector<Node> plain, awaits; // awaits: from the first `await`, `spawn` or `detach` on (G2)
  Node primaryNode = none, behind = none;
  uint32_t casts = 0;
  for (const Node c : children(n)) {
    if (isRule(c, P::RulePrefixOp)) {
      if (!awaits.empty() || isAwaitLike(tokenType(firstChild(c))))
        awaits.push_back(c);
      else
        plain.push_back(c);
    } else if (isRule(c, P::RulePrimary) || isRule(c, P::RulePrimaryNB)) {
      primaryNode = c;
      behind = cst.nodes[c].end;
    } else if (isRule(c, P::RuleAfterUnary)) {
      ++casts;
    }
  }
  if (primaryNode == none)
    return errorExpr(span(n));
  const Deeper deeper(*this, static_cast<uint32_t>(plain.size() + awaits.size()) + casts);
  if (tooDeep(span(n)))
    return errorExpr(span(n));
  checkAwaitOperand(awaits, 0);
  ExprId value = postfix(primaryNode, behind, cst.nodes[n].end, awaits);
  for (size_t i = plain.size(); i > 0; --i)
    value = prefixed(plain[i - 1], value);
  for (Node c = behind; c < cst.nodes[n].end; c = cst.nodes[c].end)
    if (isRule(c, P::RuleAfterUnary))
      value = afterUnary(c, value);
  return value;
}

// Behind `await` only `&mut` and others of its kind stand before the operand.
void Builder::checkAwaitOperand(const std::vector<Node> &prefixes, size_t from) {
  for (size_t i = from; i < prefixes.size(); ++i) {
    const uint32_t type = tokenType(firstChild(prefixes[i]));
    if (isAwaitLike(type) || (type == P::AND && childToken(prefixes[i], P::MUT) != none))
      continue;
    errors.emit(span(prefixes[i]), diag::AwaitOperand, textOf(firstChild(prefixes[i])), textOf(firstChild(prefixes[0]))).help(diag::AwaitOperandHelp);
    return;
  }
}

// A primary with its suffixes up to `end`; `awaits` take it up to its first `?`.
ExprId Builder::postfix(Node primaryNode, Node behind, Node end, const std::vector<Node> &awaits) {
  ExprId value = primary(primaryNode);
  const Span start = span(primaryNode);
  bool taken = awaits.empty();
  const auto take = [&] {
    for (size_t i = awaits.size(); !taken && i > 0; --i)
      value = prefixed(awaits[i - 1], value);
    taken = true;
  };
  for (Node c = behind; c < end && isRule(c, P::RuleSuffix); c = cst.nodes[c].end) {
    const Node first = firstChild(c);
    if (isToken(first, P::QUESTION)) {
      take();
      ast::Expr question = made(ExprKind::Question, cover(spanOf(value), span(c)));
      question.a = value;
      value = add(question);
    } else if (isToken(first, P::DOT)) {
      const Node next = cst.nodes[c].end;
      const bool call = next < end && isRule(next, P::RuleSuffix) && isToken(firstChild(next), P::LPAREN);
      bool tookCall = false;
      value = suffixDot(c, value, call ? next : none, tookCall, start);
      if (tookCall)
        c = next;
    } else {
      const bool call = isToken(first, P::LPAREN);
      ast::Expr made_ = made(call ? ExprKind::Call : ExprKind::Index, cover(spanOf(value), span(c)));
      made_.a = value;
      if (call)
        made_.list = arguments(c);
      else
        made_.b = expr(child(c, P::RuleExpr));
      value = add(made_);
    }
  }
  take();
  return value;
}

// `.name`, `.0`, and with the call behind it `.name<types>(…)`.
ExprId Builder::suffixDot(Node n, ExprId base, Node call, bool &tookCall, Span start) {
  const Node field = cst.nodes[firstChild(n)].end;
  const Node types = child(n, P::RuleTypeArgs);
  const std::string_view fieldText = textOf(field);
  if (isToken(field, P::INT) && (fieldText.find_first_not_of("0123456789") != std::string_view::npos || fieldText.size() > 9))
    errors.emit(span(field), diag::BadTupleIndex, fieldText).help(diag::BadTupleIndexHelp);
  if (fieldText == "await" && types == none) {
    // In front it would take a suffix that follows, but for `?`.
    const Node next = cst.nodes[n].end;
    const bool isLast = next >= cst.nodes.size() || !isRule(next, P::RuleSuffix) || isToken(firstChild(next), P::QUESTION);
    const auto sure = isLast ? frontend::Applicability::MachineApplicable : frontend::Applicability::MaybeIncorrect;
    errors.emit(span(n), diag::PostfixAwait).help(diag::PostfixAwaitHelp).fix({start.lo, start.lo}, "await ", sure).fix(span(n), "", sure);
    ast::Expr await = made(ExprKind::Await, cover(spanOf(base), span(n)));
    await.a = base;
    tookCall = false;
    return add(await);
  }
  ast::Expr expr = made(ExprKind::Field, cover(spanOf(base), span(n)));
  expr.a = base;
  expr.span2 = span(field);
  expr.name = interner.intern(fieldText);
  if (call != none && !isToken(field, P::INT)) {
    expr.kind = ExprKind::MethodCall;
    expr.span = cover(expr.span, span(call));
    if (types != none) {
      Gather<ast::TypeId> list(*this);
      for (const Node arg : children(types))
        if (isRule(arg, P::RuleTypeArg)) {
          const Node node = child(arg, P::RuleType);
          if (node == none || childToken(arg, P::EQ) != none)
            errors.emit(span(arg), diag::NotInPlace, "a constant or an associated type");
          list.push(node != none ? type(node) : addType({}));
        }
      expr.list2 = list.finish(file.typeLists);
    }
    expr.list = arguments(call);
    tookCall = true;
  } else if (types != none) {
    errors.emit(span(types), diag::NotInPlace, "type arguments of a field");
  }
  return add(expr);
}

ExprId Builder::prefixed(Node prefix, ExprId base) {
  const Span at = cover(span(firstChild(prefix)), spanOf(base));
  const auto unary = [&](ast::UnaryOp op) {
    ast::Expr expr = made(ExprKind::Unary, at);
    expr.op = static_cast<uint8_t>(op);
    expr.a = base;
    expr.span2 = span(firstChild(prefix));
    return add(expr);
  };
  ast::Expr expr = made(ExprKind::Await, at);
  expr.a = base;
  expr.span2 = span(firstChild(prefix));
  switch (tokenType(firstChild(prefix))) {
  case P::MINUS:
    return unary(ast::UnaryOp::Neg);
  case P::BANG:
    return unary(ast::UnaryOp::Not);
  case P::STAR:
    return unary(ast::UnaryOp::Deref);
  case P::AWAIT:
    return add(expr);
  case P::AND:
  case P::ANDAND:
    expr.kind = ExprKind::Ref;
    expr.flag = childToken(prefix, P::MUT) != none;
    if (isToken(firstChild(prefix), P::ANDAND)) {
      expr.span.lo += 1;
      expr.span2.lo += 1;
      expr.a = add(expr);
      expr.span = at;
      expr.flag = false;
    }
    return add(expr);
  default:
    expr.kind = isToken(firstChild(prefix), P::SPAWN) ? ExprKind::Spawn : ExprKind::Detach;
    if (const Node options = child(prefix, P::RuleOptions); options != none)
      expr.list = arguments(options);
    return add(expr);
  }
}

ExprId Builder::afterUnary(Node n, ExprId base) {
  const bool cast = isToken(firstChild(n), P::AS);
  ast::Expr expr = made(cast ? ExprKind::Cast : ExprKind::Catch, cover(spanOf(base), span(n)));
  expr.a = base;
  expr.span2 = span(firstChild(n));
  if (cast)
    expr.type = type(child(n, P::RuleCastType));
  else
    expr.list = arms(child(n, P::RuleArms));
  return add(expr);
}

ast::List Builder::arguments(Node n) {
  Gather<ast::Argument> list(*this);
  for (const Node c : children(n)) {
    if (!isRule(c, P::RuleArgument))
      continue;
    const Node label = firstChild(c) != none && isToken(firstChild(c), P::IDENT) ? firstChild(c) : none;
    list.push({name(label), expr(child(c, P::RuleExpr))});
  }
  return list.finish(file.arguments);
}

ast::List Builder::exprList(Node n) {
  Gather<ExprId> list(*this);
  for (const Node c : children(n))
    if (isRule(c, P::RuleExpr))
      list.push(expr(c));
  return list.finish(file.exprLists);
}

ExprId Builder::primary(Node n) {
  if (isRule(n, P::RulePrimary))
    n = firstChild(n);
  if (n == none)
    return errorExpr({});
  if (isRule(n, P::RuleBlockForm))
    return blockForm(n);
  const Node first = firstChild(n);
  if (isRule(first, P::RuleLiteral))
    return literal(first);
  if (isRule(first, P::RuleExprPath)) {
    if (const Node body = child(n, P::RuleStructBody); body != none)
      return structLiteral(first, body);
    ast::Expr expr = made(ExprKind::Path, span(first));
    expr.path = path(first);
    return add(expr);
  }
  if (isToken(first, P::LPAREN))
    return parenthesis(n);
  if (isToken(first, P::LBRACK))
    return brackets(n);
  ast::Expr expr = made(ExprKind::Block, span(n));
  const bool move = isToken(first, P::MOVE);
  for (const Node c : children(n)) {
    if (isToken(c, P::ASYNC))
      expr.kind = ExprKind::Async;
    else if (isToken(c, P::KW_STREAM))
      expr.kind = ExprKind::Stream;
    else if (isToken(c, P::KW_BLOCKING))
      expr.kind = ExprKind::Blocking;
    else if (isToken(c, P::SHIELD))
      expr.kind = ExprKind::Shield;
  }
  (expr.kind == ExprKind::Block ? expr.flag2 : expr.flag) = move;
  expr.block = block(child(n, P::RuleBlock));
  return add(expr);
}

ExprId Builder::parenthesis(Node n) {
  const Node first = child(n, P::RuleExpr);
  if (first != none && childToken(n, P::COMMA) == none)
    return expr(first);
  ast::Expr tuple = made(ExprKind::Tuple, span(n));
  tuple.list = exprList(n);
  return add(tuple);
}

ExprId Builder::brackets(Node n) {
  ast::Expr array = made(ExprKind::Array, span(n));
  array.list = exprList(n);
  if (childToken(n, P::SEMI) != none) {
    array.kind = ExprKind::ArrayRepeat;
    array.a = file.exprLists[array.list.begin];
    array.b = file.exprLists[array.list.begin + array.list.count - 1];
    array.list = {};
  }
  return add(array);
}

ExprId Builder::fieldNameAsPath(const ast::Name &field) {
  ast::Path path;
  path.span = field.span;
  path.segments = {static_cast<uint32_t>(file.segments.size()), 1};
  ast::PathSegment segment;
  segment.name = field;
  file.segments.push_back(segment);
  file.paths.push_back(path);
  ast::Expr expr = made(ExprKind::Path, field.span);
  expr.path = {static_cast<uint32_t>(file.paths.size() - 1)};
  return add(expr);
}

ExprId Builder::structLiteral(Node pathNode, Node body) {
  ast::Expr expr_ = made(ExprKind::StructLiteral, cover(span(pathNode), span(body)));
  expr_.path = path(pathNode);
  Gather<ast::FieldInit> fields(*this);
  for (const Node c : children(body)) {
    if (isRule(c, P::RuleStructField)) {
      const ast::Name field = name(firstChild(c));
      const Node value = child(c, P::RuleExpr);
      fields.push({field, value != none ? expr(value) : fieldNameAsPath(field)});
    } else if (isRule(c, P::RuleExpr)) {
      expr_.a = expr(c);
    }
  }
  expr_.list = fields.finish(file.fieldInits);
  return add(expr_);
}

ExprId Builder::greedy(Node n) {
  const Node first = firstChild(n);
  ast::Expr expr_ = made(ExprKind::Return, span(n));
  switch (tokenType(first)) {
  case P::RETURN:
    break;
  case P::BREAK:
    expr_.kind = ExprKind::Break;
    break;
  case P::CONTINUE:
    expr_.kind = ExprKind::Continue;
    break;
  case P::YIELD:
    expr_.kind = ExprKind::Yield;
    break;
  default:
    return closure(n);
  }
  if (const Node label = childToken(n, P::LABEL); label != none)
    expr_.label = name(label);
  if (const Node value = child(n, P::RuleExpr); value != none)
    expr_.a = expr(value);
  return add(expr_);
}

ExprId Builder::closure(Node n) {
  ast::Expr expr_ = made(ExprKind::Closure, span(n));
  Gather<ast::ClosureParam> params(*this);
  std::vector<Node> borrows;
  for (const Node c : children(n))
    if (isRule(c, P::RuleBorrowOp))
      borrows.push_back(c);
  const Deeper deeper(*this, static_cast<uint32_t>(borrows.size()));
  if (tooDeep(span(n)))
    return errorExpr(span(n));
  if (!borrows.empty())
    expr_.span.lo = span(cst.nodes[borrows.back()].end).lo;
  for (const Node c : children(n)) {
    if (isToken(c, P::MOVE)) {
      expr_.flag = true;
    } else if (isToken(c, P::ASYNC)) {
      expr_.flag2 = true;
    } else if (isRule(c, P::RuleClosureParameter)) {
      const Node annotation = child(c, P::RuleType);
      const ast::PatternId pattern = patternNoTop(child(c, P::RulePatternNoTop));
      params.push({pattern, annotation != none ? type(annotation) : ast::TypeId{}});
    } else if (isRule(c, P::RuleType)) {
      expr_.type = type(c);
    } else if (isRule(c, P::RuleBlock)) {
      expr_.a = blockExpr(c);
    } else if (isRule(c, P::RuleExpr)) {
      expr_.a = expr(c);
    }
  }
  expr_.list = params.finish(file.closureParams);
  if (!expr_.a.valid())
    expr_.a = errorExpr(expr_.span);
  ExprId value = add(expr_);
  for (size_t i = borrows.size(); i > 0; --i)
    value = prefixed(borrows[i - 1], value);
  return value;
}

} // namespace async::syntax
