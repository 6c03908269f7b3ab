#include <gtest/gtest.h>

#include "typeck/mir/Liveness.h"
#include "typeck/mir/Parse.h"

using namespace async;

namespace {

struct Fixture {
  typeck::Program program;
  frontend::Interner interner;
  std::unique_ptr<mir::Body> body;
  explicit Fixture(std::string_view text) {
    mir::Parsed parsed = mir::parse(program, interner, text);
    EXPECT_EQ(parsed.error, "");
    if (!parsed.bodies.empty())
      body = std::move(parsed.bodies[0]);
  }
};

constexpr std::string_view loop = R"(
fn step(n: i64) -> bool
fn f(n: i64, m: i64) -> i64
body fn f built {
  result: i64
  param n: i64
  param m: i64
  let again: bool
bb0:
  result = 0: i64
  goto -> bb1
bb1:
  again = call step(copy n) -> bb2 unwind bb4
bb2:
  switch copy again [0: bb3, otherwise: bb1]
bb3:
  result = copy m
  return
bb4 cleanup:
  unwind
}
)";

} // namespace

TEST(Liveness, GoesAroundLoopsAndNotIntoWhatIsOverwritten) {
  Fixture fixture(loop);
  mir::Liveness liveness(*fixture.body);
  EXPECT_TRUE(liveness.atEntry(mir::BlockId{1}).test(1));
  EXPECT_TRUE(liveness.atEntry(mir::BlockId{2}).test(1)) << "n is read in the next round";
  EXPECT_FALSE(liveness.atEntry(mir::BlockId{3}).test(1));
  EXPECT_TRUE(liveness.atEntry(mir::BlockId{0}).test(2));
  EXPECT_FALSE(liveness.atEntry(mir::BlockId{1}).test(0)) << "the result is written before it is read";
  EXPECT_FALSE(liveness.atExit(mir::BlockId{1}).test(3)) << "the call itself gives `again`";
}

TEST(Cfg, OrderAndReachability) {
  Fixture fixture(loop);
  EXPECT_EQ(mir::reversePostorder(*fixture.body).size(), 5u);
  EXPECT_EQ(mir::reversePostorder(*fixture.body)[0].index, 0u);
  EXPECT_EQ(mir::predecessors(*fixture.body)[1].size(), 2u);
  fixture.body->blocks[2].terminator.targets[0] = mir::BlockId{1};
  mir::removeUnreachable(*fixture.body);
  EXPECT_EQ(fixture.body->blocks.size(), 4u);
  EXPECT_EQ(fixture.body->blocks[1].terminator.unwind.index, 3u);
}
