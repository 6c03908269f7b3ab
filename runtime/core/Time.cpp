// Time.cpp: sleeping.
#include "runtime/core/Reactor.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

namespace {

struct TimerLeaf : OpsLeaf {
  TimerNode node;
};
static_assert(sizeof(TimerLeaf) == 72);

TimerLeaf *leafOf(TimerNode *node) { return reinterpret_cast<TimerLeaf *>(reinterpret_cast<char *>(node) - sizeof(OpsLeaf)); }

bool cancelTimer(Worker *worker, Leaf *leaf) {
  TimerNode &node = static_cast<TimerLeaf *>(leaf)->node;
  if (!node.wheel->remove(&node))
    return false;
  --worker->counts.timers;
  return true;
}

constexpr LeafOps timerOps{"a timer", &cancelTimer, nullptr};

} // namespace

bool fireTimers(Worker *worker, Worker *of) {
  if (Real::loadRelaxed(&of->wheel.count) == 0)
    return false;
  TimerNode *node = of->wheel.takeDue(runtime.world->now());
  if (!node)
    return false;
  while (node) {
    TimerNode *next = node->next;
    --worker->counts.timers;
    wakeLeafLater(worker, leafOf(node));
    node = next;
  }
  return true;
}

} // namespace async::core

using namespace async::core;

extern "C" {

int64_t async_now(void) { return runtime.world ? runtime.world->now() : async::sync::monotonicNow(); }

ASYNC_START Outcome async_sleep_until(Worker *worker, Frame *frame, int64_t deadline) {
  auto *leaf = reinterpret_cast<TimerLeaf *>(frame);
  if (deadline <= runtime.world->now())
    return ready();
  beginWait(worker, leaf, &timerOps);
  ++worker->counts.timers;
  worker->wheel.add(&leaf->node, deadline);
  return pendingOutcome;
}
}
