#include "frontend/syntax/Parse.h"

#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/Builder.h"
#include "frontend/syntax/CharInput.h"
#include "frontend/syntax/ErrorStrategy.h"
#include "frontend/syntax/LexerBase.h"
#include "frontend/syntax/Predictor.h"
#include "frontend/syntax/TokenPass.h"
#include "frontend/syntax/generated/AsyncLexer.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

namespace {

// A string or comment that never ends has swallowed the rest of the file: nothing behind its start is looked at.
void cutUnclosed(Lexed &lexed, Errors &errors) {
  const uint32_t from = std::min(lexed.openComment, lexed.openString);
  if (from == UINT32_MAX)
    return;
  if (lexed.openComment != UINT32_MAX)
    errors.emit(errors.span(from, from + 2), diag::UnclosedComment).help(diag::UnclosedCommentHelp);
  else
    errors.emit(errors.span(from, from + 1), diag::UnclosedString).help(diag::UnclosedStringHelp);
  const auto first = std::find_if(lexed.tokens.begin(), lexed.tokens.end(), [&](const Lexeme &token) { return token.lo >= from; });
  Lexeme end = lexed.tokens.back();
  end.lo = from;
  lexed.tokens.erase(first, lexed.tokens.end());
  lexed.tokens.push_back(end);
}

std::vector<Lexeme> readTokens(std::string_view text, Errors &errors, bool &cut) {
  CharInput chars(text);
  AsyncLexer lexer(&chars);
  Lexed lexed = lexer.scan(chars);
  cutUnclosed(lexed, errors);
  cut = lexed.openComment != UINT32_MAX || lexed.openString != UINT32_MAX;
  return passTokens(lexed.tokens, text, errors);
}

} // namespace

ast::File parse(const frontend::SourceMap &sources, frontend::FileId id, frontend::Interner &interner, frontend::Diagnostics &diagnostics) {
  ast::File file;
  file.file = id;
  Errors errors(diagnostics, sources.start(id));
  std::string storage;
  const std::string_view text = cleanSource(sources.text(id), storage, errors);
  bool cut = false;
  TokenInput tokens(readTokens(text, errors, cut));
  if (cut)
    errors.silentFrom = 0; // what the parser finds now follows from that
  AsyncParser parser(&tokens);
  parser.cst.nodes.reserve(3 * tokens.size());
  parser.setBuildParseTree(false);
  parser.removeErrorListeners();
  parser.setErrorHandler(std::make_shared<ErrorStrategy>(parser, text, errors));
  auto *predictor = new Predictor(&parser, parser.getATN(), *parser.getInterpreter<antlr4::atn::ParserATNSimulator>());
  predictor->setPredictionMode(antlr4::atn::PredictionMode::SLL);
  parser.setInterpreter(predictor); // owns it
  parser.file();
  Builder(parser.cst, tokens, text, file, interner, errors).build();
  file.hasErrors = errors.any;
  return file;
}

} // namespace async::syntax
