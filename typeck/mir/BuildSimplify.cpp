#include "typeck/mir/BuildContext.h"

namespace async::mir {
namespace {

template <typename Visit> void forEachEdge(Terminator &terminator, Visit &&visit) {
  for (BlockId &target : terminator.targets)
    visit(target);
  if (terminator.unwind.valid())
    visit(terminator.unwind);
}

bool isPassedOver(const Body &body, BlockId at) {
  const Block &block = body.blocks[at.index];
  return block.statements.empty() && block.terminator.kind == Terminator::Kind::Goto &&
         body.blocks[block.terminator.targets[0].index].isCleanup == block.isCleanup;
}

// Where edges to each block end up when blocks that do nothing are passed over.
std::vector<BlockId> destinations(const Body &body) {
  std::vector<BlockId> found(body.blocks.size());
  std::vector<BlockId> way;
  for (uint32_t i = 0; i < body.blocks.size(); ++i) {
    BlockId at{i};
    for (; !found[at.index].valid() && isPassedOver(body, at); at = body.blocks[at.index].terminator.targets[0]) {
      found[at.index] = at; // for a loop that does nothing
      way.push_back(at);
    }
    BlockId end = found[at.index].valid() ? found[at.index] : at;
    found[end.index] = end;
    for (; !way.empty(); way.pop_back())
      found[way.back().index] = end;
  }
  return found;
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

// The block that follows, if it can be joined to this one.
BlockId follower(const Body &body, const std::vector<uint32_t> &predecessors, uint32_t at) {
  const Block &block = body.blocks[at];
  if (block.terminator.kind != Terminator::Kind::Goto)
    return {};
  BlockId next = block.terminator.targets[0];
  bool joins = next.index != at && predecessors[next.index] == 1 && body.blocks[next.index].isCleanup == block.isCleanup;
  return joins ? next : BlockId{};
}

// From the heads of chains, so that no statement moves twice.
void mergeChains(Body &body, const std::vector<uint32_t> &predecessors, std::vector<bool> &reached) {
  std::vector<bool> follows(body.blocks.size());
  for (uint32_t i = 0; i < body.blocks.size(); ++i)
    if (BlockId next = reached[i] ? follower(body, predecessors, i) : BlockId{}; next.valid())
      follows[next.index] = true;
  for (uint32_t i = 0; i < body.blocks.size(); ++i) {
    if (!reached[i] || follows[i])
      continue;
    Block &block = body.blocks[i];
    for (BlockId next; (next = follower(body, predecessors, i)).valid();) {
      Block &joined = body.blocks[next.index];
      block.statements.insert(block.statements.end(), std::make_move_iterator(joined.statements.begin()), std::make_move_iterator(joined.statements.end()));
      block.terminator = std::move(joined.terminator);
      joined.terminator = Terminator{};
      joined.terminator.kind = Terminator::Kind::Unreachable;
      reached[next.index] = false;
    }
  }
}

} // namespace

void simplify(Body &body) {
  std::vector<BlockId> ends = destinations(body);
  for (Block &block : body.blocks)
    forEachEdge(block.terminator, [&](BlockId &edge) { edge = ends[edge.index]; });
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
