// Parse.h: text to syntax tree.
//
// In      a file of the SourceMap; any bytes.
// Out     its tree; diagnostics P0xxx. One mistake gives one error; parsing goes on at the next statement or item.
// How     ANTLR's lexer, one pass over the tokens (TokenPass.h), ANTLR's parser in SLL mode, and the builder (parsing-notes.md).
// Limits  nesting of 256 (P0xxx), files of 1 GiB together.
// Cost    linear. Dump  --emit=tokens, --emit=ast. Tests  test/syntax/
#pragma once
#include <string>

#include "frontend/diagnostics/Diagnostics.h"
#include "frontend/syntax/Ast.h"

namespace async::syntax {

ast::File parse(const frontend::SourceMap &sources, frontend::FileId file, frontend::Interner &interner, frontend::Diagnostics &diagnostics);

// The tree as text: one node a line, indented, with its fields.
std::string printAst(const ast::File &file, const frontend::Interner &interner);
// One token a line: line:column, kind, text; contextual words as the token pass left them.
std::string printTokens(const frontend::SourceMap &sources, frontend::FileId file);

} // namespace async::syntax
