// Imports.h: solves `use` to a fixed point.
#pragma once
#include "frontend/resolve/Names.h"

namespace async::resolve {

struct Import {
  uint32_t module = 0;
  std::vector<ast::Name> path; // empty only for `use *` of what is broken
  ast::Name bindAs;
  bool isGlob = false, isPublic = false, isDone = false;
};

void solveImports(World &world, std::vector<Import> imports, const Interner &interner, Diagnostics &diagnostics);

} // namespace async::resolve
