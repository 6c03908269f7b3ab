// Random.h: numbers that depend on a seed alone, on every machine (splitmix64).
#pragma once
#include <cstddef>
#include <cstdint>

namespace async::fuzz {

class Random {
public:
  explicit Random(uint64_t seed) : state(seed) {}

  uint64_t next() {
    state += 0x9E3779B97F4A7C15;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
    return z ^ (z >> 31);
  }
  // Below `count`; 0 if there is nothing to choose from.
  size_t below(size_t count) { return count == 0 ? 0 : next() % count; }
  bool oneIn(size_t count) { return below(count) == 0; }
  template <typename T, size_t n> const T &of(const T (&values)[n]) { return values[below(n)]; }
  template <typename Container> const auto &pick(const Container &values) { return values[below(values.size())]; }

private:
  uint64_t state;
};

} // namespace async::fuzz
