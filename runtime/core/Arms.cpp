// Arms.cpp: futures that run in turns in one task (std's Arms: join, race, timeout).
//
// Arm::head.state  0 not started, 1 runs, 2 ended and in the queue of the group, 3 given or cancelled.
// Group     the first arm holds what is common. `waiter`: the leaf that waits for the group, while it does. All in one task: no atomics.
// Opened    the group is in the list of its task while an arm of it runs, so that requests to stop reach it while nobody waits for it.
#include "runtime/core/Scheduler.h"

namespace async::core {

using abi::Arm;

namespace {

enum ArmState : uint32_t { NotStarted, Started, Ended, Given };

struct ArmsLeaf : OpsLeaf {
  Arm *arms;
  uint64_t count;
  uint64_t stopped; // the wait was cancelled
};
static_assert(sizeof(ArmsLeaf) == 64);

bool stopArms(Worker *worker, Leaf *leaf);
bool doNotStop(Worker *, Leaf *) { return false; }

// Nothing wakes these leaves: the last arm goes on with their caller.
constexpr LeafOps nextOps{"several futures", &stopArms, nullptr}, endOps{"several futures", &doNotStop, nullptr};

Arm *takeEnded(Arm *base) {
  Arm *arm = base->firstEnded;
  if (!arm)
    return nullptr;
  base->firstEnded = arm->next;
  if (!base->firstEnded)
    base->lastEnded = nullptr;
  arm->head.state = Given;
  return arm;
}

void beginStop(Worker *worker, Arm *base) {
  if (base->cancelling || base->running == 0)
    return;
  base->cancelling = 1;
  runningTask(worker)->stops |= StopArms;
}

void startArm(Worker *worker, Arm *base, Arm *arm) {
  arm->head.resume = &armEnded;
  arm->head.cont = nullptr;
  arm->head.state = Started;
  arm->base = base;
  uint64_t running = worker->running;
  if (base->running++ == 0) {
    linkOpened(runningTask(worker), &base->opened, openedGroup);
    base->shielded = (running & leafShielded) != 0;
  }
  worker->running = running & ~uint64_t{leafShielded};
  Frame *frame = arm->frame;
  frame->cont = &arm->head;
  async_frame_started(frame); // its arguments are no longer there to drop
  frame->resume(worker, frame, abi::Ready, 0, 0);
  worker->running = running;
}

// What the waiting leaf gives, if it can: the number of an arm, -1 for none.
struct Next {
  bool isReady;
  int64_t status, index;
};
Next next(Arm *base, const ArmsLeaf *leaf) {
  if (leaf->ops == &endOps)
    return {base->running == 0, abi::Ready, 0};
  if (leaf->stopped)
    return {base->running == 0, abi::Cancelled, 0};
  if (Arm *arm = takeEnded(base))
    return {true, abi::Ready, arm - base};
  return {base->running == 0 && base->started == leaf->count, abi::Ready, -1};
}

} // namespace

// The resume of an arm: its future has ended.
ASYNC_RESUME void armEnded(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) {
  auto *arm = reinterpret_cast<Arm *>(frame);
  Arm *base = arm->base;
  arm->status = static_cast<uint64_t>(status);
  arm->v0 = v0;
  arm->v1 = v1;
  if (--base->running == 0) {
    unlinkOpened(&base->opened);
    base->cancelling = 0;
  }
  if (status == abi::Cancelled) {
    arm->head.state = Given;
  } else {
    arm->head.state = Ended;
    arm->next = nullptr;
    (base->lastEnded ? base->lastEnded->next : base->firstEnded) = arm;
    base->lastEnded = arm;
  }
  auto *leaf = static_cast<ArmsLeaf *>(base->waiter);
  if (!leaf)
    return; // whoever has the arms is running and will look
  Next outcome = next(base, leaf);
  if (!outcome.isReady)
    return;
  base->waiter = nullptr;
  worker->running = leaf->owner & ~leafKindMask;
  Frame *cont = leaf->cont;
  [[clang::musttail]] return cont->resume(worker, cont, outcome.status, static_cast<uint64_t>(outcome.index), 0);
}

bool isRunning(const Arm *arm) { return arm->head.state == Started; }

Arm *groupOf(Leaf *leaf) {
  const LeafOps *ops = opsOf(leaf);
  return ops == &nextOps || ops == &endOps ? static_cast<ArmsLeaf *>(leaf)->arms : nullptr;
}

namespace {

// The wait itself was cancelled: the arms are, and it ends when the last one has.
bool stopArms(Worker *worker, Leaf *waiting) {
  auto *leaf = static_cast<ArmsLeaf *>(waiting);
  leaf->stopped = 1;
  beginStop(worker, leaf->arms);
  return false;
}

Outcome waitFor(Worker *worker, Frame *frame, Arm *arms, uint64_t count, const LeafOps *ops) {
  auto *leaf = reinterpret_cast<ArmsLeaf *>(frame);
  leaf->arms = arms;
  leaf->count = count;
  leaf->stopped = 0;
  beginWait(worker, leaf, ops);
  arms->waiter = leaf;
  return pendingOutcome;
}

} // namespace

} // namespace async::core

using namespace async::core;

extern "C" {

ASYNC_START Outcome async_arms_next(Worker *worker, Frame *frame, Arm *arms, int64_t count) {
  if (count <= 0)
    return ready(static_cast<uint64_t>(-1));
  auto total = static_cast<uint64_t>(count);
  for (;;) {
    if (Arm *arm = takeEnded(arms))
      return ready(static_cast<uint64_t>(arm - arms));
    if (arms->started == total)
      break;
    startArm(worker, arms, &arms[arms->started++]);
  }
  if (arms->running == 0)
    return ready(static_cast<uint64_t>(-1));
  return waitFor(worker, frame, arms, total, &nextOps);
}

ASYNC_START Outcome async_arms_cancel(Worker *worker, Frame *frame, Arm *arms, int64_t count) {
  if (count <= 0)
    return ready();
  for (auto total = static_cast<uint64_t>(count); arms->started < total; ++arms->started) {
    Arm &arm = arms[arms->started]; // it never starts
    arm.head.state = Given;
    arm.status = async::abi::Cancelled;
  }
  beginStop(worker, arms);
  if (arms->running > 0)
    deliverStops(worker, runningTask(worker), arms);
  if (arms->running == 0)
    return ready();
  return waitFor(worker, frame, arms, static_cast<uint64_t>(count), &endOps);
}
}
