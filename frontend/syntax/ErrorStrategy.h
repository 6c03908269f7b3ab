// ErrorStrategy.h: what the parser says about a mistake and where it goes on.
//
// Says    once a mistake: what was expected, in the language's words, and what stands there, with hints for known slips.
// Goes on an exception leaves all rules up to one that repeats (an item, a member, a statement, an arm); that rule skips to the end of
//         what is broken: a `;`, the `}` of what is around it, or a word that begins the next one. A missing `;` at a line's end is put in.
// Holds   after each recovery at least one token has been consumed since the last one, so parsing ends.
#pragma once
#include "antlr4-runtime.h"

#include "frontend/syntax/Errors.h"
#include "frontend/syntax/ParserBase.h"

namespace async::syntax {

class ErrorStrategy final : public antlr4::ANTLRErrorStrategy {
public:
  ErrorStrategy(ParserBase &parser, std::string_view text, Errors &errors);

  void reset(antlr4::Parser *) override { recovering = false; }
  antlr4::Token *recoverInline(antlr4::Parser *) override;
  void recover(antlr4::Parser *, std::exception_ptr exception) override;
  void sync(antlr4::Parser *) override;
  bool inErrorRecoveryMode(antlr4::Parser *) override { return recovering; }
  void reportMatch(antlr4::Parser *) override { recovering = false; }
  void reportError(antlr4::Parser *, const antlr4::RecognitionException &exception) override;

private:
  struct Expected {
    std::string text; // "an expression", "`,` or `)`"
    bool comma = false, semicolon = false, name = false, expression = false, type = false, operators = false, fatArrow = false, in = false;
  };
  Expected expected();
  void reportUnexpected(size_t at);
  bool addHabit(frontend::DiagnosticBuilder &built, size_t at);
  bool isPair(size_t at, uint32_t first, uint32_t second) const; // without a blank between
  bool followsTernary(size_t at) const;
  bool inCountingFor(size_t at) const;
  void addHints(frontend::DiagnosticBuilder &built, const Expected &expected, size_t at);
  void reportMissingSemicolon();
  void reportMissingComma();
  bool beginsArm() const;
  bool closeForgottenBlocks();
  bool closesOnThisLine(const std::vector<uint32_t> &open) const;
  void reportUnclosed(size_t at);
  bool loopAllows(size_t type);
  void skip(size_t from, bool items);
  bool endsBroken(size_t from, size_t at, bool items, bool insideBraces) const;
  uint32_t column(const Lexeme &token) const;
  uint32_t indentation(const Lexeme &token) const; // of its line

  Span span(size_t at) const;
  std::string shown(size_t at) const;

  ParserBase &parser;
  std::string_view text;
  Errors &errors;
  bool recovering = false;
  bool gaveUp = false; // the nesting was too deep: the rest of the file is not read
  bool unbalanced = false;        // more `{` than `}`
  uint32_t forgottenChecks = 100; // each looks at all tokens before
  size_t lastRecovery = SIZE_MAX;
  // The first look at the next token: its state tells all that may stand there.
  size_t syncAt = SIZE_MAX, syncState = 0;
  antlr4::ParserRuleContext *syncContext = nullptr;
};

} // namespace async::syntax
