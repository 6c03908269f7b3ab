// LexerBase.h: what the generated lexer cannot say in a grammar: where interpolations, their specifications and comments end (G7).
//
// Each interpolation has a record of how many brackets are open in it and whether closure bars are. Every mode that is left takes its
// record with it, and leaving is guarded: any input ends in a token list.
#pragma once
#include <string_view>
#include <vector>

#include "antlr4-runtime.h"

#include "frontend/syntax/Lexeme.h"

namespace async::syntax {

class CharInput;

struct Lexed {
  std::vector<Lexeme> tokens; // the last is EOF (type UINT32_MAX)
  // Offset of a string or comment that the end of the file cuts, if any. Of strings, the first one that spans lines: a quote too many
  // or too few turns code to text from there on.
  uint32_t openString = UINT32_MAX;
  uint32_t openComment = UINT32_MAX;
};

class LexerBase : public antlr4::Lexer {
public:
  explicit LexerBase(antlr4::CharStream *input);

  // The whole file. Doc comments are left out.
  Lexed scan(CharInput &input);

protected:
  void openString();
  void closeString();
  void openInterpolation();
  void closeSpecification();
  void leaveSpecification();
  void open();
  void close();
  void closeBrace();
  void colon();
  void bar();
  void openComment();

private:
  struct Interpolation {
    uint32_t depth = 0;
    bool inBars = false;
  };
  bool barOpensClosure() const;
  void leaveMode();

  std::vector<Interpolation> interpolations;
  std::vector<uint32_t> strings, comments; // where the open ones begin
  uint32_t firstLong = UINT32_MAX;         // the first string that spans lines
  uint32_t previous = 0;                   // kind of the last token
};

} // namespace async::syntax
