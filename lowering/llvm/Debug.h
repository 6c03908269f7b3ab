// Debug.h: line tables. With them a debugger shows functions by name and stops on lines of .async files.
#pragma once
#include "lowering/llvm/Pch.h"

#include "frontend/source/SourceMap.h"

namespace async::llvmgen {

class DebugInfo {
public:
  DebugInfo(llvm::Module &module, const frontend::SourceMap &sources, llvm::StringRef version, bool optimised);
  // Describes the function; later places are in it.
  void beginFunction(llvm::Function &function, llvm::StringRef name, frontend::Span span);
  llvm::DILocation *location(llvm::Function &function, frontend::Span span);
  void finish() { builder.finalize(); }

private:
  llvm::DIFile *file(frontend::FileId id);

  llvm::DIBuilder builder;
  const frontend::SourceMap &sources;
  llvm::DICompileUnit *unit = nullptr;
  llvm::DISubroutineType *anyType = nullptr;
  std::unordered_map<uint32_t, llvm::DIFile *> files;
};

} // namespace async::llvmgen
