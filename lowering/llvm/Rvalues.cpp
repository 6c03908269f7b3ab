#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;
using RK = mir::Rvalue::Kind;
using mir::BinaryOp;

static bool isSigned(const typeck::Type &type) {
  return type.kind == TypeKind::Int && type.sub <= static_cast<uint8_t>(IntKind::I64);
}

void FunctionEmitter::assign(const mir::Place &to, const mir::Rvalue &value) {
  PlaceValue target = place(to);
  const ValueShape &shape = module.shape(target.type);
  switch (value.kind) {
  case RK::Use:
    operandTo(value.operands[0], target.address);
    return;
  case RK::Ref:
  case RK::AddressOf: {
    PlaceValue of = place(value.place);
    storeRegister(of.address, target.address, 8);
    if (of.extra)
      storeRegister(of.extra, byteOffset(target.address, 8), 8);
    return;
  }
  case RK::Unary: {
    Value *of = scalar(value.operands[0]);
    Value *result = static_cast<mir::UnaryOp>(value.op) == mir::UnaryOp::Not ? builder.CreateNot(of)
                    : of->getType()->isFloatingPointTy()                     ? builder.CreateFNeg(of)
                                                                             : builder.CreateNeg(of);
    storeRegister(result, target.address, shape.align);
    return;
  }
  case RK::Binary: {
    auto op = static_cast<BinaryOp>(value.op);
    TypeId type = operandType(value.operands[0]);
    Value *a = scalar(value.operands[0]);
    Value *b = scalar(value.operands[1]);
    if (op >= BinaryOp::AddChecked)
      checkedBinary(op, type, a, b, target.type, target.address);
    else if (module.shape(type).kind == ValueShape::Kind::Empty) // only unit's equality
      storeRegister(builder.getInt1(op == BinaryOp::Eq || op == BinaryOp::Le || op == BinaryOp::Ge), target.address, 1);
    else
      storeRegister(binary(op, type, a, b), target.address, shape.align);
    return;
  }
  case RK::Cast: {
    TypeId from = operandType(value.operands[0]);
    if (program.types[from].kind == TypeKind::Adt && module.shape(target.type).kind == ValueShape::Kind::Scalar) {
      storeRegister(enumNumber(value.operands[0], target.type), target.address, shape.align);
      return;
    }
    SmallVector<Value *, 2> values;
    operand(value.operands[0], values);
    if (values.empty())
      return;
    values[0] = cast(values[0], from, target.type);
    values.truncate(shape.count()); // a fat reference to a thin pointer
    storeShape(shape, values, target.address);
    return;
  }
  case RK::Coerce:
    coerce(target.address, value);
    return;
  case RK::Tuple:
  case RK::Array:
  case RK::Closure:
    emitAggregate(target.address, target.type, UINT32_MAX, value.operands);
    return;
  case RK::Adt:
    emitAggregate(target.address, target.type, program.adt(value.adt).isEnum ? value.variant : UINT32_MAX, value.operands);
    return;
  case RK::Repeat:
    emitRepeat(target, value.operands[0]);
    return;
  case RK::AsyncBlock:
  case RK::Future:
    emitFuture(target, value);
    return;
  case RK::Discriminant: {
    Value *index = loadDiscriminant(place(value.place));
    storeRegister(builder.CreateZExtOrTrunc(index, builder.getInt64Ty()), target.address, 8);
    return;
  }
  case RK::Len: {
    PlaceValue of = place(value.place);
    storeRegister(of.extra ? of.extra : word(module.arrayLength(of.type)), target.address, 8);
    return;
  }
  }
}

// All operands are read before anything is written: an operand may be a part of the destination.
void FunctionEmitter::emitAggregate(Value *address, TypeId type, uint32_t variant, const std::vector<mir::Operand> &operands) {
  SmallVector<Value *, 8> values;
  SmallVector<std::pair<TypeId, unsigned>, 8> fields;
  for (const mir::Operand &op : operands) {
    fields.emplace_back(operandType(op), static_cast<unsigned>(values.size()));
    operand(op, values);
  }
  for (size_t i = 0; i < operands.size(); ++i) {
    const ValueShape &shape = module.shape(fields[i].first);
    if (shape.count() == 0)
      continue;
    Value *at = byteOffset(address, module.fieldOffset(type, variant, static_cast<uint32_t>(i)));
    storeShape(shape, ArrayRef(values).slice(fields[i].second, shape.count()), at);
  }
  if (variant != UINT32_MAX)
    storeDiscriminant(address, type, variant);
}

