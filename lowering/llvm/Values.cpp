#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;

// bool is a byte in memory and i1 in registers.
Value *FunctionEmitter::loadRegister(llvm::Type *type, Value *address, uint32_t align) {
  if (!type->isIntegerTy(1))
    return builder.CreateAlignedLoad(type, address, Align(align));
  LoadInst *byte = builder.CreateAlignedLoad(builder.getInt8Ty(), address, Align(align));
  if (module.options.level > 0)
    byte->setMetadata(LLVMContext::MD_range, module.boolRange());
  return builder.CreateTrunc(byte, type);
}

void FunctionEmitter::storeRegister(Value *value, Value *address, uint32_t align) {
  if (value->getType()->isIntegerTy(1))
    value = builder.CreateZExt(value, builder.getInt8Ty());
  builder.CreateAlignedStore(value, address, Align(align));
}

static uint32_t alignAt(const ValueShape &shape, uint64_t offset) {
  uint32_t align = shape.align;
  while (offset % align)
    align /= 2;
  return align;
}

void FunctionEmitter::loadShape(const ValueShape &shape, Value *address, SmallVectorImpl<Value *> &into) {
  if (shape.kind == ValueShape::Kind::Memory) {
    into.push_back(address);
    return;
  }
  for (unsigned i = 0; i < shape.count(); ++i)
    into.push_back(loadRegister(shape.types[i], byteOffset(address, shape.offsets[i]), alignAt(shape, shape.offsets[i])));
}

void FunctionEmitter::storeShape(const ValueShape &shape, ArrayRef<Value *> values, Value *address) {
  if (shape.kind == ValueShape::Kind::Memory) {
    if (values[0] != address)
      builder.CreateMemCpy(address, Align(shape.align), values[0], Align(shape.align), shape.size);
    return;
  }
  for (unsigned i = 0; i < shape.count(); ++i)
    storeRegister(values[i], byteOffset(address, shape.offsets[i]), alignAt(shape, shape.offsets[i]));
}

void FunctionEmitter::copyValue(TypeId type, Value *to, Value *from) {
  const ValueShape &shape = module.shape(type);
  SmallVector<Value *, 2> values;
  loadShape(shape, from, values);
  storeShape(shape, values, to);
}

TypeId FunctionEmitter::operandType(const mir::Operand &operand) {
  return operand.kind == mir::Operand::Kind::Const ? operand.constant.type : placeType(operand.place);
}

void FunctionEmitter::operand(const mir::Operand &operand, SmallVectorImpl<Value *> &into) {
  if (operand.kind == mir::Operand::Kind::Const) {
    constant(operand.constant, into);
    return;
  }
  PlaceValue from = place(operand.place);
  loadShape(module.shape(from.type), from.address, into);
}

Value *FunctionEmitter::scalar(const mir::Operand &op) {
  SmallVector<Value *, 2> values;
  operand(op, values);
  return values.empty() ? PoisonValue::get(builder.getInt8Ty()) : values[0];
}

void FunctionEmitter::operandTo(const mir::Operand &op, Value *address) {
  SmallVector<Value *, 2> values;
  operand(op, values);
  if (!values.empty())
    storeShape(module.shape(operandType(op)), values, address);
}

void FunctionEmitter::constant(const mir::Constant &constant, SmallVectorImpl<Value *> &into) {
  const ValueShape &shape = module.shape(constant.type);
  switch (constant.kind) {
  case mir::Constant::Kind::Unit:
  case mir::Constant::Kind::FnItem:
    return;
  case mir::Constant::Kind::Int:
    if (shape.kind == ValueShape::Kind::Scalar) {
      llvm::Type *type = shape.types[0];
      Value *number = ConstantInt::get(type->isPointerTy() ? builder.getInt64Ty() : type, static_cast<uint64_t>(constant.value), true);
      into.push_back(type->isPointerTy() ? builder.CreateIntToPtr(number, type) : number);
    }
    return;
  case mir::Constant::Kind::Float: {
    double number = 0;
    static_assert(sizeof number == sizeof constant.value);
    memcpy(&number, &constant.value, sizeof number);
    into.push_back(ConstantFP::get(shape.types[0], number));
    return;
  }
  case mir::Constant::Kind::Str:
  case mir::Constant::Kind::Bytes:
    into.push_back(module.textConstant(constant.type, module.text(constant.text)));
    return;
  case mir::Constant::Kind::ConstParam:
    module.internalError("a constant parameter was left by mono");
    into.push_back(PoisonValue::get(builder.getInt64Ty()));
    return;
  case mir::Constant::Kind::Static:
    into.push_back(module.staticAddress(constant.item));
    return;
  case mir::Constant::Kind::Undef:
    if (shape.kind == ValueShape::Kind::Memory) {
      into.push_back(temporary(constant.type));
      return;
    }
    for (unsigned i = 0; i < shape.count(); ++i)
      into.push_back(UndefValue::get(shape.types[i]));
    return;
  }
}

AllocaInst *FunctionEmitter::temporary(llvm::Type *type, uint64_t size, uint32_t align, const Twine &name) {
  IRBuilder<> entry(entryBlock, entryBlock->begin());
  if (!type)
    type = ArrayType::get(entry.getInt8Ty(), size);
  AllocaInst *slot = entry.CreateAlloca(type, nullptr, name);
  slot->setAlignment(Align(align));
  return slot;
}

Value *FunctionEmitter::temporary(TypeId type, const Twine &name) {
  const ValueShape &shape = module.shape(type);
  if (shape.size == 0)
    return builder.CreateIntToPtr(word(shape.align), builder.getPtrTy());
  llvm::Type *memory = nullptr;
  if (shape.kind == ValueShape::Kind::Scalar && !shape.types[0]->isIntegerTy(1) && shape.offsets[0] == 0)
    memory = shape.types[0];
  return temporary(memory, shape.size, shape.align, name);
}

} // namespace async::llvmgen
