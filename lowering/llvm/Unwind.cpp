// Unwind.cpp: panics in synchronous code. An exception passes through landing pads that lead to MIR's cleanup blocks.
#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;

BasicBlock *FunctionEmitter::unwindDestination(mir::BlockId unwind) { return unwind.valid() ? landingPad(unwind) : nullptr; }

// One pad for each cleanup block: it keeps the exception and goes on there.
BasicBlock *FunctionEmitter::landingPad(mir::BlockId target) {
  BasicBlock *&pad = landingPads[target.index];
  if (pad)
    return pad;
  pad = BasicBlock::Create(context, "unwind", function);
  IRBuilder<>::InsertPointGuard guard(builder);
  builder.SetInsertPoint(pad);
  builder.CreateStore(catchException(), exceptionPlace());
  builder.CreateBr(block(target));
  return pad;
}

// The landing pad's instruction; gives the exception.
Value *FunctionEmitter::catchException() {
  if (!function->hasPersonalityFn())
    function->setPersonalityFn(module.personality());
  auto *type = StructType::get(module.pointer, module.i32);
  LandingPadInst *pad = builder.CreateLandingPad(type, 1);
  if (stopsUnwinding)
    pad->addClause(ConstantPointerNull::get(module.pointer));
  else
    pad->setCleanup(true);
  return builder.CreateExtractValue(pad, 0);
}

Value *FunctionEmitter::exceptionPlace() {
  if (!exceptionSlot)
    exceptionSlot = temporary(module.pointer, 8, 8, "exception");
  return exceptionSlot;
}

void FunctionEmitter::emitUnwind() {
  Value *exception = builder.CreateLoad(module.pointer, exceptionPlace());
  if (stopsUnwinding) {
    // The exception was caught; it is raised again as it is.
    if (!function->hasPersonalityFn())
      function->setPersonalityFn(module.personality());
  }
  Value *pair = PoisonValue::get(StructType::get(module.pointer, module.i32));
  pair = builder.CreateInsertValue(pair, exception, 0);
  pair = builder.CreateInsertValue(pair, builder.getInt32(0), 1);
  builder.CreateResume(pair);
}

// Ends the unwinding: (status panicked, what was thrown).
void FunctionEmitter::takeUnwind(const mir::Place &to) {
  PlaceValue target = place(to);
  Value *exception = builder.CreateLoad(module.pointer, exceptionPlace());
  Value *payload = builder.CreateCall(module.cFunction("async_catch", module.i64, {module.pointer}), {exception});
  storeRegister(word(3), byteOffset(target.address, module.fieldOffset(target.type, UINT32_MAX, 0)), 8);
  storeRegister(payload, byteOffset(target.address, module.fieldOffset(target.type, UINT32_MAX, 1)), 8);
}

} // namespace async::llvmgen
