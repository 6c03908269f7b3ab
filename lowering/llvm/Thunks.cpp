// Thunks.cpp: starting a frame that holds its arguments: what `resume` of such a frame points to (runtime/abi, "Not started").
#include "lowering/llvm/Function.h"
#include "lowering/states/Lowered.h"

namespace async::llvmgen {

using namespace llvm;

namespace {

class ThunkEmitter : public FunctionEmitter {
public:
  ThunkEmitter(ModuleEmitter &module, Function *function, const mir::Body &body, const states::Lowered &lowered)
      : FunctionEmitter(module, function, body), lowered(lowered), worker(function->getArg(0)), frame(function->getArg(1)), status(function->getArg(2)) {}

  void emit() {
    entryBlock = BasicBlock::Create(context, "entry", function);
    builder.SetInsertPoint(entryBlock);
    setPlace(body.span);
    BasicBlock *run = BasicBlock::Create(context, "run", function), *cancel = BasicBlock::Create(context, "cancel", function);
    builder.CreateCondBr(builder.CreateICmpEQ(status, word(0)), run, cancel, MDBuilder(context).createLikelyBranchWeights());
    builder.SetInsertPoint(run);
    emitRun();
    builder.SetInsertPoint(cancel);
    for (uint32_t i = 0; i < body.paramCount; ++i)
      emitDropAt({byteOffset(frame, lowered.argOffsets[i]), nullptr, body.locals[i + 1].type, UINT32_MAX}, {});
    module.continueWith(builder, worker, frame, status, function->getArg(3), function->getArg(4));
    if (!pad)
      return;
    builder.SetInsertPoint(pad);
    Value *payload = builder.CreateCall(module.cFunction("async_catch", module.i64, {module.pointer}), {catchException()});
    module.continueWith(builder, worker, frame, word(3), payload, UndefValue::get(module.i64));
  }

private:
  const states::Lowered &lowered;
  Value *worker, *frame, *status;
  BasicBlock *pad = nullptr;

  void emitRun() {
    SmallVector<Value *, 8> args{worker, frame};
    for (uint32_t i = 0; i < body.paramCount; ++i) {
      TypeId type = body.locals[i + 1].type;
      const ValueShape &shape = module.shape(type);
      Value *at = byteOffset(frame, lowered.argOffsets[i]);
      if (shape.kind == ValueShape::Kind::Memory) {
        // The start may write where the argument lay before it has read it all.
        Value *copy = temporary(type);
        builder.CreateMemCpy(copy, Align(shape.align), at, Align(shape.align), shape.size);
        args.push_back(copy);
      } else {
        loadShape(shape, at, args);
      }
    }
    CallBase *outcome = callOrInvoke(module.function(lowered.instance).function, args, {});
    BasicBlock *waits = BasicBlock::Create(context, "waits", function), *ended = BasicBlock::Create(context, "ended", function);
    Value *result = builder.CreateExtractValue(outcome, 0);
    builder.CreateCondBr(builder.CreateICmpEQ(result, word(1)), waits, ended);
    builder.SetInsertPoint(waits);
    builder.CreateRetVoid();
    builder.SetInsertPoint(ended);
    module.continueWith(builder, worker, frame, result, builder.CreateExtractValue(outcome, 1), builder.CreateExtractValue(outcome, 2));
  }

