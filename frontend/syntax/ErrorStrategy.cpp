#include "frontend/syntax/ErrorStrategy.h"

#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;

namespace {

enum class Place { None, Items, Members, Statements, Arms };

// The rules that only repeat another.
Place loopOf(size_t rule) {
  switch (rule) {
  case P::RuleItems:
    return Place::Items;
  case P::RuleTraitMembers:
  case P::RuleImplMembers:
  case P::RuleExternMembers:
    return Place::Members;
  case P::RuleStatements:
    return Place::Statements;
  case P::RuleArms:
  case P::RuleSelectArms:
    return Place::Arms;
  default:
    return Place::None;
  }
}

bool beginsItem(uint32_t type) {
  switch (type) {
  case P::FN:
  case P::STRUCT:
  case P::ENUM:
  case P::TRAIT:
  case P::IMPL:
  case P::CONST:
  case P::STATIC:
  case P::TYPE:
  case P::USE:
  case P::PUB:
  case P::EXTERN:
  case P::KW_EXPORT:
  case P::KW_TEST:
  case P::POUND:
  case P::KW_COPY:
  case P::ASYNC:
  case P::UNSAFE:
  case P::KW_STREAM:
  case P::KW_SINK:
  case P::KW_DETERMINISTIC:
  case P::KW_BLOCKING:
    return true;
  default:
    return false;
  }
}

bool beginsStatement(uint32_t type) {
  switch (type) {
  case P::LET:
  case P::IF:
  case P::MATCH:
  case P::WHILE:
  case P::LOOP:
  case P::FOR:
  case P::SCOPE:
  case P::SELECT:
  case P::DEFER:
  case P::ERRDEFER:
  case P::RETURN:
  case P::BREAK:
  case P::CONTINUE:
  case P::YIELD:
  case P::AWAIT:
  case P::SPAWN:
  case P::DETACH:
  case P::IDENT:
    return true;
  default:
    return beginsItem(type);
  }
}

bool opens(uint32_t type) {
  return type == P::LBRACE || type == P::LBRACE_BODY || type == P::LPAREN || type == P::LPAREN_OPT || type == P::LBRACK || type == P::INTERP_START ||
         type == P::SPEC_LBRACE;
}

bool closes(uint32_t type) { return type == P::RBRACE || type == P::RPAREN || type == P::RBRACK || type == P::SPEC_END; }

bool isBrace(uint32_t type) {
  return type == P::LBRACE || type == P::LBRACE_BODY || type == P::INTERP_START || type == P::SPEC_LBRACE || type == P::RBRACE || type == P::SPEC_END;
}

} // namespace

ErrorStrategy::ErrorStrategy(ParserBase &parser, std::string_view text, Errors &errors) : parser(parser), text(text), errors(errors) {
  ssize_t braces = 0;
  for (size_t i = 0; i < parser.input().size(); ++i) {
    const uint32_t type = parser.input().lexeme(i).type;
    braces += type == P::LBRACE || type == P::LBRACE_BODY ? 1 : type == P::RBRACE ? -1 : 0;
    braces += type == P::INTERP_START || type == P::SPEC_LBRACE ? 1 : type == P::SPEC_END ? -1 : 0;
  }
  unbalanced = braces > 0;
}

// Virtual tokens have no text; the tokens of this file lie as they were lexed.
Span ErrorStrategy::span(size_t at) const {
  const Lexeme &token = parser.input().lexeme(at);
  return errors.span(token.lo, token.hi);
}

uint32_t ErrorStrategy::column(const Lexeme &token) const {
  uint32_t at = token.lo;
  while (at > 0 && text[at - 1] != '\n')
    --at;
  return token.lo - at;
}

uint32_t ErrorStrategy::indentation(const Lexeme &token) const {
  uint32_t at = token.lo - column(token), blanks = 0;
  while (at + blanks < text.size() && (text[at + blanks] == ' ' || text[at + blanks] == '\t'))
    ++blanks;
  return blanks;
}

