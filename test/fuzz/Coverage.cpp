#include "test/fuzz/Coverage.h"

#include <sys/mman.h>

#include <bit>
#include <cstdint>
#include <cstring>
#include <vector>

namespace {

struct Region {
  uint8_t *start, *stop;
};

std::vector<Region> &regions() {
  static std::vector<Region> all;
  return all;
}
uint8_t *seen; // one bit for each order of magnitude of each counter

} // namespace

// Called by the instrumented modules before main.
extern "C" void __sanitizer_cov_8bit_counters_init(uint8_t *start, uint8_t *stop) {
  if (start != stop && !seen)
    regions().push_back({start, stop});
}

namespace async::fuzz {

void startCoverage() {
  size_t size = 0;
  for (const Region &region : regions())
    size += static_cast<size_t>(region.stop - region.start);
  if (size == 0)
    return;
  void *memory = mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory != MAP_FAILED)
    seen = static_cast<uint8_t *>(memory);
}

void clearCoverage() {
  if (seen)
    for (const Region &region : regions())
      memset(region.start, 0, static_cast<size_t>(region.stop - region.start));
}

bool noteCoverage() {
  bool isNew = false;
  if (!seen)
    return isNew;
  uint8_t *known = seen;
  for (const Region &region : regions())
    for (const uint8_t *counter = region.start; counter != region.stop; ++counter, ++known)
      if (*counter != 0) {
        auto magnitude = static_cast<uint8_t>(1u << (std::bit_width(*counter) - 1));
        isNew |= (*known & magnitude) == 0;
        *known |= magnitude;
      }
  return isNew;
}

} // namespace async::fuzz