void FunctionEmitter::emitRepeat(const PlaceValue &target, const mir::Operand &op) {
  uint64_t length = module.arrayLength(target.type);
  const ValueShape &shape = module.shape(operandType(op));
  if (length == 0 || shape.size == 0)
    return;
  SmallVector<Value *, 2> values;
  operand(op, values);
  auto *number = shape.kind == ValueShape::Kind::Scalar ? dyn_cast<Constant>(values[0]) : nullptr;
  if (number && (number->isNullValue() || shape.size == 1)) {
    Value *byte = builder.getInt8(0);
    if (!number->isNullValue())
      byte = builder.CreateZExt(number, builder.getInt8Ty());
    builder.CreateMemSet(target.address, byte, shape.size * length, Align(shape.align));
    return;
  }
  BasicBlock *before = builder.GetInsertBlock();
  BasicBlock *loop = BasicBlock::Create(context, "repeat", function);
  BasicBlock *after = BasicBlock::Create(context, "", function);
  builder.CreateBr(loop);
  builder.SetInsertPoint(loop);
  PHINode *index = builder.CreatePHI(builder.getInt64Ty(), 2);
  index->addIncoming(word(0), before);
  Value *at = builder.CreateInBoundsGEP(ArrayType::get(builder.getInt8Ty(), shape.size), target.address, index);
  storeShape(shape, values, at);
  Value *next = builder.CreateAdd(index, word(1));
  index->addIncoming(next, loop);
  builder.CreateCondBr(builder.CreateICmpEQ(next, word(length)), after, loop);
  builder.SetInsertPoint(after);
}

Value *FunctionEmitter::binary(BinaryOp op, TypeId typeId, Value *a, Value *b) {
  const typeck::Type &type = program.types[typeId];
  bool isFloat = type.kind == TypeKind::Float;
  bool signedness = isSigned(type);
  switch (op) {
  case BinaryOp::Add: return isFloat ? builder.CreateFAdd(a, b) : builder.CreateAdd(a, b);
  case BinaryOp::Sub: return isFloat ? builder.CreateFSub(a, b) : builder.CreateSub(a, b);
  case BinaryOp::Mul: return isFloat ? builder.CreateFMul(a, b) : builder.CreateMul(a, b);
  case BinaryOp::Div: return isFloat ? builder.CreateFDiv(a, b) : signedness ? builder.CreateSDiv(a, b) : builder.CreateUDiv(a, b);
  case BinaryOp::Rem: return isFloat ? builder.CreateFRem(a, b) : signedness ? builder.CreateSRem(a, b) : builder.CreateURem(a, b);
  case BinaryOp::SatAdd: return builder.CreateBinaryIntrinsic(signedness ? Intrinsic::sadd_sat : Intrinsic::uadd_sat, a, b);
  case BinaryOp::SatSub: return builder.CreateBinaryIntrinsic(signedness ? Intrinsic::ssub_sat : Intrinsic::usub_sat, a, b);
  case BinaryOp::BitAnd: return builder.CreateAnd(a, b);
  case BinaryOp::BitOr: return builder.CreateOr(a, b);
  case BinaryOp::BitXor: return builder.CreateXor(a, b);
  case BinaryOp::Shl: return builder.CreateShl(a, builder.CreateZExtOrTrunc(b, a->getType()));
  case BinaryOp::Shr:
    b = builder.CreateZExtOrTrunc(b, a->getType());
    return signedness ? builder.CreateAShr(a, b) : builder.CreateLShr(a, b);
  case BinaryOp::Eq: return isFloat ? builder.CreateFCmpOEQ(a, b) : builder.CreateICmpEQ(a, b);
  case BinaryOp::Ne: return isFloat ? builder.CreateFCmpUNE(a, b) : builder.CreateICmpNE(a, b);
  case BinaryOp::Lt: return isFloat ? builder.CreateFCmpOLT(a, b) : signedness ? builder.CreateICmpSLT(a, b) : builder.CreateICmpULT(a, b);
  case BinaryOp::Le: return isFloat ? builder.CreateFCmpOLE(a, b) : signedness ? builder.CreateICmpSLE(a, b) : builder.CreateICmpULE(a, b);
  case BinaryOp::Gt: return isFloat ? builder.CreateFCmpOGT(a, b) : signedness ? builder.CreateICmpSGT(a, b) : builder.CreateICmpUGT(a, b);
  case BinaryOp::Ge: return isFloat ? builder.CreateFCmpOGE(a, b) : signedness ? builder.CreateICmpSGE(a, b) : builder.CreateICmpUGE(a, b);
  case BinaryOp::AddChecked:
  case BinaryOp::SubChecked:
  case BinaryOp::MulChecked:
    break; // checkedBinary
  }
  module.internalError("a checked operation where a plain one belongs");
  return a;
}

