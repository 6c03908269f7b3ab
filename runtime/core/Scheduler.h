// Scheduler.h: what leaves, tasks and sources of events ask of the scheduler.
//
// Waiting   a leaf's start calls beginWait, puts the leaf where it will be woken, and gives Pending. The wake-up resumes `head.resume` with (Ready, value);
//           cancellation resumes it with Cancelled after `cancelWait` (Leaves.cpp) has taken the leaf out of where it waited.
// Thread    wakeLeaf and submitTask: any; the worker is the one of the calling thread, or null. The rest: the owner of the task.
#pragma once
#include "runtime/core/Runtime.h"

namespace async::core {

enum LeafKind : uint32_t { JoinLeafKind, ScopeLeafKind, TimerLeafKind, IoLeafKind, SignalLeafKind, EventLeafKind, YieldLeafKind, ArmsLeafKind, ArmsEndLeafKind };
constexpr uint32_t leafKindMask = 0xff;
constexpr uint32_t leafShielded = 0x100;
constexpr uint32_t leafStopped = 0x200; // a yielding leaf that was cancelled, arms whose wait was cancelled

constexpr int32_t budgetOfRun = 128;
constexpr Outcome pendingOutcome{abi::Pending, 0, 0};
constexpr Outcome ready(uint64_t value = 0) { return {abi::Ready, value, 0}; }

inline Frame *bodyOf(Task *task) { return reinterpret_cast<Frame *>(reinterpret_cast<char *>(task) + abi::bodyOffset); }
inline Frame *frameOf(Task *task) { return reinterpret_cast<Frame *>(task); }

inline void linkWait(Leaf *leaf, Leaf *&list) {
  leaf->waitNext = list;
  leaf->waitLink = &list;
  if (list)
    list->waitLink = &leaf->waitNext;
  list = leaf;
}
inline void unlinkWait(Leaf *leaf) {
  *leaf->waitLink = leaf->waitNext;
  if (leaf->waitNext)
    leaf->waitNext->waitLink = leaf->waitLink;
}

inline void beginWait(Worker *worker, Leaf *leaf, LeafKind kind, abi::Resume resume) {
  leaf->head.resume = resume;
  leaf->head.state = kind | (worker->shield ? leafShielded : 0);
  leaf->task = worker->task;
  linkWait(leaf, worker->task->leaves);
}

inline LeafKind kindOf(const Leaf *leaf) { return static_cast<LeafKind>(leaf->head.state & leafKindMask); }

// The resume of leaves that only hand on what woke them.
ASYNC_RESUME void handOn(Worker *worker, Frame *leaf, int64_t status, uint64_t v0, uint64_t v1);

void wakeLeaf(Worker *worker, Leaf *leaf); // next, on this worker
void wakeLeafLater(Worker *worker, Leaf *leaf); // after what is in the queue: for batches
void submitTask(Worker *worker, Task *task, uint64_t tag = 0);
void cancelTask(Worker *worker, Task *task);
void cutTask(Worker *worker, Task *task); // rules.md O2: its awaits end at once, shielded ones too

// Stops those waits of the task that something asks to stop; `only`: those under this group of arms. The task may have ended when it returns.
void deliverStops(Worker *worker, Task *task, abi::Arm *only);
bool cancelWait(Worker *worker, Leaf *leaf); // true: it no longer waits and is resumed as cancelled

void runEntry(Worker *worker, uint64_t entry);
void runLoop(Worker *worker); // until the run is over
void runUntilEnded(Worker *worker, Task *task); // sets the running task aside
bool pollSources(Worker *worker); // timers, signals, entries from outside; true: something may be runnable
void pushEntry(Worker *worker, uint64_t entry); // to the ring
void inject(uint64_t entry);

// Arms.cpp
ASYNC_RESUME void armEnded(Worker *worker, Frame *arm, int64_t status, uint64_t v0, uint64_t v1);
void stopArms(Worker *worker, Leaf *leaf);
// Scope.cpp
void cancelScope(Worker *worker, Scope *scope, bool cuts = false);
void recordFailure(Worker *worker, Scope *scope, int64_t kind, uint64_t value); // 1: an error; 3: a panic
void scopeTaskEnded(Worker *worker, Scope *scope);
Scope *scopeOf(Leaf *leaf); // of a ScopeLeaf
void passToScope(Worker *worker, Leaf *leaf);
// Leaves.cpp
bool cancelJoin(Leaf *leaf);
Task *joinedBy(Leaf *leaf);
bool cancelTimer(Worker *worker, Leaf *leaf);
bool cancelEvent(Leaf *leaf);
// Task.cpp
ASYNC_RESUME void taskFinished(Worker *worker, Frame *task, int64_t status, uint64_t v0, uint64_t v1);
void freeTask(Worker *worker, Task *task);
bool hasEnded(Task *task);
void stopTask(Worker *worker, Task *task, bool cuts);
// Io.cpp, Signals.cpp
bool cancelIo(Leaf *leaf);
bool cancelSignal(Leaf *leaf);
bool handleSignals(Worker *worker);
// Start.cpp
void beginEnd(Worker *worker);
void endIfDone(Worker *worker);
void startThreads();

} // namespace async::core
