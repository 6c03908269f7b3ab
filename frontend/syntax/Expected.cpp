// What the parser expected, in the language's words, and the hints for known slips.
#include "frontend/syntax/ErrorStrategy.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/Habits.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;

namespace {

std::string nameOf(const antlr4::dfa::Vocabulary &vocabulary, size_t type) {
  switch (type) {
  case P::IDENT:
    return "a name";
  case P::LABEL:
    return "a label";
  case P::INT:
    return "a number";
  case P::LBRACE:
  case P::LBRACE_BODY:
    return "`{`";
  case P::RBRACE:
    return "`}`";
  case P::ELSE_LET:
    return "`else`";
  case P::STRING_START:
    return "a string";
  case P::KW_STREAM:
    return "`stream`";
  case P::STRING_END:
    return "`\"`";
  case P::SPEC_END:
    return "`}`";
  case P::KW_BIASED:
    return "`biased`";
  default:
    break;
  }
  const std::string literal = vocabulary.getLiteralName(type);
  return literal.size() > 2 ? "`" + literal.substr(1, literal.size() - 2) + "`" : std::string();
}

// Tokens that only go on with what stands there already; naming them would hide what is missing.
constexpr size_t continuing[] = {P::PLUS,        P::MINUS,      P::STAR,      P::SLASH,      P::PERCENT,  P::PLUSWRAP, P::MINUSWRAP, P::STARWRAP,
                                 P::PLUSSAT,     P::MINUSSAT,   P::AND,       P::BAR,        P::CARET,    P::SHL,      P::EQEQ,      P::NE,
                                 P::LT,          P::LE,         P::ANDAND,    P::OROR,       P::PIPE,     P::EQ,       P::PLUSEQ,    P::MINUSEQ,
                                 P::STAREQ,      P::SLASHEQ,    P::PERCENTEQ, P::ANDEQ,      P::OREQ,     P::CARETEQ,  P::SHLEQ,     P::PLUSWRAPEQ,
                                 P::MINUSWRAPEQ, P::STARWRAPEQ, P::PLUSSATEQ, P::MINUSSATEQ, P::GT,       P::DOTDOT,   P::DOTDOTEQ,  P::AS,
                                 P::CATCH,       P::DOT,        P::LPAREN,    P::LBRACK,     P::QUESTION, P::LT_TYPE,  P::PATHSEP,   P::LBRACE};

class Wanted {
public:
  explicit Wanted(const antlr4::misc::IntervalSet &set) {
    for (const auto type : set.toList())
      types.push_back(static_cast<size_t>(type));
  }
  bool has(size_t type) const { return std::find(types.begin(), types.end(), type) != types.end(); }
  void remove(size_t type) { std::erase(types, type); }
  // All that can begin what was named in one word.
  void removeStarts() {
    for (const size_t type :
         {P::INT,    P::FLOAT,    P::CHAR,   P::TRUE,       P::FALSE,       P::RAW_STRING, P::BYTE_STRING, P::STRING_START, P::IDENT,    P::SELF,  P::SELF_TYPE,
          P::SUPER,  P::CRATE,    P::LPAREN, P::LBRACK,     P::MINUS,       P::BANG,       P::STAR,        P::AND,          P::ANDAND,   P::AWAIT, P::SPAWN,
          P::DETACH, P::MOVE,     P::ASYNC,  P::KW_STREAM,  P::KW_BLOCKING, P::SHIELD,     P::UNSAFE,      P::LET,          P::BAR,      P::OROR,  P::RETURN,
          P::BREAK,  P::CONTINUE, P::YIELD,  P::DOTDOT,     P::DOTDOTEQ,    P::LABEL,      P::LBRACE,      P::IF,           P::MATCH,    P::WHILE, P::LOOP,
          P::FOR,    P::SCOPE,    P::SELECT, P::UNDERSCORE, P::FN,          P::IMPL,       P::DYN,         P::KW_ONCE,      P::KW_SHARED})
      remove(type);
  }
  void removeItems() {
    for (const size_t type :
         {P::FN,          P::STRUCT,    P::ENUM,     P::TRAIT, P::IMPL,    P::CONST,   P::STATIC,           P::TYPE,  P::USE,    P::PUB,
          P::EXTERN,      P::KW_EXPORT, P::KW_TEST,  P::POUND, P::KW_COPY, P::KW_SINK, P::KW_DETERMINISTIC, P::ASYNC, P::UNSAFE, P::KW_STREAM,
          P::KW_BLOCKING, P::DEFER,     P::ERRDEFER, P::SEMI})
      remove(type);
  }
  std::vector<size_t> types;
};

std::string joined(const std::vector<std::string> &names) {
  std::string out;
  for (size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
  return out;
}

bool beginsOperand(uint32_t type) {
  switch (type) {
  case P::IDENT:
  case P::INT:
  case P::FLOAT:
  case P::CHAR:
  case P::TRUE:
  case P::FALSE:
  case P::STRING_START:
  case P::RAW_STRING:
  case P::BYTE_STRING:
  case P::SELF:
  case P::SELF_TYPE:
  case P::AWAIT:
  case P::ASYNC:
  case P::MOVE:
  case P::PUB:
    return true;
  default:
    return false;
  }
}

bool isWord(uint32_t type) { return type >= P::AS && type <= P::YIELD; }

} // namespace

std::string ErrorStrategy::shown(size_t at) const {
  const Lexeme &token = parser.input().lexeme(at);
  switch (token.type) {
  case UINT32_MAX:
    return "the end of the file";
  case P::STRING_START:
  case P::RAW_STRING:
  case P::BYTE_STRING:
    return "a string";
  case P::STRING_END:
    return "the end of the string";
  case P::STRING_TEXT:
    return "text";
  default:
    break;
  }
  const std::string_view all = text.substr(token.lo, std::min<size_t>(token.hi - token.lo, 40));
  return fmt::format("`{}`", all);
}

ErrorStrategy::Expected ErrorStrategy::expected() {
  const bool synced = syncAt == parser.input().position() && syncContext;
  const size_t state = synced ? syncState : parser.getState();
  Wanted wanted(parser.getATN().getExpectedTokens(state, synced ? syncContext : parser.getContext()));
  Expected made;
  made.comma = wanted.has(P::COMMA);
  made.semicolon = wanted.has(P::SEMI);
  made.fatArrow = wanted.has(P::FATARROW);
  made.in = wanted.has(P::IN);
  made.name = wanted.has(P::IDENT);
  std::vector<std::string> names;
  const bool items = wanted.has(P::STRUCT) && wanted.has(P::USE), statements = items && wanted.has(P::LET);
  if (statements) {
    names.push_back("a statement");
    wanted.removeStarts();
    wanted.removeItems();
  } else if (items) {
    names.push_back("an item");
    wanted.removeItems();
  } else if (wanted.has(P::AWAIT) && wanted.has(P::SHIELD)) {
    made.expression = true;
    names.push_back("an expression");
    wanted.removeStarts();
  } else if (wanted.has(P::DYN)) {
    made.type = true;
    names.push_back("a type");
    wanted.removeStarts();
    wanted.remove(P::STAR);
  } else if (wanted.has(P::UNDERSCORE)) {
    names.push_back("a pattern");
    wanted.removeStarts();
  } else if (wanted.has(P::PLUS) && wanted.has(P::PIPE)) {
    made.operators = true;
    for (const size_t type : continuing)
      wanted.remove(type);
  } else if (wanted.types.size() > 1) {
    for (const size_t type : {P::PATHSEP, P::LT_TYPE, P::QUESTION})
      wanted.remove(type);
    if (wanted.types.size() > 2)
      for (const size_t type : {P::LT, P::PLUS})
        wanted.remove(type);
    if (wanted.has(P::AT) || wanted.has(P::DOTDOTEQ)) // behind the name of a pattern
      for (const size_t type : {P::LPAREN, P::LBRACE, P::AT, P::DOTDOT, P::DOTDOTEQ, P::BAR})
        wanted.remove(type);
  }
  if (!names.empty())
    wanted.remove(P::LT);
  for (const size_t type : {P::ELSE_LET, P::LPAREN_OPT, P::VIRTUAL_SEMI, P::SPEC_END, P::POUND})
    if (wanted.types.size() > 1)
      wanted.remove(type);
  for (const size_t type : wanted.types)
    if (std::string name = nameOf(parser.getVocabulary(), type); !name.empty() && std::find(names.begin(), names.end(), name) == names.end())
      names.push_back(std::move(name));
  if (made.operators && names.empty())
    names.push_back("an operator");
  if (names.size() > 5)
    names.resize(5);
  made.text = names.empty() ? "something else" : joined(names);
  return made;
}

void ErrorStrategy::reportUnexpected(size_t at) {
  const Lexeme &found = parser.input().lexeme(at);
  if (found.type == UINT32_MAX)
    return reportUnclosed(at);
  const Expected want = expected();
  auto built = errors.emit(span(at), diag::Unexpected, want.text, shown(at));
  addHints(built, want, at);
}

bool ErrorStrategy::isPair(size_t at, uint32_t first, uint32_t second) const {
  TokenInput &input = parser.input();
  return at + 1 < input.size() && input.lexeme(at).type == first && input.lexeme(at + 1).type == second && input.lexeme(at).hi == input.lexeme(at + 1).lo;
}

// What another language would mean by it.
bool ErrorStrategy::addHabit(frontend::DiagnosticBuilder &built, size_t at) {
  TokenInput &input = parser.input();
  const auto is = [&](uint32_t first, uint32_t second) { return isPair(at, first, second) || (at > 0 && isPair(at - 1, first, second)); };
  if (is(P::PLUS, P::PLUS) || (at > 1 && isPair(at - 2, P::MINUS, P::MINUS))) {
    built.help(diag::IncrementHelp, is(P::PLUS, P::PLUS) ? "+" : "-");
  } else if (at > 0 && (isPair(at - 1, P::EQEQ, P::EQ) || isPair(at - 1, P::NE, P::EQ))) {
    const bool equal = input.lexeme(at - 1).type == P::EQEQ;
    const Span both = errors.span(input.lexeme(at - 1).lo, input.lexeme(at).hi);
    built.help(diag::ReplaceHelp, equal ? "`===`" : "`!==`", equal ? "`==`" : "`!=`")
        .fix(both, equal ? "==" : "!=", frontend::Applicability::MachineApplicable);
  } else if (is(P::COLON, P::EQ)) {
    built.help(diag::ReplaceHelp, "`:=`", "`let … =`");
  } else {
    for (size_t i = at + 1; i-- > 0 && i + 1 >= at;) {
      const Lexeme &token = input.lexeme(i);
      if (token.type != P::IDENT)
        continue;
      const std::string_view word = text.substr(token.lo, token.hi - token.lo), own = wordFor(word);
      if (!own.empty())
        built.help(diag::ReplaceHelp, shown(i), fmt::format("`{}`", own)).fix(span(i), std::string(own), frontend::Applicability::MaybeIncorrect);
      else if (i < at && word == "new")
        built.help(diag::NewHelp);
      else if (i < at && (word == "throw" || word == "raise"))
        built.help(diag::ThrowHelp);
      else
        continue;
      return true;
    }
    return false;
  }
  return true;
}

// Whether this is the first value of `a ? b : c`.
bool ErrorStrategy::followsTernary(size_t at) const {
  TokenInput &input = parser.input();
  if (at == 0 || input.lexeme(at - 1).type != P::QUESTION)
    return false;
  for (size_t i = at + 1; i < std::min(at + 32, input.size()); ++i) {
    const uint32_t type = input.lexeme(i).type;
    if (type == P::COLON || type == P::SEMI)
      return type == P::COLON;
  }
  return false;
}

// Whether this stands in the head of a `for (…; …; …)`.
bool ErrorStrategy::inCountingFor(size_t at) const {
  TokenInput &input = parser.input();
  size_t open = at;
  while (open > 0 && at - open < 16 && input.lexeme(open).type != P::FOR)
    --open;
  if (input.lexeme(open).type != P::FOR || open == at || input.lexeme(open + 1).type != P::LPAREN)
    return false;
  for (size_t i = open + 2; i < std::min(open + 48, input.size()); ++i) {
    const uint32_t type = input.lexeme(i).type;
    if (type == P::SEMI || type == P::LBRACE || type == P::IN)
      return type == P::SEMI;
  }
  return false;
}

void ErrorStrategy::addHints(frontend::DiagnosticBuilder &built, const Expected &want, size_t at) {
  TokenInput &input = parser.input();
  const Lexeme &found = input.lexeme(at);
  const uint32_t before = at > 0 ? input.lexeme(at - 1).type : 0;
  if (inCountingFor(at)) {
    built.help(diag::CountingForHelp);
    return;
  }
  if (addHabit(built, at))
    return;
  if (followsTernary(at)) {
    built.help(diag::TernaryHelp);
  } else if (want.operators && found.type == P::BANG) {
    built.help(diag::UnwrapHelp);
  } else if (want.text == "`{`") {
    built.help(diag::BodyHelp);
  } else if (want.comma && beginsOperand(found.type) && at > 0) {
    built.help(diag::MissingCommaHelp).fix(errors.span(input.lexeme(at - 1).hi, input.lexeme(at - 1).hi), ",", frontend::Applicability::MaybeIncorrect);
  } else if (want.name && !want.expression && isWord(found.type)) {
    built.help(diag::WordAsNameHelp, shown(at));
  } else if (found.type == P::LABEL) {
    built.help(diag::LifetimeWrittenHelp);
  } else if (before == P::RBRACE &&
             (found.type == P::DOT || found.type == P::QUESTION || found.type == P::AS || found.type == P::CATCH || want.text == "a statement")) {
    if (found.type != P::RPAREN && found.type != P::RBRACK && found.type != P::COMMA)
      built.help(diag::BlockStatementHelp);
  } else if (want.expression && found.type == P::GT && before == P::LT) {
    built.help(diag::TypeArgumentsHelp);
  }
}

void ErrorStrategy::reportMissingSemicolon() {
  TokenInput &input = parser.input();
  recovering = true;
  const uint32_t end = input.lexeme(input.position() - 1).hi;
  const uint32_t start = input.lexeme(input.position() - 1).lo;
  errors.emit(errors.span(start, end), diag::MissingSemicolon)
      .help(diag::MissingSemicolonHelp)
      .fix(errors.span(end, end), ";", frontend::Applicability::MachineApplicable);
}

void ErrorStrategy::reportMissingComma() {
  TokenInput &input = parser.input();
  recovering = true;
  const Lexeme &last = input.lexeme(input.position() - 1);
  errors.emit(errors.span(last.lo, last.hi), diag::MissingArmComma)
      .help(diag::MissingArmCommaHelp)
      .fix(errors.span(last.hi, last.hi), ",", frontend::Applicability::MachineApplicable);
}

// A block that should have ended before this item: its braces stand open, and it begins no farther in than the block does. The
// missing `}` are put in, so that what follows is read as it was meant.
bool ErrorStrategy::closeForgottenBlocks() {
  TokenInput &input = parser.input();
  if (!unbalanced || forgottenChecks == 0)
    return false;
  --forgottenChecks;
  std::vector<size_t> open;
  for (size_t i = 0; i < input.position(); ++i) {
    const uint32_t type = input.lexeme(i).type;
    if (type == P::LBRACE || type == P::LBRACE_BODY || type == P::INTERP_START || type == P::SPEC_LBRACE)
      open.push_back(i);
    else if ((type == P::RBRACE || type == P::SPEC_END) && !open.empty())
      open.pop_back();
  }
  const uint32_t place = column(input.token(1).lexeme);
  size_t forgotten = 0;
  while (forgotten < open.size() && indentation(input.lexeme(open[open.size() - 1 - forgotten])) >= place)
    ++forgotten;
  if (forgotten == 0)
    return false;
  if (!recovering)
    errors.emit(span(open.back()), diag::Unclosed, shown(open.back())).label(span(input.position()), diag::UnclosedNext);
  recovering = true;
  for (size_t i = 0; i < forgotten; ++i)
    input.insert(P::RBRACE);
  return true;
}

// The end of the file: what is named is the bracket that was opened last and never closed.
void ErrorStrategy::reportUnclosed(size_t at) {
  std::vector<size_t> open;
  for (size_t i = 0; i < at; ++i) {
    const uint32_t type = parser.input().lexeme(i).type;
    if (type == P::LBRACE || type == P::LBRACE_BODY || type == P::LPAREN || type == P::LPAREN_OPT || type == P::LBRACK || type == P::INTERP_START ||
        type == P::SPEC_LBRACE)
      open.push_back(i);
    else if ((type == P::RBRACE || type == P::RPAREN || type == P::RBRACK || type == P::SPEC_END) && !open.empty())
      open.pop_back();
  }
  const size_t last = at > 0 ? at - 1 : at;
  if (open.empty()) {
    errors.emit(span(last), diag::Unexpected, expected().text, "the end of the file");
    return;
  }
  errors.emit(span(open.back()), diag::Unclosed, shown(open.back())).label(span(last), diag::UnclosedEnd);
}

} // namespace async::syntax
