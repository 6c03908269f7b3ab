// FrameLayout.h: places things in a frame so that those that conflict do not overlap. The same input gives the same places.
#pragma once
#include <cstdint>
#include <vector>

#include "typeck/mir/BitSet.h"

namespace async::states {

struct FrameItem {
  uint64_t size = 0;
  uint32_t align = 1;
  mir::BitSet conflicts; // numbers of items; symmetric
  uint64_t offset = 0;   // is found
};

// Gives each item its offset, from `begin` on; the end of the last. Several orders are tried and the smallest result is kept. Quadratic in the number of items.
uint64_t placeItems(std::vector<FrameItem> &items, uint64_t begin);

} // namespace async::states
