#include "typeck/mir/BitSet.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>
#include <vector>

using async::mir::BitSet;

namespace {

std::vector<size_t> members(const BitSet &set) {
  std::vector<size_t> found;
  set.forEach([&](size_t bit) { found.push_back(bit); });
  return found;
}

// Sets that share nodes, beside sets of numbers.
struct Pair {
  BitSet bits;
  std::set<size_t> model;
};

void change(std::mt19937 &random, std::vector<Pair> &pairs, size_t size, BitSet::Unions &unions) {
  Pair &at = pairs[random() % pairs.size()];
  const Pair &other = pairs[random() % pairs.size()];
  size_t from = random() % size, to = from + random() % (size - from + 1);
  std::set<size_t> before = at.model, argument = other.model;
  switch (random() % 9) {
  case 0:
    at.bits.set(from);
    at.model.insert(from);
    break;
  case 1:
    at.bits.reset(from);
    at.model.erase(from);
    break;
  case 2:
    at = Pair(other);
    break;
  case 3:
    EXPECT_EQ(at.bits.unite(other.bits), !std::includes(before.begin(), before.end(), argument.begin(), argument.end()));
    at.model.insert(argument.begin(), argument.end());
    break;
  case 4:
    at.bits.subtract(BitSet(other.bits));
    for (size_t bit : argument)
      at.model.erase(bit);
    break;
  case 5:
    at.bits.setRange(from, to);
    for (size_t bit = from; bit < to; ++bit)
      at.model.insert(bit);
    break;
  case 6:
    at.bits.resetRange(from, to);
    for (size_t bit = from; bit < to; ++bit)
      at.model.erase(bit);
    break;
  case 7:
    EXPECT_EQ(at.bits.unite(other.bits, unions), !std::includes(before.begin(), before.end(), argument.begin(), argument.end()));
    at.model.insert(argument.begin(), argument.end());
    break;
  default:
    at.bits.set(to / 2);
    at.model.insert(to / 2);
    break;
  }
}

void compare(const Pair &a, const Pair &b, size_t from, size_t to) {
  EXPECT_EQ(members(a.bits), std::vector<size_t>(a.model.begin(), a.model.end()));
  EXPECT_EQ(a.bits.any(), !a.model.empty());
  EXPECT_EQ(a.bits.test(from), a.model.contains(from));
  EXPECT_EQ(a.bits == b.bits, a.model == b.model);
  std::vector<size_t> without, missing, inside, between;
  std::set_difference(a.model.begin(), a.model.end(), b.model.begin(), b.model.end(), std::back_inserter(missing));
  a.bits.forEachWithout(b.bits, [&](size_t bit) { without.push_back(bit); });
  EXPECT_EQ(without, missing);
  EXPECT_EQ(a.bits.intersects(b.bits), missing.size() != a.model.size());
  a.bits.forEachIn(from, to, [&](size_t bit) { inside.push_back(bit); });
  for (size_t bit : a.model)
    if (bit >= from && bit < to)
      between.push_back(bit);
  EXPECT_EQ(inside, between);
}

} // namespace

TEST(BitSet, AgreesWithSetsOfNumbers) {
  for (size_t size : {1, 64, 512, 513, 5000, 40000}) {
    std::mt19937 random(static_cast<unsigned>(size));
    std::vector<Pair> pairs(4, Pair{BitSet(size), {}});
    BitSet::Unions unions;
    for (int step = 0; step < 200; ++step) {
      change(random, pairs, size, unions);
      size_t from = random() % size;
      compare(pairs[random() % 4], pairs[random() % 4], from, from + random() % (size - from + 1));
      ASSERT_FALSE(HasFailure()) << size << " after " << step;
    }
  }
}

TEST(BitSet, CopiesAreApart) {
  BitSet a(100000);
  a.setRange(0, 100000);
  BitSet b = a;
  b.reset(70000);
  EXPECT_TRUE(a.test(70000));
  EXPECT_FALSE(b.test(70000));
  EXPECT_FALSE(a.unite(b));
  EXPECT_TRUE(b.unite(a));
  EXPECT_TRUE(a == b);
  a.resetRange(0, 100000);
  EXPECT_FALSE(a.any());
  EXPECT_TRUE(b.any());
}
