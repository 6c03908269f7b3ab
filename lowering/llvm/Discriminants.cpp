// Discriminants.cpp: which variant an enum holds, by its tag or by a value that its data cannot have.
#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;

static uint32_t alignOfTag(const mono::Layout &layout) {
  uint32_t align = layout.tagSize;
  while (layout.tagOffset % align || align > layout.align)
    align /= 2;
  return align;
}

// The number of the variant, as an integer of the tag's width.
Value *FunctionEmitter::loadDiscriminant(PlaceValue at) {
  const mono::Layout &layout = module.mono.layouts.of(at.type);
  if (layout.tag == mono::Layout::Tag::None)
    return word(0);
  auto *type = IntegerType::get(context, layout.tagSize * 8u);
  Value *tag = builder.CreateAlignedLoad(type, byteOffset(at.address, layout.tagOffset), Align(alignOfTag(layout)));
  if (layout.tag == mono::Layout::Tag::Direct)
    return tag;
  // The n-th value of the niche is the n-th variant, without the one that has data.
  uint64_t others = layout.variants.size() - 1;
  Value *number = builder.CreateSub(tag, ConstantInt::get(type, layout.nicheStart));
  Value *isOther = builder.CreateICmpULT(number, ConstantInt::get(type, others));
  number = builder.CreateZExtOrTrunc(number, builder.getInt64Ty());
  Value *behind = builder.CreateICmpUGE(number, word(layout.dataVariant));
  Value *index = builder.CreateAdd(number, builder.CreateZExt(behind, builder.getInt64Ty()));
  return builder.CreateSelect(isOther, index, word(layout.dataVariant));
}

void FunctionEmitter::storeDiscriminant(Value *address, TypeId type, uint32_t variant) {
  const mono::Layout &layout = module.mono.layouts.of(type);
  uint64_t tag = variant;
  switch (layout.tag) {
  case mono::Layout::Tag::None:
    return;
  case mono::Layout::Tag::Direct:
    break;
  case mono::Layout::Tag::Niche:
    if (variant == layout.dataVariant)
      return;
    tag = layout.nicheStart + (variant > layout.dataVariant ? variant - 1 : variant);
    break;
  }
  auto *integer = IntegerType::get(context, layout.tagSize * 8u);
  builder.CreateAlignedStore(ConstantInt::get(integer, tag), byteOffset(address, layout.tagOffset), Align(alignOfTag(layout)));
}

} // namespace async::llvmgen
