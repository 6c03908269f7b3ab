#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;
using PK = mir::Projection::Kind;

Value *FunctionEmitter::byteOffset(Value *address, uint64_t offset) {
  return offset == 0 ? address : builder.CreateConstInBoundsGEP1_64(builder.getInt8Ty(), address, offset);
}

TypeId FunctionEmitter::placeType(const mir::Place &place) {
  TypeId type = body.localType(place.base);
  uint32_t variant = UINT32_MAX;
  for (const mir::Projection &projection : place.path) {
    const typeck::Type &of = program.types[type];
    uint32_t in = variant;
    variant = UINT32_MAX;
    switch (projection.kind) {
    case PK::Field: type = module.fieldType(type, in, projection.index); break;
    case PK::Deref: type = of.args[0]; break;
    case PK::Index:
    case PK::ConstIndex: type = of.args[0]; break;
    case PK::Subslice: type = of.kind == TypeKind::Slice ? type : module.sliceOf(of.args[0]); break;
    case PK::Downcast: variant = projection.index; break;
    }
  }
  return type;
}

PlaceValue FunctionEmitter::place(const mir::Place &place) {
  PlaceValue value{localAddress(place.base), nullptr, body.localType(place.base), UINT32_MAX};
  for (const mir::Projection &projection : place.path)
    value = project(value, projection);
  return value;
}

PlaceValue FunctionEmitter::project(PlaceValue base, const mir::Projection &projection) {
  const typeck::Type &type = program.types[base.type];
  PlaceValue value;
  switch (projection.kind) {
  case PK::Field:
    value.type = module.fieldType(base.type, base.variant, projection.index);
    value.address = byteOffset(base.address, module.fieldOffset(base.type, base.variant, projection.index));
    return value;
  case PK::Deref: {
    value.type = type.args[0];
    value.address = builder.CreateAlignedLoad(builder.getPtrTy(), base.address, Align(8));
    const typeck::Type &target = program.types[value.type];
    if (target.kind == TypeKind::Slice)
      value.extra = builder.CreateAlignedLoad(builder.getInt64Ty(), byteOffset(base.address, 8), Align(8));
    else if (target.kind == TypeKind::Dyn)
      value.extra = builder.CreateAlignedLoad(builder.getPtrTy(), byteOffset(base.address, 8), Align(8));
    return value;
  }
  case PK::Index:
  case PK::ConstIndex: {
    value.type = type.args[0];
    Value *index = nullptr;
    if (projection.kind == PK::Index)
      index = builder.CreateAlignedLoad(builder.getInt64Ty(), localAddress(projection.local), Align(8));
    else if (projection.fromEndCount == 0)
      index = word(projection.index);
    else
      index = builder.CreateSub(type.kind == TypeKind::Slice ? base.extra : word(module.arrayLength(base.type)),
                                word(projection.fromEndCount));
    uint64_t size = module.shape(value.type).size;
    value.address = builder.CreateInBoundsGEP(ArrayType::get(builder.getInt8Ty(), size), base.address, index);
    return value;
  }
  case PK::Subslice: {
    TypeId element = type.args[0];
    value.type = type.kind == TypeKind::Slice ? base.type : module.sliceOf(element);
    Value *length = type.kind == TypeKind::Slice ? base.extra : word(module.arrayLength(base.type));
    value.address = byteOffset(base.address, projection.index * module.shape(element).size);
    value.extra = builder.CreateSub(length, word(uint64_t{projection.index} + projection.fromEndCount));
    return value;
  }
  case PK::Downcast:
    value = base;
    value.variant = projection.index;
    return value;
  }
  return value;
}

} // namespace async::llvmgen
