// Bench.cpp: asyncc bench: one function after another, each in a process of its own; the loop that is measured is std's (runtime/std/bench.async).
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "tools/asyncc/Suite.h"

namespace async::cli {
namespace {

struct Measured {
  int64_t iterations = 0; // of each sample
  std::vector<double> runs; // ns an iteration, in the order of time
};

// `ITERATIONS NANOSECONDS…`; none: the function did not come to the end of its loop.
std::optional<Measured> readReport(std::string_view text) {
  Measured made;
  std::vector<int64_t> numbers;
  const char *at = text.data(), *end = at + text.size();
  while (at != end) {
    int64_t number = 0;
    auto [next, error] = std::from_chars(at, end, number);
    if (error != std::errc{})
      return std::nullopt;
    numbers.push_back(number);
    at = std::find_if(next, end, [](char c) { return c != ' ' && c != '\n'; });
  }
  if (numbers.size() < 2 || numbers[0] < 1)
    return std::nullopt;
  made.iterations = numbers[0];
  for (size_t i = 1; i < numbers.size(); ++i)
    made.runs.push_back(static_cast<double>(numbers[i]) / static_cast<double>(made.iterations));
  return made;
}

// Between the two values that lie around it.
double quantile(const std::vector<double> &sorted, double part) {
  double at = part * static_cast<double>(sorted.size() - 1);
  auto below = static_cast<size_t>(at);
  size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (at - std::floor(at)) * (sorted[above] - sorted[below]);
}

std::string inUnit(double ns) {
  const char *units[] = {"ns", "us", "ms", "s"};
  size_t unit = 0;
  while (ns >= 1000 && unit + 1 < std::size(units)) {
    ns /= 1000;
    ++unit;
  }
  return fmt::format("{:.{}f} {}/op", ns, ns < 10 ? 2 : ns < 100 ? 1 : 0, units[unit]);
}

void say(const std::string &text) {
  fwrite(text.data(), 1, text.size(), stdout);
  fflush(stdout);
}

nlohmann::ordered_json headOf(const SuiteItem &item, bool isMeasured) {
  nlohmann::ordered_json object;
  object["name"] = item.name;
  object["file"] = item.file;
  object["line"] = item.line;
  object["status"] = isMeasured ? "measured" : "failed";
  return object;
}

void sayJson(const nlohmann::ordered_json &object) { say(object.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n"); }

void sayMeasured(const Options &options, const SuiteItem &item, size_t width, const Measured &measured) {
  std::vector<double> sorted = measured.runs;
  std::sort(sorted.begin(), sorted.end());
  const double median = quantile(sorted, 0.5), low = quantile(sorted, 0.25), high = quantile(sorted, 0.75);
  const double spread = median > 0 ? (high - low) / 2 / median : 0;
  if (options.suite.json) {
    nlohmann::ordered_json object = headOf(item, true);
    object["unit"] = "ns/op";
    object["median"] = median;
    object["spread"] = spread;
    object["min"] = sorted.front();
    object["max"] = sorted.back();
    object["iterations"] = measured.iterations;
    object["runs"] = measured.runs;
    return sayJson(object);
  }
  say(fmt::format("{:<{}}  {:>14}  ± {:>4.1f} %   {} × {}\n", item.name, width, inUnit(median), 100 * spread, measured.runs.size(), measured.iterations));
}

void sayFailed(const Options &options, const SuiteItem &item, const Ended &ended, const std::string &failure) {
  if (!options.suite.json)
    return say(fmt::format("FAIL  {} at {}:{}\n{}", item.name, item.file, item.line, failureText(ended, failure)));
  nlohmann::ordered_json object = headOf(item, false);
  object["reason"] = failure;
  object["output"] = ended.output;
  sayJson(object);
}

// How many failed.
size_t runSuite(const Options &options, const Suite &suite) {
  std::vector<Child> children(suite.items.size());
  size_t width = 0, failed = 0;
  for (size_t i = 0; i < children.size(); ++i) {
    children[i].environment = {fmt::format("ASYNC_ENTRY={}", i), fmt::format("ASYNC_BENCH=3 {:.0f}", options.suite.benchSeconds * 1e9)};
    width = std::max(width, suite.items[i].name.size());
  }
  runChildren(suite.program->temporary, children, 1, options.suite.limitSeconds, [&](size_t index, const Ended &ended) {
    std::optional<Measured> measured = isGood(ended) ? readReport(ended.report) : std::nullopt;
    if (measured)
      return sayMeasured(options, suite.items[index], width, *measured);
    ++failed;
    sayFailed(options, suite.items[index], ended,
              isGood(ended) ? "it measured nothing: its loop, `while b.keep_running() { … }`, did not come to its end" : failureOf(ended, options.suite.limitSeconds));
  });
  return failed;
}

} // namespace

int bench(const Options &options) {
  if (const char *seed = getenv("ASYNC_SIM"); seed && *seed) {
    fmt::print(stderr, "asyncc: ASYNC_SIM is set, and under a virtual clock nothing takes time\n");
    return Usage;
  }
  const SuiteWords words = suiteWords(options);
  int worst = Good;
  size_t failed = 0, count = 0;
  for (const std::string &input : words.inputs) {
    Options one = options;
    one.input = input;
    int status = Good;
    std::unique_ptr<Suite> suite = buildSuite(one, SuiteKind::Benches, words.filters, status);
    worst = std::max(worst, status);
    count += suite ? suite->items.size() : 0;
    if (suite && suite->program)
      failed += runSuite(options, *suite);
  }
  if (!options.suite.json)
    say(fmt::format("{} measured, {} failed\n", count - failed, failed));
  return worst != Good || failed == 0 ? worst : static_cast<int>(HasErrors);
}

} // namespace async::cli
