// Intrinsics.cpp: the functions that the compiler makes itself, in place of their calls.
#include <llvm/IR/InlineAsm.h>

#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;

namespace {

enum class Name : uint8_t {
#define ASYNC_INTRINSIC(Name, text) Name,
#include "lowering/llvm/Intrinsics.def"
};

std::optional<Name> nameOf(std::string_view text) {
#define ASYNC_INTRINSIC(Id, word)                                                                                                          \
  if (text == word)                                                                                                                        \
    return Name::Id;
#include "lowering/llvm/Intrinsics.def"
  return std::nullopt;
}

} // namespace

bool FunctionEmitter::emitIntrinsic(const FnDecl &decl, ArrayRef<TypeId> typeArgs, const mir::Terminator &call, Value *to) {
  std::optional<Name> name = nameOf(module.text(decl.name));
  if (!name) {
    module.internalError("no intrinsic is called " + std::string(module.text(decl.name)));
    return false;
  }
  TypeId type = typeArgs.empty() ? TypeId{} : typeArgs[0];
  // Operands in registers, Memory ones by address.
  auto argument = [&](size_t index) { return scalar(call.operands[index]); };
  auto give = [&](Value *value) {
    if (to)
      storeRegister(value, to, module.shape(placeType(call.place)).align);
  };
  auto unary = [&](Intrinsic::ID id) { give(builder.CreateUnaryIntrinsic(id, argument(0))); };
  auto bits = [&](Value *value) { give(builder.CreateZExtOrTrunc(value, builder.getInt64Ty())); };
  auto overflow = [&](mir::BinaryOp op) {
    if (to)
      checkedBinary(op, type, argument(0), argument(1), placeType(call.place), to);
  };
  auto bytesOf = [&](size_t index) { return builder.CreateMul(argument(index), word(module.shape(type).size)); };
  Align align(type.valid() ? module.shape(type).align : 1);
  switch (*name) {
  case Name::SizeOf: give(word(module.shape(type).size)); break;
  case Name::AlignOf: give(word(module.shape(type).align)); break;
  case Name::NeedsDrop: give(builder.getInt1(module.mono.needsDrop(type))); break;
  case Name::TypeName:
    if (to)
      copyValue(placeType(call.place), to, module.textConstant(placeType(call.place), module.typeName(type)));
    break;
  case Name::Read:
    if (to)
      copyValue(type, to, argument(0));
    break;
  case Name::Write: operandTo(call.operands[1], argument(0)); break;
  case Name::DropInPlace: {
    SmallVector<Value *, 2> at;
    operand(call.operands[0], at);
    emitDropAt({at[0], at.size() > 1 ? at[1] : nullptr, type, UINT32_MAX}, call.unwind);
    break;
  }
  case Name::Offset:
    give(builder.CreateInBoundsGEP(ArrayType::get(builder.getInt8Ty(), module.shape(type).size), argument(0), argument(1)));
    break;
  case Name::Copy: builder.CreateMemCpy(argument(0), align, argument(1), align, bytesOf(2)); break;
  case Name::CopyOverlapping: builder.CreateMemMove(argument(0), align, argument(1), align, bytesOf(2)); break;
  case Name::Fill: builder.CreateMemSet(argument(0), argument(1), argument(2), Align(1)); break;
  case Name::CompareBytes: {
    FunctionCallee compare = module.cFunction("memcmp", builder.getInt32Ty(), {builder.getPtrTy(), builder.getPtrTy(), builder.getInt64Ty()});
    give(builder.CreateCall(compare, {argument(0), argument(1), argument(2)}));
    break;
  }
  case Name::Transmute:
    if (to) {
      const ValueShape &from = module.shape(type), &result = module.shape(placeType(call.place));
      if (from.size != result.size) {
        module.internalError("transmute between types of different sizes");
        break;
      }
      SmallVector<Value *, 2> values;
      operand(call.operands[0], values);
      if (!values.empty()) {
        // The alignments may differ: the source's own may be larger than the destination's.
        ValueShape shape = from;
        shape.align = std::min(from.align, result.align);
        storeShape(shape, values, to);
      }
    }
    break;
  case Name::Forget: break;
  case Name::Observe: {
    auto *type = FunctionType::get(builder.getVoidTy(), {builder.getPtrTy()}, false);
    builder.CreateCall(InlineAsm::get(type, "", "r,~{memory}", true), {argument(0)});
    break;
  }
  case Name::SliceFromParts:
  case Name::SliceFromPartsMut:
    if (to) {
      storeRegister(argument(0), to, 8);
      storeRegister(argument(1), byteOffset(to, 8), 8);
    }
    break;
  case Name::SliceData: give(argument(0)); break;
  case Name::SliceLength: {
    SmallVector<Value *, 2> values;
    operand(call.operands[0], values);
    give(values[1]);
    break;
  }
  case Name::LeadingZeros: bits(builder.CreateBinaryIntrinsic(Intrinsic::ctlz, argument(0), builder.getFalse())); break;
  case Name::TrailingZeros: bits(builder.CreateBinaryIntrinsic(Intrinsic::cttz, argument(0), builder.getFalse())); break;
  case Name::CountOnes: bits(builder.CreateUnaryIntrinsic(Intrinsic::ctpop, argument(0))); break;
  case Name::SwapBytes: {
    Value *value = argument(0);
    give(value->getType()->getIntegerBitWidth() == 8 ? value : builder.CreateUnaryIntrinsic(Intrinsic::bswap, value));
    break;
  }
  case Name::RotateLeft: {
    Value *value = argument(0);
    Value *count = builder.CreateZExtOrTrunc(argument(1), value->getType());
    give(builder.CreateIntrinsic(Intrinsic::fshl, {value->getType()}, {value, value, count}));
    break;
  }
  case Name::AddOverflows: overflow(mir::BinaryOp::AddChecked); break;
  case Name::SubOverflows: overflow(mir::BinaryOp::SubChecked); break;
  case Name::MulOverflows: overflow(mir::BinaryOp::MulChecked); break;
  case Name::HighMultiply: {
    llvm::Type *wide = builder.getInt128Ty();
    Value *product = builder.CreateMul(builder.CreateZExt(argument(0), wide), builder.CreateZExt(argument(1), wide));
    give(builder.CreateTrunc(builder.CreateLShr(product, 64), builder.getInt64Ty()));
    break;
  }
  case Name::Sqrt: unary(Intrinsic::sqrt); break;
  case Name::Floor: unary(Intrinsic::floor); break;
  case Name::Ceil: unary(Intrinsic::ceil); break;
  case Name::Round: unary(Intrinsic::round); break;
  case Name::Trunc: unary(Intrinsic::trunc); break;
  case Name::Fabs: unary(Intrinsic::fabs); break;
  case Name::Fma: give(builder.CreateIntrinsic(Intrinsic::fma, {builder.getDoubleTy()}, {argument(0), argument(1), argument(2)})); break;
  case Name::Sin: unary(Intrinsic::sin); break;
  case Name::Cos: unary(Intrinsic::cos); break;
  case Name::Exp: unary(Intrinsic::exp); break;
  case Name::Ln: unary(Intrinsic::log); break;
  case Name::Pow: give(builder.CreateBinaryIntrinsic(Intrinsic::pow, argument(0), argument(1))); break;
  case Name::FloatBits: give(builder.CreateBitCast(argument(0), builder.getInt64Ty())); break;
  case Name::FloatFromBits: give(builder.CreateBitCast(argument(0), builder.getDoubleTy())); break;
  case Name::AtomicLoad:
  case Name::AtomicStore:
  case Name::AtomicExchange:
  case Name::AtomicAdd:
  case Name::AtomicCompareExchange:
    emitAtomic(static_cast<unsigned>(*name) - static_cast<unsigned>(Name::AtomicLoad), type, call, to);
    break;
  case Name::IsThreaded: {
    LoadInst *flag = builder.CreateAlignedLoad(builder.getInt8Ty(), module.runtimeGlobal("async_is_threaded", builder.getInt8Ty()), Align(1));
    flag->setAtomic(AtomicOrdering::Monotonic);
    give(builder.CreateICmpNE(flag, builder.getInt8(0)));
    break;
  }
  case Name::Unreachable: builder.CreateUnreachable(); break;
  case Name::Abort:
    builder.CreateIntrinsic(Intrinsic::trap, {}, {});
    builder.CreateUnreachable();
    break;
  case Name::CallerFile:
    if (to)
      emitCallerFile(placeType(call.place), to);
    break;
  case Name::CallerLine:
  case Name::CallerColumn: {
    Value *field = byteOffset(placeArgument(), *name == Name::CallerLine ? module.locationLineOffset : module.locationColumnOffset);
    give(builder.CreateZExt(builder.CreateAlignedLoad(builder.getInt32Ty(), field, Align(4)), builder.getInt64Ty()));
    break;
  }
  case Name::DecodeResult:
    if (to)
      decodeWords(placeType(call.place), argument(0), argument(1), to);
    break;
  case Name::EncodeFirst:
  case Name::EncodeSecond: {
    Value *address = temporary(type);
    operandTo(call.operands[0], address);
    auto [first, second] = encodeWords(type, address);
    give(*name == Name::EncodeFirst ? first : second);
    break;
  }
  case Name::FutureIntoFrame: give(argument(0)); break;
  case Name::CurrentWorker: give(builder.CreatePtrToInt(currentWorker(), builder.getInt64Ty())); break;
  case Name::CurrentFrame: give(builder.CreatePtrToInt(currentFrame(), builder.getInt64Ty())); break;
  }
  return true;
}

