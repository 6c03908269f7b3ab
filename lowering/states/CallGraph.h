// CallGraph.h: which async functions await which, in groups that call each other. Callees come before their callers, so that a frame's size is known
// where it becomes part of another.
#pragma once
#include "lowering/mono/Mono.h"

namespace async::states {

class CallGraph {
public:
  explicit CallGraph(const mono::Mono &mono);
  const std::vector<uint32_t> &calleesFirst() const { return order; }
  // Whether a callee's frame would lie in itself.
  bool sameGroup(uint32_t caller, uint32_t callee) const { return group[caller] == group[callee]; }

private:
  std::vector<uint32_t> order;
  std::vector<uint32_t> group; // by instance
};

} // namespace async::states
