// BitSet.h: a set of small numbers of a fixed range, for dataflow. All sets of one analysis have the same size.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace async::mir {

class BitSet {
public:
  BitSet() = default;
  explicit BitSet(size_t size) : words((size + 63) / 64) {}

  bool test(size_t bit) const { return words[bit / 64] >> (bit % 64) & 1; }
  void set(size_t bit) { words[bit / 64] |= uint64_t{1} << (bit % 64); }
  void reset(size_t bit) { words[bit / 64] &= ~(uint64_t{1} << (bit % 64)); }
  void assign(size_t bit, bool value) { value ? set(bit) : reset(bit); }
  void clear() { words.assign(words.size(), 0); }

  bool any() const {
    for (uint64_t word : words)
      if (word)
        return true;
    return false;
  }

  bool intersects(const BitSet &other) const {
    for (size_t i = 0; i < words.size(); ++i)
      if (words[i] & other.words[i])
        return true;
    return false;
  }

  // Adds all of `other`; whether that changed anything.
  bool unite(const BitSet &other) {
    uint64_t changed = 0;
    for (size_t i = 0; i < words.size(); ++i) {
      changed |= other.words[i] & ~words[i];
      words[i] |= other.words[i];
    }
    return changed != 0;
  }

  void subtract(const BitSet &other) {
    for (size_t i = 0; i < words.size(); ++i)
      words[i] &= ~other.words[i];
  }

  template <typename F> void forEach(F &&f) const {
    for (size_t i = 0; i < words.size(); ++i)
      for (uint64_t rest = words[i]; rest; rest &= rest - 1)
        f(i * 64 + static_cast<size_t>(std::countr_zero(rest)));
  }

  friend bool operator==(const BitSet &, const BitSet &) = default;

private:
  std::vector<uint64_t> words;
};

} // namespace async::mir
