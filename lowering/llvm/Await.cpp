// Await.cpp: suspensions: starting what is awaited, saving what lives across, and going on with the outcome.
#include "lowering/llvm/Async.h"

namespace async::llvmgen {

using namespace llvm;
using TK = mir::Terminator::Kind;

void AsyncEmitter::emitTerminator(const mir::Terminator &terminator) {
  if (terminator.kind == TK::AwaitCall || terminator.kind == TK::Await) {
    setPlace(terminator.span);
    emitAwait(terminator);
    return;
  }
  FunctionEmitter::emitTerminator(terminator);
}

// Where the callee's frame lies: in this one, or on the heap.
Value *AsyncEmitter::childAddress(const states::State &state) {
  if (!state.boxed)
    return byteOffset(frame, state.childOffset);
  const states::Lowered *callee = module.lowered.of(state.callee);
  FunctionCallee allocate = module.cFunction("async_frame_new", module.pointer, {module.i64, module.i64, module.pointer});
  Value *child = builder.CreateCall(allocate, {word(callee->size), word(callee->align), ConstantPointerNull::get(module.pointer)});
  builder.CreateAlignedStore(child, future, Align(8));
  return child;
}

Value *AsyncEmitter::startChild(const mir::Terminator &terminator, const states::State &state, Value *child) {
  SmallVector<Value *, 8> args{worker, child};
  if (state.callee == UINT32_MAX) {
    Value *awaited = scalar(terminator.operands[0]);
    builder.CreateAlignedStore(awaited, future, Align(8));
    args.push_back(awaited);
  } else {
    for (const mir::Operand &op : terminator.operands)
      passOperand(op, args);
  }
  if (state.shielded) {
    FunctionCallee begin = module.cFunction("async_shield_begin", module.i32, {module.pointer});
    builder.CreateAlignedStore(builder.CreateCall(begin, {worker}), shield, Align(4));
  }
  if (state.callee == UINT32_MAX) {
    return module.callStart(builder, module.runtimeStart("async_future_await", {module.pointer, module.pointer, module.pointer}), args);
  }
  if (module.mono.instance(state.callee).kind == mono::Instance::Kind::Leaf)
    return module.callStart(builder, module.leafFunction(state.callee, args), args);
  return callOrInvoke(module.function(state.callee).function, args, {});
}

void AsyncEmitter::emitAwait(const mir::Terminator &terminator) {
  uint32_t number = lowered.stateOf[currentBlock];
  if (number == 0) {
    module.internalError("an await has no state in " + module.mono.instance(lowered.instance).name);
    builder.CreateUnreachable();
    return;
  }
  const states::State &state = lowered.states[number - 1];
  Value *child = childAddress(state);
  Value *outcome = startChild(terminator, state, child);
  Value *status = builder.CreateExtractValue(outcome, 0);
  Value *v0 = builder.CreateExtractValue(outcome, 1), *v1 = builder.CreateExtractValue(outcome, 2);
  Point &to = point(number);
  BasicBlock *from = builder.GetInsertBlock();
  BasicBlock *suspend = BasicBlock::Create(context, "suspend" + Twine(number), function);
  SwitchInst *choice = builder.CreateSwitch(status, to.bad, 2, MDBuilder(context).createBranchWeights({1, 2000, 100}));
  choice->addCase(builder.getInt64(0), to.good);
  choice->addCase(builder.getInt64(1), suspend);
  connect(to, from, status, v0, v1);
  builder.SetInsertPoint(suspend);
  emitSuspend(number, child);
}

AsyncEmitter::Point &AsyncEmitter::point(uint32_t state) {
  Point &known = points[state];
  if (known.good)
    return known;
  known.good = BasicBlock::Create(context, "ready" + Twine(state), function);
  known.bad = BasicBlock::Create(context, "ended" + Twine(state), function);
  IRBuilder<> good(known.good), bad(known.bad);
  known.v0 = good.CreatePHI(module.i64, 2);
  known.v1 = good.CreatePHI(module.i64, 2);
  known.status = bad.CreatePHI(module.i64, 2);
  known.payload = bad.CreatePHI(module.i64, 2);
  openPoints.push_back(state);
  return known;
}

void AsyncEmitter::connect(Point &to, BasicBlock *from, Value *status, Value *v0, Value *v1) {
  to.v0->addIncoming(v0, from);
  to.v1->addIncoming(v1, from);
  to.status->addIncoming(status, from);
  to.payload->addIncoming(v0, from);
}

void AsyncEmitter::emitSuspend(uint32_t number, Value *child) {
  const states::State &state = lowered.states[number - 1];
  state.slots.forEach([&](size_t slot) {
    if (!keptSlots[slot])
      saveSlot(lowered.slots[slot]);
  });
  if (!isResume)
    builder.CreateAlignedStore(module.resumeFunction(lowered.instance), frame, Align(8));
  if (uint32_t size = lowered.stateSize())
    builder.CreateAlignedStore(builder.getIntN(size * 8, number), byteOffset(frame, lowered.stateOffset), Align(size));
  if (!keepsCont)
    builder.CreateAlignedStore(frame, byteOffset(child, 8), Align(8));
  if (isResume)
    builder.CreateRetVoid();
  else
    finish(word(1), UndefValue::get(module.i64), UndefValue::get(module.i64));
}

void AsyncEmitter::endShield(const states::State &state) {
  if (!state.shielded)
    return;
  FunctionCallee end = module.cFunction("async_shield_end", builder.getVoidTy(), {module.pointer, module.i32});
  builder.CreateCall(end, {worker, builder.CreateAlignedLoad(module.i32, shield, Align(4))});
}

// A frame on the heap goes when its value has been read. It was started, so there are no arguments to drop.
void AsyncEmitter::releaseChild(const states::State &state) {
  if (!state.boxed && state.callee != UINT32_MAX)
    return;
  Value *child = builder.CreateAlignedLoad(module.pointer, future, Align(8));
  builder.CreateCall(module.cFunction("async_frame_release", builder.getVoidTy(), {module.pointer}), {child});
}

void AsyncEmitter::emitGood(uint32_t number) {
  const states::State &state = lowered.states[number - 1];
  const mir::Terminator &terminator = body.blocks[state.block.index].terminator;
  builder.SetInsertPoint(points[number].good);
  setPlace(terminator.span);
  endShield(state);
  if (!terminator.targets.empty())
    decodeWords(placeType(terminator.place), points[number].v0, points[number].v1, place(terminator.place).address);
  releaseChild(state);
  if (terminator.targets.empty())
    builder.CreateUnreachable();
  else
    builder.CreateBr(block(terminator.targets[0]));
}

void AsyncEmitter::emitBad(uint32_t number) {
  const states::State &state = lowered.states[number - 1];
  const mir::Terminator &terminator = body.blocks[state.block.index].terminator;
  builder.SetInsertPoint(points[number].bad);
  setPlace(terminator.span);
  endShield(state);
  releaseChild(state);
  keepReason(points[number].status, points[number].payload);
  builder.CreateBr(unwindTarget(terminator.unwind));
}

} // namespace async::llvmgen
