// Parses a program of about 20,000 lines, made by repeating the files named on the command line, and prints lines a second.
#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <sstream>

#include "frontend/syntax/Parse.h"

namespace {

std::string read(const char *path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// Of this process: what else runs on the machine does not count.
double cpuSeconds() { return static_cast<double>(std::clock()) / CLOCKS_PER_SEC; }

} // namespace

int main(int argc, char **argv) {
  std::string once;
  for (int i = 1; i < argc; ++i)
    once += read(argv[i]) + "\n";
  const auto linesOnce = std::count(once.begin(), once.end(), '\n');
  if (linesOnce == 0) {
    fmt::print(stderr, "usage: parse_bench FILE.async...\n");
    return 2;
  }
  std::string text;
  for (int64_t lines = 0; lines < 20'000; lines += linesOnce)
    text += once;
  const auto lines = std::count(text.begin(), text.end(), '\n');
  std::vector<double> seconds;
  uint32_t errors = 0;
  for (int round = 0; round < 9; ++round) {
    async::frontend::SourceMap sources;
    async::frontend::Interner interner;
    async::frontend::Diagnostics diagnostics;
    const auto id = *sources.add("bench.async", text);
    const double start = cpuSeconds();
    const auto file = async::syntax::parse(sources, id, interner, diagnostics);
    seconds.push_back(cpuSeconds() - start);
    errors = diagnostics.errorCount();
  }
  const double first = seconds.front();
  std::sort(seconds.begin(), seconds.end());
  const double median = seconds[seconds.size() / 2];
  fmt::print("{} lines, {} bytes, {} errors: {:.0f} thousand lines a second (median of {}), first {:.1f} ms, best {:.1f} ms\n", lines, text.size(), errors,
             static_cast<double>(lines) / median / 1000, seconds.size(), first * 1000, seconds.front() * 1000);
}