// The file of the caller's place, as a text that nobody owns.
void FunctionEmitter::emitCallerFile(TypeId type, Value *to) {
  Value *place = placeArgument();
  Value *data = builder.CreateAlignedLoad(builder.getPtrTy(), place, Align(8));
  Value *length = builder.CreateAlignedLoad(builder.getInt64Ty(), byteOffset(place, module.locationLengthOffset), Align(8));
  storeRegister(data, byteOffset(to, module.fieldOffset(type, UINT32_MAX, 0)), 8);
  storeRegister(length, byteOffset(to, module.fieldOffset(type, UINT32_MAX, 1)), 8);
  storeRegister(ConstantPointerNull::get(builder.getPtrTy()), byteOffset(to, module.fieldOffset(type, UINT32_MAX, 2)), 8);
}

// operation: 0 load, 1 store, 2 exchange, 3 add, 4 compare and exchange. bool is its byte.
void FunctionEmitter::emitAtomic(unsigned operation, TypeId type, const mir::Terminator &call, Value *to) {
  const ValueShape &shape = module.shape(type);
  llvm::Type *memory = shape.types[0]->isIntegerTy(1) ? builder.getInt8Ty() : shape.types[0];
  Align align(shape.align);
  const AtomicOrdering order = AtomicOrdering::SequentiallyConsistent;
  Value *address = scalar(call.operands[0]);
  auto argument = [&](size_t index) -> Value * {
    Value *value = scalar(call.operands[index]);
    return value->getType() == memory ? value : builder.CreateZExt(value, memory);
  };
  auto give = [&](Value *value) {
    if (to)
      builder.CreateAlignedStore(value, to, align);
  };
  if (operation == 0) {
    LoadInst *load = builder.CreateAlignedLoad(memory, address, align);
    load->setAtomic(order);
    give(load);
  } else if (operation == 1) {
    builder.CreateAlignedStore(argument(1), address, align)->setAtomic(order);
  } else if (operation == 4) {
    Value *both = builder.CreateAtomicCmpXchg(address, argument(1), argument(2), align, order, order);
    if (to)
      storeRegister(builder.CreateExtractValue(both, 1), to, 1);
  } else {
    give(builder.CreateAtomicRMW(operation == 2 ? AtomicRMWInst::Xchg : AtomicRMWInst::Add, address, argument(1), align, order));
  }
}

