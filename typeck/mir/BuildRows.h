// BuildRows.h: rows of decision trees, of BuildMatch.cpp and BuildPatterns.cpp.
#pragma once
#include <unordered_map>

#include "typeck/mir/BuildContext.h"

namespace async::mir {

struct PatternAt {
  Place place;
  thir::PatternId pattern;
  friend bool operator==(const PatternAt &, const PatternAt &) = default;
};

// One way to an arm: what is left to be tested, and what is bound when all holds.
struct Row {
  std::vector<PatternAt> tests;
  std::vector<PatternAt> bindings;
  uint32_t arm = 0;

  const PatternAt *testOf(const Place &place) const {
    for (const PatternAt &test : tests)
      if (test.place == place)
        return &test;
    return nullptr;
  }
  Row without(const Place &place) const {
    Row row{{}, bindings, arm};
    bool removed = false;
    for (const PatternAt &test : tests) {
      if (!removed && test.place == place)
        removed = true;
      else
        row.tests.push_back(test);
    }
    return row;
  }
};

// Rows by the point that their test at one place names: a variant or a literal. The others name none there.
struct Builder::Points {
  std::vector<int64_t> values; // in order of their first row
  std::unordered_map<int64_t, std::vector<uint32_t>> rows;
  std::vector<uint32_t> others;

  void add(std::optional<int64_t> value, uint32_t row) {
    if (!value)
      return others.push_back(row);
    std::vector<uint32_t> &same = rows[*value];
    if (same.empty())
      values.push_back(*value);
    same.push_back(row);
  }
  // In order, those that are tried where the value is that.
  std::vector<uint32_t> rowsOf(int64_t value) const {
    const std::vector<uint32_t> &same = rows.at(value);
    std::vector<uint32_t> all;
    std::merge(same.begin(), same.end(), others.begin(), others.end(), std::back_inserter(all));
    return all;
  }
};

struct MatchArm {
  thir::ExprId guard;
  std::vector<ThirLocal> locals; // that begin to live where the arm is chosen; empty if they live already
  BlockId body;
  std::vector<std::pair<std::vector<PatternAt>, BlockId>> leaves; // by what they bind
};

struct Builder::Match {
  Span span;
  BlockId none; // where no row matches
  std::vector<MatchArm> arms;
  size_t nodes = 0, work = 0;
};

} // namespace async::mir
