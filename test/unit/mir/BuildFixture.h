// BuildFixture.h: builds MIR of trees written by hand, and checks what every body keeps to.
#pragma once
#include <algorithm>

#include "test/unit/infer/ThirFixture.h"
#include "typeck/mir/BuildMir.h"
#include "typeck/mir/Print.h"

namespace async::mir::test {

using namespace typeck;
using thir::ExprId;
using thir::ExprKind;
using thir::PatternId;
using TL = thir::LocalId;

class BuildTest : public thir::test::ThirTest {
protected:
  std::unique_ptr<Body> build(ExprId value) {
    body.value = value;
    body.result = body[value].type;
    Built built = buildMir(program, interner, body, diagnostics);
    EXPECT_TRUE(diagnostics.empty());
    check(*built.body);
    for (auto &[id, closure] : built.closures)
      check(*closure);
    closures = std::move(built.closures);
    return std::move(built.body);
  }
  std::vector<std::pair<ClosureId, std::unique_ptr<Body>>> closures;

  std::string show(const Body &made) { return print(program, interner, made); }

  // What every body keeps to.
  void check(const Body &made) {
    for (const Block &block : made.blocks) {
      for (BlockId to : block.terminator.targets)
        ASSERT_LT(to.index, made.blocks.size()) << show(made);
      if (block.terminator.unwind.valid()) {
        ASSERT_LT(block.terminator.unwind.index, made.blocks.size());
        EXPECT_TRUE(made.blocks[block.terminator.unwind.index].isCleanup) << show(made);
      }
      EXPECT_TRUE(block.terminator.span.known());
      if (!block.isCleanup)
        for (BlockId to : block.terminator.targets)
          EXPECT_FALSE(made.blocks[to.index].isCleanup) << show(made);
    }
  }

  static size_t count(const Body &made, Terminator::Kind kind, bool inCleanup) {
    return static_cast<size_t>(
        std::count_if(made.blocks.begin(), made.blocks.end(), [&](const Block &block) { return block.terminator.kind == kind && block.isCleanup == inCleanup; }));
  }
};

} // namespace async::mir::test
