// StdLoader.h: the files of the standard library → parsed modules.
//
// In      a folder. Files are read in the order of their paths, so that numbers are the same everywhere.
// Out     SourceModules for enterModules; in the SourceMap they are called `std/core/option.async`. None: a file could not be read.
#pragma once
#include <string>

#include "frontend/resolve/Resolve.h"

namespace async::resolve {

// Every `*.async` below the folder; `core/option.async` is std::core::option.
std::vector<SourceModule> loadStd(const std::string &folder, frontend::SourceMap &sources, Interner &interner, Diagnostics &diagnostics);

} // namespace async::resolve
