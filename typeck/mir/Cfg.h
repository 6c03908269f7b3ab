// Cfg.h: the shape of a body: successors, predecessors, order, and what can be reached.
#pragma once
#include <vector>

#include "typeck/mir/Mir.h"

namespace async::mir {

// Successors are numbered: the targets in order, then the unwind edge if there is one.
inline size_t successorCount(const Terminator &terminator) { return terminator.targets.size() + (terminator.unwind.valid() ? 1 : 0); }
inline BlockId successor(const Terminator &terminator, size_t index) {
  return index < terminator.targets.size() ? terminator.targets[index] : terminator.unwind;
}

template <typename F> void forEachSuccessor(const Terminator &terminator, F &&f) {
  for (size_t i = 0; i < successorCount(terminator); ++i)
    f(successor(terminator, i));
}

// By block; a block that branches twice to another is its predecessor twice.
std::vector<std::vector<BlockId>> predecessors(const Body &body);

// The blocks that can be reached from the entry, each before its successors except along back edges.
std::vector<BlockId> reversePostorder(const Body &body);

std::vector<bool> reachable(const Body &body);

// Takes out the blocks that cannot be reached and numbers the rest in their order.
void removeUnreachable(Body &body);

} // namespace async::mir
