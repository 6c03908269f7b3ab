// Context.h: what every step of checking works on.
#pragma once
#include "frontend/diagnostics/Diagnostics.h"
#include "frontend/resolve/Resolve.h"
#include "typeck/types/Program.h"

namespace async::typeck {

struct Context {
  Program &program;
  resolve::World &world;
  const frontend::SourceMap &sources;
  frontend::Interner &interner;
  frontend::Diagnostics &diagnostics;
};

} // namespace async::typeck