// Called at each choice of the grammar: only in the rules that repeat it looks whether parsing can go on.
void ErrorStrategy::sync(antlr4::Parser *) {
  TokenInput &input = parser.input();
  if (input.position() != syncAt) {
    syncAt = input.position();
    syncState = parser.getState();
    syncContext = parser.getContext();
  }
  const Place place = loopOf(parser.getContext()->getRuleIndex());
  if (place == Place::None)
    return;
  const uint32_t type = input.token(1).lexeme.type;
  if (unbalanced && input.token(1).lexeme.startsLine && (place == Place::Statements || place == Place::Members) && beginsItem(type) && closeForgottenBlocks())
    return;
  if (type == UINT32_MAX || (type == P::RBRACE && place != Place::Items) || loopAllows(input.LA(1)))
    return;
  if (place == Place::Statements && !loopAllows(P::LET)) { // behind an expression
    if (input.token(1).lexeme.startsLine && !recovering) {
      reportMissingSemicolon();
      input.insert(P::VIRTUAL_SEMI);
      return;
    }
    if (recovering && lastRecovery == input.position() && beginsStatement(type)) {
      input.insert(P::VIRTUAL_SEMI);
      return;
    }
  }
  // Behind an earlier mistake, a bracket without its partner follows from that.
  const bool follows = place == Place::Items && errors.any && (type == P::RBRACE || !input.token(1).lexeme.startsLine);
  if (!recovering && !follows)
    reportUnexpected(input.position());
  recovering = true;
  skip(input.position(), place == Place::Items || place == Place::Members);
  parser.markBroken();
  if (place == Place::Statements && !loopAllows(P::LET) && !loopAllows(input.LA(1)) && input.LA(1) != P::RBRACE && input.LA(1) != antlr4::Token::EOF)
    input.insert(P::VIRTUAL_SEMI);
}

bool ErrorStrategy::loopAllows(size_t type) {
  const antlr4::atn::ATN &atn = parser.getATN();
  return atn.nextTokens(atn.states[parser.getState()]).contains(static_cast<ssize_t>(type));
}

// A token that is not the expected one: a slip that needs no skipping is mended, all else leaves the rule.
antlr4::Token *ErrorStrategy::recoverInline(antlr4::Parser *) {
  TokenInput &input = parser.input();
  const Lexeme next = input.token(1).lexeme;
  const antlr4::atn::ATN &atn = parser.getATN();
  const antlr4::misc::IntervalSet wanted = atn.nextTokens(atn.states[parser.getState()]);
  const auto want = [&](size_t type) { return wanted.size() == 1 && wanted.contains(static_cast<ssize_t>(type)); };
  const bool item = parser.getContext()->getRuleIndex() != P::RuleFunction;
  if (want(P::SEMI) && item && input.position() > 0 && (next.startsLine || next.type == UINT32_MAX || next.type == P::RBRACE)) {
    if (!recovering)
      reportMissingSemicolon();
    return input.LT(-1);
  }
  if (want(P::COMMA) && parser.getContext()->getRuleIndex() == P::RuleArmBody && (next.startsLine || beginsArm())) {
    if (!recovering)
      reportMissingComma();
    return input.LT(-1);
  }
  if (want(P::FATARROW) && next.type == P::ARROW) {
    const size_t at = input.position();
    if (!recovering)
      errors.emit(span(at), diag::Unexpected, "`=>`", "`->`")
          .help(diag::ReplaceHelp, "`->`", "`=>`")
          .fix(span(at), "=>", frontend::Applicability::MachineApplicable);
    return parser.consume();
  }
  throw antlr4::InputMismatchException(&parser);
}

// Whether an `=>` stands near: the next arm, whose `,` is missing.
bool ErrorStrategy::beginsArm() const {
  for (ssize_t i = 1; i < 16; ++i) {
    const uint32_t type = parser.input().token(i).lexeme.type;
    if (type == P::FATARROW)
      return true;
    if (type == P::COMMA || type == P::SEMI || type == P::RBRACE || type == UINT32_MAX)
      return false;
  }
  return false;
}

void ErrorStrategy::reportError(antlr4::Parser *, const antlr4::RecognitionException &exception) {
  if (parser.tooDeep && !recovering) {
    const Span here = span(parser.input().position());
    errors.emit(here, diag::NestedTooDeep, static_cast<frontend::Count>(ParserBase::nestingLimit)).help(diag::NestedTooDeepHelp);
    errors.stopBehind(here); // brackets are skipped by the thousand: what does not fit then follows from that
    gaveUp = true;
  }
  const bool told = recovering || parser.tooDeep;
  parser.tooDeep = false;
  recovering = true;
  if (told)
    return;
  size_t at = parser.input().position();
  if (const auto *found = dynamic_cast<SourceToken *>(exception.getOffendingToken())) {
    // The look-ahead may have stopped farther on; what was expected there is not known.
    size_t farther = at;
    while (farther < parser.input().size() && parser.input().get(farther) != found)
      ++farther;
    if (farther != at && farther < parser.input().size()) {
      auto built = errors.emit(span(farther), diag::UnexpectedAlone, shown(farther));
      addHabit(built, farther);
      return;
    }
  }
  reportUnexpected(at);
}

