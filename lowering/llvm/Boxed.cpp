// Boxed.cpp: values behind a table (fn, dyn): making, calling and dropping them; and the end of values in general.
//
// A table is { drop or null, size, align, methods… } of the data; a boxed value is { data, table }.
#include "lowering/llvm/Function.h"

#include "typeck/infer/Thir.h"

namespace async::llvmgen {

using namespace llvm;

namespace {
constexpr uint64_t tableSizeAt = 8, tableAlignAt = 16, tableMethodsAt = 24;
}

Constant *ModuleEmitter::table(uint32_t index) {
  Constant *&known = tables[index];
  if (known)
    return known;
  const mono::Table &of = mono.table(index);
  const ValueShape &data = shape(of.of);
  std::vector<Constant *> words;
  words.push_back(of.drop == UINT32_MAX ? ConstantPointerNull::get(pointer) : static_cast<Constant *>(function(of.drop).function));
  words.push_back(ConstantInt::get(i64, data.size));
  words.push_back(ConstantInt::get(i64, data.align));
  for (uint32_t method : of.methods)
    words.push_back(method == UINT32_MAX ? ConstantPointerNull::get(pointer) : static_cast<Constant *>(function(method).function));
  Constant *made = constantGlobal(ConstantStruct::getAnon(words), 8, "table");
  tables[index] = made;
  return made;
}

// void (data, table): ends the data's life and frees its memory.
Function *ModuleEmitter::boxedDrop() {
  if (boxedDropFunction)
    return boxedDropFunction;
  auto *type = FunctionType::get(llvm::Type::getVoidTy(context), {pointer, pointer}, false);
  boxedDropFunction = Function::Create(type, GlobalValue::InternalLinkage, "async.drop_boxed", module);
  boxedDropFunction->setUWTableKind(UWTableKind::Default);
  BasicBlock *entry = BasicBlock::Create(context, "entry", boxedDropFunction), *drop = BasicBlock::Create(context, "drop", boxedDropFunction);
  BasicBlock *dropped = BasicBlock::Create(context, "dropped", boxedDropFunction), *release = BasicBlock::Create(context, "free", boxedDropFunction);
  BasicBlock *end = BasicBlock::Create(context, "end", boxedDropFunction);
  Value *data = boxedDropFunction->getArg(0), *from = boxedDropFunction->getArg(1);
  IRBuilder<> builder(entry);
  Value *glue = builder.CreateAlignedLoad(pointer, from, Align(8));
  builder.CreateCondBr(builder.CreateIsNull(glue), dropped, drop);
  builder.SetInsertPoint(drop);
  builder.CreateCall(FunctionType::get(llvm::Type::getVoidTy(context), {pointer}, false), glue, {data});
  builder.CreateBr(dropped);
  builder.SetInsertPoint(dropped);
  Value *size = builder.CreateAlignedLoad(i64, builder.CreateConstInBoundsGEP1_64(i8, from, tableSizeAt), Align(8));
  builder.CreateCondBr(builder.CreateIsNull(size), end, release);
  builder.SetInsertPoint(release);
  Value *align = builder.CreateAlignedLoad(i64, builder.CreateConstInBoundsGEP1_64(i8, from, tableAlignAt), Align(8));
  builder.CreateCall(cFunction("async_free", llvm::Type::getVoidTy(context), {pointer, i64, i64}), {data, size, align});
  builder.CreateBr(end);
  builder.SetInsertPoint(end);
  builder.CreateRetVoid();
  return boxedDropFunction;
}

// The operand moves to the heap; a value of no size has no memory.
void FunctionEmitter::boxInto(Value *address, const mir::Rvalue &value) {
  TypeId type = operandType(value.operands[0]);
  const ValueShape &shape = module.shape(type);
  Value *data = builder.CreateIntToPtr(word(shape.align), module.pointer);
  if (shape.size > 0) {
    data = builder.CreateCall(module.cFunction("async_alloc", module.pointer, {module.i64, module.i64}), {word(shape.size), word(shape.align)});
    operandTo(value.operands[0], data);
  }
  builder.CreateAlignedStore(data, address, Align(8));
  builder.CreateAlignedStore(module.table(value.variant), byteOffset(address, 8), Align(8));
}

void FunctionEmitter::coerce(Value *address, const mir::Rvalue &value) {
  switch (static_cast<thir::CoercionKind>(value.op)) {
  case thir::CoercionKind::NeverToAny:
    return;
  case thir::CoercionKind::ClosureToFn:
    boxInto(address, value);
    return;
  case thir::CoercionKind::ArrayToSlice: {
    const typeck::Type &from = program.types[operandType(value.operands[0])];
    storeRegister(scalar(value.operands[0]), address, 8);
    storeRegister(word(module.arrayLength(from.args[0])), byteOffset(address, 8), 8);
    return;
  }
  case thir::CoercionKind::ToDyn:
    storeRegister(scalar(value.operands[0]), address, 8);
    builder.CreateAlignedStore(module.table(value.variant), byteOffset(address, 8), Align(8));
    return;
  }
}

// A call through the table of a boxed function. `once fn` is given by value: the callee takes the data, the memory is freed here.
void FunctionEmitter::emitCallValue(const mir::Terminator &terminator) {
  const mir::Operand &callee = terminator.operands[0];
  Value *at = nullptr;
  if (program.types[operandType(callee)].kind == TypeKind::Fn) {
    at = temporary(operandType(callee));
    operandTo(callee, at);
  } else {
    at = scalar(callee);
  }
  Value *data = builder.CreateAlignedLoad(module.pointer, at, Align(8));
  Value *table = builder.CreateAlignedLoad(module.pointer, byteOffset(at, 8), Align(8));
  Value *method = builder.CreateAlignedLoad(module.pointer, byteOffset(table, tableMethodsAt), Align(8));
  const ValueShape &result = module.shape(placeType(terminator.place));
  SmallVector<Value *, 8> args;
  Value *to = terminator.targets.empty() ? temporary(placeType(terminator.place)) : place(terminator.place).address;
  if (result.kind == ValueShape::Kind::Memory)
    args.push_back(to);
  args.push_back(data);
  for (size_t i = 1; i < terminator.operands.size(); ++i)
    passOperand(terminator.operands[i], args);
  SmallVector<llvm::Type *, 8> types;
  for (Value *arg : args)
    types.push_back(arg->getType());
  CallBase *call = callOrInvoke({FunctionType::get(module.resultType(result), types, false), method}, args, terminator.unwind);
  for (unsigned i = 0; i < args.size(); ++i)
    if (types[i]->isIntegerTy(1))
      call->addParamAttr(i, Attribute::ZExt);
  receiveResult(call, result, to);
  if (terminator.callKind == CallKind::Once)
    freeBoxed(data, table);
  if (terminator.targets.empty())
    builder.CreateUnreachable();
  else
    builder.CreateBr(block(terminator.targets[0]));
}

void FunctionEmitter::freeBoxed(Value *data, Value *table) {
  BasicBlock *release = BasicBlock::Create(context, "free", function), *next = BasicBlock::Create(context, "", function);
  Value *size = builder.CreateAlignedLoad(module.i64, byteOffset(table, tableSizeAt), Align(8));
  builder.CreateCondBr(builder.CreateIsNull(size), next, release);
  builder.SetInsertPoint(release);
  Value *align = builder.CreateAlignedLoad(module.i64, byteOffset(table, tableAlignAt), Align(8));
  builder.CreateCall(module.cFunction("async_free", builder.getVoidTy(), {module.pointer, module.i64, module.i64}), {data, size, align});
  builder.CreateBr(next);
  builder.SetInsertPoint(next);
}

void FunctionEmitter::emitDrop(const mir::Terminator &terminator) {
  emitDropAt(place(terminator.place), terminator.unwind);
  builder.CreateBr(block(terminator.targets[0]));
}

void FunctionEmitter::emitDropAt(const PlaceValue &at, mir::BlockId unwind) {
  const typeck::Type &type = program.types[at.type];
  auto load = [&](uint64_t offset) { return builder.CreateAlignedLoad(module.pointer, byteOffset(at.address, offset), Align(8)); };
  if (type.kind == TypeKind::Async || type.kind == TypeKind::BoxedAsync) {
    Value *frame = load(0);
    callOrInvoke(module.cFunction("async_frame_free", builder.getVoidTy(), {module.pointer}), {frame}, unwind);
    return;
  }
  if (type.kind == TypeKind::Dyn) {
    dropDyn(at.address, at.extra, unwind);
    return;
  }
  // The size of what lies in a box of `dyn` is known by its table only.
  bool isBoxOfDyn = type.kind == TypeKind::Adt && AdtId{type.index} == module.mono.layouts.box && program.types[type.args[0]].kind == TypeKind::Dyn;
  if (type.kind == TypeKind::Fn || isBoxOfDyn) {
    Value *data = load(0), *table = load(8);
    callOrInvoke(module.boxedDrop(), {data, table}, unwind);
    return;
  }
  uint32_t glue = module.mono.dropGlue(at.type);
  if (glue != UINT32_MAX)
    callOrInvoke(module.function(glue).function, {at.address}, unwind);
}

void FunctionEmitter::dropDyn(Value *data, Value *table, mir::BlockId unwind) {
  BasicBlock *drop = BasicBlock::Create(context, "drop", function), *next = BasicBlock::Create(context, "", function);
  Value *glue = builder.CreateAlignedLoad(module.pointer, table, Align(8));
  builder.CreateCondBr(builder.CreateIsNull(glue), next, drop);
  builder.SetInsertPoint(drop);
  callOrInvoke({FunctionType::get(builder.getVoidTy(), {module.pointer}, false), glue}, {data}, unwind);
  builder.CreateBr(next);
  builder.SetInsertPoint(next);
}

} // namespace async::llvmgen
