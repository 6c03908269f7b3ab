#include "typeck/mir/BuildContext.h"

namespace async::mir {
namespace {

template <typename Visit> void forEachEdge(Terminator &terminator, Visit &&visit) {
  for (BlockId &target : terminator.targets)
    visit(target);
  if (terminator.unwind.valid())
    visit(terminator.unwind);
}

// Where an edge to the block ends up when blocks that do nothing are passed over.
BlockId destination(const Body &body, BlockId from) {
  BlockId at = from;
  for (size_t steps = 0; steps < body.blocks.size(); ++steps) {
    const Block &block = body.blocks[at.index];
    if (!block.statements.empty() || block.terminator.kind != Terminator::Kind::Goto)
      return at;
    BlockId next = block.terminator.targets[0];
    if (body.blocks[next.index].isCleanup != block.isCleanup)
      return at;
    at = next;
  }
  return from; // a loop that does nothing
}

std::vector<uint32_t> countPredecessors(Body &body, std::vector<bool> &reached) {
  std::vector<uint32_t> counts(body.blocks.size());
  std::vector<BlockId> pending{BlockId{0}};
  reached.assign(body.blocks.size(), false);
  reached[0] = true;
  counts[0] = 1;
  while (!pending.empty()) {
    BlockId at = pending.back();
    pending.pop_back();
    forEachEdge(body.blocks[at.index].terminator, [&](BlockId &edge) {
      ++counts[edge.index];
      if (!reached[edge.index]) {
        reached[edge.index] = true;
        pending.push_back(edge);
      }
    });
  }
  return counts;
}

void mergeChains(Body &body, const std::vector<uint32_t> &predecessors, std::vector<bool> &reached) {
  for (size_t i = 0; i < body.blocks.size(); ++i) {
    if (!reached[i])
      continue;
    Block &block = body.blocks[i];
    while (block.terminator.kind == Terminator::Kind::Goto) {
      BlockId next = block.terminator.targets[0];
      Block &follower = body.blocks[next.index];
      if (next.index == i || predecessors[next.index] != 1 || follower.isCleanup != block.isCleanup)
        break;
      block.statements.insert(block.statements.end(), std::make_move_iterator(follower.statements.begin()),
                              std::make_move_iterator(follower.statements.end()));
      block.terminator = std::move(follower.terminator);
      follower.terminator = Terminator{};
      follower.terminator.kind = Terminator::Kind::Unreachable;
      reached[next.index] = false;
    }
  }
}

} // namespace

void simplify(Body &body) {
  for (Block &block : body.blocks)
    forEachEdge(block.terminator, [&](BlockId &edge) { edge = destination(body, edge); });
  std::vector<bool> reached;
  std::vector<uint32_t> predecessors = countPredecessors(body, reached);
  mergeChains(body, predecessors, reached);
  std::vector<uint32_t> numbers(body.blocks.size());
  std::vector<Block> kept;
  for (size_t i = 0; i < body.blocks.size(); ++i)
    if (reached[i]) {
      numbers[i] = static_cast<uint32_t>(kept.size());
      kept.push_back(std::move(body.blocks[i]));
    }
  for (Block &block : kept)
    forEachEdge(block.terminator, [&](BlockId &edge) { edge = BlockId{numbers[edge.index]}; });
  body.blocks = std::move(kept);
}

} // namespace async::mir
