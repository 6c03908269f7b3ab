#include "test/unit/states/MonoBuilder.h"

#include <gtest/gtest.h>

namespace async::test {
namespace {

struct FrameTest : testing::Test, World {
  uint32_t leaf = outside(mono::Instance::Kind::Leaf, "test_leaf", types.i64, {});
  states::LoweredSet set;

  const states::Lowered &lower(uint32_t instance) {
    set = states::lowerStates(mono, interner);
    const states::Lowered &made = *set.of(instance);
    EXPECT_EQ(states::verifyLowered(mono, made), "") << text();
    return made;
  }
  std::string text() { return states::printStates(mono, set, interner, sources); }
};

TEST_F(FrameTest, WhatIsDeadHasNoSlot) {
  Fn f = fn("f", types.i64, {types.i64}, true);
  uint32_t x = f.local(types.i64);
  f.assign(0, at(0), use(copy(1)));
  f.call(0, TK::AwaitCall, leaf, {}, x, 1);
  f.leave(1);
  const states::Lowered &made = lower(last());
  EXPECT_EQ(made.slotOf[1], states::noSlot);
  EXPECT_NE(made.slotOf[0], states::noSlot);
  EXPECT_EQ(made.slotOf[x], states::noSlot);
  EXPECT_EQ(made.size, 24u + 8 + 64) << text();
}

TEST_F(FrameTest, SmallSlotsFillTheHeader) {
  Fn f = fn("f", types.i32, {types.i32}, true);
  uint32_t x = f.local(types.i64);
  f.call(0, TK::AwaitCall, leaf, {}, x, 1);
  f.assign(1, at(0), use(copy(1)));
  f.leave(1);
  const states::Lowered &made = lower(last());
  EXPECT_EQ(made.slots[made.slotOf[1]].offset, 20u);
  EXPECT_EQ(made.size, 24u + 64);
}

TEST_F(FrameTest, CalleesInTurnShareBytes) {
  Fn inner = fn("inner", types.i64, {bytes(100)}, true);
  inner.call(0, TK::AwaitCall, leaf, {}, 0, 1);
  uint32_t first = inner.local(types.u8);
  inner.assign(1, at(first), use(copy(at(1, {[] {
    mir::Projection p{};
    p.kind = mir::Projection::Kind::ConstIndex;
    return p;
  }()}))));
  inner.leave(1);
  uint32_t callee = last();
  Fn f = fn("f", types.i64, {bytes(100)}, true);
  f.call(0, TK::AwaitCall, callee, {copy(1)}, 0, 1);
  f.call(1, TK::AwaitCall, callee, {move(1)}, 0, 2);
  f.leave(2);
  const states::Lowered &made = lower(last());
  EXPECT_EQ(made.states.size(), 2u);
  uint64_t child = set.of(callee)->size;
  EXPECT_EQ(child, 20u + 100 + 64); // bytes need no alignment
  EXPECT_LE(made.size, 24 + 104 + child) << text();
}

TEST_F(FrameTest, RecursionIsBoxed) {
  Fn f = fn("f", types.i64, {types.i64}, true);
  f.branch(0, copy(1), 0, 3, 1);
  f.call(1, TK::AwaitCall, last(), {copy(1)}, 0, 2);
  f.leave(2);
  f.call(3, TK::AwaitCall, leaf, {}, 0, 2);
  const states::Lowered &made = lower(last());
  EXPECT_TRUE(made.states[0].boxed);
  EXPECT_EQ(made.states[0].childSize, 0u);
  EXPECT_NE(made.futureSlot, states::noSlot);
}

TEST_F(FrameTest, WhatIsLentAcrossASuspensionIsResident) {
  Fn f = fn("f", types.i64, {types.i64}, true);
  uint32_t kept = f.local(types.reference(Mutability::Shared, types.i64));
  f.assign(0, at(kept), ref(at(1)));
  f.call(0, TK::AwaitCall, leaf, {}, 0, 1);
  f.assign(1, at(0), use(copy(at(kept, {deref()}))));
  f.leave(1);
  const states::Lowered &made = lower(last());
  EXPECT_TRUE(made.isResident(LocalId{1})) << text();
  EXPECT_FALSE(made.isResident(LocalId{kept}));
}

TEST_F(FrameTest, ALoanThatHasEndedKeepsTheLocalInRegisters) {
  Fn use1 = fn("look", types.unit, {types.reference(Mutability::Exclusive, types.i64)});
  use1.leave(0);
  uint32_t look = last();
  Fn f = fn("f", types.i64, {types.i64}, true);
  uint32_t lent = f.local(types.reference(Mutability::Exclusive, types.i64)), unit = f.local(types.unit), x = f.local(types.i64);
  f.assign(0, at(lent), ref(at(1), Mutability::Exclusive));
  f.call(0, TK::Call, look, {move(lent)}, unit, 1);
  f.call(1, TK::AwaitCall, leaf, {}, x, 2);
  f.assign(2, at(0), use(copy(1)));
  f.leave(2);
  const states::Lowered &made = lower(last());
  ASSERT_NE(made.slotOf[1], states::noSlot);
  EXPECT_FALSE(made.isResident(LocalId{1})) << text();
}

TEST_F(FrameTest, LargeResultsStayInTheFrame) {
  Fn f = fn("f", bytes(40), {}, true);
  uint32_t x = f.local(types.i64);
  f.call(0, TK::AwaitCall, leaf, {}, x, 1);
  mir::Rvalue zeros = aggregate(RK::Repeat, {number(types.u8, 0)});
  f.assign(1, at(0), zeros);
  f.leave(1);
  const states::Lowered &made = lower(last());
  EXPECT_TRUE(made.isResident(LocalId{0}));
  // The result is written when the leaf is over, so it lies there.
  EXPECT_EQ(made.size, 24u + 64) << text();
}

TEST_F(FrameTest, ABranchCostsItsLargerSide) {
  Fn f = fn("f", types.unit, {types.boolean, bytes(32), bytes(48)}, true);
  uint32_t a = f.local(bytes(32)), b = f.local(bytes(48)), x = f.local(types.i64), unit = f.local(types.unit);
  Fn eat32 = fn("eat32", types.unit, {bytes(32)});
  eat32.leave(0);
  uint32_t small = last();
  Fn eat48 = fn("eat48", types.unit, {bytes(48)});
  eat48.leave(0);
  uint32_t large = last();
  f.branch(0, copy(1), 0, 1, 4);
  f.assign(1, at(a), use(copy(2)));
  f.call(1, TK::AwaitCall, leaf, {}, x, 2);
  f.call(2, TK::Call, small, {move(a)}, unit, 3);
  f.leave(3);
  f.assign(4, at(b), use(copy(3)));
  f.call(4, TK::AwaitCall, leaf, {}, x, 5);
  f.call(5, TK::Call, large, {move(b)}, unit, 3);
  uint32_t instance = 1;
  const states::Lowered &made = lower(instance);
  EXPECT_LE(made.size, 24u + 48 + 64) << text();
}

TEST_F(FrameTest, ArgumentsOfWhatHasNotStartedHaveTheirPlaces) {
  Fn f = fn("f", types.i64, {types.boolean, types.i64, types.i32, bytes(30)}, true);
  f.call(0, TK::AwaitCall, leaf, {}, 0, 1);
  f.leave(1);
  const states::Lowered &made = lower(last());
  std::vector<std::pair<uint64_t, uint64_t>> parts;
  uint64_t sizes[] = {1, 8, 4, 30};
  for (size_t i = 0; i < 4; ++i) {
    EXPECT_GE(made.argOffsets[i], states::headerSize);
    EXPECT_LE(made.argOffsets[i] + sizes[i], made.unstartedSize);
    for (size_t k = 0; k < i; ++k)
      EXPECT_TRUE(made.argOffsets[i] >= made.argOffsets[k] + sizes[k] || made.argOffsets[k] >= made.argOffsets[i] + sizes[i]);
  }
}

} // namespace
} // namespace async::test
