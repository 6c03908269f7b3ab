// Pipeline.h: from a module to optimised code: the target, the passes, the output.
//
// The same pipeline serves native programs and the JIT, so that both run the same machine code.
#pragma once
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>

#include <memory>
#include <string>

namespace async::llvmgen {

// The code generator for the processor family of this machine (x86-64, no newer extensions: programs are moved to other
// machines). Made once; `level` 0 to 3.
std::unique_ptr<llvm::TargetMachine> makeTarget(unsigned level, std::string &errors);

// Links the runtime's inline part into the module: what is used of it becomes internal. False, with `errors`, if it cannot be read.
bool linkInlinePart(llvm::Module &module, const std::string &bitcodePath, std::string &errors);

void optimise(llvm::Module &module, llvm::TargetMachine &target, unsigned level);

enum class FileType { Object, Assembly };
std::string emitFile(llvm::Module &module, llvm::TargetMachine &target, FileType type);

} // namespace async::llvmgen
