// Arms.cpp: futures that run in turns in one task (std's Arms: join, race, timeout).
//
// Arm::head.state  0 not started, 1 runs, 2 ended and in the queue of the group, 3 given or cancelled.
// Group     the first arm holds what is common. `waiter`: the leaf that waits for the group, while it does. All in one task: no atomics.
#include "runtime/core/Scheduler.h"

namespace async::core {

using abi::Arm;

namespace {

enum ArmState : uint32_t { NotStarted, Running, Ended, Given };

struct ArmsLeaf : Leaf {
  Arm *arms;
  uint64_t count;
};
static_assert(sizeof(ArmsLeaf) <= 80);

Arm *takeEnded(Arm *base) {
  Arm *arm = base->firstEnded;
  if (!arm)
    return nullptr;
  base->firstEnded = arm->next;
  if (!base->firstEnded)
    base->lastEnded = nullptr;
  arm->head.state = Given;
  ++base->given;
  return arm;
}

void beginStop(Worker *worker, Arm *base) {
  if (base->cancelling || base->running == 0)
    return;
  base->cancelling = 1;
  ++worker->task->cancelling;
}

void endStop(Worker *worker, Arm *base) {
  if (!base->cancelling)
    return;
  base->cancelling = 0;
  --worker->task->cancelling;
}

void startArm(Worker *worker, Arm *base, Arm *arm) {
  arm->head.resume = &armEnded;
  arm->head.cont = nullptr;
  arm->head.state = Running;
  arm->base = base;
  ++base->running;
  Frame *frame = arm->frame;
  frame->cont = &arm->head;
  async_frame_started(frame); // its arguments are no longer there to drop
  uint32_t shield = worker->shield;
  frame->resume(worker, frame, abi::Ready, 0, 0);
  worker->shield = shield;
}

// What the waiting leaf gives, if it can: the number of an arm, -1 for none.
struct Next {
  bool isReady;
  int64_t status, index;
};
Next next(Arm *base, Leaf *leaf, uint64_t count) {
  if (kindOf(leaf) == ArmsEndLeafKind)
    return {base->running == 0, abi::Ready, 0};
  if (leaf->head.state & leafStopped)
    return {base->running == 0, abi::Cancelled, 0};
  if (Arm *arm = takeEnded(base))
    return {true, abi::Ready, arm - base};
  return {base->running == 0 && base->started == count, abi::Ready, -1};
}

} // namespace

// The resume of an arm: its future has ended.
ASYNC_RESUME void armEnded(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) {
  auto *arm = reinterpret_cast<Arm *>(frame);
  Arm *base = arm->base;
  arm->status = static_cast<uint64_t>(status);
  arm->v0 = v0;
  arm->v1 = v1;
  --base->running;
  if (status == abi::Cancelled) {
    arm->head.state = Given;
    ++base->given;
  } else {
    arm->head.state = Ended;
    arm->next = nullptr;
    (base->lastEnded ? base->lastEnded->next : base->firstEnded) = arm;
    base->lastEnded = arm;
  }
  auto *leaf = static_cast<ArmsLeaf *>(base->waiter);
  if (!leaf)
    return; // whoever has the arms is running and will look
  Next outcome = next(base, leaf, leaf->count);
  if (!outcome.isReady)
    return;
  base->waiter = nullptr;
  if (base->running == 0)
    endStop(worker, base);
  unlinkWait(leaf);
  worker->shield = leaf->head.state & leafShielded;
  Frame *cont = leaf->head.cont;
  [[clang::musttail]] return cont->resume(worker, cont, outcome.status, static_cast<uint64_t>(outcome.index), 0);
}

// The wait itself was cancelled: the arms are, and it ends when the last one has. Nothing wakes these leaves, so they are never resumed as such.
void stopArms(Worker *worker, Leaf *waiting) {
  waiting->head.state |= leafStopped;
  beginStop(worker, static_cast<ArmsLeaf *>(waiting)->arms);
}

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
  auto *leaf = reinterpret_cast<ArmsLeaf *>(frame);
  leaf->arms = arms;
  leaf->count = total;
  leaf->value = 0;
  beginWait(worker, leaf, ArmsLeafKind, &handOn);
  arms->waiter = leaf;
  return pendingOutcome;
}

ASYNC_START Outcome async_arms_cancel(Worker *worker, Frame *frame, Arm *arms, int64_t count) {
  if (count <= 0)
    return ready();
  for (auto total = static_cast<uint64_t>(count); arms->started < total; ++arms->started) {
    Arm &arm = arms[arms->started]; // it never starts
    arm.head.state = Given;
    arm.status = async::abi::Cancelled;
    ++arms->given;
  }
  beginStop(worker, arms);
  if (arms->running > 0)
    deliverStops(worker, worker->task, arms);
  if (arms->running == 0) {
    endStop(worker, arms);
    return ready();
  }
  auto *leaf = reinterpret_cast<ArmsLeaf *>(frame);
  leaf->arms = arms;
  leaf->count = static_cast<uint64_t>(count);
  leaf->value = 0;
  beginWait(worker, leaf, ArmsEndLeafKind, &handOn);
  arms->waiter = leaf;
  return pendingOutcome;
}
}
