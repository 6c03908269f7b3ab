#include "test/fuzz/Tokens.h"

#include <cctype>

namespace async::fuzz {
namespace {

constexpr std::string_view marks[] = {"..=", "<-", "->", "=>", "::", "..", "|>", "&&", "||", "==", "!=", "<=", "+=", "-=", "*=", "/=", "+%", "-%", "*%", "+|", "-|"};

bool isWord(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool isSpace(char c) { return std::isspace(static_cast<unsigned char>(c)); }
bool isDigit(char c) { return c >= '0' && c <= '9'; }

template <typename Test> size_t spanOf(std::string_view text, Test test) {
  size_t end = 0;
  while (end < text.size() && test(text[end]))
    ++end;
  return end;
}

size_t textEnd(std::string_view text) {
  for (size_t at = 1; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return text.size();
}

size_t markEnd(std::string_view text) {
  for (std::string_view mark : marks)
    if (text.starts_with(mark))
      return mark.size();
  return 1;
}

Token first(std::string_view text) {
  auto token = [&](TokenKind kind, size_t size) { return Token{kind, std::string(text.substr(0, size))}; };
  if (isSpace(text[0]))
    return token(TokenKind::Space, spanOf(text, isSpace));
  if (text.starts_with("//"))
    return token(TokenKind::Comment, spanOf(text, [](char c) { return c != '\n'; }));
  if (isDigit(text[0]))
    return token(TokenKind::Number, spanOf(text, isWord));
  if (isWord(text[0]))
    return token(TokenKind::Word, spanOf(text, isWord));
  if (text[0] == '"')
    return token(TokenKind::Text, textEnd(text));
  return token(TokenKind::Mark, markEnd(text));
}

} // namespace

std::vector<Token> cut(std::string_view text) {
  std::vector<Token> tokens;
  while (!text.empty()) {
    tokens.push_back(first(text));
    text.remove_prefix(tokens.back().text.size());
  }
  return tokens;
}

std::string join(const std::vector<Token> &tokens) {
  std::string text;
  for (const Token &token : tokens)
    text += token.text;
  return text;
}

std::vector<size_t> solid(const std::vector<Token> &tokens) {
  std::vector<size_t> indexes;
  for (size_t i = 0; i < tokens.size(); ++i)
    if (tokens[i].kind != TokenKind::Space && tokens[i].kind != TokenKind::Comment)
      indexes.push_back(i);
  return indexes;
}

std::vector<std::string_view> cutLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    size_t end = text.find('\n');
    end = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

} // namespace async::fuzz
