// TokenInput.h: the tokens of a file as ANTLR's parser reads them, and virtual ones put in while it recovers.
#pragma once
#include <deque>
#include <vector>

#include "antlr4-runtime.h"

#include "frontend/syntax/Lexeme.h"

namespace async::syntax {

class SourceToken final : public antlr4::Token {
public:
  SourceToken(const Lexeme &lexeme, size_t index) : lexeme(lexeme), index(index) {}

  std::string getText() const override { return {}; }
  size_t getType() const override { return lexeme.type == UINT32_MAX ? EOF : lexeme.type; }
  size_t getLine() const override { return 0; }
  size_t getCharPositionInLine() const override { return 0; }
  size_t getChannel() const override { return DEFAULT_CHANNEL; }
  size_t getTokenIndex() const override { return index; }
  size_t getStartIndex() const override { return lexeme.lo; }
  size_t getStopIndex() const override { return lexeme.hi; }
  antlr4::TokenSource *getTokenSource() const override { return nullptr; }
  antlr4::CharStream *getInputStream() const override { return nullptr; }
  std::string toString() const override { return {}; }

  Lexeme lexeme;
  size_t index;
};

class TokenInput final : public antlr4::TokenStream {
public:
  // `lexemes` ends with EOF.
  explicit TokenInput(const std::vector<Lexeme> &lexemes) {
    storage.reserve(lexemes.size());
    tokens.reserve(lexemes.size());
    for (const Lexeme &lexeme : lexemes)
      tokens.push_back(&storage.emplace_back(lexeme, storage.size()));
  }

  void consume() override { at += at + 1 < tokens.size(); }
  size_t LA(ssize_t ahead) override { return LT(ahead)->getType(); }
  antlr4::Token *LT(ssize_t ahead) override { return &token(ahead); }
  SourceToken &token(ssize_t ahead) const {
    const ssize_t i = static_cast<ssize_t>(at) + (ahead > 0 ? ahead - 1 : ahead);
    return *tokens[i < 0 ? 0 : std::min(static_cast<size_t>(i), tokens.size() - 1)];
  }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at; }
  void seek(size_t index) override { at = index; }
  size_t size() override { return tokens.size(); }
  std::string getSourceName() const override { return {}; }
  antlr4::Token *get(size_t index) const override { return tokens[index]; }
  antlr4::TokenSource *getTokenSource() const override { return nullptr; }
  std::string getText(const antlr4::misc::Interval &) override { return {}; }
  std::string getText() override { return {}; }
  std::string getText(antlr4::RuleContext *) override { return {}; }
  std::string getText(antlr4::Token *, antlr4::Token *) override { return {}; }

  const Lexeme &lexeme(size_t index) const { return tokens[index]->lexeme; }
  size_t position() const { return at; }
  // Puts a token of no text before the next one. Cost: linear, so only while recovering.
  void insert(uint32_t type) {
    const uint32_t place = at > 0 ? tokens[at - 1]->lexeme.hi : 0;
    SourceToken &made = added.emplace_back(Lexeme{type, place, place, false}, at);
    tokens.insert(tokens.begin() + static_cast<ssize_t>(at), &made);
  }

private:
  std::vector<SourceToken> storage;
  std::deque<SourceToken> added;
  std::vector<SourceToken *> tokens;
  size_t at = 0;
};

} // namespace async::syntax
