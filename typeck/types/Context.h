// Context.h: what every step of checking works on.
#pragma once
#include <memory>

#include "frontend/diagnostics/Diagnostics.h"
#include "frontend/resolve/Resolve.h"
#include "typeck/types/Program.h"

namespace async::infer {
class Lookup;
}

namespace async::typeck {

struct Context {
  Program &program;
  resolve::World &world;
  const frontend::SourceMap &sources;
  frontend::Interner &interner;
  frontend::Diagnostics &diagnostics;
  std::shared_ptr<infer::Lookup> lookup = nullptr; // of members and impls; made by inference
};

} // namespace async::typeck
