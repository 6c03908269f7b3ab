#include "lowering/llvm/Codegen.h"

#include "lowering/llvm/Module.h"
#include "lowering/llvm/Pipeline.h"

namespace async::llvmgen {

using namespace llvm;

namespace {

std::string printIr(const Module &module, const std::string &only) {
  std::string text;
  raw_string_ostream stream(text);
  if (only.empty()) {
    module.print(stream, nullptr);
    return text;
  }
  for (const Function &function : module)
    if (!function.isDeclaration() && function.getName().contains(only)) {
      function.print(stream);
      stream << '\n';
    }
  if (text.empty())
    stream << "; no function's name contains " << only << '\n';
  return text;
}

// The verifier's words; empty if the module is sound.
std::string verify(const Module &module) {
  std::string said;
  raw_string_ostream stream(said);
  if (!verifyModule(module, &stream))
    return {};
  return said.empty() ? "the module is not sound" : said;
}

} // namespace

Result generate(const Input &input, const Options &options, Form form) {
  Result result;
  std::unique_ptr<TargetMachine> target = makeTarget(options.level, result.errors);
  if (!target)
    return result;
  LLVMContext context;
  Module module("program", context);
  module.setTargetTriple(target->getTargetTriple().str());
  module.setDataLayout(target->createDataLayout());
  module.setPICLevel(PICLevel::BigPIC);
  if (!options.isLibrary)
    module.setPIELevel(PIELevel::Large);
  {
    ModuleEmitter emitter(input, options, module);
    emitter.emitAll();
    result.errors = std::move(emitter.errors);
  }
  if (result.errors.empty())
    result.errors = verify(module);
  if (form == Form::EarlyIr) {
    result.bytes = printIr(module, options.onlyFunction);
    return result;
  }
  if (!result.errors.empty())
    return result;
  if (!options.inlinePart.empty() && options.level > 0 && !linkInlinePart(module, options.inlinePart, result.errors))
    return result;
  optimise(module, *target, options.level);
  switch (form) {
  case Form::Object: result.bytes = emitFile(module, *target, FileType::Object); break;
  case Form::Assembly: result.bytes = emitFile(module, *target, FileType::Assembly); break;
  case Form::Ir:
  case Form::EarlyIr: result.bytes = printIr(module, options.onlyFunction); break;
  }
  if (result.bytes.empty() && form != Form::Ir)
    result.errors = "the target cannot write this form";
  return result;
}

} // namespace async::llvmgen
