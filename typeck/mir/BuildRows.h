// BuildRows.h: rows of decision trees, of BuildMatch.cpp and BuildPatterns.cpp.
#pragma once
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
  uint32_t nodes = 0;
};

} // namespace async::mir