void ErrorStrategy::recover(antlr4::Parser *, std::exception_ptr exception) {
  const size_t rule = parser.getContext()->getRuleIndex();
  bool items = false;
  switch (rule) {
  case P::RuleItem:
  case P::RuleTraitMember:
  case P::RuleImplMember:
  case P::RuleExternMember:
    items = true;
    break;
  case P::RuleStatement:
  case P::RuleArm:
  case P::RuleSelectArm:
    break;
  case P::RuleExprNB: {
    const auto *parent = static_cast<antlr4::ParserRuleContext *>(parser.getContext()->parent);
    if (!parent || parent->getRuleIndex() != P::RuleStatements)
      std::rethrow_exception(exception);
    break;
  }
  case P::RuleFile:
    parser.markBroken();
    return;
  default:
    std::rethrow_exception(exception);
  }
  parser.markBroken();
  skip(parser.firstTokenOfRule(), items);
  TokenInput &input = parser.input();
  const uint32_t next = input.token(1).lexeme.type;
  if (rule == P::RuleExprNB && next != P::SEMI && next != P::RBRACE && next != UINT32_MAX)
    input.insert(P::VIRTUAL_SEMI);
}

// From the tokens `from` (where the broken part begins) on: what is open is left, what is opened is skipped whole.
void ErrorStrategy::skip(size_t from, bool items) {
  TokenInput &input = parser.input();
  if (gaveUp || errors.full()) {
    while (input.token(1).lexeme.type != UINT32_MAX)
      input.consume();
    lastRecovery = input.position();
    return;
  }
  const bool statements = loopOf(parser.getContext()->getRuleIndex()) == Place::Statements || parser.getContext()->getRuleIndex() == P::RuleStatement ||
                          parser.getContext()->getRuleIndex() == P::RuleExprNB;
  const bool arms = parser.getContext()->getRuleIndex() == P::RuleArm || parser.getContext()->getRuleIndex() == P::RuleSelectArm ||
                    loopOf(parser.getContext()->getRuleIndex()) == Place::Arms;
  const bool atFile = parser.getContext()->getRuleIndex() == P::RuleItems ||
                      (parser.getContext()->parent && static_cast<antlr4::ParserRuleContext *>(parser.getContext()->parent)->getRuleIndex() == P::RuleItems);
  std::vector<uint32_t> open; // kinds of the brackets that are open since `from`
  uint32_t braces = 0;
  const auto track = [&](uint32_t type) {
    if (opens(type)) {
      open.push_back(type);
      braces += isBrace(type);
    } else if (closes(type)) {
      const bool brace = isBrace(type);
      while (!open.empty() && brace && !isBrace(open.back()))
        open.pop_back();
      if (!open.empty() && isBrace(open.back()) == brace) {
        open.pop_back();
        braces -= brace;
      }
    }
  };
  for (size_t i = from; i < input.position(); ++i)
    track(input.lexeme(i).type);
  bool moved = input.position() != lastRecovery;
  while (true) {
    const Lexeme token = input.token(1).lexeme;
    if (token.type == UINT32_MAX)
      break;
    const bool outermost = braces == 0;
    if (moved) {
      if (outermost && token.type == P::RBRACE && !atFile)
        break;
      if (outermost && statements && token.type == P::SEMI && !closesOnThisLine(open))
        break;
      if (endsBroken(from, input.position(), items, !outermost))
        break;
    }
    track(token.type);
    input.consume();
    moved = true;
    if (outermost && open.empty() && arms && token.type == P::COMMA)
      break;
    if (outermost && items && token.type == P::SEMI)
      break;
    const bool closed = braces == 0 && (token.type == P::RBRACE);
    if (closed && (items || (arms && !outermost && input.token(1).lexeme.type != P::FATARROW)))
      break;
  }
  lastRecovery = input.position();
}

// A `;` within brackets that are closed on the same line does not end the statement.
bool ErrorStrategy::closesOnThisLine(const std::vector<uint32_t> &open) const {
  size_t left = open.size();
  if (left == 0)
    return false;
  for (ssize_t i = 2; i < 64; ++i) {
    const Lexeme &token = parser.input().token(i).lexeme;
    if (token.startsLine || token.type == UINT32_MAX || isBrace(token.type))
      return false;
    left += opens(token.type);
    if (closes(token.type) && --left == 0)
      return true;
  }
  return false;
}

// Whether the token begins what comes after the broken part: it stands first on a line, no farther in than the broken part began.
bool ErrorStrategy::endsBroken(size_t from, size_t at, bool items, bool insideBraces) const {
  const Lexeme &token = parser.input().lexeme(at);
  if (!token.startsLine || at == from)
    return false;
  if (items || insideBraces)
    return beginsItem(token.type) && column(token) <= column(parser.input().lexeme(from));
  return beginsStatement(token.type) && (token.type != P::IDENT || column(token) <= column(parser.input().lexeme(from)));
}

} // namespace async::syntax
