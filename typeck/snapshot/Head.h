// Head.h: the first bytes of the file.
#pragma once
#include <cstdint>
#include <string_view>

namespace async::snapshot {

struct Head {
  char magic[8];
  uint32_t format;
  uint32_t headSize;
  uint64_t hash; // of compiler version and sources
  uint64_t size; // of what follows
  uint64_t checksum; // of what follows
};
constexpr char magicWord[8] = {'a', 's', 'y', 'n', 'c', 's', 't', 'd'};

// Detects damage, not intent. Eight bytes a step.
uint64_t checksumOf(std::string_view bytes, uint64_t seed = 0);

} // namespace async::snapshot
