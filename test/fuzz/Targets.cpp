#include "test/fuzz/Targets.h"

#include <dlfcn.h>

#include <cstring>
#include <fstream>

#include "frontend/diagnostics/Render.h"
#include "frontend/syntax/Parse.h"
#include "lowering/link/library/Library.h"
#include "tools/async-opt/MirInput.h"
#include "tools/driver/Lower.h"
#include "typeck/lifetimes/CheckLoans.h"
#include "typeck/mir/CheckMoves.h"
#include "typeck/mir/ElaborateDrops.h"
#include "typeck/mir/MustUse.h"
#include "typeck/mir/Print.h"
#include "typeck/snapshot/Head.h"
#include "typeck/snapshot/Snapshot.h"

namespace async::fuzz {
namespace {

constexpr int mostErrors = 10; // of one wrong word in a good program

// Shows everything, and gives how many errors are shown. Every place must be within a file.
int showAll(const frontend::Diagnostics &diagnostics, const frontend::SourceMap &sources, std::string &fault) {
  uint32_t end = sources.start(frontend::FileId{sources.fileCount() - 1}) + static_cast<uint32_t>(sources.text(frontend::FileId{sources.fileCount() - 1}).size());
  auto isInside = [&](frontend::Span span) { return span.lo <= span.hi && span.hi <= end; };
  int shown = 0;
  for (const frontend::Diagnostic *diagnostic : diagnostics.sorted()) {
    shown += diagnostic->severity == frontend::Severity::Error;
    bool good = isInside(diagnostic->span);
    for (const auto &label : diagnostic->labels)
      good &= isInside(label.span);
    for (const auto &fix : diagnostic->fixes)
      good &= isInside(fix.span);
    if (!good)
      fault = fmt::format("place {} has a place outside the file", diagnostic->code);
    renderTerminal(*diagnostic, sources, {});
    renderJson(*diagnostic, sources);
  }
  return shown;
}

} // namespace

std::string_view nameOf(Target target) {
  switch (target) {
  case Target::Check:
    return "check";
  case Target::Typed:
    return "typed";
  case Target::Mir:
    return "mir";
  case Target::Stored:
    return "stored";
  }
  return "";
}

std::string_view extensionOf(Target target) {
  switch (target) {
  case Target::Check:
  case Target::Typed:
    return ".async";
  case Target::Mir:
    return ".mir";
  case Target::Stored:
    return ".stored";
  }
  return "";
}

bool Runner::start(std::string &error) {
  session = std::make_unique<driver::Session>();
  if (session->loadStoredStd(settings.storedStd, settings.stdFolder, settings.version, error))
    return true;
  session = std::make_unique<driver::Session>();
  return session->loadStd(settings.stdFolder);
}

bool Runner::run(Target target, const std::string &input, bool withCode, std::string &fault) {
  switch (target) {
  case Target::Check:
  case Target::Typed:
    if (!parses(input, fault) || !fault.empty())
      return true;
    program(input, withCode, fault);
    if (target == Target::Typed && errors > mostErrors && fault.empty())
      fault = fmt::format("cascade {} errors of one change", errors);
    return false;
  case Target::Mir:
    mir(input, fault);
    return true;
  case Target::Stored:
    stored(input, fault);
    return true;
  }
  return true;
}

// Alone, because most damaged programs end here, and nothing of the session is used up.
bool Runner::parses(const std::string &input, std::string &fault) {
  frontend::SourceMap sources;
  frontend::Interner interner;
  frontend::Diagnostics diagnostics;
  std::optional<frontend::FileId> id = sources.add("input.async", input);
  ast::File file = syntax::parse(sources, *id, interner, diagnostics);
  syntax::printAst(file, interner);
  syntax::printTokens(sources, *id);
  errors = showAll(diagnostics, sources, fault);
  if (file.hasErrors && errors == 0)
    fault = "silent the tree has errors, and none was reported";
  return errors == 0;
}

void Runner::program(const std::string &input, bool withCode, std::string &fault) {
  std::ofstream(scratch, std::ios::binary | std::ios::trunc) << input;
  std::string error;
  if (!session->loadUser(scratch, error)) {
    fault = "read " + error;
    return;
  }
  bool good = session->check(false);
  errors = showAll(session->diagnostics, session->sources, fault);
  if (errors == 0 && !session->internalErrors.empty())
    fault = "internal " + session->internalErrors;
  if (good && fault.empty() && withCode && session->program.mainFn.valid())
    code(fault);
}

void Runner::code(std::string &fault) {
  driver::Lowering lowering(*session);
  bool good = driver::lower(lowering);
  if (session->diagnostics.errorCount() == 0 && (!good || !session->internalErrors.empty()))
    fault = "internal " + session->internalErrors;
  showAll(session->diagnostics, session->sources, fault);
  if (!good || settings.codegen.empty() || !fault.empty())
    return;
  states::printStates(lowering.mono, lowering.states, session->interner, session->sources, "");
  void *handle = dlopen(settings.codegen.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto *function = handle ? reinterpret_cast<CodegenLibraryFunction *>(dlsym(handle, codegenLibraryFunction)) : nullptr;
  if (!function) {
    fault = fmt::format("read {}", dlerror());
    return;
  }
  llvmgen::Input made{session->program, lowering.mono, lowering.states, session->sources, session->interner};
  llvmgen::Options options;
  options.level = 0;
  llvmgen::Result result = function()->generate(made, options, llvmgen::Form::Ir);
  if (!result.errors.empty())
    fault = "internal " + result.errors;
}

void Runner::mir(const std::string &input, std::string &fault) {
  opt_tool::MirInput text;
  std::string error;
  if (!text.read("input.mir", input, error) || !text.verify().empty())
    return;
  for (mir::Body *body : text.bodies) {
    mir::checkMoves(text.program, text.interner, *body, text.diagnostics);
    mir::checkMustUse(text.program, text.interner, *body, text.diagnostics);
    if (text.diagnostics.errorCount() == 0 && body->stage == mir::Stage::Built)
      mir::elaborateDrops(text.program, *body);
    mir::print(text.program, text.interner, *body);
  }
  if (text.diagnostics.errorCount() > 0)
    return;
  for (const std::string &line : text.verify())
    fault = "internal after the passes: " + line;
  for (mir::Body *body : text.bodies)
    lifetimes::checkLoans(text.program, text.interner, *body, text.diagnostics);
}

std::string fixedHead(std::string_view stored) {
  snapshot::Head head{};
  if (stored.size() < sizeof head)
    return std::string(stored);
  memcpy(&head, stored.data(), sizeof head);
  stored.remove_prefix(sizeof head);
  head.size = stored.size();
  head.checksum = snapshot::checksumOf(stored);
  return std::string(reinterpret_cast<const char *>(&head), sizeof head);
}

void Runner::stored(const std::string &input, std::string &fault) {
  driver::Session other;
  std::string error;
  if (!snapshot::loadBytes(input, 0, {other.program, other.world, other.interner, other.sources}, error))
    return;
  // Its checksum fits: bodies are decoded later, one by one.
  for (uint32_t i = 0; i < other.program.fns.size(); ++i)
    other.program.loader->fnBody(typeck::FnId{i});
  for (uint32_t i = 0; i < other.program.closures.size(); ++i)
    other.program.loader->closureBody(typeck::ClosureId{i});
  if (input.substr(0, sizeof(snapshot::Head)) != fixedHead(input))
    fault = "accepted a damaged stored std was taken";
}

} // namespace async::fuzz
