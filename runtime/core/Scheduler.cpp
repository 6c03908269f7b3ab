#include "runtime/core/Scheduler.h"

#include <stdlib.h>

#include "runtime/core/Describe.h"
#include "runtime/core/Panic.h"
#include "runtime/core/Parking.h"
#include "runtime/core/Walk.h"

namespace async::core {

Runtime runtime;
thread_local Worker *threadWorker = nullptr;

void pushEntry(Worker *worker, uint64_t entry) {
  if (__builtin_expect(worker->ring.push(entry), true))
    return;
  writeError("out of memory\n");
  abort();
}

void inject(uint64_t entry) {
  {
    sync::SpinLock held(runtime.injectorLock);
    if (runtime.injectorSize == runtime.injectorCapacity) {
      uint32_t capacity = runtime.injectorCapacity ? runtime.injectorCapacity * 2 : 64;
      void *larger = realloc(runtime.injector, capacity * sizeof(uint64_t));
      if (!larger) {
        writeError("out of memory\n");
        abort();
      }
      runtime.injector = static_cast<uint64_t *>(larger);
      runtime.injectorCapacity = capacity;
    }
    runtime.injector[runtime.injectorSize] = entry;
    Real::store(&runtime.injectorSize, runtime.injectorSize + 1); // release: for the look of parkers
  }
  notify();
}

void wakeLeaf(Worker *worker, Leaf *leaf) {
  if (Word::wake(&taskOf(leaf)->word, leaf)) {
    uint64_t entry = reinterpret_cast<uint64_t>(leaf) | 1;
    if (__builtin_expect(worker != nullptr, true))
      runtime.world->submit(worker, entry);
    else
      inject(entry);
  }
}

void wakeLeafLater(Worker *worker, Leaf *leaf) {
  if (Word::wake(&taskOf(leaf)->word, leaf))
    pushEntry(worker, reinterpret_cast<uint64_t>(leaf) | 1);
}

void submitTask(Worker *worker, Task *task, uint64_t tag) {
  uint64_t entry = reinterpret_cast<uint64_t>(task) | tag;
  if (worker)
    runtime.world->submit(worker, entry);
  else
    inject(entry);
}

void cancelTask(Worker *worker, Task *task) {
  if (Word::request(&task->word, Word::Cancel))
    submitTask(worker, task);
}

void cutTask(Worker *worker, Task *task) {
  Real::store(&task->mark, static_cast<uint8_t>(abi::TaskCut)); // release: seen with the request
  cancelTask(worker, task);
}

namespace {

bool isCut(const Task *task) { return Real::load(&task->mark) == abi::TaskCut; }

// What a worker calls: a frame, and how it goes on.
struct Step {
  abi::Resume resume;
  Frame *frame;
  int64_t status;
  uint64_t value;
};

// Also makes the leaf's task the running one, shielded as the wait was.
inline Step stepOf(Worker *worker, Leaf *leaf, int64_t status) {
  uint64_t owner = leaf->owner;
  worker->running = owner & ~leafKindMask;
  if (__builtin_expect(owner & leafIndirect, false)) {
    if (const LeafOps *ops = opsOf(leaf))
      return {ops->resume, reinterpret_cast<Frame *>(leaf), status, leaf->value};
    status = abi::Cancelled; // a yield that was stopped
  }
  return {leaf->cont->resume, leaf->cont, status, leaf->value};
}

inline void take(Worker *worker, const Step &step) { step.resume(worker, step.frame, step.status, step.value, 0); }

inline void resumeLeaf(Worker *worker, Leaf *leaf, int64_t status) { take(worker, stepOf(worker, leaf, status)); }

Leaf *reversed(Leaf *list) {
  Leaf *oldest = nullptr;
  while (list) {
    Leaf *next = list->next;
    list->next = oldest;
    oldest = list;
    list = next;
  }
  return oldest;
}

uint64_t takeWord(Task *task) {
  uint64_t word = Word::take(&task->word);
  if (word & Word::Cancel)
    task->stops |= StopTask;
  if (word & Word::Attend)
    task->stops |= StopScopes;
  return word;
}

void runList(Worker *worker, Task *task) {
  Leaf *leaf = reversed(Word::list(takeWord(task))); // the list has the newest first
  while (leaf) {
    Leaf *next = leaf->next;
    resumeLeaf(worker, leaf, abi::Ready);
    leaf = next;
  }
}

inline Step startOf(Task *task) {
  Frame *body = bodyOf(task);
  int64_t status = abi::Ready;
  if (__builtin_expect(Real::loadRelaxed(&task->word) & Word::Cancel, false)) {
    takeWord(task); // nothing waits yet: the list is empty
    status = abi::Cancelled;
  }
  return {body->resume, body, status, 0};
}

// Leaves that yielded go to the end of the queue; a sibling that was woken meanwhile is not overtaken for ever.
void requeueYielded(Worker *worker, Task *task) {
  Leaf *leaf = worker->yielded;
  worker->yielded = nullptr;
  if (!leaf->next && Word::isQuiet(&task->word)) {
    pushEntry(worker, reinterpret_cast<uint64_t>(leaf) | 1);
    return;
  }
  for (leaf = reversed(leaf); leaf;) {
    Leaf *next = leaf->next;
    Word::defer(&task->word, leaf);
    leaf = next;
  }
  pushEntry(worker, reinterpret_cast<uint64_t>(task));
}

// What still asks for looks: a request that comes meanwhile is taken from the word later.
void refreshStops(Task *task) {
  uint8_t stops = task->stops & StopTask;
  eachOpened(
      task, [&](Scope *scope) { stops |= Real::load(&scope->stopsBody) ? StopScopes : 0; },
      [&](abi::Arm *group) { stops |= group->cancelling ? StopArms : 0; });
  task->stops = stops;
}

// Behind a run that did not end the task.
inline void leaveTask(Worker *worker, Task *task) {
  if (__builtin_expect(task->stops != 0, false)) {
    deliverStops(worker, task, nullptr);
    if (runningTask(worker) != task)
      return;
    refreshStops(task);
  }
  worker->running = 0;
  if (worker->yielded)
    requeueYielded(worker, task);
  else if (__builtin_expect(!Word::park(&task->word), false))
    pushEntry(worker, reinterpret_cast<uint64_t>(task));
}

[[gnu::always_inline]] inline void runEntry(Worker *worker, uint64_t entry) {
  worker->budget = budgetOfRun;
  if (__builtin_expect(entry & 3, true)) { // one call of generated code for both: it saves all registers
    auto *task = reinterpret_cast<Task *>(entry & ~uint64_t{7});
    if (!(entry & 1))
      worker->running = reinterpret_cast<uint64_t>(task);
    take(worker, entry & 1 ? stepOf(worker, reinterpret_cast<Leaf *>(task), abi::Ready) : startOf(task));
  } else {
    worker->running = entry;
    runList(worker, reinterpret_cast<Task *>(entry));
  }
  if (Task *task = runningTask(worker)) // else it has ended
    leaveTask(worker, task);
}

// A scope that wants its body to stop and is open around the frame; not one whose body has ended and that the leaf waits for.
Scope *stoppingScope(Task *task, const Frame *frame, Leaf *leaf) {
  Scope *found = nullptr;
  eachOpened(
      task,
      [&](Scope *scope) {
        if (!found && Real::load(&scope->stopsBody) && isFrameOf(frame, scope) && scopeOf(leaf) != scope)
          found = scope;
      },
      [](abi::Arm *) {});
  return found;
}

// Something around the leaf has to stop: its task, a scope that encloses it, or a group of arms.
bool wantsStop(Task *task, Leaf *leaf, abi::Arm *only) {
  if ((task->stops & StopTask) && isCut(task))
    return true;
  if (leaf->owner & leafShielded)
    return false;
  bool anyScope = !only && (task->stops & StopScopes);
  for (Frame *frame = leaf->cont; frame && frame != frameOf(task);) {
    if (Scope *scope = anyScope ? stoppingScope(task, frame, leaf) : nullptr) {
      scope->bodyStopped = 1;
      return true;
    }
    if (frame->resume == &armEnded) {
      abi::Arm *base = reinterpret_cast<abi::Arm *>(frame)->base;
      if (base->cancelling && (!only || only == base))
        return true;
      if (base->shielded)
        return false;
    }
    frame = awaiterOf(frame);
  }
  return (task->stops & StopTask) && !only;
}

} // namespace

// First all that have to stop are taken out of where they wait, without running any code of the task; then they are resumed. What they begin to wait for
// may have to stop as well.
void deliverStops(Worker *worker, Task *task, abi::Arm *only) {
  for (;;) {
    Leaf *stopped = nullptr;
    LeafWalk walk = only ? LeafWalk(only) : LeafWalk(task);
    while (Leaf *leaf = walk.next())
      if (wantsStop(task, leaf, only) && cancelWait(worker, leaf)) {
        leaf->next = stopped;
        stopped = leaf;
      }
    if (!stopped)
      return;
    for (Leaf *leaf = reversed(stopped); leaf;) {
      Leaf *next = leaf->next;
      uint64_t running = worker->running;
      resumeLeaf(worker, leaf, abi::Cancelled);
      if (runningTask(worker) != task)
        return;
      worker->running = running;
      leaf = next;
    }
  }
}

bool cancelWait(Worker *worker, Leaf *leaf) {
  switch (kindOf(leaf)) {
  case YieldKind:
    leaf->owner |= StoppedYieldKind;
    return false; // it is in the queue: it is resumed as cancelled when its turn comes
  case StoppedYieldKind:
    return false;
  case LocalEventKind:
    return cancelLocalEvent(leaf);
  case JoinKind:
    return cancelJoin(leaf);
  case PlainKind:
  case HookedKind:
    return opsOf(leaf)->cancel(worker, leaf);
  }
  return false;
}

namespace {

uint64_t takeLast(Worker *worker) { return Real::exchange(&worker->last, uint64_t{0}); }

// 0: none, or the run is over.
[[gnu::always_inline]] inline uint64_t nextEntry(Worker *worker) {
  uint32_t tick = worker->tick + 1;
  Real::storeRelaxed(&worker->tick, tick);
  if (__builtin_expect((tick & 63) == 0, false)) {
    if (Real::loadRelaxed(&runtime.phase) == Over)
      return 0;
    pollSources(worker);
  }
  if (Real::loadRelaxed(&worker->last)) {
    uint64_t entry = takeLast(worker);
    if (entry && worker->runOfLast < runtime.world->maxRunOfLast) {
      ++worker->runOfLast;
      return entry;
    }
    if (entry)
      pushEntry(worker, entry);
  }
  worker->runOfLast = 0;
  return __builtin_expect(runtime.world == &realWorld, true) ? worker->ring.pop() : runtime.world->pop(worker);
}

} // namespace

void runLoop(Worker *worker) {
  for (;;) {
    uint64_t entry = nextEntry(worker);
    if (__builtin_expect(entry != 0, true))
      runEntry(worker, entry);
    else if (!runtime.world->idle(worker))
      return;
  }
}

// The stack grows by what runs here, as for a call. The task may end on another worker while this one sleeps (taskFinished).
void runUntilEnded(Worker *worker, Task *task) {
  uint64_t running = worker->running;
  Leaf *yielded = worker->yielded;
  int32_t budget = worker->budget;
  Task *outer = worker->finishing;
  worker->running = 0;
  worker->yielded = nullptr;
  Real::storeRelaxed(&worker->finishing, task);
  Real::add(&runtime.finishing, 1u);
  while (!hasEnded(task)) {
    uint64_t entry = nextEntry(worker);
    if (entry)
      runEntry(worker, entry);
    else if (!runtime.world->idle(worker))
      break;
  }
  Real::add(&runtime.finishing, ~0u);
  Real::storeRelaxed(&worker->finishing, outer);
  worker->running = running;
  worker->yielded = yielded;
  worker->budget = budget;
}

} // namespace async::core
