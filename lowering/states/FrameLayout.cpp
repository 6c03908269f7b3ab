#include "lowering/states/FrameLayout.h"

#include <algorithm>
#include <numeric>

namespace async::states {

static uint64_t alignUp(uint64_t offset, uint32_t align) { return (offset + align - 1) / align * align; }

// The lowest place that is free of what conflicts and has been placed.
static uint64_t firstFit(const std::vector<FrameItem> &items, const std::vector<bool> &placed, uint32_t which, uint64_t begin) {
  const FrameItem &item = items[which];
  std::vector<std::pair<uint64_t, uint64_t>> taken;
  for (uint32_t i = 0; i < items.size(); ++i)
    if (placed[i] && items[i].size > 0 && item.conflicts.test(i))
      taken.emplace_back(items[i].offset, items[i].offset + items[i].size);
  std::sort(taken.begin(), taken.end());
  uint64_t at = alignUp(begin, item.align);
  for (auto [from, to] : taken)
    if (from < at + item.size && to > at)
      at = alignUp(to, item.align);
  return at;
}

static uint64_t placeInOrder(std::vector<FrameItem> &items, const std::vector<uint32_t> &order, uint64_t begin) {
  std::vector<bool> placed(items.size());
  uint64_t end = begin;
  for (uint32_t i : order) {
    items[i].offset = firstFit(items, placed, i, begin);
    placed[i] = true;
    if (items[i].size > 0)
      end = std::max(end, items[i].offset + items[i].size);
  }
  return end;
}

uint64_t placeItems(std::vector<FrameItem> &items, uint64_t begin) {
  std::vector<uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<FrameItem> best;
  uint64_t bestEnd = UINT64_MAX;
  auto attempt = [&](auto &&before) {
    std::vector<uint32_t> sorted = order;
    std::stable_sort(sorted.begin(), sorted.end(), [&](uint32_t a, uint32_t b) { return before(items[a], items[b]); });
    uint64_t end = placeInOrder(items, sorted, begin);
    if (end < bestEnd) {
      bestEnd = end;
      best = items;
    }
  };
  attempt([](const FrameItem &a, const FrameItem &b) { return a.size > b.size; });
  attempt([](const FrameItem &a, const FrameItem &b) { return a.align != b.align ? a.align > b.align : a.size > b.size; });
  // Small things first fill the gap behind the header.
  attempt([](const FrameItem &a, const FrameItem &b) { return a.align != b.align ? a.align < b.align : a.size < b.size; });
  attempt([](const FrameItem &, const FrameItem &) { return false; });
  items = std::move(best);
  return bestEnd;
}

} // namespace async::states
