// Suite.h: what `asyncc test` and `asyncc bench` share: their words, and one program that holds what was chosen of an input.
#pragma once
#include <memory>
#include <optional>

#include "tools/asyncc/Children.h"
#include "tools/asyncc/Options.h"
#include "tools/asyncc/Output.h"

namespace async::cli {

enum class SuiteKind : uint8_t { Tests, Benches };

// The words without a `-`: those that name a file or a folder, or look like an .async file, are inputs (none: the current folder); the rest are filters.
struct SuiteWords {
  std::vector<std::string> inputs, filters;
};
SuiteWords suiteWords(const Options &options);

struct SuiteItem {
  std::string name, file;
  uint32_t line = 0;
};

struct Suite {
  ~Suite();
  std::vector<SuiteItem> items; // in the order of the text; entry i of the program
  std::optional<Output> program; // its temporary is the program; none: there is nothing to run
};

// Null: `status` is that of the driver, and it was said why.
std::unique_ptr<Suite> buildSuite(const Options &options, SuiteKind kind, const std::vector<std::string> &filters, int &status);

bool isGood(const Ended &ended);
// Why a run did not end well.
std::string failureOf(const Ended &ended, double limitSeconds);
// What it wrote, and why it did not end well unless what it wrote says so: each line behind six spaces.
std::string failureText(const Ended &ended, const std::string &failure);
} // namespace async::cli
