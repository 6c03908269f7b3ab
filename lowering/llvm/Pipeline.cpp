#include "lowering/llvm/Pipeline.h"

#include <llvm/Analysis/TargetLibraryInfo.h>
#include <llvm/Analysis/TargetTransformInfo.h>
#include <llvm/Bitcode/BitcodeReader.h>
#include <llvm/IR/LegacyPassManager.h>
#include <llvm/Linker/Linker.h>
#include <llvm/MC/TargetRegistry.h>
#include <llvm/Passes/PassBuilder.h>
#include <llvm/Support/MemoryBuffer.h>
#include <llvm/Support/TargetSelect.h>
#include <llvm/Transforms/IPO/AlwaysInliner.h>
#include <llvm/Transforms/IPO/GlobalDCE.h>
#include <llvm/Transforms/IPO/Internalize.h>

namespace async::llvmgen {

using namespace llvm;

std::unique_ptr<TargetMachine> makeTarget(unsigned level, std::string &errors) {
  LLVMInitializeX86TargetInfo();
  LLVMInitializeX86Target();
  LLVMInitializeX86TargetMC();
  LLVMInitializeX86AsmPrinter();
  LLVMInitializeX86AsmParser();
  const char *triple = "x86_64-pc-linux-gnu";
  const llvm::Target *target = TargetRegistry::lookupTarget(triple, errors);
  if (!target)
    return nullptr;
  TargetOptions options;
  // What nothing refers to is left out by the linker.
  options.FunctionSections = true;
  options.DataSections = true;
  options.EnableFastISel = level == 0;
  options.UseInitArray = true;
  CodeGenOptLevel codegen = level == 0   ? CodeGenOptLevel::None
                            : level == 1 ? CodeGenOptLevel::Less
                            : level == 2 ? CodeGenOptLevel::Default
                                         : CodeGenOptLevel::Aggressive;
  return std::unique_ptr<TargetMachine>(target->createTargetMachine(triple, "x86-64", "", options, Reloc::PIC_, CodeModel::Small, codegen));
}

bool linkInlinePart(Module &module, const std::string &bitcodePath, std::string &errors) {
  auto buffer = MemoryBuffer::getFile(bitcodePath);
  if (!buffer) {
    errors = "cannot read " + bitcodePath + ": " + buffer.getError().message();
    return false;
  }
  auto part = getLazyBitcodeModule((*buffer)->getMemBufferRef(), module.getContext(), true);
  if (!part) {
    errors = toString(part.takeError());
    return false;
  }
  (*part)->setTargetTriple(module.getTargetTriple());
  (*part)->setDataLayout(module.getDataLayout());
  bool failed = Linker::linkModules(module, std::move(*part), Linker::LinkOnlyNeeded, [](Module &destination, const StringSet<> &linked) {
    internalizeModule(destination, [&](const GlobalValue &value) { return !value.hasName() || !linked.count(value.getName()); });
  });
  if (failed)
    errors = bitcodePath + " does not fit this compiler";
  // Code for the same processor as the program's: a function that names its own is not inlined into one that does not.
  for (Function &function : module)
    for (StringRef name : {"target-cpu", "target-features", "tune-cpu"})
      function.removeFnAttr(name);
  return !failed;
}

void optimise(Module &module, TargetMachine &target, unsigned level) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PipelineTuningOptions tuning;
  tuning.LoopVectorization = level >= 2;
  tuning.SLPVectorization = level >= 2;
  tuning.LoopInterleaving = level >= 2;
  tuning.MergeFunctions = false;
  PassBuilder builder(&target, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);
  ModulePassManager passes;
  if (level == 0) {
    // Only what was asked to be inlined always, so that the code stays as it was written.
    passes.addPass(AlwaysInlinerPass(false));
  } else {
    passes = builder.buildPerModuleDefaultPipeline(level == 1 ? OptimizationLevel::O1 : level == 2 ? OptimizationLevel::O2 : OptimizationLevel::O3);
  }
  passes.run(module, modules);
}

std::string emitFile(Module &module, TargetMachine &target, FileType type) {
  SmallVector<char, 0> bytes;
  raw_svector_ostream stream(bytes);
  legacy::PassManager passes;
  passes.add(createTargetTransformInfoWrapperPass(target.getTargetIRAnalysis()));
  if (target.addPassesToEmitFile(passes, stream, nullptr, type == FileType::Object ? CodeGenFileType::ObjectFile : CodeGenFileType::AssemblyFile))
    return {};
  passes.run(module);
  return std::string(bytes.begin(), bytes.end());
}

} // namespace async::llvmgen
