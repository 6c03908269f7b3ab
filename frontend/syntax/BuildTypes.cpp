// Paths, types and bounds.
#include "frontend/syntax/Builder.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;
using ast::TypeId;
using ast::TypeKind;

ast::PathId Builder::path(Node n) {
  ast::Path made;
  made.span = span(n);
  Gather<ast::PathSegment> segments(*this);
  for (const Node c : children(n)) {
    if (!isRule(c, P::RulePathSegment) && !isRule(c, P::RuleExprSegment))
      continue;
    ast::PathSegment segment;
    segment.name = name(firstChild(c));
    if (const Node args = child(c, P::RuleTypeArgs); args != none) {
      segment.hasArgs = true;
      segment.args = typeArgs(args);
    }
    segments.push(segment);
  }
  made.segments = segments.finish(file.segments);
  file.paths.push_back(made);
  return {static_cast<uint32_t>(file.paths.size() - 1)};
}

ast::List Builder::typeArgs(Node n) {
  Gather<ast::TypeArg> list(*this);
  for (const Node c : children(n)) {
    if (!isRule(c, P::RuleTypeArg))
      continue;
    ast::TypeArg arg;
    arg.span = span(c);
    if (const Node node = child(c, P::RuleType); node != none) {
      if (childToken(c, P::EQ) != none)
        arg.name = name(firstChild(c));
      arg.type = type(node);
    } else if (const Node constant = childToken(c, P::INT); constant != none) {
      const ast::Expr &value = file.exprs[number(constant).index];
      if (value.kind != ast::ExprKind::Int)
        errors.emit(arg.span, diag::NotInPlace, "a number that is no integer");
      arg.constant = childToken(c, P::MINUS) != none ? static_cast<int64_t>(-static_cast<uint64_t>(value.integer)) : value.integer;
    }
    list.push(arg);
  }
  return list.finish(file.typeArgs);
}

TypeId Builder::addType(ast::Type type) {
  file.types.push_back(type);
  return {static_cast<uint32_t>(file.types.size() - 1)};
}

// RuleType or RuleCastType.
TypeId Builder::type(Node n) {
  ast::Type made;
  if (n == none)
    return addType(made);
  made.span = span(n);
  uint32_t questions = 0;
  for (const Node c : children(n))
    questions += isToken(c, P::QUESTION);
  const Deeper deeper(*this, 1 + questions);
  if (tooDeep(made.span))
    return addType(made);
  const Node first = firstChild(n);
  if (isRule(first, P::RuleFunctionType) || isRule(first, P::RuleCastFunctionType))
    return functionType(first);
  if (isRule(first, P::RulePath) || isRule(first, P::RuleExprPath) || isRule(first, P::RuleTypeBase)) {
    TypeId base;
    if (isRule(first, P::RuleTypeBase)) {
      base = typeBase(first);
    } else {
      ast::Type named;
      named.kind = TypeKind::Path;
      named.span = span(first);
      named.path = path(first);
      base = addType(named);
    }
    for (const Node c : children(n))
      if (isToken(c, P::QUESTION)) {
        ast::Type optional;
        optional.kind = TypeKind::Optional;
        optional.span = cover(span(first), span(c));
        optional.a = base;
        base = addType(optional);
      }
    return base;
  }
  switch (tokenType(first)) {
  case P::IMPL:
  case P::DYN:
    made.kind = isToken(first, P::IMPL) ? TypeKind::ImplTrait : TypeKind::Dyn;
    made.bounds = bounds(child(n, P::RuleBounds));
    return addType(made);
  default:
    break;
  }
  const Node inner = child(n, isRule(n, P::RuleType) ? P::RuleType : P::RuleCastType);
  made.kind = isToken(first, P::STAR) ? TypeKind::Pointer : TypeKind::Ref;
  made.flag = childToken(n, P::MUT) != none;
  made.a = type(inner);
  if (isToken(first, P::ANDAND)) {
    const Span all = made.span;
    made.span.lo += 1;
    made.a = addType(made);
    made.span = all;
    made.flag = false;
  }
  return addType(made);
}

TypeId Builder::typeBase(Node n) {
  ast::Type made;
  made.span = span(n);
  const Node first = firstChild(n);
  switch (tokenType(first)) {
  case P::BANG:
    made.kind = TypeKind::Never;
    return addType(made);
  case P::UNDERSCORE:
    made.kind = TypeKind::Infer;
    return addType(made);
  case P::LBRACK:
    made.kind = childToken(n, P::SEMI) != none ? TypeKind::Array : TypeKind::Slice;
    made.a = type(child(n, P::RuleType));
    if (made.kind == TypeKind::Array)
      made.expr = expr(child(n, P::RuleExpr));
    return addType(made);
  default:
    break;
  }
  Gather<TypeId> list(*this);
  for (const Node c : children(n))
    if (isRule(c, P::RuleType))
      list.push(type(c));
  if (list.size() == 1 && childToken(n, P::COMMA) == none)
    return list[0];
  made.kind = TypeKind::Tuple;
  made.list = list.finish(file.typeLists);
  return addType(made);
}

TypeId Builder::functionType(Node n) {
  ast::Type made;
  made.kind = TypeKind::Function;
  made.span = span(n);
  Gather<TypeId> list(*this);
  bool result = false;
  for (const Node c : children(n)) {
    if (isToken(c, P::KW_ONCE))
      made.word = ast::FunctionWord::Once;
    else if (isToken(c, P::KW_SHARED))
      made.word = ast::FunctionWord::Shared;
    else if (isToken(c, P::ARROW))
      result = true;
    else if (result && (isRule(c, P::RuleType) || isRule(c, P::RuleCastType)))
      made.a = type(c);
    else if (isRule(c, P::RuleType))
      list.push(type(c));
  }
  made.list = list.finish(file.typeLists);
  return addType(made);
}

ast::List Builder::bounds(Node n) {
  Gather<ast::Bound> list(*this);
  if (n == none)
    return {};
  for (const Node c : children(n)) {
    if (!isRule(c, P::RuleBound))
      continue;
    ast::Bound bound;
    bound.span = span(c);
    const Node inner = firstChild(c);
    if (isRule(inner, P::RulePath))
      bound.path = path(inner);
    else
      bound.function = functionType(inner);
    list.push(bound);
  }
  return list.finish(file.bounds);
}

} // namespace async::syntax
