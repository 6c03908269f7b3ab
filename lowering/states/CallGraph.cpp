#include "lowering/states/CallGraph.h"

#include <algorithm>

namespace async::states {

namespace {

constexpr uint32_t unseen = UINT32_MAX;

std::vector<uint32_t> awaitedBy(const mono::Mono &mono, uint32_t index) {
  std::vector<uint32_t> callees;
  for (const mir::Block &block : mono.instance(index).body->blocks) {
    const mir::Terminator &terminator = block.terminator;
    if (terminator.kind != mir::Terminator::Kind::AwaitCall)
      continue;
    const mono::Instance &callee = mono.instance(terminator.callee.instance);
    if (callee.isAsync && callee.body)
      callees.push_back(terminator.callee.instance);
  }
  return callees;
}

} // namespace

// Tarjan's groups of mutual recursion, with a stack of our own: programs may nest deeply.
CallGraph::CallGraph(const mono::Mono &mono) : group(mono.count(), unseen) {
  struct Visit {
    uint32_t instance;
    std::vector<uint32_t> callees;
    size_t next = 0;
  };
  std::vector<uint32_t> number(mono.count(), unseen), low(mono.count(), 0), open;
  std::vector<bool> isOpen(mono.count());
  std::vector<Visit> visits;
  uint32_t count = 0, groups = 0;
  auto enter = [&](uint32_t instance) {
    number[instance] = low[instance] = count++;
    open.push_back(instance);
    isOpen[instance] = true;
    visits.push_back({instance, awaitedBy(mono, instance)});
  };
  auto leave = [&](uint32_t instance) {
    if (low[instance] != number[instance])
      return;
    uint32_t member;
    do {
      member = open.back();
      open.pop_back();
      isOpen[member] = false;
      group[member] = groups;
      order.push_back(member);
    } while (member != instance);
    ++groups;
  };
  for (uint32_t root = 0; root < mono.count(); ++root) {
    const mono::Instance &instance = mono.instance(root);
    if (!instance.isAsync || !instance.body || number[root] != unseen)
      continue;
    enter(root);
    while (!visits.empty()) {
      Visit &visit = visits.back();
      uint32_t at = visit.instance;
      if (visit.next < visit.callees.size()) {
        uint32_t callee = visit.callees[visit.next++];
        if (number[callee] == unseen)
          enter(callee);
        else if (isOpen[callee])
          low[at] = std::min(low[at], number[callee]);
        continue;
      }
      visits.pop_back();
      leave(at);
      if (!visits.empty())
        low[visits.back().instance] = std::min(low[visits.back().instance], low[at]);
    }
  }
}

} // namespace async::states
