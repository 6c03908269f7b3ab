// Scheduler.h: what leaves, tasks and sources of events ask of the scheduler.
//
// Waiting   a leaf's start calls beginWait, puts the leaf where it will be woken, and gives Pending. The wake-up resumes the leaf's caller with
//           (Ready, value), or the leaf's own `resume` if its LeafOps have one; cancellation resumes it with Cancelled after `cancelWait` has taken the
//           leaf out of where it waited. No list of waiting leaves is kept: Walk.h finds them.
// Thread    wakeLeaf and submitTask: any; the worker is the one of the calling thread, or null. The rest: the owner of the task.
#pragma once
#include "runtime/core/Runtime.h"

namespace async::core {

// Leaf::owner beside the task's address. The kinds from StoppedYield on are not resumed directly.
constexpr uint64_t leafShielded = 1;
enum LeafKind : uint64_t { YieldKind = 0 << 1, LocalEventKind = 1 << 1, JoinKind = 2 << 1, PlainKind = 3 << 1, StoppedYieldKind = 4 << 1, HookedKind = 5 << 1 };
constexpr uint64_t leafKindMask = 14, leafIndirect = 8, taskMask = ~uint64_t{15};

// What PlainKind and HookedKind leaves are.
struct LeafOps {
  const char *name;                           // what it waits for, in reports
  bool (*cancel)(Worker *worker, Leaf *leaf); // see cancelWait
  abi::Resume resume;                         // Hooked: gets the outcome in place of the caller
};
struct OpsLeaf : Leaf {
  const LeafOps *ops;
};

// Task::stops. While any is set, what waits is looked at behind each run.
enum Stop : uint8_t {
  StopTask = 1,   // a request to stop the whole task was taken from the word
  StopScopes = 2, // some scope wants its body to stop (Scope::stopsBody)
  StopArms = 4,   // some group of arms is being stopped
};

constexpr int32_t budgetOfRun = 128;
constexpr Outcome pendingOutcome{abi::Pending, 0, 0};
constexpr Outcome ready(uint64_t value = 0) { return {abi::Ready, value, 0}; }

inline Frame *bodyOf(Task *task) { return reinterpret_cast<Frame *>(reinterpret_cast<char *>(task) + abi::bodyOffset); }
inline Frame *frameOf(Task *task) { return reinterpret_cast<Frame *>(task); }
inline Task *taskOf(const Leaf *leaf) { return reinterpret_cast<Task *>(leaf->owner & taskMask); }
inline Task *runningTask(const Worker *worker) { return reinterpret_cast<Task *>(worker->running & taskMask); }

inline LeafKind kindOf(const Leaf *leaf) { return static_cast<LeafKind>(leaf->owner & leafKindMask); }
// Null: the leaf has none.
inline const LeafOps *opsOf(const Leaf *leaf) {
  LeafKind kind = kindOf(leaf);
  return kind == PlainKind || kind == HookedKind ? static_cast<const OpsLeaf *>(leaf)->ops : nullptr;
}

inline void beginWait(Worker *worker, Leaf *leaf, LeafKind kind) { leaf->owner = worker->running | kind; }
inline void beginWait(Worker *worker, OpsLeaf *leaf, const LeafOps *ops) {
  leaf->ops = ops;
  leaf->value = 0;
  beginWait(worker, leaf, ops->resume ? HookedKind : PlainKind);
}
// Goes behind what is in the queue. At most one run of the owner lies between.
inline void yieldTurn(Worker *worker, Leaf *leaf) {
  leaf->next = worker->yielded;
  worker->yielded = leaf;
}

void wakeLeaf(Worker *worker, Leaf *leaf);      // next, on this worker
void wakeLeafLater(Worker *worker, Leaf *leaf); // after what is in the queue: for batches
void submitTask(Worker *worker, Task *task, uint64_t tag = 0);
void cancelTask(Worker *worker, Task *task);
void cutTask(Worker *worker, Task *task); // rules.md O2: its awaits end at once, shielded ones too

// Stops those waits of the task that something asks to stop; `only`: those under this group of arms. The task may have ended when it returns.
void deliverStops(Worker *worker, Task *task, abi::Arm *only);
bool cancelWait(Worker *worker, Leaf *leaf); // true: it no longer waits and is resumed as cancelled. Asking again is harmless

void runLoop(Worker *worker);                   // until the run is over
void runUntilEnded(Worker *worker, Task *task); // sets the running task aside
bool pollSources(Worker *worker);               // timers, signals, entries from outside; true: something may be runnable
void pushEntry(Worker *worker, uint64_t entry); // to the ring
void inject(uint64_t entry);

// Arms.cpp
ASYNC_RESUME void armEnded(Worker *worker, Frame *arm, int64_t status, uint64_t v0, uint64_t v1);
bool isRunning(const abi::Arm *arm);
abi::Arm *groupOf(Leaf *leaf); // that the leaf waits for; null: it is no such leaf
// Scope.cpp
void cancelScope(Worker *worker, Scope *scope, bool cuts = false);
void stopTimer(Worker *worker, Scope *scope);                                   // under its lock: if nobody but the timer is waited for
void recordFailure(Worker *worker, Scope *scope, int64_t kind, uint64_t value); // 1: an error; 3: a panic
Scope *scopeOf(Leaf *leaf);                                                     // that the leaf waits for; null: it is no such leaf
// Task.cpp
Task *joinedBy(Leaf *leaf); // null: it is no such leaf
bool cancelJoin(Leaf *leaf);
ASYNC_RESUME void taskFinished(Worker *worker, Frame *task, int64_t status, uint64_t v0, uint64_t v1);
void freeTask(Worker *worker, Task *task);
bool hasEnded(Task *task);
void stopTask(Worker *worker, Task *task, bool cuts);
const abi::SpawnInfo *infoOf(const Task *task);
// Leaves.cpp
bool cancelLocalEvent(Leaf *leaf);
// Signals.cpp
bool handleSignals(Worker *worker);
// Start.cpp
void beginEnd(Worker *worker);
void endIfDone(Worker *worker);
void startThreads();

// Task::opened.
constexpr uint64_t openedEnd = 1, openedGroup = 2;
inline void linkOpened(Task *task, abi::Opened *opened, uint64_t tag) {
  uint64_t next = opened->next = task->opened;
  opened->link = &task->opened;
  if (!(next & openedEnd))
    reinterpret_cast<abi::Opened *>(next & ~openedGroup)->link = &opened->next;
  task->opened = reinterpret_cast<uint64_t>(opened) | tag;
}
inline void unlinkOpened(abi::Opened *opened) {
  *opened->link = opened->next;
  if (!(opened->next & openedEnd))
    reinterpret_cast<abi::Opened *>(opened->next & ~openedGroup)->link = opened->link;
  opened->link = nullptr;
}

} // namespace async::core
