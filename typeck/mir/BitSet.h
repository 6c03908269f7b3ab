// BitSet.h: a set of small numbers of a fixed range, for dataflow. All sets of one analysis have the same size.
//
// A set is a tree of counted nodes: leaves of 512 bits, eight branches above, a missing branch is empty. Copies share their nodes, a change copies
// the way to its leaf, and what two sets share is not looked at when they are united or compared. So a state for each block costs what changes
// in it, not blocks * bits, and a set of up to 512 bits is one leaf. Sets that are found to be equal when they are united share their nodes again.
// Nodes come from a pool of the thread. Not to be shared between threads, not even as copies.
#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace async::mir {

class BitSet {
public:
  BitSet() = default;
  explicit BitSet(size_t size) {
    for (size_t reach = leafBits; reach < size; reach *= fanout)
      ++levels;
  }
  BitSet(const BitSet &other) : root(share(other.root)), levels(other.levels) {}
  BitSet(BitSet &&other) noexcept : root(std::exchange(other.root, nullptr)), levels(other.levels) {}
  BitSet &operator=(BitSet other) noexcept {
    std::swap(root, other.root);
    levels = other.levels;
    return *this;
  }
  ~BitSet() { clear(); }

  bool test(size_t bit) const {
    const Node *node = root;
    for (unsigned level = levels; node && level > 0; --level)
      node = node->children[branch(bit, level)];
    return node && node->words[word(bit)] & mask(bit);
  }
  void set(size_t bit);
  void reset(size_t bit) {
    if (test(bit))
      resetIn(root, levels, bit, bit + 1);
  }
  void assign(size_t bit, bool value) { value ? set(bit) : reset(bit); }
  void clear() {
    if (root)
      release(std::exchange(root, nullptr), levels);
  }
  // All of from..to.
  void setRange(size_t from, size_t to) {
    if (from < to)
      setIn(root, levels, from, to);
  }
  void resetRange(size_t from, size_t to) {
    if (from < to && root)
      resetIn(root, levels, from, to);
  }

  bool any() const { return root != nullptr; }
  bool intersects(const BitSet &other) const { return intersectsIn(root, other.root, levels); }
  // Adds all of `other`; whether that changed anything.
  bool unite(const BitSet &other) { return uniteIn(root, other.root, levels, nullptr); }
  // The same for one of many unions of sets that have much in common.
  class Unions;
  bool unite(const BitSet &other, Unions &unions) { return uniteIn(root, other.root, levels, &unions); }
  void subtract(const BitSet &other) { subtractIn(root, other.root, levels); }

  // From the smallest to the largest.
  template <typename F> void forEach(F &&f) const { forEachIn(0, SIZE_MAX, f); }
  template <typename F> void forEachIn(size_t from, size_t to, F &&f) const {
    if (from < to)
      visit(root, levels, 0, from, to, f);
  }
  // Of those that `other` lacks.
  template <typename F> void forEachWithout(const BitSet &other, F &&f) const { visitWithout(root, other.root, levels, 0, f); }

  friend bool operator==(const BitSet &a, const BitSet &b) { return isEqual(a.root, b.root, a.levels); }

private:
  static constexpr size_t leafBits = 512, fanout = 8;

  // Never all zero: what is empty is missing.
  struct Node {
    uint32_t owners = 1;
    union {
      uint64_t words[fanout] = {}; // a leaf's
      Node *children[fanout];
    };
    static void *operator new(size_t size);
    static void operator delete(void *node);
  };

  static size_t span(unsigned level) { return leafBits << (3 * level); }
  static size_t branch(size_t bit, unsigned level) { return bit / span(level - 1) % fanout; }
  static size_t word(size_t bit) { return bit / 64 % fanout; }
  static uint64_t mask(size_t bit) { return uint64_t{1} << (bit % 64); }
  // The bits of word `index` of the leaf at `first` that lie in from..to.
  static uint64_t within(size_t first, size_t index, size_t from, size_t to) {
    size_t low = first + index * 64;
    uint64_t result = ~uint64_t{0};
    if (from > low)
      result = from - low < 64 ? result << (from - low) : 0;
    if (to < low + 64)
      result = to > low ? result & ~(~uint64_t{0} << (to - low)) : 0;
    return result;
  }

  static Node *share(Node *node) {
    if (node)
      ++node->owners;
    return node;
  }
  static void release(Node *node, unsigned level);
  static void own(Node *&node, unsigned level);
  static void dropIfEmpty(Node *&node, unsigned level);
  template <typename F> static void changeChild(Node *&node, unsigned level, size_t index, F change);
  static void setIn(Node *&node, unsigned level, size_t from, size_t to);
  static void resetIn(Node *&node, unsigned level, size_t from, size_t to);
  static bool uniteIn(Node *&node, Node *other, unsigned level, Unions *unions);
  static bool uniteChildren(Node *&node, Node *other, unsigned level, Unions *unions);
  static bool uniteLeaf(Node *&node, Node *other);
  static void subtractIn(Node *&node, const Node *other, unsigned level);
  static bool intersectsIn(const Node *a, const Node *b, unsigned level);
  static bool isEqual(const Node *a, const Node *b, unsigned level);

  template <typename F> static void visit(const Node *node, unsigned level, size_t first, size_t from, size_t to, F &f) {
    if (!node)
      return;
    if (level == 0) {
      for (size_t i = 0; i < fanout; ++i)
        for (uint64_t rest = node->words[i] & within(first, i, from, to); rest; rest &= rest - 1)
          f(first + i * 64 + static_cast<size_t>(std::countr_zero(rest)));
      return;
    }
    for (size_t i = 0; i < fanout; ++i) {
      size_t low = first + i * span(level - 1);
      if (low < to && low + span(level - 1) > from)
        visit(node->children[i], level - 1, low, from, to, f);
    }
  }

  template <typename F> static void visitWithout(const Node *node, const Node *other, unsigned level, size_t first, F &f) {
    if (!node || node == other)
      return;
    if (!other)
      return visit(node, level, first, 0, SIZE_MAX, f);
    if (level == 0) {
      for (size_t i = 0; i < fanout; ++i)
        for (uint64_t rest = node->words[i] & ~other->words[i]; rest; rest &= rest - 1)
          f(first + i * 64 + static_cast<size_t>(std::countr_zero(rest)));
      return;
    }
    for (size_t i = 0; i < fanout; ++i)
      visitWithout(node->children[i], other->children[i], level - 1, first + i * span(level - 1), f);
  }

  Node *root = nullptr;
  unsigned levels = 0;
};

// What unions of branches came to, for as long as it stands: where thousands of states meet, most pairs of branches meet again and again.
class BitSet::Unions {
public:
  Unions() = default;
  Unions(const Unions &) = delete;
  Unions &operator=(const Unions &) = delete;
  ~Unions();

private:
  friend class BitSet;
  struct Entry {
    Node *into = nullptr, *other = nullptr, *result = nullptr; // held
    unsigned level = 0;
    bool changed = false;
  };
  Entry &entry(const Node *into, const Node *other);
  static void forget(Entry &entry);

  std::vector<Entry> entries; // made when first asked
};

} // namespace async::mir
