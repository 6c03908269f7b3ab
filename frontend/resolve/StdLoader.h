// StdLoader.h: from files on disk to parsed modules: the standard library, and what the user gives.
//
// In      a folder or file. Files are read in the order of their paths, so that numbers are the same everywhere.
// Out     SourceModules for enterModules. Paths in the SourceMap: `std/core/option.async` for std, as given for the user's.
// Errors  syntax errors go to the diagnostics; a file that cannot be read ends the loading with a text that says why.
#pragma once
#include <optional>
#include <string>

#include "frontend/resolve/Resolve.h"

namespace async::resolve {

// Every `*.async` below the folder; `core/option.async` is std::core::option.
std::vector<SourceModule> loadStd(const std::string &folder, frontend::SourceMap &sources, Interner &interner, Diagnostics &diagnostics);

// A file is the root module; a folder is a package, in which `main.async` is the root and every other file a module.
std::vector<SourceModule> loadUser(const std::string &path, frontend::SourceMap &sources, Interner &interner, Diagnostics &diagnostics, std::string &error);

} // namespace async::resolve
