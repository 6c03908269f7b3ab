#include "tools/driver/Session.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "frontend/diagnostics/Names.h"
#include "frontend/resolve/StdLoader.h"
#include "frontend/syntax/Parse.h"
#include "typeck/infer/Infer.h"
#include "typeck/lifetimes/CheckLoans.h"
#include "typeck/mir/BuildMir.h"
#include "typeck/mir/CheckMoves.h"
#include "typeck/mir/ElaborateDrops.h"
#include "typeck/mir/MustUse.h"
#include "typeck/mir/Verify.h"
#include "typeck/types/Hidden.h"
#include "typeck/types/TypeText.h"

namespace async::driver {

namespace fs = std::filesystem;

bool readFile(const std::string &path, std::string &text, std::string &error) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status{};
  if (file < 0 || fstat(file, &status) != 0) {
    error = fmt::format("cannot read {}: {}", path, strerror(errno));
    if (file >= 0)
      close(file);
    return false;
  }
  if (S_ISDIR(status.st_mode)) {
    error = fmt::format("cannot read {}: it is a folder", path);
    close(file);
    return false;
  }
  text.clear();
  char block[65536];
  for (;;) {
    ssize_t count = read(file, block, sizeof block);
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      error = fmt::format("cannot read {}: {}", path, strerror(errno));
    if (count <= 0) {
      close(file);
      return count == 0;
    }
    text.append(block, static_cast<size_t>(count));
  }
}

bool Session::loadStd(const std::string &stdFolder) {
  pending = resolve::loadStd(stdFolder, sources, interner, diagnostics);
  frontend::FileId last{sources.fileCount() - 1};
  if (!pending.empty())
    stdEnd = sources.start(last) + static_cast<uint32_t>(sources.text(last).size());
  return !pending.empty();
}

bool Session::loadUser(const std::string &path, std::string &error) {
  std::error_code code;
  std::vector<std::pair<std::string, std::vector<std::string>>> files; // path, names of modules
  if (fs::is_directory(path, code)) {
    fs::recursive_directory_iterator entry(path, code), end;
    for (; !code && entry != end; entry.increment(code)) {
      if (!entry->is_regular_file(code) || entry->path().extension() != ".async")
        continue;
      std::vector<std::string> names;
      const fs::path module = entry->path().lexically_relative(path).replace_extension();
      for (const fs::path &part : module)
        names.push_back(part.string());
      if (names.size() == 1 && names[0] == "main")
        names.clear();
      files.emplace_back(entry->path().string(), std::move(names));
    }
    std::sort(files.begin(), files.end());
    if (code || std::none_of(files.begin(), files.end(), [](const auto &file) { return file.second.empty(); })) {
      error = fmt::format("cannot read {}: a package is a folder with a main.async", path);
      return false;
    }
  } else {
    files.emplace_back(path, std::vector<std::string>{});
  }
  for (const auto &[file, names] : files) {
    std::string text;
    if (!readFile(file, text, error))
      return false;
    std::optional<frontend::FileId> id = sources.add(file, std::move(text));
    if (!id) {
      error = fmt::format("cannot read {}: the program is larger than 1 GiB", file);
      return false;
    }
    resolve::SourceModule module;
    for (const std::string &name : names)
      module.path.push_back(interner.intern(name));
    module.file = std::make_unique<ast::File>(syntax::parse(sources, *id, interner, diagnostics));
    if (observer.parsed)
      observer.parsed(*module.file);
    pending.push_back(std::move(module));
  }
  phaseEnds("parse", files.size(), files.size() == 1 ? "file" : "files");
  return true;
}

bool Session::isStd(typeck::FnId fn) const {
  const frontend::Span span = program.fn(fn).span;
  return !span.known() || span.lo < stdEnd;
}

bool Session::check(bool needsMain) {
  // A tree with syntax errors has holes: names and types would only be reported missing because of them.
  if (diagnostics.errorCount() > 0)
    return false;
  resolve::enterModules(world, std::move(pending), interner, diagnostics);
  pending.clear();
  phaseEnds("names", world.modules.size(), "modules with those of std");
  typeck::Context all = context();
  typeck::collect(all, bodies);
  phaseEnds("signatures", bodies.sources.size(), "functions with those of std");
  for (uint32_t index = 0; index < bodies.sources.size(); ++index)
    if (bodies.sources[index].file && !(needsMain && program.fn(typeck::FnId{index}).isTest))
      checkBody(typeck::FnId{index});
  typeck::checkHidden(program, interner, diagnostics);
  phaseEnds("bodies", unchecked.size(), "bodies as MIR");
  // What a call's result may borrow can depend on the body that is called, so loans are checked when all bodies are there.
  for (const mir::Body *body : unchecked)
    lifetimes::checkLoans(program, interner, *body, diagnostics);
  phaseEnds("loans", unchecked.size(), "bodies");
  unchecked.clear();
  if (needsMain && diagnostics.errorCount() == 0 && !program.mainFn.valid())
    diagnostics.emit({}, frontend::diag::MissingMain);
  return diagnostics.errorCount() == 0;
}

void Session::checkBody(typeck::FnId fn) {
  typeck::Context all = context();
  std::unique_ptr<thir::Body> typed = infer::inferBody(all, bodies, fn);
  lookup = all.lookup;
  if (!typed)
    return;
  bool observed = observer.bodiesOfStd || !isStd(fn);
  if (observer.inferred && observed)
    observer.inferred(fn, *typed);
  if (typed->hasErrors)
    return;
  uint32_t errors = diagnostics.errorCount();
  mir::Built built = mir::buildMir(program, interner, *typed, diagnostics);
  if (!built.body || diagnostics.errorCount() != errors)
    return;
  std::vector<mir::Body *> parts{built.body.get()};
  for (auto &[closure, body] : built.closures)
    parts.push_back(body.get());
  for (mir::Body *body : parts) {
    if (observer.built && observed)
      observer.built(fn, *body);
    verifyAfter("build", *body);
    mir::checkMoves(program, interner, *body, diagnostics);
    mir::checkMustUse(program, interner, *body, diagnostics);
    mir::elaborateDrops(program, *body);
    if (diagnostics.errorCount() == errors)
      verifyAfter("elaborate-drops", *body);
    if (observed && !isStd(fn))
      unchecked.push_back(body);
    if (observer.elaborated && observed)
      observer.elaborated(fn, *body);
  }
  store(fn, std::move(built.body));
  for (auto &[closure, body] : built.closures) {
    if (program.closureBodies.size() <= closure.index)
      program.closureBodies.resize(closure.index + 1);
    program.closureBodies[closure.index] = std::move(body);
  }
}

void Session::verifyAfter([[maybe_unused]] std::string_view pass, [[maybe_unused]] const mir::Body &body) {
#ifndef NDEBUG
  for (const std::string &line : mir::verify(program, interner, body))
    internalErrors += fmt::format("after {}, in {}: {}\n", pass, body.fn.valid() ? pathText(program, interner, body.fn) : "glue", line);
#endif
}

void Session::store(typeck::FnId fn, std::unique_ptr<mir::Body> body) {
  if (program.fnBodies.size() <= fn.index)
    program.fnBodies.resize(fn.index + 1);
  program.fnBodies[fn.index] = std::move(body);
}

} // namespace async::driver
