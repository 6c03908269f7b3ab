// PrintTypes.h: the parts of the tree whose depth the nesting limit bounds, as text within one line.
#pragma once
#include <string>

#include "frontend/syntax/Ast.h"

namespace async::syntax {

class LinePrinter {
public:
  LinePrinter(const ast::File &file, const frontend::Interner &interner) : file(file), interner(interner) {}

  std::string name(const ast::Name &name) const { return std::string(interner.text(name.symbol)); }
  std::string text(frontend::Symbol symbol) const { return std::string(interner.text(symbol)); }
  std::string quoted(frontend::Symbol symbol) const;
  std::string path(ast::PathId id) const;
  std::string type(ast::TypeId id) const;
  std::string pattern(ast::PatternId id) const;
  std::string bounds(ast::List list) const;
  std::string generics(const ast::Generics &generics) const;
  std::string attributes(ast::List list) const;
  // A literal or path; `…` for anything longer.
  std::string constant(ast::ExprId id) const;

private:
  std::string types(ast::List list) const;
  std::string patterns(ast::List list) const;
  const ast::File &file;
  const frontend::Interner &interner;
};

} // namespace async::syntax
