#include "runtime/core/Scheduler.h"

#include <stdlib.h>

#include "runtime/core/Describe.h"
#include "runtime/core/Panic.h"
#include "runtime/core/Parking.h"

namespace async::core {

Runtime runtime;
thread_local Worker *threadWorker = nullptr;

ASYNC_RESUME void handOn(Worker *worker, Frame *leaf, int64_t status, uint64_t v0, uint64_t v1) {
  Frame *cont = leaf->cont;
  [[clang::musttail]] return cont->resume(worker, cont, status, v0, v1);
}

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
  if (Word::wake(&leaf->task->word, leaf)) {
    uint64_t entry = reinterpret_cast<uint64_t>(leaf) | 1;
    if (__builtin_expect(worker != nullptr, true))
      runtime.world->submit(worker, entry);
    else
      inject(entry);
  }
}

void wakeLeafLater(Worker *worker, Leaf *leaf) {
  if (Word::wake(&leaf->task->word, leaf))
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

inline void resumeLeaf(Worker *worker, Leaf *leaf, int64_t status) {
  unlinkWait(leaf);
  worker->shield = leaf->head.state & leafShielded;
  leaf->head.resume(worker, &leaf->head, status, leaf->value, 0);
}

void runList(Worker *worker, Task *task) {
  uint64_t word = Word::take(&task->word);
  if (word & Word::Cancel)
    task->cancelSeen = 1;
  Leaf *oldest = nullptr; // the list has the newest first
  for (Leaf *leaf = Word::list(word); leaf;) {
    Leaf *next = leaf->next;
    leaf->next = oldest;
    oldest = leaf;
    leaf = next;
  }
  while (oldest) {
    Leaf *leaf = oldest;
    oldest = leaf->next;
    resumeLeaf(worker, leaf, abi::Ready);
  }
}

void startTask(Worker *worker, Task *task) {
  worker->shield = 0;
  int64_t status = abi::Ready;
  if (__builtin_expect(Real::loadRelaxed(&task->word) & Word::Cancel, false)) {
    uint64_t word = Word::take(&task->word); // nothing waits yet: the list is empty
    task->cancelSeen = (word & Word::Cancel) != 0;
    status = abi::Cancelled;
  }
  Frame *body = bodyOf(task);
  body->resume(worker, body, status, 0, 0);
}

// Leaves that yielded go to the end of the queue; a sibling that was woken meanwhile is not overtaken for ever.
void requeueYielded(Worker *worker, Task *task) {
  Leaf *leaf = worker->yielded;
  worker->yielded = nullptr;
  if (!leaf->next && Word::isQuiet(&task->word)) {
    pushEntry(worker, reinterpret_cast<uint64_t>(leaf) | 1);
    return;
  }
  Leaf *oldest = nullptr;
  while (leaf) {
    Leaf *next = leaf->next;
    leaf->next = oldest;
    oldest = leaf;
    leaf = next;
  }
  while (oldest) {
    Leaf *next = oldest->next;
    Word::defer(&task->word, oldest);
    oldest = next;
  }
  pushEntry(worker, reinterpret_cast<uint64_t>(task));
}

// Behind a run that did not end the task.
inline void leaveTask(Worker *worker, Task *task) {
  if (__builtin_expect(task->cancelSeen | task->cancelling | (Real::loadRelaxed(&task->failing) != nullptr), false)) {
    deliverStops(worker, task, nullptr);
    if (worker->task != task)
      return;
  }
  worker->task = nullptr;
  if (worker->yielded)
    requeueYielded(worker, task);
  else if (__builtin_expect(!Word::park(&task->word), false))
    pushEntry(worker, reinterpret_cast<uint64_t>(task));
}

} // namespace

void runEntry(Worker *worker, uint64_t entry) {
  worker->budget = budgetOfRun;
  Task *task;
  if (__builtin_expect(entry & 1, true)) {
    auto *leaf = reinterpret_cast<Leaf *>(entry & ~uint64_t{7});
    task = worker->task = leaf->task;
    resumeLeaf(worker, leaf, abi::Ready);
  } else if (entry & 2) {
    task = worker->task = reinterpret_cast<Task *>(entry & ~uint64_t{7});
    startTask(worker, task);
  } else {
    task = worker->task = reinterpret_cast<Task *>(entry);
    runList(worker, task);
  }
  if (worker->task) // else it has ended
    leaveTask(worker, task);
}