// A result of at most two words travels as its image in memory; a larger one as its address in the first word.
void FunctionEmitter::decodeWords(TypeId type, Value *first, Value *second, Value *to) {
  const ValueShape &shape = module.shape(type);
  if (shape.size == 0)
    return;
  if (!module.fitsWords(type)) {
    // The result of a callee may lie over its destination (Interference.h).
    builder.CreateMemMove(to, Align(shape.align), builder.CreateIntToPtr(first, builder.getPtrTy()), Align(shape.align), shape.size);
    return;
  }
  if (shape.kind == ValueShape::Kind::Scalar && shape.offsets[0] == 0) {
    storeRegister(fromWord(first, shape.types[0]), to, shape.align);
    return;
  }
  if (shape.kind == ValueShape::Kind::Pair && shape.offsets[0] == 0 && shape.offsets[1] == 8) {
    storeShape(shape, {fromWord(first, shape.types[0]), fromWord(second, shape.types[1])}, to);
    return;
  }
  AllocaInst *image = temporary(ArrayType::get(builder.getInt64Ty(), 2), 16, 8);
  builder.CreateAlignedStore(first, image, Align(8));
  if (shape.size > 8)
    builder.CreateAlignedStore(second, byteOffset(image, 8), Align(8));
  builder.CreateMemCpy(to, Align(shape.align), image, Align(8), shape.size);
}

