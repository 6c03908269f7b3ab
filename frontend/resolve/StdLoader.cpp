#include "frontend/resolve/StdLoader.h"

#include <algorithm>
#include <cstring>
#include <cerrno>
#include <filesystem>
#include <fstream>

#include "frontend/syntax/Parse.h"

namespace async::resolve {
namespace {

namespace fs = std::filesystem;

std::optional<std::string> readFile(const fs::path &path, std::string &error) {
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  std::string text;
  char buffer[1 << 16];
  while (stream.read(buffer, sizeof buffer) || stream.gcount() > 0)
    text.append(buffer, static_cast<size_t>(stream.gcount()));
  if (stream.is_open() && !stream.bad() && stream.eof())
    return text;
  error = path.string() + ": " + (errno ? std::strerror(errno) : "cannot be read");
  return std::nullopt;
}

// The files below a folder, sorted by path; links to folders are not followed, so there is an end.
std::vector<fs::path> filesBelow(const fs::path &folder, std::string &error) {
  std::vector<fs::path> found;
  std::error_code code;
  fs::recursive_directory_iterator at(folder, fs::directory_options::skip_permission_denied, code), end;
  while (!code && at != end) {
    std::error_code kind;
    if (at->path().extension() == ".async" && at->is_regular_file(kind))
      found.push_back(at->path());
    at.increment(code);
  }
  if (code)
    error = folder.string() + ": " + code.message();
  std::sort(found.begin(), found.end(), [](const fs::path &a, const fs::path &b) { return a.generic_string() < b.generic_string(); });
  return found;
}

class Loader {
public:
  Loader(frontend::SourceMap &sources, Interner &interner, Diagnostics &diagnostics, std::string &error)
      : sources(sources), interner(interner), diagnostics(diagnostics), error(error) {}

  void load(const fs::path &path, std::string shown, std::vector<Symbol> module, bool isStd) {
    auto text = readFile(path, error);
    if (!text)
      return;
    auto file = sources.add(std::move(shown), std::move(*text));
    if (!file) {
      error = path.string() + ": the files of a program are at most 1 GiB together";
      return;
    }
    auto tree = std::make_unique<ast::File>(syntax::parse(sources, *file, interner, diagnostics));
    modules.push_back({std::move(module), std::move(tree), isStd});
  }

  std::vector<Symbol> modulePath(const fs::path &relative) {
    std::vector<Symbol> path;
    for (const fs::path &part : relative.parent_path())
      path.push_back(interner.intern(part.string()));
    path.push_back(interner.intern(relative.stem().string()));
    return path;
  }

  std::vector<SourceModule> modules;

private:
  frontend::SourceMap &sources;
  Interner &interner;
  Diagnostics &diagnostics;
  std::string &error;
};

} // namespace

std::vector<SourceModule> loadStd(const std::string &folder, frontend::SourceMap &sources, Interner &interner, Diagnostics &diagnostics) {
  std::string error;
  Loader loader(sources, interner, diagnostics, error);
  for (const fs::path &path : filesBelow(folder, error)) {
    const fs::path relative = path.lexically_relative(folder);
    std::vector<Symbol> module = loader.modulePath(relative);
    module.insert(module.begin(), interner.intern("std"));
    loader.load(path, "std/" + relative.generic_string(), std::move(module), true);
  }
  if (!error.empty())
    return {};
  return std::move(loader.modules);
}

} // namespace async::resolve
