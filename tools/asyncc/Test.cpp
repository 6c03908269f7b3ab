// Test.cpp: asyncc test: each test in a process of its own.
#include <unistd.h>

#include <algorithm>

#include <nlohmann/json.hpp>

#include "tools/asyncc/Suite.h"

namespace async::cli {
namespace {

struct Counts {
  size_t passed = 0, failed = 0;
};

void say(const std::string &text) {
  fwrite(text.data(), 1, text.size(), stdout);
  fflush(stdout);
}

void sayJson(const SuiteItem &item, const Ended &ended, const std::string &failure) {
  nlohmann::ordered_json object;
  object["name"] = item.name;
  object["file"] = item.file;
  object["line"] = item.line;
  object["status"] = isGood(ended) ? "passed" : "failed";
  object["ms"] = ended.ms;
  if (!isGood(ended))
    object["reason"] = failure;
  object["output"] = ended.output;
  say(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n");
}

void sayText(const SuiteItem &item, const Ended &ended, const std::string &failure) {
  std::string text = fmt::format("{} {} ({:.0f} ms)", isGood(ended) ? "ok   " : "FAIL ", item.name, ended.ms);
  if (!isGood(ended))
    text += fmt::format(" at {}:{}", item.file, item.line);
  say(text + "\n" + (isGood(ended) ? "" : failureText(ended, failure)));
}

void runSuite(const Options &options, const Suite &suite, Counts &counts) {
  std::vector<Child> children(suite.items.size());
  for (size_t i = 0; i < children.size(); ++i)
    children[i].environment = {fmt::format("ASYNC_ENTRY={}", i)};
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  unsigned jobs = options.jobs ? options.jobs : static_cast<unsigned>(std::max(cores, 1l));
  runChildren(suite.program->temporary, children, jobs, options.suite.limitSeconds, [&](size_t index, const Ended &ended) {
    ++(isGood(ended) ? counts.passed : counts.failed);
    const std::string failure = isGood(ended) ? "" : failureOf(ended, options.suite.limitSeconds);
    (options.suite.json ? sayJson : sayText)(suite.items[index], ended, failure);
  });
}

} // namespace

int test(const Options &options) {
  const SuiteWords words = suiteWords(options);
  Counts counts;
  int worst = Good;
  for (const std::string &input : words.inputs) {
    Options one = options;
    one.input = input;
    one.level = options.suite.testLevel;
    int status = Good;
    std::unique_ptr<Suite> suite = buildSuite(one, SuiteKind::Tests, words.filters, status);
    worst = std::max(worst, status);
    if (suite && suite->program)
      runSuite(options, *suite, counts);
  }
  if (!options.suite.json)
    say(fmt::format("{} passed, {} failed\n", counts.passed, counts.failed));
  return worst != Good || counts.failed == 0 ? worst : static_cast<int>(HasErrors);
}

} // namespace async::cli
