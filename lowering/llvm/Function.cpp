#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;

FunctionEmitter::FunctionEmitter(ModuleEmitter &module, Function *function, const mir::Body &body)
    : module(module), program(module.program), context(module.context), function(function), body(body), builder(module.context) {}

void FunctionEmitter::setPlace(frontend::Span span) {
  currentSpan = span;
  if (module.debug)
    builder.SetCurrentDebugLocation(module.debug->location(*function, span));
}

void FunctionEmitter::prepareBlocks(const std::vector<mir::Block> &from) {
  blocks.resize(from.size());
  landingPads.resize(from.size());
  lent.resize(body.locals.size());
  for (const mir::Block &block : from)
    for (const mir::Statement &statement : block.statements) {
      stopsUnwinding |= statement.kind == mir::Statement::Kind::TakeUnwind;
      if (statement.value.kind == mir::Rvalue::Kind::Ref || statement.value.kind == mir::Rvalue::Kind::AddressOf)
        if (statement.kind == mir::Statement::Kind::Assign)
          lent[statement.value.place.base.index] = true;
    }
}

BasicBlock *FunctionEmitter::block(mir::BlockId id) {
  BasicBlock *&known = blocks[id.index];
  if (!known) {
    known = BasicBlock::Create(context, "b" + Twine(id.index), function);
    pending.push_back(id.index);
  }
  return known;
}

// Only what can be reached is emitted.
void FunctionEmitter::emitPending() {
  while (!pending.empty()) {
    uint32_t index = pending.back();
    pending.pop_back();
    builder.SetInsertPoint(blocks[index]);
    emitBlock(index);
  }
}

void FunctionEmitter::emitBlock(uint32_t index) {
  const mir::Block &block = body.blocks[index];
  for (const mir::Statement &statement : block.statements)
    emitStatement(statement);
  emitTerminator(block.terminator);
}

void FunctionEmitter::emitSync(const FunctionInfo &info) {
  entryBlock = BasicBlock::Create(context, "entry", function);
  builder.SetInsertPoint(entryBlock);
  setPlace(body.span);
  Function::arg_iterator argument = function->arg_begin();
  localAddresses.resize(body.locals.size());
  if (info.result.kind == ValueShape::Kind::Memory)
    localAddresses[0] = &*argument++;
  for (uint32_t i = localAddresses[0] ? 1 : 0; i < body.locals.size(); ++i) {
    TypeId type = body.locals[i].type;
    const ValueShape &shape = module.shape(type);
    bool isParam = i >= 1 && i <= body.paramCount;
    if (isParam && shape.kind == ValueShape::Kind::Memory) {
      localAddresses[i] = &*argument++;
      continue;
    }
    localAddresses[i] = temporary(type, StringRef(module.text(body.locals[i].name)));
    if (!isParam)
      continue;
    SmallVector<Value *, 2> values;
    for (unsigned part = 0; part < shape.count(); ++part)
      values.push_back(&*argument++);
    if (!values.empty())
      storeShape(shape, values, localAddresses[i]);
  }
  if (info.trackCaller)
    callerPlace = &*argument++;
  prepareBlocks(body.blocks);
  builder.CreateBr(block(mir::BlockId{0}));
  emitPending();
}

void FunctionEmitter::emitReturn() {
  TypeId type = body.locals[0].type;
  const ValueShape &shape = module.shape(type);
  SmallVector<Value *, 2> values;
  switch (shape.kind) {
  case ValueShape::Kind::Empty:
  case ValueShape::Kind::Memory:
    builder.CreateRetVoid();
    return;
  case ValueShape::Kind::Scalar:
    loadShape(shape, localAddresses[0], values);
    builder.CreateRet(values[0]);
    return;
  case ValueShape::Kind::Pair: {
    loadShape(shape, localAddresses[0], values);
    Value *pair = PoisonValue::get(function->getReturnType());
    pair = builder.CreateInsertValue(pair, values[0], 0);
    builder.CreateRet(builder.CreateInsertValue(pair, values[1], 1));
    return;
  }
  }
}

Value *FunctionEmitter::currentWorker() {
  return builder.CreateCall(module.cFunction("async_needed_worker", module.pointer, {}), {});
}

// A synchronous function has none.
Value *FunctionEmitter::currentFrame() { return ConstantPointerNull::get(module.pointer); }

} // namespace async::llvmgen
