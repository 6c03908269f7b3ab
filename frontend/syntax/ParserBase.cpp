#include "frontend/syntax/ParserBase.h"

#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

namespace {

bool nests(size_t rule) {
  switch (rule) {
  case AsyncParser::RuleExpr:
  case AsyncParser::RuleExprNB:
  case AsyncParser::RuleStatements:
  case AsyncParser::RuleArms:
  case AsyncParser::RuleSelectArms:
  case AsyncParser::RuleType:
  case AsyncParser::RuleCastType:
  case AsyncParser::RulePatternNoTop:
  case AsyncParser::RuleUseTree:
    return true;
  default:
    return false;
  }
}

} // namespace

ParserBase::ParserBase(antlr4::TokenStream *input) : Parser(input) {}

void ParserBase::enterRule(antlr4::ParserRuleContext *context, size_t state, size_t rule) {
  if (nests(rule)) {
    if (depth == nestingLimit) {
      tooDeep = true;
      throw antlr4::RecognitionException(this, _input, context, _input->LT(1));
    }
    ++depth;
  }
  Parser::enterRule(context, state, rule);
  const auto at = static_cast<uint32_t>(input().position());
  open.push_back(static_cast<Node>(cst.nodes.size()));
  cst.nodes.push_back({static_cast<uint32_t>(rule), 0, at, at});
}

void ParserBase::exitRule() {
  CstNode &node = cst.nodes[open.back()];
  node.end = static_cast<Node>(cst.nodes.size());
  node.lastToken = static_cast<uint32_t>(input().position());
  open.pop_back();
  if (nests(node.kind))
    --depth;
  _tracker.leave(_ctx);
  // As Parser's, without a cast that is checked.
  setState(static_cast<size_t>(_ctx->invokingState));
  _ctx = static_cast<antlr4::ParserRuleContext *>(_ctx->parent);
}

antlr4::Token *ParserBase::consume() {
  SourceToken &token = input().token(1);
  const auto at = static_cast<uint32_t>(input().position());
  if (token.lexeme.type != UINT32_MAX) {
    const auto node = static_cast<Node>(cst.nodes.size());
    cst.nodes.push_back({Cst::tokenBit | token.lexeme.type, node + 1, at, at + 1});
    _input->consume();
  }
  return &token;
}

} // namespace async::syntax
