// async-opt: reads MIR text, runs passes, prints the MIR: for tests, and for looking at what one pass does.
//
//   async-opt FILE --pass=check-moves,elaborate-drops
// The text is verified before any pass runs. Diagnostics go to standard output before the MIR as `LINE: CODE: text`, with their labels.
// Exit: 0, 1 errors in the program, 2 wrong text or use.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <fstream>
#include <iostream>
#include <sstream>

#include "tools/async-opt/MirInput.h"
#include "typeck/lifetimes/CheckLoans.h"
#include "typeck/mir/CheckMoves.h"
#include "typeck/mir/ElaborateDrops.h"
#include "typeck/mir/MustUse.h"
#include "typeck/mir/Print.h"
#include "typeck/mir/Verify.h"

using namespace async;

namespace {

struct Input : opt_tool::MirInput {
  bool isBroken = false;
};

struct Pass {
  const char *name;
  void (*run)(Input &, mir::Body &);
};

const Pass passes[] = {
    {"verify",
     [](Input &input, mir::Body &body) {
       for (const std::string &text : mir::verify(input.program, input.interner, body)) {
         fmt::print("verify: {}\n", text);
         input.isBroken = true;
       }
     }},
    {"check-moves", [](Input &input, mir::Body &body) { mir::checkMoves(input.program, input.interner, body, input.diagnostics); }},
    {"must-use", [](Input &input, mir::Body &body) { mir::checkMustUse(input.program, input.interner, body, input.diagnostics); }},
    {"move-last-uses", [](Input &input, mir::Body &body) { mir::moveLastUses(input.program, body); }},
    {"elaborate-drops", [](Input &input, mir::Body &body) { mir::elaborateDrops(input.program, body); }},
    {"check-loans", [](Input &input, mir::Body &body) { lifetimes::checkLoans(input.program, input.interner, body, input.diagnostics); }},
    {"loans", [](Input &input, mir::Body &body) { fmt::print("{}", lifetimes::loansText(input.program, input.interner, body)); }},
};

const Pass *findPass(std::string_view name) {
  for (const Pass &pass : passes)
    if (name == pass.name)
      return &pass;
  return nullptr;
}

void show(const Input &input) {
  auto line = [&](frontend::Span span) { return span.known() ? input.sources.locate(span.lo).line : 0; };
  for (const frontend::Diagnostic *diagnostic : input.diagnostics.sorted()) {
    fmt::print("{}: {}: {}\n", line(diagnostic->span), diagnostic->code, diagnostic->message);
    for (const auto &label : diagnostic->labels)
      fmt::print("  {}: {}\n", line(label.span), label.text);
  }
}

} // namespace

int main(int argc, char **argv) {
  std::string file;
  std::vector<std::string> names;
  bool isQuiet = false;
  CLI::App app("Runs passes over MIR text.");
  app.add_option("file", file, "MIR text, - for standard input")->required();
  app.add_option("--pass", names, "passes, in order")->delimiter(',');
  app.add_flag("--quiet", isQuiet, "do not print the MIR");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? 0 : 2;
  }

  std::stringstream text;
  if (file == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream stream(file);
    if (!stream) {
      fmt::print(stderr, "async-opt: cannot read {}\n", file);
      return 2;
    }
    text << stream.rdbuf();
  }
  Input input;
  std::string error;
  if (!input.read(file, text.str(), error)) {
    fmt::print(stderr, "{}: {}\n", file, error);
    return 2;
  }
  for (const std::string &line : input.verify()) {
    fmt::print("verify: {}\n", line);
    input.isBroken = true;
  }
  if (input.isBroken)
    return 1;
  for (const std::string &name : names) {
    const Pass *pass = findPass(name);
    if (!pass) {
      fmt::print(stderr, "async-opt: no pass `{}`\n", name);
      return 2;
    }
    for (mir::Body *body : input.bodies)
      pass->run(input, *body);
  }
  show(input);
  if (!isQuiet)
    for (const mir::Body *body : input.bodies)
      fmt::print("{}", mir::print(input.program, input.interner, *body));
  return input.isBroken || input.diagnostics.errorCount() ? 1 : 0;
}
