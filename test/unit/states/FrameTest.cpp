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
  EXPECT_EQ(made.size, states::headerSize + states::minLeafSize + 8) << text();
  EXPECT_EQ(made.headers, states::headerSize);
  EXPECT_EQ(made.waiter, states::minLeafSize);
}

TEST_F(FrameTest, NothingIsRoundedUp) {
  Fn f = fn("f", types.i32, {types.i32}, true);
  uint32_t x = f.local(types.i64);
  f.call(0, TK::AwaitCall, leaf, {}, x, 1);
  f.assign(1, at(0), use(copy(1)));
  f.leave(1);
  const states::Lowered &made = lower(last());
  EXPECT_EQ(made.size, states::headerSize + states::minLeafSize + 4) << text();
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
  EXPECT_EQ(child, states::headerSize + states::minLeafSize + 100);
  EXPECT_EQ(made.size, states::headerSize + child + 100 + made.stateSize()) << text();
  EXPECT_EQ(made.headers, 2 * states::headerSize);
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
  // The result is written when the leaf is over, so it lies there; it is the larger of the two.
  EXPECT_EQ(made.size, states::headerSize + 40) << text();
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
  EXPECT_EQ(made.size, states::headerSize + states::minLeafSize + 48 + made.stateSize()) << text();
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

TEST_F(FrameTest, WhatIsMovedWholeStaysWhereItIs) {
  Fn look = fn("look", types.unit, {types.reference(Mutability::Shared, bytes(100))});
  look.leave(0);
  uint32_t looks = last();
  Fn f = fn("f", types.unit, {bytes(100)}, true);
  uint32_t to = f.local(bytes(100)), x = f.local(types.i64), lent = f.local(types.reference(Mutability::Shared, bytes(100))), unit = f.local(types.unit);
  f.call(0, TK::AwaitCall, leaf, {}, x, 1);
  f.assign(1, at(to), use(move(1)));
  f.call(1, TK::AwaitCall, leaf, {}, x, 2);
  f.assign(2, at(lent), ref(at(to)));
  f.call(2, TK::Call, looks, {copy(lent)}, unit, 3);
  f.leave(3);
  const states::Lowered &made = lower(last());
  EXPECT_EQ(made.slots[made.slotOf[1]].offset, made.slots[made.slotOf[to]].offset);
  EXPECT_EQ(made.size, states::headerSize + states::minLeafSize + 100 + 1) << text();
}

TEST_F(FrameTest, WhatIsCopiedHasItsOwnBytes) {
  Fn eat = fn("eat", types.unit, {bytes(100), bytes(100)});
  eat.leave(0);
  uint32_t eats = last();
  Fn f = fn("f", types.unit, {bytes(100)}, true);
  uint32_t to = f.local(bytes(100)), x = f.local(types.i64), unit = f.local(types.unit);
  f.call(0, TK::AwaitCall, leaf, {}, x, 1);
  f.assign(1, at(to), use(copy(1)));
  f.call(1, TK::AwaitCall, leaf, {}, x, 2);
  f.call(2, TK::Call, eats, {move(1), move(to)}, unit, 3);
  f.leave(3);
  const states::Lowered &made = lower(last());
  EXPECT_GE(made.size, states::headerSize + states::minLeafSize + 200) << text();
}

TEST_F(FrameTest, AResultMayLieOverTheCalleeThatMadeIt) {
  Fn inner = fn("inner", bytes(300), {}, true);
  uint32_t y = inner.local(types.i64);
  inner.call(0, TK::AwaitCall, leaf, {}, y, 1);
  inner.assign(1, at(0), aggregate(RK::Repeat, {number(types.u8, 0)}));
  inner.leave(1);
  uint32_t callee = last();
  Fn eat = fn("eat", types.unit, {bytes(300)});
  eat.leave(0);
  uint32_t eats = last();
  Fn f = fn("f", types.unit, {}, true);
  uint32_t kept = f.local(bytes(300)), x = f.local(types.i64), unit = f.local(types.unit);
  f.call(0, TK::AwaitCall, callee, {}, kept, 1);
  f.call(1, TK::AwaitCall, leaf, {}, x, 2);
  f.call(2, TK::Call, eats, {move(kept)}, unit, 3);
  f.leave(3);
  const states::Lowered &made = lower(last());
  EXPECT_EQ(made.size, states::headerSize + states::minLeafSize + 300 + 1) << text();
}

// A drop behind a flag keeps its value only where the flag may be set.
TEST_F(FrameTest, WhatAFlagSaysIsMovedIsDead) {
  Fn eat = fn("eat", types.unit, {types.i64});
  eat.leave(0);
  uint32_t eats = last();
  Fn f = fn("f", types.unit, {types.i64}, true);
  uint32_t flag = f.local(types.boolean), x = f.local(types.i64), unit = f.local(types.unit);
  f.call(0, TK::Call, eats, {move(1)}, unit, 1);
  f.call(1, TK::AwaitCall, leaf, {}, x, 2);
  f.assign(2, at(flag), use(number(types.boolean, 0)));
  f.jump(2, 3);
  f.branch(3, copy(flag), 0, 5, 4);
  f.call(4, TK::Call, eats, {move(1)}, unit, 5);
  f.leave(5);
  const states::Lowered &made = lower(last());
  EXPECT_EQ(made.slotOf[1], states::noSlot) << text();
  EXPECT_EQ(made.size, states::headerSize + states::minLeafSize);
}

TEST_F(FrameTest, WhatAFlagMayHoldIsKept) {
  Fn eat = fn("eat", types.unit, {types.i64});
  eat.leave(0);
  uint32_t eats = last();
  Fn f = fn("f", types.unit, {types.i64, types.boolean}, true);
  uint32_t flag = f.local(types.boolean), x = f.local(types.i64), unit = f.local(types.unit);
  f.assign(0, at(flag), use(number(types.boolean, 1)));
  f.branch(0, copy(2), 0, 2, 1);
  f.assign(1, at(flag), use(number(types.boolean, 0)));
  f.call(1, TK::Call, eats, {move(1)}, unit, 2);
  f.call(2, TK::AwaitCall, leaf, {}, x, 3);
  f.branch(3, copy(flag), 0, 5, 4);
  f.call(4, TK::Call, eats, {move(1)}, unit, 5);
  f.leave(5);
  const states::Lowered &made = lower(last());
  EXPECT_NE(made.slotOf[1], states::noSlot) << text();
  EXPECT_NE(made.slotOf[flag], states::noSlot);
}

TEST_F(FrameTest, ManyStatesHaveAWiderNumber) {
  for (auto [states, size] : {std::pair{1u, 0u}, {2u, 1u}, {255u, 1u}, {256u, 2u}}) {
    Fn f = fn("f", types.unit, {}, true);
    uint32_t x = f.local(types.i64);
    for (uint32_t i = 0; i < states; ++i)
      f.call(i, TK::AwaitCall, leaf, {}, x, i + 1);
    f.leave(states);
    const states::Lowered &made = lower(last());
    EXPECT_EQ(made.stateSize(), size);
    EXPECT_EQ(made.size, states::headerSize + states::minLeafSize + size);
  }
}

// Each await gives a local that is read at the end. The locals are kept in the frame rather than stored again at each state.
TEST_F(FrameTest, ThousandsOfLocalsAndStates) {
  constexpr uint32_t count = 2000;
  Fn f = fn("f", types.i64, {}, true);
  std::vector<uint32_t> locals;
  for (uint32_t i = 0; i < count; ++i) {
    locals.push_back(f.local(types.i64));
    f.call(i, TK::AwaitCall, leaf, {}, locals[i], i + 1);
  }
  f.assign(count, at(0), use(number(types.i64, 0)));
  for (uint32_t i = 0; i < count; ++i)
    f.assign(count, at(0), binary(mir::BinaryOp::Add, copy(0), copy(locals[i])));
  f.leave(count);
  const states::Lowered &made = lower(last());
  uint64_t saves = 0;
  for (const states::State &state : made.states)
    state.slots.forEach([&](size_t slot) { saves += made.slots[slot].kind == states::Slot::Kind::Saved; });
  EXPECT_LE(saves, 64u * count);
  EXPECT_EQ(made.size, states::headerSize + states::minLeafSize + (count - 1) * 8 + 2);
}

} // namespace
} // namespace async::test