namespace {

// The frame that opened a scope holds it.
bool isFrameOf(const Frame *frame, const Scope *scope) {
  if (scope->frame)
    return scope->frame == frame;
  const abi::FrameDescriptor *descriptor = descriptorOf(frame);
  return descriptor && reinterpret_cast<uintptr_t>(scope) - reinterpret_cast<uintptr_t>(frame) < descriptor->frameSize;
}

// Something around the leaf has to stop: its task, a scope that encloses it, or a group of arms.
bool wantsStop(Task *task, Leaf *leaf, abi::Arm *only) {
  if (task->cancelSeen && isCut(task))
    return true;
  if (leaf->head.state & leafShielded)
    return false;
  if (task->cancelSeen && !only)
    return true;
  Scope *failing = Real::load(&task->failing);
  for (Frame *frame = &leaf->head; frame && frame != frameOf(task);) {
    for (Scope *scope = only ? nullptr : failing; scope; scope = scope->nextFailing) {
      if (!isFrameOf(frame, scope))
        continue;
      if (kindOf(leaf) == ScopeLeafKind && scopeOf(leaf) == scope)
        continue; // its body has ended
      scope->bodyStopped = 1;
      return true;
    }
    if (frame->resume == &armEnded) {
      abi::Arm *base = reinterpret_cast<abi::Arm *>(frame)->base;
      if (base->cancelling && (!only || only == base))
        return true;
    }
    frame = awaiterOf(frame);
  }
  return false;
}

} // namespace

void deliverStops(Worker *worker, Task *task, abi::Arm *only) {
  for (bool progress = true; progress;) {
    progress = false;
    Leaf *todo = task->leaves;
    task->leaves = nullptr;
    if (todo)
      todo->waitLink = &todo;
    while (Leaf *leaf = todo) {
      unlinkWait(leaf);
      linkWait(leaf, task->leaves);
      if (!wantsStop(task, leaf, only) || !cancelWait(worker, leaf))
        continue;
      progress = true;
      uint32_t shield = worker->shield;
      resumeLeaf(worker, leaf, abi::Cancelled);
      worker->shield = shield;
      if (worker->task != task)
        return;
    }
  }
}

bool cancelWait(Worker *worker, Leaf *leaf) {
  switch (kindOf(leaf)) {
  case JoinLeafKind: return cancelJoin(leaf);
  case TimerLeafKind: return cancelTimer(worker, leaf);
  case IoLeafKind: return cancelIo(leaf);
  case SignalLeafKind: return cancelSignal(leaf);
  case EventLeafKind: return cancelEvent(leaf);
  case YieldLeafKind: leaf->head.state |= leafStopped; return false;
  case ScopeLeafKind: passToScope(worker, leaf); return false;
  case ArmsLeafKind: stopArms(worker, leaf); return false;
  case ArmsEndLeafKind: return false;
  }
  return false;
}

namespace {

uint64_t takeLast(Worker *worker) { return Real::exchange(&worker->last, uint64_t{0}); }

uint64_t nextEntry(Worker *worker) {
  uint32_t tick = worker->tick + 1;
  Real::storeRelaxed(&worker->tick, tick);
  if (__builtin_expect((tick & 63) == 0, false))
    pollSources(worker);
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
    if (__builtin_expect(entry != 0, true)) {
      runEntry(worker, entry);
      if (__builtin_expect(Real::loadRelaxed(&runtime.phase) == Over, false))
        return;
    } else if (!runtime.world->idle(worker)) {
      return;
    }
  }
}

// The stack grows by what runs here, as for a call.
void runUntilEnded(Worker *worker, Task *task) {
  Task *running = worker->task;
  Leaf *yielded = worker->yielded;
  uint32_t shield = worker->shield;
  int32_t budget = worker->budget;
  worker->task = nullptr;
  worker->yielded = nullptr;
  while (!hasEnded(task)) {
    uint64_t entry = nextEntry(worker);
    if (entry)
      runEntry(worker, entry);
    else if (!runtime.world->idle(worker))
      break;
  }
  worker->task = running;
  worker->yielded = yielded;
  worker->shield = shield;
  worker->budget = budget;
}

} // namespace async::core
