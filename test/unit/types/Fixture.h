// What tests of names and types start from: std, and programs of one or several modules.
#pragma once
#include <filesystem>
#include <fstream>
#include <sstream>

#include "frontend/resolve/StdLoader.h"
#include "frontend/syntax/Parse.h"
#include "typeck/types/Collect.h"
#include "typeck/types/TypeText.h"

namespace async::test {

struct Checked {
  frontend::SourceMap sources;
  frontend::Interner interner;
  frontend::Diagnostics diagnostics;
  resolve::World world;
  typeck::Program program;
  typeck::Bodies bodies;
  std::vector<resolve::SourceModule> files;

  explicit Checked(bool withStd = true) {
    if (withStd)
      files = resolve::loadStd(std::string(ASYNC_SOURCE_DIR) + "/runtime/std", sources, interner, diagnostics);
  }

  Checked &add(const std::string &text, std::vector<std::string> path = {}) {
    auto id = sources.add(path.empty() ? "main.async" : path.back() + ".async", text);
    resolve::SourceModule module;
    for (const std::string &name : path)
      module.path.push_back(interner.intern(name));
    module.file = std::make_unique<ast::File>(syntax::parse(sources, *id, interner, diagnostics));
    files.push_back(std::move(module));
    return *this;
  }

  Checked &collect() {
    resolve::enterModules(world, std::move(files), interner, diagnostics);
    typeck::Context context{program, world, sources, interner, diagnostics};
    typeck::collect(context, bodies);
    return *this;
  }

  // `main.async:3 N0001 text`, one a line; without a line number where it is nowhere.
  std::string errors() const {
    std::string all;
    for (const frontend::Diagnostic *found : diagnostics.sorted()) {
      if (found->span.known()) {
        frontend::Location at = sources.locate(found->span.lo);
        all += std::string(sources.path(at.file)) + ":" + std::to_string(at.line) + " ";
      }
      all += std::string(found->code) + " " + found->message + "\n";
    }
    return all;
  }

  typeck::FnId fn(std::string_view name) const {
    for (uint32_t i = 0; i < program.fns.size(); ++i)
      if (interner.text(program.fns[i].name) == name && !world.modules[program.fns[i].module.index].isStd)
        return {i};
    return {};
  }

  std::string signature(std::string_view name) const {
    typeck::FnId found = fn(name);
    return found.valid() ? typeck::signatureText(program, interner, found) : "none";
  }
};

inline std::string readAll(const std::filesystem::path &path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

} // namespace async::test
