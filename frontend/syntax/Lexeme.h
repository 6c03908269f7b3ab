// Lexeme.h: a token as the lexer leaves it: its kind (a number of AsyncLexer.h) and its bytes.
#pragma once
#include <cstdint>

namespace async::syntax {

struct Lexeme {
  uint32_t type = 0;
  uint32_t lo = 0, hi = 0; // byte offsets in the file
  bool startsLine = false; // only blanks and comments stand before it on its line
};

} // namespace async::syntax
