#include "lowering/link/library/Library.h"

#include <llvm/Config/llvm-config.h>

#include "lowering/llvm/Jit.h"

extern "C" __attribute__((visibility("default"))) const async::CodegenLibrary *asyncCodegenLibrary() {
  static const async::CodegenLibrary library{
      async::CodegenLibrary::currentAbi, LLVM_VERSION_STRING,       "x86_64-pc-linux-gnu",   &async::llvmgen::generate,
      &async::link::linkProgram,         &async::link::findRuntime, &async::llvmgen::runObject,
  };
  return &library;
}
