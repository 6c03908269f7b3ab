#include "typeck/mir/TextLexer.h"

namespace async::mir {
namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isName(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || c == '_' || (c & 0x80); }

int hexDigit(char c) {
  if (isDigit(c))
    return c - '0';
  char lower = static_cast<char>(c | 32);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

class Lexer {
public:
  Lexer(std::string_view text, uint32_t base) : text(text), base(base) {}

  std::vector<Token> run() {
    startLine();
    while (at < text.size()) {
      char c = text[at];
      if (c == '\n') {
        ++at;
        ++line;
        startLine();
      } else if (c == ' ' || c == '\t' || c == '\r') {
        ++at;
      } else if (text.substr(at, 2) == "//") {
        at = std::min(text.find('\n', at), text.size());
      } else {
        token();
      }
    }
    add(Token::Kind::End, {});
    return std::move(tokens);
  }

private:
  void startLine() {
    size_t end = std::min(text.find('\n', at), text.size());
    span = {base + static_cast<uint32_t>(at), base + static_cast<uint32_t>(end)};
  }

  void add(Token::Kind kind, std::string_view part) { tokens.push_back({kind, part, line, span}); }

  void token() {
    char c = text[at];
    size_t start = at;
    if (c == '"' || c == '`') {
      ++at;
      while (at < text.size() && text[at] != c && text[at] != '\n')
        at += c == '"' && text[at] == '\\' ? 2 : 1;
      size_t end = std::min(at, text.size());
      at = end + 1;
      return add(c == '"' ? Token::Kind::Text : Token::Kind::Quoted, text.substr(start + 1, end - start - 1));
    }
    if (isDigit(c) || (c == '-' && at + 1 < text.size() && isDigit(text[at + 1]))) {
      ++at;
      while (at < text.size() && isName(text[at]))
        ++at;
      return add(Token::Kind::Number, text.substr(start, at - start));
    }
    if (isName(c)) {
      while (at < text.size() && (isName(text[at]) || isPathStep()))
        at += isName(text[at]) ? 1 : 2;
      if (at + 1 < text.size() && text[at] == '#' && isDigit(text[at + 1]))
        for (++at; at < text.size() && isDigit(text[at]);)
          ++at;
      return add(Token::Kind::Name, text.substr(start, at - start));
    }
    at += text.substr(at, 2) == "->" || text.substr(at, 2) == ".." || text.substr(at, 2) == "::" || text.substr(at, 2) == "#[" ? 2 : 1;
    add(Token::Kind::Symbol, text.substr(start, at - start));
  }

  bool isPathStep() const { return text.substr(at, 2) == "::" && at + 2 < text.size() && isName(text[at + 2]); }

  std::string_view text;
  uint32_t base, line = 1;
  size_t at = 0;
  frontend::Span span;
  std::vector<Token> tokens;
};

} // namespace

std::vector<Token> lexText(std::string_view text, uint32_t base) { return Lexer(text, base).run(); }

std::string unescape(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      result += text[i];
      continue;
    }
    ++i;
    if (text[i] == 'x' && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0) {
      result += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

} // namespace async::mir