std::pair<Value *, Value *> FunctionEmitter::encodeWords(TypeId type, Value *address) {
  const ValueShape &shape = module.shape(type);
  Value *none = UndefValue::get(builder.getInt64Ty());
  if (shape.size == 0)
    return {none, none};
  if (!module.fitsWords(type))
    return {builder.CreatePtrToInt(address, builder.getInt64Ty()), none};
  if ((shape.kind == ValueShape::Kind::Scalar && shape.offsets[0] == 0) ||
      (shape.kind == ValueShape::Kind::Pair && shape.offsets[0] == 0 && shape.offsets[1] == 8)) {
    SmallVector<Value *, 2> values;
    loadShape(shape, address, values);
    return {toWord(values[0]), values.size() > 1 ? toWord(values[1]) : none};
  }
  AllocaInst *image = temporary(ArrayType::get(builder.getInt64Ty(), 2), 16, 8);
  builder.CreateMemCpy(image, Align(8), address, Align(shape.align), shape.size);
  Value *first = builder.CreateAlignedLoad(builder.getInt64Ty(), image, Align(8));
  Value *second = shape.size > 8 ? builder.CreateAlignedLoad(builder.getInt64Ty(), byteOffset(image, 8), Align(8)) : none;
  return {first, second};
}

Value *FunctionEmitter::toWord(Value *value) {
  llvm::Type *type = value->getType();
  if (type->isPointerTy())
    return builder.CreatePtrToInt(value, builder.getInt64Ty());
  if (type->isFloatingPointTy())
    value = builder.CreateBitCast(value, type->isDoubleTy() ? builder.getInt64Ty() : builder.getInt32Ty());
  return builder.CreateZExtOrTrunc(value, builder.getInt64Ty());
}

Value *FunctionEmitter::fromWord(Value *word, llvm::Type *type) {
  if (type->isPointerTy())
    return builder.CreateIntToPtr(word, type);
  if (type->isDoubleTy())
    return builder.CreateBitCast(word, type);
  if (type->isFloatTy())
    return builder.CreateBitCast(builder.CreateTrunc(word, builder.getInt32Ty()), type);
  return builder.CreateZExtOrTrunc(word, type);
}

} // namespace async::llvmgen
