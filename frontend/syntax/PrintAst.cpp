#include "frontend/syntax/Parse.h"
namespace async::syntax { std::string printAst(const ast::File &, const frontend::Interner &) { return {}; } }