  BasicBlock *unwindDestination(mir::BlockId) override {
    stopsUnwinding = true;
    if (!pad)
      pad = BasicBlock::Create(context, "caught", function);
    return pad;
  }
};

} // namespace

void ModuleEmitter::continueWith(IRBuilder<> &builder, Value *worker, Value *frame, Value *status, Value *v0, Value *v1) {
  Value *next = builder.CreateAlignedLoad(pointer, builder.CreateConstInBoundsGEP1_64(i8, frame, 8), Align(8));
  Value *resume = builder.CreateAlignedLoad(pointer, next, Align(8));
  CallInst *call = builder.CreateCall(resumeType, resume, {worker, next, status, v0, v1});
  call->setCallingConv(CallingConv::PreserveNone);
  call->setTailCallKind(CallInst::TCK_MustTail);
  builder.CreateRetVoid();
}

Function *ModuleEmitter::startThunk(uint32_t instance) {
  Function *&known = thunks[instance];
  if (known)
    return known;
  const mono::Instance &of = mono.instance(instance);
  const states::Lowered *machine = lowered.of(instance);
  Function *made = resumeLike(of.name + ".thunk");
  thunks[instance] = made;
  if (!machine) {
    internalError("a future of what is not async: " + of.name);
    IRBuilder<>(BasicBlock::Create(context, "entry", made)).CreateUnreachable();
    return made;
  }
  if (debug)
    debug->beginFunction(*made, of.name, of.body->span);
  ThunkEmitter(*this, made, *of.body, *machine).emit();
  return made;
}

namespace {
// The frame of a task that is a future: header, the future, the leaf that waits for it. A large value is moved over the leaf.
constexpr uint64_t leafAt = futureTaskAt + 8;
} // namespace

// Behind the end of the future: its value, then its frame is freed.
static void endOfFuture(ModuleEmitter &module, IRBuilder<> &builder, Function *function, const ValueShape &shape, Value *status, Value *v0, Value *v1) {
  Value *worker = function->getArg(0), *frame = function->getArg(1);
  BasicBlock *end = BasicBlock::Create(module.context, "end", function), *from = builder.GetInsertBlock();
  auto at = [&](uint64_t offset) { return builder.CreateConstInBoundsGEP1_64(module.i8, frame, offset); };
  Value *first = v0;
  if (shape.size > states::maxResultInRegisters) {
    BasicBlock *move = BasicBlock::Create(module.context, "move", function, end);
    builder.CreateCondBr(builder.CreateICmpEQ(status, builder.getInt64(0)), move, end);
    builder.SetInsertPoint(move);
    Value *place = at(leafAt);
    builder.CreateMemCpy(place, Align(shape.align), builder.CreateIntToPtr(v0, module.pointer), Align(shape.align), shape.size);
    Value *moved = builder.CreatePtrToInt(place, module.i64);
    builder.CreateBr(end);
    builder.SetInsertPoint(end);
    PHINode *both = builder.CreatePHI(module.i64, 2);
    both->addIncoming(v0, from);
    both->addIncoming(moved, move);
    first = both;
  } else {
    builder.CreateBr(end);
    builder.SetInsertPoint(end);
  }
  Value *future = builder.CreateAlignedLoad(module.pointer, at(futureTaskAt), Align(8));
  builder.CreateCall(module.cFunction("async_frame_free", builder.getVoidTy(), {module.pointer}), {future});
  module.continueWith(builder, worker, frame, status, first, v1);
}

Function *ModuleEmitter::futureThunk(TypeId output, uint64_t &size, uint32_t &align) {
  const ValueShape &of = shape(output);
  align = std::max(8u, of.align);
  size = std::max(leafAt + states::futureLeafSize, leafAt + (of.size + 7) / 8 * 8);
  Function *&known = futureThunks[output.index];
  if (known)
    return known;
  Function *start = resumeLike("async.future.thunk"), *resume = resumeLike("async.future.resume");
  known = start;
  describeFrame(*resume, descriptor("a task", size, 0, StateText{{}, "a future", futureTaskAt | childPointer}));
  IRBuilder<> builder(BasicBlock::Create(context, "entry", resume));
  endOfFuture(*this, builder, resume, of, resume->getArg(2), resume->getArg(3), resume->getArg(4));

  Value *worker = start->getArg(0), *frame = start->getArg(1), *status = start->getArg(2);
  auto at = [&](uint64_t offset) { return builder.CreateConstInBoundsGEP1_64(i8, frame, offset); };
  builder.SetInsertPoint(BasicBlock::Create(context, "entry", start));
  BasicBlock *run = BasicBlock::Create(context, "run", start), *cancel = BasicBlock::Create(context, "cancel", start);
  BasicBlock *waits = BasicBlock::Create(context, "waits", start), *ended = BasicBlock::Create(context, "ended", start);
  Value *future = builder.CreateAlignedLoad(pointer, at(futureTaskAt), Align(8));
  builder.CreateCondBr(builder.CreateICmpEQ(status, builder.getInt64(0)), run, cancel);
  builder.SetInsertPoint(run);
  Value *leaf = at(leafAt);
  Value *out = callStart(builder, runtimeStart("async_future_await", {pointer, pointer, pointer}), {worker, leaf, future});
  Value *result = builder.CreateExtractValue(out, 0), *v0 = builder.CreateExtractValue(out, 1), *v1 = builder.CreateExtractValue(out, 2);
  builder.CreateCondBr(builder.CreateICmpEQ(result, builder.getInt64(1)), waits, ended);
  builder.SetInsertPoint(waits);
  builder.CreateAlignedStore(resume, frame, Align(8));
  builder.CreateAlignedStore(frame, at(leafAt + 8), Align(8));
  builder.CreateRetVoid();
  builder.SetInsertPoint(ended);
  endOfFuture(*this, builder, start, of, result, v0, v1);
  builder.SetInsertPoint(cancel);
  builder.CreateCall(cFunction("async_frame_free", builder.getVoidTy(), {pointer}), {future});
  continueWith(builder, worker, frame, status, start->getArg(3), start->getArg(4));
  return start;
}

} // namespace async::llvmgen
