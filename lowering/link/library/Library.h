// Library.h: the code generator as one shared library, so that `asyncc check` loads no LLVM.
//
// libasyncc-codegen.so holds lowering/llvm, lowering/link and, for the JIT, the runtime. The driver opens it with dlopen and asks for the
// table of its functions by the name `asyncCodegenLibrary`. Both sides are built together; `abi` is the check that they were.
#pragma once
#include <string>
#include <vector>

#include "lowering/link/Link.h"
#include "lowering/llvm/Codegen.h"

namespace async {

struct CodegenLibrary {
  static constexpr unsigned currentAbi = 1;
  unsigned abi;
  const char *llvmVersion;
  const char *target;
  llvmgen::Result (*generate)(const llvmgen::Input &, const llvmgen::Options &, llvmgen::Form);
  bool (*linkProgram)(std::string_view object, const std::string &output, const link::Options &, std::string &errors);
  std::string (*findRuntime)(std::string_view fileName);
  int (*runObject)(std::string_view object, const std::vector<std::string> &args, std::string &errors);
};

using CodegenLibraryFunction = const CodegenLibrary *();
inline constexpr const char *codegenLibraryFunction = "asyncCodegenLibrary";
inline constexpr const char *codegenLibraryFile = "libasyncc-codegen.so";

} // namespace async
