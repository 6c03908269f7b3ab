// Leaves.cpp: yielding, events, and shields.
#include "runtime/core/Scheduler.h"

namespace async::core {

namespace {

ASYNC_RESUME void yieldEnded(Worker *worker, Frame *leaf, int64_t status, uint64_t, uint64_t) {
  Frame *cont = leaf->cont;
  if (leaf->state & leafStopped)
    status = abi::Cancelled;
  [[clang::musttail]] return cont->resume(worker, cont, status, 0, 0);
}

constexpr uint64_t eventUnset = 0, eventSet = 1; // else the leaf that waits

struct EventLeaf : Leaf {
  uint64_t *event;
};
static_assert(sizeof(EventLeaf) <= 80);

} // namespace

bool cancelEvent(Leaf *leaf) {
  uint64_t expected = reinterpret_cast<uint64_t>(leaf);
  return Real::cas(static_cast<EventLeaf *>(leaf)->event, expected, eventUnset);
}

} // namespace async::core

using namespace async::core;

extern "C" {

ASYNC_START Outcome async_yield_now(Worker *worker, Frame *frame) {
  auto *leaf = reinterpret_cast<Leaf *>(frame);
  leaf->value = 0;
  beginWait(worker, leaf, YieldLeafKind, &yieldEnded);
  leaf->next = worker->yielded;
  worker->yielded = leaf;
  return pendingOutcome;
}

ASYNC_START Outcome async_event_wait(Worker *worker, Frame *frame, uint64_t *event) {
  uint64_t expected = eventSet;
  if (Real::load(event) == eventSet && Real::cas(event, expected, eventUnset))
    return ready();
  auto *leaf = reinterpret_cast<EventLeaf *>(frame);
  leaf->event = event;
  leaf->value = 0;
  beginWait(worker, leaf, EventLeafKind, &handOn);
  expected = eventUnset;
  if (Real::cas(event, expected, reinterpret_cast<uint64_t>(leaf)))
    return pendingOutcome;
  unlinkWait(leaf);
  Real::exchange(event, eventUnset); // it was set meanwhile
  return ready();
}

void async_event_set(uint64_t *event) {
  uint64_t old = Real::load(event);
  for (;;) {
    if (old == eventSet)
      return;
    if (Real::cas(event, old, old == eventUnset ? eventSet : eventUnset))
      break;
  }
  if (old != eventUnset)
    wakeLeaf(currentWorker(), reinterpret_cast<Leaf *>(old));
}

uint32_t async_shield_begin(Worker *worker) {
  uint32_t old = worker->shield;
  worker->shield = leafShielded;
  return old;
}

void async_shield_end(Worker *worker, uint32_t old) { worker->shield = old; }

Worker *async_current_worker(void) { return currentWorker(); }
}
