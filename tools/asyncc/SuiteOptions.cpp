// SuiteOptions.cpp: the words of asyncc test and asyncc bench.
#include "tools/asyncc/CommandLine.h"

namespace async::cli {

static void addSuite(CLI::App *app, Options &options) {
  SuiteOptions &suite = options.suite;
  app->add_option("words", suite.words, "inputs: files, or folders with a main.async (.); other words are filters: parts of names")->type_name("FILTER|FILE|FOLDER");
  app->add_option("--filter", suite.filter, "a filter, whatever it looks like")->option_text("TEXT");
  app->add_flag("--json", suite.json, "one object a line for each");
  app->add_option("--timeout", suite.limitSeconds, "how long one may take; 60 if it is not given")->check(CLI::Range(0.001, 86400.0))->option_text("SECONDS");
  app->add_flag("-g", options.debugInfo, "line tables for the debugger");
  app->add_option("--color", options.color, "auto, always or never, for messages")->check(CLI::IsMember({"auto", "always", "never"}))->option_text("WHEN");
  app->add_option("--diagnostics", options.diagnostics, "text, or json: one object a line")->check(CLI::IsMember({"text", "json"}))->option_text("FORM");
}

void CommandLine::describeSuites() {
  CLI::App *test = add("test", "Run the `test` blocks of programs", cli::test);
  addSuite(test, options);
  test->add_option("-j", options.jobs, "how many at once; as many as there are cores if it is 0")->check(CLI::Range(0u, 256u))->type_name("N");
  test->add_option("-O", options.suite.testLevel, "optimisation, 0 to 3; 0 if it is not given")->check(CLI::Range(0u, 3u))->type_name("LEVEL");
  test->footer("Example: asyncc test parses src");
  CLI::App *bench = add("bench", "Measure the `#[bench]` functions of programs", cli::bench);
  addSuite(bench, options);
  bench->add_option("--time", options.suite.benchSeconds, "how long to measure each; 0.5 if it is not given")->check(CLI::Range(0.001, 3600.0))->option_text("SECONDS");
  bench->add_option("-O", options.level, "optimisation, 0 to 3; 2 if it is not given")->check(CLI::Range(0u, 3u))->type_name("LEVEL");
  bench->footer("Example: asyncc bench sort src");
}

} // namespace async::cli
