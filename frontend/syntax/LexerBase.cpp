#include "frontend/syntax/LexerBase.h"

#include <array>

#include "frontend/syntax/CharInput.h"
#include "frontend/syntax/generated/AsyncLexer.h"

namespace async::syntax {

namespace {

// ANTLR's simulator with its table of transitions read without a lock or a hash: one array a state, filled from the shared one.
class Simulator final : public antlr4::atn::LexerATNSimulator {
public:
  Simulator(antlr4::Lexer *lexer, const antlr4::atn::ATN &atn, LexerATNSimulator &old)
      : LexerATNSimulator(lexer, atn, old._decisionToDFA, old.getSharedContextCache()), tables(old._decisionToDFA.size()) {}

  void consume(antlr4::CharStream *input) override { static_cast<CharInput *>(input)->consume(); }

protected:
  antlr4::dfa::DFAState *getExistingTargetState(antlr4::dfa::DFAState *state, size_t symbol) override {
    if (symbol > MAX_DFA_EDGE)
      return LexerATNSimulator::getExistingTargetState(state, symbol);
    auto &table = tables[_mode];
    const auto number = static_cast<size_t>(state->stateNumber);
    if (number >= table.size())
      table.resize(number + 1);
    antlr4::dfa::DFAState *&entry = table[number][symbol];
    if (!entry)
      entry = LexerATNSimulator::getExistingTargetState(state, symbol);
    return entry;
  }

private:
  std::vector<std::vector<std::array<antlr4::dfa::DFAState *, MAX_DFA_EDGE + 1>>> tables;
};

} // namespace

LexerBase::LexerBase(antlr4::CharStream *input) : Lexer(input) {}

Lexed LexerBase::scan(CharInput &input) {
  auto *simulator = new Simulator(this, getATN(), *getInterpreter<antlr4::atn::LexerATNSimulator>());
  setInterpreter(simulator); // owns it
  Lexed lexed;
  lexed.tokens.reserve(input.text.size() / 4);
  bool startsLine = true;
  while (input.at < input.text.size()) {
    const char next = input.text[input.at];
    if (mode == DEFAULT_MODE && (next == ' ' || next == '\n' || next == '\t' || next == '\r')) {
      startsLine |= next == '\n';
      ++input.at;
      continue;
    }
    const auto lo = static_cast<uint32_t>(input.at);
    tokenStartCharIndex = lo;
    type = antlr4::Token::INVALID_TYPE;
    channel = DEFAULT_TOKEN_CHANNEL;
    size_t matched = SKIP;
    try {
      matched = simulator->match(&input, mode);
    } catch (const antlr4::LexerNoViableAltException &) {
      input.seek(lo);
      input.consume();
      matched = AsyncLexer::BAD_CHAR;
    }
    if (type == antlr4::Token::INVALID_TYPE)
      type = matched;
    if (type == SKIP || channel != DEFAULT_TOKEN_CHANNEL)
      continue;
    lexed.tokens.push_back({static_cast<uint32_t>(type), lo, static_cast<uint32_t>(input.at), startsLine});
    previous = static_cast<uint32_t>(type);
    startsLine = false;
  }
  const auto end = static_cast<uint32_t>(input.text.size());
  lexed.tokens.push_back({UINT32_MAX, end, end, startsLine});
  if (mode == AsyncLexer::COMMENT && !comments.empty())
    lexed.openComment = comments.back();
  else if (!strings.empty())
    lexed.openString = std::min(strings.back(), firstLong);
  return lexed;
}

void LexerBase::leaveMode() {
  if (modeStack.empty())
    setMode(DEFAULT_MODE);
  else
    popMode();
}

void LexerBase::openString() {
  strings.push_back(static_cast<uint32_t>(tokenStartCharIndex));
  pushMode(AsyncLexer::STRING);
}

void LexerBase::closeString() {
  if (!strings.empty()) {
    const std::string_view text = static_cast<CharInput *>(_input)->text;
    if (firstLong == UINT32_MAX && text.substr(strings.back(), tokenStartCharIndex - strings.back()).find('\n') != std::string_view::npos)
      firstLong = strings.back();
    strings.pop_back();
  }
  leaveMode();
}

void LexerBase::openInterpolation() {
  interpolations.push_back({});
  pushMode(DEFAULT_MODE);
}

void LexerBase::closeSpecification() {
  if (!interpolations.empty())
    interpolations.pop_back();
  leaveMode();
}

// A quote or line end in a specification: it ends there, and the quote ends the string.
void LexerBase::leaveSpecification() {
  closeSpecification();
  if (static_cast<CharInput *>(_input)->text[tokenStartCharIndex] == '"')
    closeString();
}

void LexerBase::open() {
  if (!interpolations.empty())
    ++interpolations.back().depth;
}

void LexerBase::close() {
  if (!interpolations.empty() && interpolations.back().depth > 0)
    --interpolations.back().depth;
}

void LexerBase::closeBrace() {
  if (!interpolations.empty() && interpolations.back().depth == 0) {
    interpolations.pop_back();
    leaveMode();
  } else {
    close();
  }
}

void LexerBase::colon() {
  if (!interpolations.empty() && interpolations.back().depth == 0 && !interpolations.back().inBars)
    setMode(AsyncLexer::SPECIFICATION);
}

// A bar where an operand may begin opens the parameters of a closure.
bool LexerBase::barOpensClosure() const {
  switch (previous) {
  case AsyncLexer::IDENT:
  case AsyncLexer::RPAREN:
  case AsyncLexer::RBRACK:
  case AsyncLexer::RBRACE:
  case AsyncLexer::INT:
  case AsyncLexer::FLOAT:
  case AsyncLexer::CHAR:
  case AsyncLexer::TRUE:
  case AsyncLexer::FALSE:
  case AsyncLexer::STRING_END:
  case AsyncLexer::SELF:
  case AsyncLexer::SELF_TYPE:
  case AsyncLexer::QUESTION:
  case AsyncLexer::RAW_STRING:
  case AsyncLexer::BYTE_STRING:
    return false;
  default:
    return true;
  }
}

void LexerBase::bar() {
  if (interpolations.empty() || interpolations.back().depth != 0)
    return;
  bool &inBars = interpolations.back().inBars;
  inBars = !inBars && barOpensClosure();
}

void LexerBase::openComment() { comments.assign(1, static_cast<uint32_t>(tokenStartCharIndex)); }

} // namespace async::syntax
