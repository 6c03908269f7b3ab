#include "typeck/mir/Cfg.h"

#include <algorithm>

namespace async::mir {

std::vector<std::vector<BlockId>> predecessors(const Body &body) {
  std::vector<std::vector<BlockId>> result(body.blocks.size());
  for (uint32_t i = 0; i < body.blocks.size(); ++i)
    forEachSuccessor(body.blocks[i].terminator, [&](BlockId to) { result[to.index].push_back(BlockId{i}); });
  return result;
}

std::vector<BlockId> reversePostorder(const Body &body) {
  std::vector<BlockId> order;
  if (body.blocks.empty())
    return order;
  std::vector<bool> seen(body.blocks.size());
  // The next successor to visit; the last one first, so that the first stands first in the order.
  std::vector<std::pair<BlockId, size_t>> stack;
  auto enter = [&](BlockId block) {
    seen[block.index] = true;
    stack.emplace_back(block, successorCount(body.blocks[block.index].terminator));
  };
  enter(BlockId{0});
  while (!stack.empty()) {
    auto &[block, left] = stack.back();
    if (left == 0) {
      order.push_back(block);
      stack.pop_back();
      continue;
    }
    BlockId next = successor(body.blocks[block.index].terminator, --left);
    if (!seen[next.index])
      enter(next);
  }
  std::reverse(order.begin(), order.end());
  return order;
}

std::vector<bool> reachable(const Body &body) {
  std::vector<bool> result(body.blocks.size());
  for (BlockId block : reversePostorder(body))
    result[block.index] = true;
  return result;
}

void removeUnreachable(Body &body) {
  std::vector<bool> keep = reachable(body);
  std::vector<uint32_t> number(body.blocks.size());
  uint32_t count = 0;
  for (uint32_t i = 0; i < body.blocks.size(); ++i)
    if (keep[i]) {
      number[i] = count;
      if (count != i)
        body.blocks[count] = std::move(body.blocks[i]);
      ++count;
    }
  body.blocks.resize(count);
  for (Block &block : body.blocks) {
    for (BlockId &target : block.terminator.targets)
      target.index = number[target.index];
    if (block.terminator.unwind.valid())
      block.terminator.unwind.index = number[block.terminator.unwind.index];
  }
}

} // namespace async::mir
