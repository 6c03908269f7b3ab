// Futures.cpp: futures as values and tasks: frames that hold their arguments and have not started.
#include "lowering/llvm/Function.h"
#include "lowering/states/Lowered.h"

namespace async::llvmgen {

using namespace llvm;

void FunctionEmitter::storeArguments(uint32_t instance, Value *frame, ArrayRef<mir::Operand> operands) {
  const states::Lowered &machine = *module.lowered.of(instance);
  for (size_t i = 0; i < operands.size() && i < machine.argOffsets.size(); ++i)
    operandTo(operands[i], byteOffset(frame, machine.argOffsets[i]));
}

void FunctionEmitter::emitFuture(const PlaceValue &target, const mir::Rvalue &value) {
  uint32_t instance = value.callee.instance;
  const states::Lowered *machine = instance < module.mono.count() ? module.lowered.of(instance) : nullptr;
  if (!machine) {
    module.internalError("a future of what is not async");
    return;
  }
  FunctionCallee make = module.cFunction("async_frame_new", module.pointer, {module.i64, module.i64, module.pointer});
  Value *frame = builder.CreateCall(make, {word(machine->unstartedSize), word(machine->align), module.startThunk(instance)});
  storeArguments(instance, frame, value.operands);
  builder.CreateAlignedStore(frame, target.address, Align(8));
}

void FunctionEmitter::emitSpawn(const mir::Terminator &terminator) {
  ArrayRef<mir::Operand> operands = terminator.operands;
  Value *scope = ConstantPointerNull::get(module.pointer);
  if (terminator.hasScope && !operands.empty()) {
    // The scope itself, or a reference to it.
    const typeck::Type &type = program.types[operandType(operands[0])];
    bool isReference = type.kind == TypeKind::Ref || type.kind == TypeKind::Pointer;
    scope = isReference ? scalar(operands[0]) : place(operands[0].place).address;
    operands = operands.drop_front();
  }
  uint32_t instance = terminator.callee.instance;
  const states::Lowered *machine = instance < module.mono.count() ? module.lowered.of(instance) : nullptr;
  if (!machine && (instance != UINT32_MAX || operands.size() != 1)) {
    module.internalError("a task of what is not async");
    builder.CreateUnreachable();
    return;
  }
  Constant *settle = nullptr;
  if (terminator.settle.instance != UINT32_MAX)
    settle = module.function(terminator.settle.instance).function;
  Constant *info = nullptr;
  if (machine) {
    info = module.spawnInfo(machine->unstartedSize, machine->align, module.startThunk(instance), settle, module.mono.instance(instance).name);
  } else {
    uint64_t size = 0;
    uint32_t align = 0;
    Function *thunk = module.futureThunk(program.types[operandType(operands[0])].args[0], size, align);
    info = module.spawnInfo(size, align, thunk, settle, "future");
  }
  Value *worker = currentWorker();
  FunctionCallee spawn = module.cFunction("async_spawn", module.pointer, {module.pointer, module.pointer, module.pointer});
  Value *task = callOrInvoke(spawn, {worker, scope, info}, terminator.unwind);
  Value *frame = byteOffset(task, module.taskBodyOffset);
  if (machine)
    storeArguments(instance, frame, operands);
  else
    operandTo(operands[0], byteOffset(frame, futureTaskAt));
  if (module.shape(placeType(terminator.place)).size >= 8)
    builder.CreateAlignedStore(task, place(terminator.place).address, Align(8));
  builder.CreateCall(module.cFunction("async_spawn_submit", builder.getVoidTy(), {module.pointer, module.pointer}), {worker, task});
  builder.CreateBr(block(terminator.targets[0]));
}

} // namespace async::llvmgen
