#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;

// A call that may unwind and has something to clean up goes on at a landing pad; the builder stands in the block after it.
CallBase *FunctionEmitter::callOrInvoke(FunctionCallee callee, ArrayRef<Value *> args, mir::BlockId unwind, bool mayUnwind) {
  auto *known = dyn_cast<Function>(callee.getCallee());
  BasicBlock *pad = mayUnwind && !(known && known->doesNotThrow()) ? unwindDestination(unwind) : nullptr;
  CallBase *call = nullptr;
  if (pad) {
    BasicBlock *next = BasicBlock::Create(context, "", function);
    call = builder.CreateInvoke(callee, next, pad, args);
    builder.SetInsertPoint(next);
  } else {
    call = builder.CreateCall(callee, args);
  }
  if (known) {
    call->setCallingConv(known->getCallingConv());
    // The shape of what is passed must be said at the call too.
    call->setAttributes(known->getAttributes());
    for (Attribute::AttrKind kind : {Attribute::NoInline, Attribute::AlwaysInline, Attribute::InlineHint, Attribute::UWTable, Attribute::Cold})
      call->removeFnAttr(kind);
  }
  return call;
}

void FunctionEmitter::passOperand(const mir::Operand &op, SmallVectorImpl<Value *> &args) {
  const ValueShape &shape = module.shape(operandType(op));
  SmallVector<Value *, 2> values;
  operand(op, values);
  // The callee owns what is passed by address: a copy is passed unless the value is moved out of its own local.
  if (shape.kind == ValueShape::Kind::Memory && (op.kind != mir::Operand::Kind::Move || !op.place.path.empty())) {
    Value *copy = temporary(operandType(op));
    builder.CreateMemCpy(copy, Align(shape.align), values[0], Align(shape.align), shape.size);
    values[0] = copy;
  }
  args.append(values.begin(), values.end());
}

void FunctionEmitter::receiveResult(CallBase *call, const ValueShape &shape, Value *to) {
  switch (shape.kind) {
  case ValueShape::Kind::Empty:
  case ValueShape::Kind::Memory:
    return;
  case ValueShape::Kind::Scalar:
    storeShape(shape, {call}, to);
    return;
  case ValueShape::Kind::Pair:
    storeShape(shape, {builder.CreateExtractValue(call, 0), builder.CreateExtractValue(call, 1)}, to);
    return;
  }
}

void FunctionEmitter::callInstance(uint32_t instance, ArrayRef<mir::Operand> operands, Value *to, mir::BlockId unwind) {
  const FunctionInfo &info = module.function(instance);
  SmallVector<Value *, 8> args;
  if (info.result.kind == ValueShape::Kind::Memory)
    args.push_back(to);
  for (const mir::Operand &op : operands)
    passOperand(op, args);
  if (info.trackCaller)
    args.push_back(placeArgument());
  CallBase *call = callOrInvoke(info.function, args, unwind);
  receiveResult(call, info.result, to);
}

// The place that a #[track_caller] callee blames: that of this call, or the one that this function got itself.
Value *FunctionEmitter::placeArgument() { return callerPlace ? callerPlace : module.location(currentSpan); }

// A large result is written in place, unless the callee could see that place: through a reference or an argument that is moved.
bool FunctionEmitter::mayReadDestination(const mir::Terminator &terminator) {
  const mir::Place &to = terminator.place;
  if (lent[to.base.index])
    return true;
  for (const mir::Projection &projection : to.path)
    if (projection.kind == mir::Projection::Kind::Deref)
      return true;
  for (const mir::Operand &op : terminator.operands)
    if (op.kind != mir::Operand::Kind::Const && op.place.base == to.base)
      return true;
  return false;
}

void FunctionEmitter::emitCall(const mir::Terminator &terminator) {
  const mono::Instance &instance = module.mono.instance(terminator.callee.instance);
  Value *to = nullptr;
  if (!terminator.targets.empty())
    to = place(terminator.place).address;
  if (instance.kind == mono::Instance::Kind::Intrinsic) {
    emitIntrinsic(program.fn(instance.fn), instance.args, terminator, to);
  } else {
    TypeId type = placeType(terminator.place);
    bool inMemory = module.function(terminator.callee.instance).result.kind == ValueShape::Kind::Memory;
    Value *result = inMemory && (!to || mayReadDestination(terminator)) ? temporary(type) : to;
    callInstance(terminator.callee.instance, terminator.operands, result, terminator.unwind);
    if (to && result != to)
      copyValue(type, to, result);
  }
  if (builder.GetInsertBlock()->getTerminator())
    return;
  if (terminator.targets.empty())
    builder.CreateUnreachable();
  else
    builder.CreateBr(block(terminator.targets[0]));
}

} // namespace async::llvmgen
