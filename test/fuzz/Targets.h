// Targets.h: what is fuzzed.
//
//   check   text of a program, through parse, names, types, MIR, loans; without errors and with a `main` also instances, states, and LLVM IR for a share
//   typed   the same, and it is a fault if there are more than ten errors
//   mir     MIR text, through the parser, the verifier and the passes of async-opt
//   stored  bytes of a stored std: a damaged one must be refused
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "tools/driver/Session.h"

namespace async::fuzz {

enum class Target { Check, Typed, Mir, Stored };

std::string_view nameOf(Target target);
// The end of the names of files of its inputs, with the dot.
std::string_view extensionOf(Target target);

// The head of a stored std with the length and checksum of what follows it.
std::string fixedHead(std::string_view stored);

struct Settings {
  std::string stdFolder, storedStd; // storedStd: made for `version`
  std::string version;
  std::string codegen; // the code generator's library
};

class Runner {
public:
  // `scratch`: a file for the text of programs.
  Runner(Settings settings, std::string scratch) : settings(std::move(settings)), scratch(std::move(scratch)) {}

  // Loads std for programs. False: `error`.
  bool start(std::string &error);
  // Runs one input. True: the process can run another. `fault`: KIND and text, for what is wrong with the compiler. `withCode`: LLVM IR is made as well.
  bool run(Target target, const std::string &input, bool withCode, std::string &fault);
  // Errors that the last program had; -1: none was run.
  int errorCount() const { return errors; }

private:
  bool parses(const std::string &input, std::string &fault);
  void program(const std::string &input, bool withCode, std::string &fault);
  void code(std::string &fault);
  void mir(const std::string &input, std::string &fault);
  void stored(const std::string &input, std::string &fault);

  Settings settings;
  std::string scratch;
  std::unique_ptr<driver::Session> session;
  int errors = -1;
};

} // namespace async::fuzz
