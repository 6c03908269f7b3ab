// TokenPass.h: the pass over the tokens between lexer and parser, which makes the grammar nearly free of context.
//
// In      the tokens of a file, ending with EOF.
// Out     the same with, by what stands around them:
//           LT_TYPE       `<` that opens type arguments in an expression (G1)
//           LBRACE_BODY   the `{` that ends the head of `if`, `while`, `match`, `for` (G5)
//           ELSE_LET      the `else` of `let … else` (G4)
//           LPAREN_OPT    the `(` of options (G9)
//           KW_…          contextual words (G5); behind `.` every word is a name
//           INT . INT     for `0.1` behind `.`
//           COMMA         of no text in front of the `}` of arms, where none was written: what follows an arm is known at once
// Reports unknown characters, and habits from elsewhere that need no parser to be seen: `::<`, `name!(…)`, `let mut`, `&'a T`,
//         a struct literal in a head. Their tokens are mended, so that parsing goes on.
// Cost    linear; the look-ahead of G1 is memoised and bounded.
#pragma once
#include <string_view>
#include <vector>

#include "frontend/syntax/Errors.h"
#include "frontend/syntax/Lexeme.h"

namespace async::syntax {

std::vector<Lexeme> passTokens(const std::vector<Lexeme> &lexed, std::string_view text, Errors &errors);

} // namespace async::syntax
