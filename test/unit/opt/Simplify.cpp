#include <gtest/gtest.h>

#include "lowering/opt/Optimize.h"

namespace async::opt {
namespace {

using mir::BlockId;
using mir::LocalId;
using mir::Operand;
using mir::Place;
using mir::Rvalue;
using mir::Statement;
using mir::Terminator;
using namespace typeck;

struct OptTest : testing::Test {
  Program program;
  Types &types = program.types;
  mir::Body body;

  LocalId local(TypeId type) {
    body.locals.push_back({{}, type, {}});
    return LocalId{static_cast<uint32_t>(body.locals.size() - 1)};
  }
  BlockId block(Terminator::Kind kind, std::vector<BlockId> targets = {}) {
    body.blocks.emplace_back();
    body.blocks.back().terminator.kind = kind;
    body.blocks.back().terminator.targets = std::move(targets);
    return BlockId{static_cast<uint32_t>(body.blocks.size() - 1)};
  }
  static Operand move(LocalId of) {
    Operand made;
    made.kind = Operand::Kind::Move;
    made.place.base = of;
    return made;
  }
  void assign(uint32_t in, Place to, Rvalue::Kind kind, std::vector<Operand> operands) {
    Statement made;
    made.kind = Statement::Kind::Assign;
    made.place = std::move(to);
    made.value.kind = kind;
    made.value.operands = std::move(operands);
    body.blocks[in].statements.push_back(std::move(made));
  }
  size_t statements() const {
    size_t count = 0;
    for (const mir::Block &each : body.blocks)
      for (const Statement &statement : each.statements)
        count += statement.kind != Statement::Kind::Nop;
    return count;
  }
};

TEST_F(OptTest, JumpsToJumpsGo) {
  local(types.unit);
  block(Terminator::Kind::Goto, {BlockId{1}});
  block(Terminator::Kind::Goto, {BlockId{2}});
  block(Terminator::Kind::Goto, {BlockId{3}});
  block(Terminator::Kind::Return);
  EXPECT_TRUE(simplify(body));
  ASSERT_EQ(body.blocks.size(), 1u);
  EXPECT_EQ(body.blocks[0].terminator.kind, Terminator::Kind::Return);
}

TEST_F(OptTest, EmptyLoopsStay) {
  local(types.unit);
  block(Terminator::Kind::Goto, {BlockId{1}});
  block(Terminator::Kind::Goto, {BlockId{2}});
  block(Terminator::Kind::Goto, {BlockId{1}});
  for (int i = 0; i < 4; ++i)
    simplify(body);
  ASSERT_GE(body.blocks.size(), 1u);
  for (const mir::Block &each : body.blocks) {
    ASSERT_EQ(each.terminator.kind, Terminator::Kind::Goto);
    EXPECT_LT(each.terminator.targets[0].index, body.blocks.size());
  }
}

TEST_F(OptTest, EdgesThatOnlyUnwindGo) {
  local(types.unit);
  block(Terminator::Kind::Call, {BlockId{1}});
  block(Terminator::Kind::Return);
  block(Terminator::Kind::Unwind);
  body.blocks[2].isCleanup = true;
  body.blocks[0].terminator.place.base = LocalId{0};
  body.blocks[0].terminator.unwind = BlockId{2};
  simplify(body);
  EXPECT_FALSE(body.blocks[0].terminator.unwind.valid());
  EXPECT_EQ(body.blocks.size(), 2u);
}

TEST_F(OptTest, TemporariesAreForwarded) {
  LocalId result = local(types.i64), a = local(types.i64), b = local(types.i64), c = local(types.i64);
  body.paramCount = 1;
  block(Terminator::Kind::Return);
  assign(0, {b, {}}, Rvalue::Kind::Use, {move(a)});
  assign(0, {c, {}}, Rvalue::Kind::Use, {move(b)});
  assign(0, {result, {}}, Rvalue::Kind::Use, {move(c)});
  for (int i = 0; i < 6; ++i) {
    forwardTemporaries(body);
    simplify(body);
  }
  ASSERT_EQ(statements(), 1u);
  EXPECT_EQ(body.blocks[0].statements[0].place.base, result);
  EXPECT_EQ(body.blocks[0].statements[0].value.operands[0].place.base, a);
}

// if flag { drop x } behind an assignment of the flag.
TEST_F(OptTest, KnownFlagsAreNotTested) {
  local(types.unit);
  LocalId flag = local(types.boolean), x = local(types.i64);
  block(Terminator::Kind::Goto, {BlockId{1}});
  block(Terminator::Kind::Switch, {BlockId{3}, BlockId{2}});
  block(Terminator::Kind::Drop, {BlockId{3}});
  block(Terminator::Kind::Return);
  Operand yes;
  yes.constant.kind = mir::Constant::Kind::Int;
  yes.constant.value = 1;
  assign(0, {flag, {}}, Rvalue::Kind::Use, {yes});
  Operand test = move(flag);
  test.kind = Operand::Kind::Copy;
  body.blocks[1].terminator.operands = {test};
  body.blocks[1].terminator.values = {0};
  body.blocks[2].terminator.place.base = x;
  EXPECT_TRUE(threadFlags(body));
  for (int i = 0; i < 3; ++i) {
    simplify(body);
    forwardTemporaries(body);
  }
  EXPECT_EQ(body.blocks[0].terminator.kind, Terminator::Kind::Drop);
  EXPECT_EQ(body.blocks.size(), 2u);
  EXPECT_EQ(statements(), 0u);
}

// p = (p.1, p.0) must not be built in place.
TEST_F(OptTest, AggregatesAreNotBuiltOverTheirParts) {
  TypeId pair = types.tuple(std::vector{types.i64, types.i64});
  LocalId p = local(pair), made = local(pair);
  block(Terminator::Kind::Return);
  Operand first = move(p), second = move(p);
  first.place.path.push_back({mir::Projection::Kind::Field, 1, {}, 0});
  second.place.path.push_back({mir::Projection::Kind::Field, 0, {}, 0});
  assign(0, {made, {}}, Rvalue::Kind::Tuple, {first, second});
  assign(0, {p, {}}, Rvalue::Kind::Use, {move(made)});
  forwardTemporaries(body);
  EXPECT_EQ(statements(), 2u);
}

// x = f(move x) through a temporary: the result must not lie over the argument.
TEST_F(OptTest, ResultsDoNotOverlapArguments) {
  TypeId big = types.tuple(std::vector{types.i64, types.i64, types.i64});
  local(types.unit);
  LocalId x = local(big), argument = local(big), got = local(big);
  block(Terminator::Kind::Call, {BlockId{1}});
  block(Terminator::Kind::Return);
  assign(0, {argument, {}}, Rvalue::Kind::Use, {move(x)});
  body.blocks[0].terminator.operands = {move(argument)};
  body.blocks[0].terminator.place.base = got;
  assign(1, {x, {}}, Rvalue::Kind::Use, {move(got)});
  for (int i = 0; i < 6; ++i) {
    forwardTemporaries(body);
    simplify(body);
  }
  const Terminator &call = body.blocks[0].terminator;
  EXPECT_NE(call.place.base, call.operands[0].place.base);
}

} // namespace
} // namespace async::opt
