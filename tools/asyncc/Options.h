// Options.h: what the command line asks for, and the subcommands.
#pragma once
#include <string>
#include <vector>

#include "frontend/diagnostics/Render.h"
#include "tools/driver/Session.h"

namespace async::cli {

// Exit statuses of the driver; `run` gives the program's own.
enum Status : int { Good = 0, HasErrors = 1, Usage = 2, InternalError = 70 };

// Of test and bench.
struct SuiteOptions {
  std::vector<std::string> words; // inputs and filters (Suite.h)
  std::string filter;
  double limitSeconds = 60, benchSeconds = 0.5;
  unsigned testLevel = 0;
  bool json = false;
};

struct Options {
  std::string input, output;
  std::string emit, after, function; // --emit, --after, --function
  std::string color = "auto", diagnostics = "text";
  std::string library; // build --lib: static or shared; empty: a program
  typeck::Limits limits; // --limit-…
  unsigned level = 2;
  unsigned jobs = 0; // 0: as many as there are cores
  bool debugInfo = false, strip = false, timings = false;
  bool fix = false; // check --fix
  std::string code, shell; // of explain, of completions
  bool docStd = false, docMissing = false; // doc --std, doc --missing
  std::vector<std::string> arguments; // of the program, for run
  SuiteOptions suite;
};

int build(const Options &options);
int buildLibrary(const Options &options); // build --lib
int run(const Options &options);
int check(const Options &options);
int test(const Options &options);
int bench(const Options &options);
int document(const Options &options); // doc
int fix(const Options &options); // check --fix
int explain(const Options &options);
int completions(const Options &options);

// Loads std and the input into a session. False: it was said why on standard error.
bool load(driver::Session &session, const Options &options);
// Writes the diagnostics to standard error. The status that they mean.
int report(const driver::Session &session, const Options &options);
int internalError(const std::string &text);
int fail(const std::string &text);

// What --emit takes.
const std::vector<std::string> &emitKinds();
// Whether `kind` can be shown as it is after `pass`; empty: as it is at the end.
bool isKnownAfter(const std::string &kind, const std::string &pass);
int emit(const Options &options);

} // namespace async::cli
