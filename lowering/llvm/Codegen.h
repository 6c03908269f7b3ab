// Codegen.h: from instances and state machines to machine code. No LLVM type shows here.
//
// In      the instances of a program (mono) and its state machines (states), at stage Mono.
// Out     an object file, or its text as LLVM IR (before or after the passes) or assembly. The same bytes for the same
//         program: names are those of the source, places are as the source map has them.
// How     one module; each instance that is reached becomes a function (two if it is async, FunctionEmitter and AsyncEmitter), locals are
//         allocas that LLVM turns into registers, then LLVM's pipeline for the level, with the runtime's inline part linked in.
// Errors  an internal inconsistency is returned in `errors`; the caller reports it as an internal error.
#pragma once
#include <string>

namespace async::frontend {
class SourceMap;
class Interner;
} // namespace async::frontend
namespace async::typeck {
class Program;
}
namespace async::mono {
class Mono;
}
namespace async::states {
class LoweredSet;
}

namespace async::llvmgen {

struct Input {
  typeck::Program &program;
  const mono::Mono &mono;
  const states::LoweredSet &lowered;
  const frontend::SourceMap &sources;
  const frontend::Interner &interner;
};

enum class Form {
  Object, // ELF, for Link.h and Jit.h
  Assembly,
  Ir, // after the passes
  EarlyIr, // before them
};

struct Options {
  unsigned level = 2; // 0 to 3
  bool debugInfo = false; // line tables
  bool isLibrary = false; // linked into any kind of program or library
  std::string inlinePart; // bitcode of the runtime's hot part; empty: everything stays a call
  std::string onlyFunction; // Ir: the functions whose name contains this; empty: all
  std::string version; // of the compiler, for the debug information
};

struct Result {
  std::string bytes; // empty if there are errors
  std::string errors;
};

Result generate(const Input &input, const Options &options, Form form);

} // namespace async::llvmgen
