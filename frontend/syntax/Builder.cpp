#include "frontend/syntax/Builder.h"

#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/ParserBase.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;

void Builder::build() {
  Gather<ast::ItemId> items(*this);
  if (cst.nodes.empty())
    return;
  if (const Node all = child(0, P::RuleItems); all != none)
    for (const Node n : children(all))
      if (isRule(n, P::RuleItem))
        if (const ast::ItemId made = item(n); made.valid())
          items.push(made);
  file.items = items.finish(file.itemLists);
}

Node Builder::child(Node n, size_t rule) const {
  for (const Node c : children(n))
    if (isRule(c, rule))
      return c;
  return none;
}

Node Builder::childToken(Node n, size_t type) const {
  for (const Node c : children(n))
    if (isToken(c, type))
      return c;
  return none;
}

std::string_view Builder::textOf(Node token) const {
  const Lexeme &lexeme = input.lexeme(cst.nodes[token].firstToken);
  return text.substr(lexeme.lo, lexeme.hi - lexeme.lo);
}

Span Builder::span(Node n) const {
  const CstNode &node = cst.nodes[n];
  const Lexeme &first = input.lexeme(node.firstToken);
  if (node.lastToken <= node.firstToken)
    return errors.span(first.lo, first.lo);
  return errors.span(first.lo, input.lexeme(node.lastToken - 1).hi);
}

ast::Name Builder::name(Node token) { return token == none ? ast::Name{} : ast::Name{interner.intern(textOf(token)), span(token)}; }

bool Builder::tooDeep(Span at) {
  if (depth <= ParserBase::nestingLimit)
    return false;
  if (!toldDepth)
    errors.emit(at, diag::NestedTooDeep, static_cast<frontend::Count>(ParserBase::nestingLimit)).help(diag::NestedTooDeepHelp);
  toldDepth = true;
  return true;
}

ast::Expr Builder::made(ast::ExprKind kind, Span at) const {
  ast::Expr expr;
  expr.kind = kind;
  expr.span = at;
  return expr;
}

ast::ExprId Builder::add(ast::Expr expr) {
  file.exprs.push_back(expr);
  return {static_cast<uint32_t>(file.exprs.size() - 1)};
}

} // namespace async::syntax
