// Liveness.h: which locals' values may still be read.
//
// A read is every operand, reference, inspection, drop (unless left out) and every use of a local as an index or of a reference that is
// followed. A whole assignment ends what was live before; so does the storage's begin and end. References are not followed: a local that is only
// used through a loan of it is not live here (Borrows.h knows the loans).
// Cost: instructions * loop depth, sets as in BitSet.h; and one walk for each block that is looked into.
#pragma once
#include "typeck/mir/BitSet.h"
#include "typeck/mir/Cfg.h"

namespace async::mir {

struct LivenessOptions {
  bool dropsAreUses = true;
  const BitSet *droppedUses = nullptr; // if they are not: the locals whose drops are uses all the same
};

class Liveness {
public:
  Liveness(const Body &body, LivenessOptions options = {});

  const BitSet &atEntry(BlockId block) const { return entry[block.index]; }
  // What is live behind the terminator: by the edge, without what the terminator writes, and on all edges together.
  BitSet atExit(BlockId block) const;

  // The set before each statement, then before the terminator: f(index, const BitSet &), from the last to the first; index == statements.size() is
  // the terminator.
  template <typename F> void backward(BlockId block, F &&f) const {
    BitSet state = atExit(block);
    const Block &at = body.blocks[block.index];
    before(at.terminator, state);
    f(at.statements.size(), static_cast<const BitSet &>(state));
    for (size_t i = at.statements.size(); i-- > 0;) {
      before(at.statements[i], state);
      f(i, static_cast<const BitSet &>(state));
    }
  }

  // From the state behind to the state before.
  void before(const Statement &statement, BitSet &state) const;
  void before(const Terminator &terminator, BitSet &state) const;

private:
  void use(const Place &place, BitSet &state) const;
  void useIndexes(const Place &place, BitSet &state) const;

  const Body &body;
  LivenessOptions options;
  std::vector<BitSet> entry;
};

} // namespace async::mir
