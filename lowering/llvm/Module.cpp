#include "lowering/llvm/Module.h"

#include <llvm/Transforms/Utils/ModuleUtils.h>

#include "lowering/llvm/Async.h"
#include "lowering/llvm/CAbi.h"

namespace async::llvmgen {

using namespace llvm;

ModuleEmitter::ModuleEmitter(const Input &input, const Options &options, Module &module)
    : input(input), options(options), program(input.program), mono(input.mono), lowered(input.lowered), context(module.getContext()), module(module) {
  pointer = PointerType::get(context, 0);
  i1 = llvm::Type::getInt1Ty(context);
  i8 = llvm::Type::getInt8Ty(context);
  i32 = llvm::Type::getInt32Ty(context);
  i64 = llvm::Type::getInt64Ty(context);
  outcome = StructType::get(i64, i64, i64);
  resumeType = FunctionType::get(llvm::Type::getVoidTy(context), {pointer, pointer, i64, i64, i64}, false);
  if (options.debugInfo)
    debug = std::make_unique<DebugInfo>(module, input.sources, options.version, options.level > 0);
}

void ModuleEmitter::internalError(std::string text) {
  if (errors.size() < 4096)
    errors += text + "\n";
}

// What is reached from `main` and from exported functions, in order of first use.
void ModuleEmitter::emitAll() {
  if (!mono.entries.empty())
    emitMain();
  for (uint32_t i = 0; i < mono.count(); ++i)
    if (mono.instance(i).isExported && mono.instance(i).body)
      emitExport(*this, i);
  if (mono.libraryStart != UINT32_MAX)
    appendToGlobalCtors(module, emitLibraryStart(*this), 65535);
  for (size_t next = 0; next < toEmit.size(); ++next)
    emitInstance(toEmit[next]);
  if (debug)
    debug->finish();
}

void ModuleEmitter::emitInstance(uint32_t index) {
  const mono::Instance &instance = mono.instance(index);
  const FunctionInfo &info = function(index);
  if (!instance.body) {
    internalError("an instance has no body: " + instance.name);
    return;
  }
  if (!instance.isAsync) {
    FunctionEmitter(*this, info.function, *instance.body).emitSync(info);
    return;
  }
  const states::Lowered *machine = lowered.of(index);
  if (!machine) {
    internalError("an async function has no state machine: " + instance.name);
    return;
  }
  AsyncEmitter(*this, info.function, *instance.body, *machine, AsyncEmitter::Copy::Start).emit();
  if (!machine->states.empty())
    AsyncEmitter(*this, resumeFunction(index), *instance.body, *machine, AsyncEmitter::Copy::Resume).emit();
}

Function *ModuleEmitter::resumeLike(const Twine &name) {
  Function *made = Function::Create(resumeType, GlobalValue::InternalLinkage, name, module);
  made->setCallingConv(CallingConv::PreserveNone);
  made->setUWTableKind(UWTableKind::Default);
  made->setDoesNotThrow();
  return made;
}

Function *ModuleEmitter::resumeFunction(uint32_t index) {
  Function *&known = resumes[index];
  if (known)
    return known;
  const mono::Instance &instance = mono.instance(index);
  Function *made = resumeLike(instance.name + ".resume");
  if (debug)
    debug->beginFunction(*made, instance.name, instance.body->span);
  describeFrame(*made, descriptor(index));
  resumes[index] = made;
  return made;
}

// 16 bytes, so that the entry stays aligned: the distance to the descriptor, and the mark that there is one.
void ModuleEmitter::describeFrame(Function &resume, Constant *descriptor) {
  Constant *distance = ConstantExpr::getSub(ConstantExpr::getPtrToInt(descriptor, i64), ConstantExpr::getPtrToInt(&resume, i64));
  Constant *fields[] = {ConstantExpr::getTrunc(distance, i32), ConstantInt::get(i32, descriptorMark), ConstantInt::get(i64, 0)};
  resume.setPrefixData(ConstantStruct::getAnon(fields, true));
  resume.setAlignment(Align(16));
}

// What async_main_run gets. Empty: it was said why.
std::pair<Constant *, Constant *> ModuleEmitter::entryOf(const mono::Entry &entry) {
  const states::Lowered *machine = lowered.of(entry.body);
  if (!machine || entry.report == UINT32_MAX) {
    internalError("the main task is no async function, or nothing reports its end");
    return {};
  }
  Constant *info = spawnInfo(machine->unstartedSize, machine->align, startThunk(entry.body), nullptr, mono.instance(entry.body).name);
  return {info, function(entry.report).function};
}

// int main(int argc, char **argv): hands the main task to the runtime; with several entries, the one that the runtime was told.
void ModuleEmitter::emitMain() {
  SmallVector<Constant *, 2> entries;
  for (const mono::Entry &entry : mono.entries) {
    auto [info, report] = entryOf(entry);
    if (!info)
      return;
    entries.append({info, report});
  }
  auto *type = FunctionType::get(i32, {i32, pointer}, false);
  Function *main = Function::Create(type, GlobalValue::ExternalLinkage, "main", module);
  main->setUWTableKind(UWTableKind::Default);
  IRBuilder<> builder(BasicBlock::Create(context, "entry", main));
  Value *info = entries[0], *report = entries[1];
  if (entries.size() > 2) {
    auto *rows = ArrayType::get(ArrayType::get(pointer, 2), entries.size() / 2);
    auto *table = new GlobalVariable(module, ArrayType::get(pointer, entries.size()), true, GlobalValue::InternalLinkage,
                                     ConstantArray::get(ArrayType::get(pointer, entries.size()), entries), "entries");
    Value *chosen = builder.CreateCall(cFunction("async_entry", i64, {i64}), {ConstantInt::get(i64, entries.size() / 2)});
    auto part = [&](uint64_t index) {
      return builder.CreateLoad(pointer, builder.CreateInBoundsGEP(rows, table, {ConstantInt::get(i64, 0), chosen, ConstantInt::get(i64, index)}));
    };
    info = part(0);
    report = part(1);
  }
  FunctionCallee run = cFunction("async_main_run", i32, {i32, pointer, pointer, pointer});
  builder.CreateRet(builder.CreateCall(run, {main->getArg(0), main->getArg(1), info, report}));
}

} // namespace async::llvmgen
