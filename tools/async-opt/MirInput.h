// MirInput.h: MIR text with the declarations that it needs, as a program that passes can run on.
#pragma once
#include <string>
#include <vector>

#include "frontend/diagnostics/Diagnostics.h"
#include "frontend/source/SourceMap.h"
#include "typeck/mir/Mir.h"

namespace async::opt_tool {

struct MirInput {
  frontend::SourceMap sources;
  frontend::Interner interner;
  typeck::Program program;
  frontend::Diagnostics diagnostics;
  std::vector<mir::Body *> bodies; // owned by `program`

  // Once. False: `error` says why the text cannot be read.
  bool read(const std::string &name, std::string text, std::string &error);
  // What the verifier finds, a line each. Passes may run only on what it finds nothing in.
  std::vector<std::string> verify();
};

} // namespace async::opt_tool
