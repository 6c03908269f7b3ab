// TextLexer.h: the tokens of MIR text. Names take their path and number with them: `List::push`, `tmp#2`.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "frontend/source/SourceMap.h"

namespace async::mir {

struct Token {
  enum class Kind : uint8_t { Name, Number, Text, Quoted, Symbol, End } kind = Kind::End;
  std::string_view text; // of a Text or Quoted, what stands between the quotes
  uint32_t line = 1;
  frontend::Span span; // the line it stands on
};

std::vector<Token> lexText(std::string_view text, uint32_t base);

// With `\"`, `\\` and `\xNN` replaced.
std::string unescape(std::string_view text);

} // namespace async::mir
