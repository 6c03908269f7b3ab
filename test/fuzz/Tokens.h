// Tokens.h: text cut into pieces that a mutation can move. Any bytes; joined again they are the same bytes.
//
// It is coarser than the language's lexer, and must stay independent of it: it also cuts what no lexer takes.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace async::fuzz {

enum class TokenKind : uint8_t { Space, Comment, Word, Number, Text, Mark };

struct Token {
  TokenKind kind;
  std::string text;
  bool is(std::string_view other) const { return text == other; }
};

std::vector<Token> cut(std::string_view text);
std::string join(const std::vector<Token> &tokens);
// Indexes of the tokens that are neither space nor comments.
std::vector<size_t> solid(const std::vector<Token> &tokens);
std::vector<std::string_view> cutLines(std::string_view text); // each with its end

} // namespace async::fuzz
