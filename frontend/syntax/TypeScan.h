// TypeScan.h: whether a list of types can be read from a `<` on (G1).
#pragma once
#include <vector>

#include "frontend/syntax/Lexeme.h"

namespace async::syntax {

class TypeScan {
public:
  explicit TypeScan(const std::vector<Lexeme> &tokens) : tokens(tokens), known(tokens.size(), 0) {}

  // `at` is a `<`: whether it opens type arguments in an expression, by what follows its `>`.
  bool opensTypeArguments(uint32_t at);

private:
  uint32_t type(uint32_t i) const { return i < tokens.size() ? tokens[i].type : UINT32_MAX; }
  // Each gives the index behind what it read, or 0.
  uint32_t arguments(uint32_t at, uint32_t depth);
  uint32_t argument(uint32_t at, uint32_t depth);
  uint32_t typeAt(uint32_t at, uint32_t depth);
  uint32_t path(uint32_t at, uint32_t depth);
  uint32_t listUntil(uint32_t at, uint32_t close, uint32_t depth);
  uint32_t function(uint32_t at, uint32_t depth);
  uint32_t bounds(uint32_t at, uint32_t depth);
  uint32_t array(uint32_t at, uint32_t depth);

  static constexpr uint32_t most = 256;
  static constexpr uint32_t fails = UINT32_MAX;
  const std::vector<Lexeme> &tokens;
  std::vector<uint32_t> known; // by `<`: 0 not tried, `fails`, or the index behind its `>`
  bool hitBound = false;
};

} // namespace async::syntax
