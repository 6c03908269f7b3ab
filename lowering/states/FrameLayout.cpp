#include "lowering/states/FrameLayout.h"

#include <algorithm>
#include <numeric>

namespace async::states {

namespace {

uint64_t alignUp(uint64_t offset, uint32_t align) { return (offset + align - 1) / align * align; }

// One attempt: each item in turn gets the lowest place that is free of what conflicts and has been placed.
class FirstFit {
public:
  FirstFit(const std::vector<FrameItem> &items, uint64_t begin) : items(items), offsets(items.size()), begin(begin), end(begin) {}

  void place(uint32_t which) {
    const FrameItem &item = items[which];
    uint64_t at = alignUp(begin, item.align);
    offsets[which] = at;
    if (item.size == 0)
      return;
    for (uint32_t other : byOffset) {
      if (offsets[other] >= at + item.size)
        break;
      if (item.conflicts.test(other) && offsets[other] + items[other].size > at)
        at = alignUp(offsets[other] + items[other].size, item.align);
    }
    offsets[which] = at;
    end = std::max(end, at + item.size);
    auto behind = std::upper_bound(byOffset.begin(), byOffset.end(), at, [&](uint64_t offset, uint32_t other) { return offset < offsets[other]; });
    byOffset.insert(behind, which);
  }

  const std::vector<FrameItem> &items;
  std::vector<uint64_t> offsets;
  uint64_t begin, end;

private:
  std::vector<uint32_t> byOffset; // what has been placed
};

} // namespace

uint64_t placeItems(std::vector<FrameItem> &items, uint64_t begin) {
  std::vector<uint32_t> order(items.size());
  std::iota(order.begin(), order.end(), 0);
  std::vector<uint64_t> best;
  uint64_t bestEnd = UINT64_MAX;
  auto attempt = [&](auto &&before) {
    std::vector<uint32_t> sorted = order;
    std::stable_sort(sorted.begin(), sorted.end(), [&](uint32_t a, uint32_t b) { return before(items[a], items[b]); });
    FirstFit made(items, begin);
    for (uint32_t item : sorted)
      made.place(item);
    if (made.end >= bestEnd)
      return;
    bestEnd = made.end;
    best = std::move(made.offsets);
  };
  attempt([](const FrameItem &a, const FrameItem &b) { return a.size > b.size; });
  attempt([](const FrameItem &a, const FrameItem &b) { return a.align != b.align ? a.align > b.align : a.size > b.size; });
  // Small things first fill gaps in front of large ones.
  attempt([](const FrameItem &a, const FrameItem &b) { return a.align != b.align ? a.align < b.align : a.size < b.size; });
  attempt([](const FrameItem &, const FrameItem &) { return false; });
  for (size_t i = 0; i < items.size(); ++i)
    items[i].offset = best[i];
  return bestEnd;
}

} // namespace async::states
