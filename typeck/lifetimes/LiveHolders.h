// LiveHolders.h: which locals hold what their values hold: those that may be read later.
//
// A drop counts as a read only if a destructor could look through a reference (Fits.h), and of a local only where it may have a value: the drop at a
// scope's end of what was moved away reads nothing.
// Cost: that of Liveness.h; if drops count, a forward analysis of the locals besides.
#pragma once
#include "typeck/mir/Liveness.h"
#include "typeck/types/Program.h"

namespace async::lifetimes {

using namespace typeck;
using mir::BitSet;
using mir::BlockId;

class LiveHolders {
public:
  LiveHolders(const Program &program, const mir::Body &body);

  const BitSet &atEntry(BlockId block) const { return entry[block.index]; }
  // Before the statement (or, at the number of statements, the terminator). Kept for the block that was asked about last.
  const BitSet &before(BlockId block, size_t index);

private:
  const mir::Body &body;
  BitSet droppedUses;
  mir::Liveness liveness;
  std::vector<BitSet> entry;
  std::vector<BitSet> valued; // by block, if drops count: the locals that may have a value at its entry
  BlockId cachedBlock;
  std::vector<BitSet> cached;
};

} // namespace async::lifetimes
