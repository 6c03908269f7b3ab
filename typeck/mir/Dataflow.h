// Dataflow.h: forward analyses over sets of bits that are united where paths meet ("may" analyses).
//
// An analysis has
//   size_t bits;
//   void entry(BitSet &state)                                                  at the start of the body
//   void statement(BitSet &state, const Statement &, BlockId, uint32_t index)
//   void terminator(BitSet &state, const Terminator &, BlockId)                what holds on every way out
//   void edge(BitSet &state, const Terminator &, BlockId, size_t successor)    what holds on that way only (Cfg.h numbers them)
// Cost: instructions * loop depth, sets as in BitSet.h.
#pragma once

#include "typeck/mir/BitSet.h"
#include "typeck/mir/Cfg.h"

namespace async::mir {

struct Flow {
  std::vector<BitSet> entry; // by block; empty where it cannot be reached
  std::vector<BlockId> order; // the reachable blocks, reverse postorder
};

template <typename Analysis> Flow solveForward(const Body &body, Analysis &analysis) {
  Flow flow;
  flow.order = reversePostorder(body);
  flow.entry.assign(body.blocks.size(), BitSet(analysis.bits));
  if (flow.order.empty())
    return flow;
  std::vector<uint32_t> position(body.blocks.size());
  for (uint32_t i = 0; i < flow.order.size(); ++i)
    position[flow.order[i].index] = i;
  analysis.entry(flow.entry[0]);
  BitSet::Unions unions;
  std::vector<bool> dirty(flow.order.size(), true);
  for (bool again = true; again;) {
    again = false;
    for (uint32_t at = 0; at < flow.order.size(); ++at) {
      if (!dirty[at])
        continue;
      dirty[at] = false;
      BlockId id = flow.order[at];
      const Block &block = body.blocks[id.index];
      BitSet state = flow.entry[id.index];
      for (uint32_t i = 0; i < block.statements.size(); ++i)
        analysis.statement(state, block.statements[i], id, i);
      analysis.terminator(state, block.terminator, id);
      for (size_t i = 0; i < successorCount(block.terminator); ++i) {
        BitSet out = state;
        analysis.edge(out, block.terminator, id, i);
        BlockId to = successor(block.terminator, i);
        if (flow.entry[to.index].unite(out, unions)) {
          dirty[position[to.index]] = true;
          again |= position[to.index] <= at;
        }
      }
    }
  }
  return flow;
}

} // namespace async::mir