void FunctionEmitter::checkedBinary(BinaryOp op, TypeId operandType, Value *a, Value *b, TypeId tupleType, Value *address) {
  bool s = isSigned(program.types[operandType]);
  Intrinsic::ID id = op == BinaryOp::AddChecked   ? (s ? Intrinsic::sadd_with_overflow : Intrinsic::uadd_with_overflow)
                     : op == BinaryOp::SubChecked ? (s ? Intrinsic::ssub_with_overflow : Intrinsic::usub_with_overflow)
                                                  : (s ? Intrinsic::smul_with_overflow : Intrinsic::umul_with_overflow);
  Value *both = builder.CreateBinaryIntrinsic(id, a, b);
  Value *number = builder.CreateExtractValue(both, 0);
  storeRegister(number, byteOffset(address, module.fieldOffset(tupleType, UINT32_MAX, 0)), module.shape(operandType).align);
  storeRegister(builder.CreateExtractValue(both, 1), byteOffset(address, module.fieldOffset(tupleType, UINT32_MAX, 1)), 1);
}

Value *FunctionEmitter::cast(Value *value, TypeId fromId, TypeId toId) {
  const typeck::Type &from = program.types[fromId];
  llvm::Type *to = module.shape(toId).types[0];
  if (!to || value->getType() == to)
    return value;
  bool toSigned = isSigned(program.types[toId]);
  if (value->getType()->isFloatingPointTy()) {
    if (to->isFloatingPointTy())
      return builder.CreateFPCast(value, to);
    return builder.CreateIntrinsic(toSigned ? Intrinsic::fptosi_sat : Intrinsic::fptoui_sat, {to, value->getType()}, {value});
  }
  if (value->getType()->isPointerTy())
    return builder.CreatePtrToInt(value, to);
  if (to->isPointerTy())
    return builder.CreateIntToPtr(value, to);
  if (to->isFloatingPointTy())
    return isSigned(from) ? builder.CreateSIToFP(value, to) : builder.CreateUIToFP(value, to);
  return builder.CreateIntCast(value, to, isSigned(from));
}

// `as` of a plain enum: the number that its declaration gives the variant.
Value *FunctionEmitter::enumNumber(const mir::Operand &op, TypeId to) {
  TypeId type = operandType(op);
  Value *address = nullptr;
  if (op.kind == mir::Operand::Kind::Const) {
    address = temporary(type);
    operandTo(op, address);
  } else {
    address = place(op.place).address;
  }
  Value *index = builder.CreateZExtOrTrunc(loadDiscriminant({address, nullptr, type, UINT32_MAX}), builder.getInt64Ty());
  const AdtDecl &adt = program.adt(AdtId{program.types[type].index});
  auto *integer = llvm::cast<IntegerType>(module.shape(to).types[0]);
  bool plain = true;
  std::vector<Constant *> numbers;
  for (size_t i = 0; i < adt.variants.size(); ++i) {
    plain &= adt.variants[i].discriminant == static_cast<int64_t>(i);
    numbers.push_back(ConstantInt::get(integer, static_cast<uint64_t>(adt.variants[i].discriminant), true));
  }
  if (plain)
    return builder.CreateZExtOrTrunc(index, integer);
  auto *table = ArrayType::get(integer, numbers.size());
  Value *global = module.constantGlobal(ConstantArray::get(table, numbers), integer->getBitWidth() / 8);
  return builder.CreateLoad(integer, builder.CreateInBoundsGEP(integer, global, index));
}

} // namespace async::llvmgen
