#include "frontend/syntax/CharInput.h"
#include "frontend/syntax/LexerBase.h"
#include "frontend/syntax/Parse.h"
#include "frontend/syntax/TokenPass.h"
#include "frontend/syntax/generated/AsyncLexer.h"

namespace async::syntax {

std::string printTokens(const frontend::SourceMap &sources, frontend::FileId id) {
  frontend::Diagnostics unused;
  Errors errors(unused, sources.start(id));
  std::string storage, out;
  const std::string_view text = cleanSource(sources.text(id), storage, errors);
  CharInput chars(text);
  AsyncLexer lexer(&chars);
  for (const Lexeme &token : passTokens(lexer.scan(chars).tokens, text, errors)) {
    if (token.type == UINT32_MAX)
      break;
    if (token.lo == token.hi)
      continue;
    const frontend::Location place = sources.locate(sources.start(id) + token.lo);
    out += fmt::format("{}:{} {} ", place.line, place.column, lexer.getVocabulary().getSymbolicName(token.type));
    for (const char c : text.substr(token.lo, token.hi - token.lo))
      out += c == '\n' ? std::string("\\n") : c == '\r' ? std::string("\\r") : std::string(1, c);
    out += '\n';
  }
  return out;
}

} // namespace async::syntax
