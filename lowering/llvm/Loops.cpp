// Loops.cpp: natural loops of MIR. A cycle that has several entries is no loop here; its states are then entered directly.
#include "lowering/llvm/Async.h"

#include <algorithm>

#include "typeck/mir/Cfg.h"

namespace async::llvmgen {

namespace {

// Immediate dominators, after Cooper, Harvey and Kennedy.
class Dominators {
public:
  explicit Dominators(const mir::Body &body) : order(mir::reversePostorder(body)), number(body.blocks.size(), UINT32_MAX), parent(body.blocks.size(), UINT32_MAX) {
    for (uint32_t i = 0; i < order.size(); ++i)
      number[order[i].index] = i;
    auto before = mir::predecessors(body);
    parent[0] = 0;
    for (bool changed = true; changed;) {
      changed = false;
      for (mir::BlockId at : order) {
        if (at.index == 0)
          continue;
        uint32_t found = UINT32_MAX;
        for (mir::BlockId from : before[at.index])
          if (number[from.index] != UINT32_MAX && parent[from.index] != UINT32_MAX)
            found = found == UINT32_MAX ? from.index : common(found, from.index);
        if (parent[at.index] != found) {
          parent[at.index] = found;
          changed = true;
        }
      }
    }
  }

  bool dominates(uint32_t a, uint32_t b) const {
    while (number[b] > number[a])
      b = parent[b];
    return a == b;
  }
  bool isReached(uint32_t block) const { return number[block] != UINT32_MAX; }

private:
  uint32_t common(uint32_t a, uint32_t b) const {
    while (a != b)
      if (number[a] > number[b])
        a = parent[a];
      else
        b = parent[b];
    return a;
  }
  std::vector<mir::BlockId> order;
  std::vector<uint32_t> number, parent;
};

} // namespace

std::vector<std::vector<uint32_t>> loopsAround(const mir::Body &body, const std::vector<uint32_t> &blocks) {
  Dominators dominators(body);
  auto before = mir::predecessors(body);
  size_t count = body.blocks.size();
  struct Loop {
    uint32_t header;
    size_t size;
    std::vector<bool> holds;
  };
  std::vector<Loop> loops;
  for (uint32_t header = 0; header < count; ++header) {
    if (!dominators.isReached(header))
      continue;
    std::vector<uint32_t> open;
    for (mir::BlockId latch : before[header])
      if (dominators.isReached(latch.index) && dominators.dominates(header, latch.index))
        open.push_back(latch.index);
    if (open.empty())
      continue;
    Loop loop{header, 1, std::vector<bool>(count)};
    loop.holds[header] = true;
    while (!open.empty()) {
      uint32_t at = open.back();
      open.pop_back();
      if (loop.holds[at])
        continue;
      loop.holds[at] = true;
      ++loop.size;
      for (mir::BlockId from : before[at])
        if (dominators.isReached(from.index))
          open.push_back(from.index);
    }
    bool needed = std::any_of(blocks.begin(), blocks.end(), [&](uint32_t block) { return loop.holds[block]; });
    if (needed)
      loops.push_back(std::move(loop));
  }
  std::stable_sort(loops.begin(), loops.end(), [](const Loop &a, const Loop &b) { return a.size > b.size; });
  std::vector<std::vector<uint32_t>> around;
  for (uint32_t block : blocks) {
    std::vector<uint32_t> &headers = around.emplace_back();
    for (const Loop &loop : loops)
      if (loop.holds[block])
        headers.push_back(loop.header);
  }
  return around;
}

} // namespace async::llvmgen
