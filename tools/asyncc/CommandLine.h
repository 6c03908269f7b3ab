// CommandLine.h: what asyncc understands, described once; parsing, --help and the completions come from it.
#pragma once
#include <CLI/CLI.hpp>

#include <utility>
#include <vector>

#include "tools/asyncc/Options.h"

namespace async::cli {

using Command = int (*)(const Options &);

struct CommandLine {
  CommandLine();
  CommandLine(const CommandLine &) = delete;
  CommandLine &operator=(const CommandLine &) = delete;

  // Fills `options`. False: the process ends with `status`; it was said why.
  bool parse(int argc, char **argv, int &status);
  // Of the subcommand that was given; after parse.
  Command command() const;

  CLI::App app{"asyncc: compiles .async programs", "asyncc"};
  Options options;

private:
  CLI::App *add(const char *name, const char *what, Command command);
  void describeBuild();
  void describeRun();
  void describeCheck();
  void describeDoc();
  void describeSuites(); // SuiteOptions.cpp
  void describeHelpers();

  std::vector<std::pair<const CLI::App *, Command>> commands;
};

} // namespace async::cli
