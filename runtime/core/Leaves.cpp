// Leaves.cpp: events, and what Hot.cpp has not of those of one thread.
#include "runtime/core/Waits.h"

namespace async::core {

namespace {

struct EventLeaf : OpsLeaf {
  uint64_t *event;
};
static_assert(sizeof(EventLeaf) == 48);

bool cancelEvent(Worker *, Leaf *leaf) {
  uint64_t expected = reinterpret_cast<uint64_t>(leaf);
  return Real::cas(static_cast<EventLeaf *>(leaf)->event, expected, eventUnset);
}

constexpr LeafOps eventOps{"an event", &cancelEvent, nullptr};

} // namespace

bool cancelLocalEvent(Leaf *leaf) {
  uint64_t *event = static_cast<LocalEventLeaf *>(leaf)->event;
  if (*event != reinterpret_cast<uint64_t>(leaf))
    return false;
  *event = eventUnset;
  return true;
}

} // namespace async::core

using namespace async::core;

extern "C" {

ASYNC_START Outcome async_event_wait(Worker *worker, Frame *frame, uint64_t *event) {
  auto *leaf = reinterpret_cast<EventLeaf *>(frame);
  leaf->event = event;
  beginWait(worker, leaf, &eventOps);
  uint64_t old = Real::load(event);
  if (old == eventUnset && Real::cas(event, old, reinterpret_cast<uint64_t>(leaf)))
    return pendingOutcome;
  Real::exchange(event, eventUnset); // it was set
  return ready();
}

void async_event_set(uint64_t *event) {
  uint64_t old = Real::load(event);
  do
    if (old == eventSet)
      return;
  while (!Real::cas(event, old, old == eventUnset ? eventSet : eventUnset));
  if (old != eventUnset)
    wakeLeaf(currentWorker(), reinterpret_cast<Leaf *>(old));
}

void async_local_event_set(uint64_t *event) {
  uint64_t old = *event;
  *event = old > eventSet ? eventUnset : eventSet;
  if (old > eventSet)
    wakeLeaf(currentWorker(), reinterpret_cast<Leaf *>(old));
}

Worker *async_current_worker(void) { return currentWorker(); }
}
