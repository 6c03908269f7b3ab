// Leaves.cpp: what is left of leaves that Hot.cpp has not.
#include "runtime/core/Waits.h"

namespace async::core {

bool cancelEvent(Leaf *leaf) {
  uint64_t *event = static_cast<EventLeaf *>(leaf)->event;
  if (*event != reinterpret_cast<uint64_t>(leaf))
    return false;
  *event = eventUnset;
  return true;
}

} // namespace async::core

using namespace async::core;

extern "C" {

void async_event_set(uint64_t *event) {
  uint64_t old = *event;
  *event = old > eventSet ? eventUnset : eventSet;
  if (old > eventSet)
    wakeLeaf(currentWorker(), reinterpret_cast<Leaf *>(old));
}

Worker *async_current_worker(void) { return currentWorker(); }
}
