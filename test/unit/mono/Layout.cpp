#include <random>

#include "test/unit/mono/Fixture.h"

namespace async::mono {
namespace {

struct LayoutTest : Fixture {
  Layouts layouts{program};

  // Fields lie inside, are aligned and do not overlap; a tag overlaps no field of a variant that has one.
  void check(TypeId type) {
    const Layout &layout = layouts.of(type);
    EXPECT_EQ(layout.size % layout.align, 0u);
    for (uint32_t v = 0; v < layout.variants.size(); ++v) {
      const VariantLayout &variant = layout.variants[v];
      std::vector<std::pair<uint64_t, uint64_t>> taken;
      if (layout.tag == Layout::Tag::Direct)
        taken.emplace_back(layout.tagOffset, layout.tagOffset + layout.tagSize);
      for (size_t i = 0; i < variant.fields.size(); ++i) {
        const Layout &field = layouts.of(variant.fields[i]);
        EXPECT_EQ(variant.offsets[i] % field.align, 0u);
        EXPECT_LE(variant.offsets[i] + field.size, layout.size);
        EXPECT_LE(field.align, layout.align);
        for (auto [from, to] : taken)
          EXPECT_TRUE(field.size == 0 || variant.offsets[i] >= to || variant.offsets[i] + field.size <= from);
        taken.emplace_back(variant.offsets[i], variant.offsets[i] + field.size);
        check(variant.fields[i]);
      }
    }
    if (layout.nicheCount > 0)
      EXPECT_LE(layout.nicheOffset + layout.nicheBytes, layout.size);
    if (layout.tag == Layout::Tag::Niche) {
      // The values of the other variants are none that the data can have.
      const Layout &inner = layouts.of(types.tuple(layout.variants[layout.dataVariant].fields));
      EXPECT_EQ(layout.tagOffset, inner.nicheOffset);
      EXPECT_GE(layout.nicheStart, inner.nicheFirst);
      EXPECT_LE(layout.nicheStart + layout.variants.size() - 1, inner.nicheFirst + inner.nicheCount);
      EXPECT_EQ(layout.size, inner.size);
    }
  }

  TypeId random(std::mt19937 &engine, int depth) {
    switch (engine() % (depth > 0 ? 11 : 7)) {
    case 0: return types.boolean;
    case 1: return types.character;
    case 2: return types.integer(static_cast<IntKind>(engine() % 8));
    case 3: return types.f32;
    case 4: return types.unit;
    case 5: return types.reference(Mutability::Shared, types.slice(types.u8));
    case 6: return types.pointer(Mutability::Exclusive, types.u8);
    case 7: return types.array(random(engine, depth - 1), types.constInt(engine() % 4));
    case 8: return types.tuple(list(engine, depth - 1));
    case 9: return adt(addStruct("S", list(engine, depth - 1)));
    default: {
      std::vector<std::vector<TypeId>> variants(1 + engine() % 4);
      for (auto &variant : variants)
        if (engine() % 2)
          variant = list(engine, depth - 1);
      return adt(addEnum("E", std::move(variants)));
    }
    }
  }
  std::vector<TypeId> list(std::mt19937 &engine, int depth) {
    std::vector<TypeId> made(engine() % 5);
    for (TypeId &type : made)
      type = random(engine, depth);
    return made;
  }
};

TEST_F(LayoutTest, RandomTypesHoldTheirFields) {
  std::mt19937 engine(1);
  for (int i = 0; i < 500; ++i)
    check(random(engine, 3));
}

TEST_F(LayoutTest, FieldsAreSortedByAlignment) {
  TypeId type = adt(addStruct("S", {types.u8, types.u64, types.u16, types.u8}));
  EXPECT_EQ(layouts.of(type).size, 16u);
  EXPECT_EQ(layouts.of(type).variants[0].offsets, (std::vector<uint64_t>{10, 0, 8, 11}));
}

TEST_F(LayoutTest, OptionOfReferenceIsOneWord) {
  AdtId option = addEnum("Option", {{}, {param(0)}}, 1);
  TypeId reference = types.reference(Mutability::Shared, types.i64);
  const Layout &of = layouts.of(adt(option, {reference}));
  EXPECT_EQ(of.size, 8u);
  EXPECT_EQ(of.tag, Layout::Tag::Niche);
  EXPECT_EQ(of.dataVariant, 1u);
  EXPECT_EQ(of.nicheStart, 0u);
  EXPECT_EQ(layouts.of(adt(option, {types.i64})).size, 16u);
  // Three levels of Option around bool still fit its byte.
  TypeId nested = types.boolean;
  for (int i = 0; i < 3; ++i)
    nested = adt(option, {nested});
  EXPECT_EQ(layouts.of(nested).size, 1u);
  EXPECT_EQ(layouts.of(nested).nicheStart, 4u);
}

TEST_F(LayoutTest, BoxIsNeverNull) {
  AdtId box = addStruct("Box", {types.pointer(Mutability::Exclusive, param(0))}, 1);
  AdtId option = addEnum("Option", {{}, {param(0)}}, 1);
  layouts.box = box;
  EXPECT_EQ(layouts.of(adt(option, {adt(box, {types.i64})})).size, 8u);
}

TEST_F(LayoutTest, HugeArraysSaturate) {
  TypeId huge = types.array(types.array(types.u64, types.constInt(INT64_MAX)), types.constInt(INT64_MAX));
  EXPECT_GE(layouts.of(huge).size, Layouts::sizeLimit);
  EXPECT_GE(layouts.of(adt(addEnum("E", {{huge, huge}, {types.u64}}))).size, Layouts::sizeLimit);
  EXPECT_EQ(layouts.of(types.array(types.u8, types.constInt(-1))).size, 0u);
}

TEST_F(LayoutTest, TypeThatHoldsItselfEnds) {
  AdtId self = addStruct("S", {});
  program.adts[self.index].variants[0].fields.push_back({name("f"), adt(self), {}, true});
  EXPECT_EQ(layouts.of(adt(self)).size, 0u);
  EXPECT_FALSE(layouts.needsDrop(adt(self)));
}

} // namespace
} // namespace async::mono
