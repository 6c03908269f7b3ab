#include "frontend/syntax/Builder.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;
using ast::PatternId;
using ast::PatternKind;

PatternId Builder::addPattern(ast::Pattern pattern) {
  file.patterns.push_back(pattern);
  return {static_cast<uint32_t>(file.patterns.size() - 1)};
}

PatternId Builder::pattern(Node n) {
  ast::Pattern made;
  if (n == none)
    return addPattern(made);
  made.span = span(n);
  Gather<PatternId> list(*this);
  for (const Node c : children(n))
    if (isRule(c, P::RulePatternNoTop))
      list.push(patternNoTop(c));
  if (list.size() == 1)
    return list[0];
  made.kind = PatternKind::Or;
  made.list = list.finish(file.patternLists);
  return addPattern(made);
}

ast::List Builder::patternList(Node n) {
  Gather<PatternId> list(*this);
  for (const Node c : children(n))
    if (isRule(c, P::RulePattern))
      list.push(pattern(c));
  return list.finish(file.patternLists);
}

PatternId Builder::patternNoTop(Node n) {
  ast::Pattern made;
  if (n == none)
    return addPattern(made);
  made.span = span(n);
  const Deeper deeper(*this, 1);
  if (tooDeep(made.span))
    return addPattern(made);
  const Node first = firstChild(n);
  const Node range = child(n, P::RuleRangeOp);
  if (range != none) {
    made.kind = PatternKind::Range;
    made.flag = isToken(firstChild(range), P::DOTDOTEQ);
    const Node behind = cst.nodes[range].end;
    if (range != first)
      made.lo = rangeBound(first);
    if (behind < cst.nodes[n].end)
      made.hi = rangeBound(behind);
    else if (made.flag)
      errors.emit(made.span, diag::OpenInclusiveRange).help(diag::OpenInclusiveRangeHelp);
    return addPattern(made);
  }
  if (isRule(first, P::RulePatternLiteral)) {
    made.kind = PatternKind::Literal;
    made.expr = patternLiteral(first);
    return addPattern(made);
  }
  if (isRule(first, P::RulePath))
    return pathPattern(n, first);
  switch (tokenType(first)) {
  case P::UNDERSCORE:
    made.kind = PatternKind::Wildcard;
    break;
  case P::DOTDOT:
    made.kind = PatternKind::Rest;
    break;
  case P::AND:
  case P::ANDAND:
    made.kind = PatternKind::Ref;
    made.flag = childToken(n, P::MUT) != none;
    made.a = patternNoTop(child(n, P::RulePatternNoTop));
    if (isToken(first, P::ANDAND)) {
      made.a = addPattern(made);
      made.flag = false;
    }
    break;
  case P::LBRACK:
    made.kind = PatternKind::Slice;
    made.list = patternList(n);
    break;
  case P::IDENT:
    made.kind = PatternKind::Binding;
    made.name = name(first);
    made.a = patternNoTop(child(n, P::RulePatternNoTop));
    break;
  default: // parenthesis
    made.kind = PatternKind::Tuple;
    made.list = patternList(n);
    // `(..)` is a tuple: what its rest stands for is in it.
    if (made.list.count == 1 && childToken(n, P::COMMA) == none && file[file.patternLists[made.list.begin]].kind != PatternKind::Rest)
      return file.patternLists[made.list.begin];
  }
  return addPattern(made);
}

PatternId Builder::pathPattern(Node n, Node pathNode) {
  ast::Pattern made;
  made.span = span(n);
  const Node behind = cst.nodes[pathNode].end;
  const bool alone = behind >= cst.nodes[n].end;
  if (alone && cst.nodes[pathNode].lastToken == cst.nodes[pathNode].firstToken + 1) {
    const Node token = firstChild(firstChild(pathNode));
    if (isToken(token, P::IDENT)) {
      made.kind = PatternKind::Binding;
      made.name = name(token);
      return addPattern(made);
    }
  }
  made.path = path(pathNode);
  if (alone) {
    made.kind = PatternKind::Path;
  } else if (isRule(behind, P::RulePatternFields)) {
    made.kind = PatternKind::Struct;
    Gather<ast::PatternField> fields(*this);
    for (const Node c : children(behind)) {
      if (!isRule(c, P::RulePatternField))
        continue;
      if (isToken(firstChild(c), P::DOTDOT)) {
        made.flag = true;
        continue;
      }
      ast::PatternField field;
      field.name = name(firstChild(c));
      if (const Node inner = child(c, P::RulePattern); inner != none) {
        field.pattern = pattern(inner);
      } else {
        ast::Pattern binding;
        binding.kind = PatternKind::Binding;
        binding.span = field.name.span;
        binding.name = field.name;
        field.pattern = addPattern(binding);
      }
      fields.push(field);
    }
    made.list = fields.finish(file.patternFields);
  } else {
    made.kind = PatternKind::TupleStruct;
    made.list = patternList(n);
  }
  return addPattern(made);
}

ast::ExprId Builder::patternLiteral(Node n) {
  const Node first = firstChild(n);
  if (isRule(first, P::RuleString)) {
    ast::Expr text = made(ast::ExprKind::Str, span(first));
    text.name = plainString(first);
    return add(text);
  }
  if (!isToken(first, P::MINUS))
    return tokenLiteral(first);
  ast::Expr negative = made(ast::ExprKind::Unary, span(n));
  negative.op = static_cast<uint8_t>(ast::UnaryOp::Neg);
  negative.span2 = span(first);
  negative.a = tokenLiteral(cst.nodes[first].end);
  return add(negative);
}

ast::ExprId Builder::rangeBound(Node n) {
  if (isRule(n, P::RulePatternLiteral))
    return patternLiteral(n);
  ast::Expr constant = made(ast::ExprKind::Path, span(n));
  constant.path = path(n);
  return add(constant);
}

} // namespace async::syntax
