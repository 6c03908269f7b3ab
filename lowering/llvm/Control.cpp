#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;
using TK = mir::Terminator::Kind;

void FunctionEmitter::emitStatement(const mir::Statement &statement) {
  setPlace(statement.span);
  switch (statement.kind) {
  case mir::Statement::Kind::Assign:
    assign(statement.place, statement.value);
    return;
  case mir::Statement::Kind::StorageLive:
  case mir::Statement::Kind::StorageDead:
    emitStorage(statement.local, statement.kind == mir::Statement::Kind::StorageLive);
    return;
  case mir::Statement::Kind::TakeUnwind:
    takeUnwind(statement.place);
    return;
  case mir::Statement::Kind::Nop:
    return;
  }
}

// Where a local begins and ends to live: lets locals share the stack.
void FunctionEmitter::emitStorage(mir::LocalId local, bool live) {
  auto *slot = dyn_cast<AllocaInst>(localAddress(local));
  uint64_t size = module.shape(body.localType(local)).size;
  if (!slot || module.options.level == 0 || size == 0 || local.index <= body.paramCount)
    return;
  if (live)
    builder.CreateLifetimeStart(slot, builder.getInt64(size));
  else
    builder.CreateLifetimeEnd(slot, builder.getInt64(size));
}

void FunctionEmitter::emitTerminator(const mir::Terminator &terminator) {
  setPlace(terminator.span);
  switch (terminator.kind) {
  case TK::Goto:
    builder.CreateBr(block(terminator.targets[0]));
    return;
  case TK::Switch:
    emitSwitch(terminator);
    return;
  case TK::Return:
    emitReturn();
    return;
  case TK::Unwind:
    emitUnwind();
    return;
  case TK::Unreachable:
    builder.CreateUnreachable();
    return;
  case TK::Drop:
    emitDrop(terminator);
    return;
  case TK::Assert:
    emitAssert(terminator);
    return;
  case TK::Call:
    emitCall(terminator);
    return;
  case TK::CallValue:
    emitCallValue(terminator);
    return;
  case TK::Spawn:
    emitSpawn(terminator);
    return;
  case TK::AwaitCall:
  case TK::Await:
    module.internalError("an instruction of async code is left in a synchronous body");
    builder.CreateUnreachable();
    return;
  }
}

void FunctionEmitter::emitSwitch(const mir::Terminator &terminator) {
  Value *on = scalar(terminator.operands[0]);
  BasicBlock *otherwise = block(terminator.targets.back());
  size_t count = terminator.values.size();
  auto *type = llvm::cast<IntegerType>(on->getType());
  if (count == 1 && type->getBitWidth() == 1) {
    BasicBlock *taken = block(terminator.targets[0]);
    if (terminator.values[0] != 0)
      builder.CreateCondBr(on, taken, otherwise);
    else
      builder.CreateCondBr(on, otherwise, taken);
    return;
  }
  SwitchInst *instruction = builder.CreateSwitch(on, otherwise, static_cast<unsigned>(count));
  for (size_t i = 0; i < count; ++i)
    instruction->addCase(ConstantInt::get(type, static_cast<uint64_t>(terminator.values[i]), true), block(terminator.targets[i]));
}

// A check that fails calls a function that does not return; the block is cold.
void FunctionEmitter::emitAssert(const mir::Terminator &terminator) {
  Value *condition = scalar(terminator.operands[0]);
  BasicBlock *good = block(terminator.targets[0]);
  BasicBlock *bad = BasicBlock::Create(context, "panic", function);
  BranchInst *branch = terminator.expected ? builder.CreateCondBr(condition, good, bad) : builder.CreateCondBr(condition, bad, good);
  MDBuilder metadata(context);
  branch->setMetadata(LLVMContext::MD_prof, terminator.expected ? metadata.createLikelyBranchWeights() : metadata.createUnlikelyBranchWeights());
  builder.SetInsertPoint(bad);
  SmallVector<Value *, 3> args;
  for (size_t i = 1; i < terminator.operands.size(); ++i)
    args.push_back(scalar(terminator.operands[i]));
  FunctionCallee panic = module.panicFunction(terminator.assertKind, terminator.op, args);
  args.push_back(module.location(terminator.span));
  CallBase *call = callOrInvoke(panic, args, terminator.unwind);
  call->setDoesNotReturn();
  builder.CreateUnreachable();
}

} // namespace async::llvmgen
