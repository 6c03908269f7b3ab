// Cst.h: what the parser has matched, flat: rules and tokens in the order they were entered, each knowing where it ends.
//
// It takes the place of ANTLR's tree, which costs a third of the time and most of the memory. Walk the children of n by
// `for (c = n + 1; c < end(n); c = end(c))`.
#pragma once
#include <cstdint>
#include <vector>

namespace async::syntax {

using Node = uint32_t;

struct CstNode {
  uint32_t kind = 0;                      // a rule's number, or a token's type with `tokenBit`
  Node end = 0;                           // the node behind the last descendant
  uint32_t firstToken = 0, lastToken = 0; // lastToken is one behind
  bool broken = false;                    // a mistake in it was reported; what it holds is incomplete
};

struct Cst {
  static constexpr uint32_t tokenBit = 1u << 31;
  std::vector<CstNode> nodes;
};

} // namespace async::syntax
