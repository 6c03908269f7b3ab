#include "tools/asyncc/Suite.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include "tools/asyncc/Backend.h"

namespace async::cli {

namespace fs = std::filesystem;

SuiteWords suiteWords(const Options &options) {
  SuiteWords words;
  for (const std::string &word : options.suite.words) {
    std::error_code code;
    bool isInput = fs::exists(word, code) || word.ends_with(".async") || word.find('/') != std::string::npos;
    (isInput ? words.inputs : words.filters).push_back(word);
  }
  if (!options.suite.filter.empty())
    words.filters.push_back(options.suite.filter);
  if (words.inputs.empty())
    words.inputs.push_back(".");
  return words;
}

Suite::~Suite() {
  if (program)
    abandonOutput(*program);
}

static void choose(const driver::Session &session, std::span<const typeck::FnId> all, const std::vector<std::string> &filters, mono::Mono &mono, Suite &suite) {
  for (typeck::FnId fn : all) {
    const typeck::FnDecl &decl = session.program.fn(fn);
    std::string name(session.interner.text(decl.name));
    if (!filters.empty() && std::none_of(filters.begin(), filters.end(), [&](const std::string &part) { return name.find(part) != std::string::npos; }))
      continue;
    frontend::Location place = session.sources.locate(decl.span.lo);
    suite.items.push_back({std::move(name), std::string(session.sources.path(place.file)), place.line});
    mono.starts.push_back(fn);
  }
}

static int link(const Options &options, const std::string &object, Suite &suite) {
  std::string error;
  const CodegenLibrary *library = backend(error);
  link::Options settings;
  if (!beginLink(*library, options, settings, error))
    return fail(error);
  std::error_code code;
  const std::string target = fs::temp_directory_path(code) / fmt::format("asyncc-suite-{}", getpid());
  if (!beginOutput(target, 0700, suite.program.emplace(), error)) {
    suite.program.reset();
    return fail(error);
  }
  settings.onFailedWrite = [&](const char *reason) {
    abandonOutput(*suite.program);
    _exit(fail(fmt::format("cannot write {}: {}", suite.program->temporary, reason)));
  };
  return library->linkProgram(object, suite.program->temporary, settings, error) ? static_cast<int>(Good) : fail(error);
}

std::unique_ptr<Suite> buildSuite(const Options &options, SuiteKind kind, const std::vector<std::string> &filters, int &status) {
  status = HasErrors;
  driver::Session session;
  driver::Lowering lowering(session);
  if (!load(session, options))
    return nullptr;
  bool good = session.check(false);
  auto suite = std::make_unique<Suite>();
  choose(session, kind == SuiteKind::Tests ? session.program.tests : session.program.benches, filters, lowering.mono, *suite);
  good = good && (suite->items.empty() || lower(lowering));
  status = report(session, options);
  if (status == Good && !good)
    status = HasErrors;
  if (status != Good)
    return nullptr;
  if (suite->items.empty())
    return suite;
  std::string object = generate(lowering, options, llvmgen::Form::Object, status);
  if (object.empty())
    return nullptr;
  status = link(options, object, *suite);
  return status == Good ? std::move(suite) : nullptr;
}

bool isGood(const Ended &ended) { return ended.isStarted && !ended.isTooSlow && ended.signal == 0 && ended.status == 0; }

// The runtime tells of these itself (runtime.md, "Settings and statuses").
constexpr int gaveError = 1, panicked = 101, deadlocked = 102;

std::string failureOf(const Ended &ended, double limitSeconds) {
  if (!ended.isStarted)
    return "it could not be started";
  if (ended.isTooSlow)
    return fmt::format("it did not end within {:g} s", limitSeconds);
  if (ended.signal)
    return fmt::format("signal {} ended it ({})", ended.signal, strsignal(ended.signal));
  switch (ended.status) {
  case gaveError:
    return "it gave an error";
  case panicked:
    return "it panicked";
  case deadlocked:
    return "its tasks wait for ever";
  default:
    return fmt::format("it ended with status {}", ended.status);
  }
}

static std::string indented(std::string_view text) {
  std::string made;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    made += "      ";
    made += text.substr(0, end);
    made += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return made;
}

std::string failureText(const Ended &ended, const std::string &failure) {
  const bool isTold = !ended.isTooSlow && !ended.signal && (ended.status == gaveError || ended.status == panicked || ended.status == deadlocked);
  return indented(ended.output) + (isTold && !ended.output.empty() ? "" : indented(failure));
}

} // namespace async::cli
