// Walk.h: the leaves that wait in a task, found from the outside in. The state of each suspended frame says where what it awaits lies; where several
// futures are awaited, the walk goes on in each. Nothing is written down when a wait begins, so a wait costs nothing for this.
//
// Needs     every frame below the start is suspended, and has a descriptor. `LeafWalk(task)`: the task is not running.
// Cost      O(frames). Memory: a list of groups through `cont` of their first arms, which is not used otherwise.
// Changes   no code of the task may run between two calls of `next`; requests to stop may be taken out of where they wait (cancelWait).
#pragma once
#include "runtime/core/Runtime.h"

namespace async::core {

class LeafWalk {
public:
  explicit LeafWalk(Task *task);                       // all of the task
  explicit LeafWalk(abi::Arm *group) : group(group) {} // what the arms of the group wait for

  Leaf *next(); // null: there are no more

private:
  Frame *nextChain();
  void add(abi::Arm *other);

  Frame *body = nullptr;
  abi::Arm *group = nullptr; // whose arms are walked
  uint64_t at = 0;           // the next arm of it
  abi::Arm *later = nullptr; // groups to come
};

// The scope's frame is the one that holds it.
bool isFrameOf(const Frame *frame, const Scope *scope);

// Calls `visit` with each scope and each first arm that the task has open, the last one first.
template <typename VisitScope, typename VisitGroup> void eachOpened(Task *task, VisitScope visitScope, VisitGroup visitGroup) {
  for (uint64_t link = task->opened; !(link & 1);) {
    auto *opened = reinterpret_cast<abi::Opened *>(link & ~uint64_t{2});
    uint64_t next = opened->next;
    if (link & 2)
      visitGroup(reinterpret_cast<abi::Arm *>(reinterpret_cast<char *>(opened) - offsetof(abi::Arm, opened)));
    else
      visitScope(reinterpret_cast<Scope *>(reinterpret_cast<char *>(opened) - offsetof(Scope, opened)));
    link = next;
  }
}

} // namespace async::core
