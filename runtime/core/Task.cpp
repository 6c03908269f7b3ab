// Task.cpp: the end of tasks, and what their handles ask. Spawning and joining are in Hot.cpp.
//
// Outcome   when a task has ended, its words lie in the head of the body's frame, which nothing needs any more.
// Joiner    0: nobody; a leaf: waits for the end; 1: ended; 2: the handle was given up. One exchange at the end says who owns the outcome, and
//           nothing but that exchange's other side touches the task afterwards: no count of references.
#include "runtime/core/Panic.h"
#include "runtime/core/Parking.h"
#include "runtime/core/Waits.h"
#include "runtime/core/Words.h"

namespace async::core {

using sync::SpinLock;

// What it had open it has closed; while it runs, the list is short.
const abi::SpawnInfo *infoOf(const Task *task) {
  uint64_t link = task->opened;
  while (!(link & openedEnd))
    link = reinterpret_cast<const abi::Opened *>(link & ~openedGroup)->next;
  return reinterpret_cast<const abi::SpawnInfo *>(link & ~openedEnd);
}

void freeTask(Worker *worker, Task *task) {
  --worker->counts.tasks;
  const abi::SpawnInfo *info = infoOf(task);
  worker->heap.give(task, sizeOfTask(info));
  if (__builtin_expect((info->frameAlign & abi::hasWords) != 0, false))
    releaseWords(info);
}

namespace {

// The outcome belongs to the scope: nobody awaits the task.
void settle(Worker *worker, Task *task) {
  Outcome result = outcomeOf(task);
  if (result.status == abi::Panicked)
    recordFailure(worker, task->scope, 3, result.v0);
  else if (result.status == abi::Ready && infoOf(task)->settle)
    if (void *error = infoOf(task)->settle(result.v0, result.v1))
      recordFailure(worker, task->scope, 1, reinterpret_cast<uint64_t>(error));
}

// One task less, under the lock: gives who waits for the last one. After the lock, the scope may be gone.
Leaf *countDown(Worker *worker, Scope *scope) {
  if (--scope->pending != 0) {
    stopTimer(worker, scope);
    return nullptr;
  }
  Leaf *waiter = scope->waiter;
  scope->waiter = nullptr;
  return waiter;
}

} // namespace

ASYNC_RESUME void taskFinished(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) {
  auto *task = reinterpret_cast<Task *>(frame);
  Frame *body = bodyOf(task);
  body->resume = reinterpret_cast<abi::Resume>(v0);
  body->cont = reinterpret_cast<Frame *>(v1);
  task->status = static_cast<uint8_t>(status);
  worker->running = 0;
  Scope *scope = task->scope;
  bool isMain = task == runtime.mainTask;
  Leaf *waiter = nullptr;
  Held *held = nullptr; // tasks that may start now
  uint64_t joiner;
  {
    SpinLock lock(scope->lock);
    (task->scopePrev ? task->scopePrev->scopeNext : scope->first) = task->scopeNext; // from here on no request to stop reaches it
    if (task->scopeNext)
      task->scopeNext->scopePrev = task->scopePrev;
    task->scopeNext = task->scopePrev = nullptr;
    if (__builtin_expect(scope->held != nullptr, false))
      held = takeHeld(scope, task->id);
    if (scope->timer == task)
      scope->timer = nullptr;
    joiner = Real::exchange(&task->joiner, joinerEnded); // release: the outcome; acquire: the joining leaf
    if (joiner != joinerGone)
      waiter = countDown(worker, scope);
  }
  Real::lightFence(); // with the heavy one of a worker that parks: it sees the end, or is woken
  if (__builtin_expect(Real::loadRelaxed(&runtime.finishing) != 0, false))
    unparkFinishing();
  if (joiner == joinerGone) { // the scope is needed for the outcome
    settle(worker, task);
    freeTask(worker, task);
    SpinLock lock(scope->lock);
    waiter = countDown(worker, scope);
  } else if (joiner) {
    wakeLeaf(worker, reinterpret_cast<Leaf *>(joiner));
  }
  if (__builtin_expect(held != nullptr, false))
    submitHeld(worker, held);
  if (waiter)
    wakeLeaf(worker, waiter);
  if (isMain)
    beginEnd(worker);
  if (scope == &runtime.detached && Real::load(&runtime.phase) == Ending)
    endIfDone(worker);
}

Task *joinedBy(Leaf *leaf) { return kindOf(leaf) == JoinKind ? static_cast<JoinLeaf *>(leaf)->target : nullptr; }

bool hasEnded(Task *task) { return Real::load(&task->joiner) == joinerEnded; }

// By who has the handle.
void stopTask(Worker *worker, Task *task, bool cuts) {
  if (hasEnded(task))
    return;
  // Under the scope's lock a task that is still linked has not ended, and one that ends waits for it.
  SpinLock held(task->scope->lock);
  bool linked = task->scopePrev || task->scope->first == task;
  if (!linked || hasEnded(task))
    return;
  if (cuts)
    cutTask(worker, task);
  else
    cancelTask(worker, task);
}

bool cancelJoin(Leaf *leaf) {
  uint64_t expected = reinterpret_cast<uint64_t>(leaf);
  return Real::cas(&static_cast<JoinLeaf *>(leaf)->target->joiner, expected, uint64_t{0});
}

} // namespace async::core

using namespace async::core;
using async::abi::Outcome;

extern "C" {

ASYNC_START Outcome async_task_cancel(Worker *worker, Frame *leaf, Task *task) {
  stopTask(worker, task, false);
  return async_task_join(worker, leaf, task);
}

void async_task_cut(Task *task) { stopTask(currentWorker(), task, true); }

void async_task_finish(Task *task) {
  Worker *worker = currentWorker();
  stopTask(worker, task, true);
  runUntilEnded(worker, task);
}

int64_t async_task_id(Task *task) { return task->id; }

void async_task_release(Task *task) {
  Worker *worker = currentWorker();
  uint64_t nobody = 0;
  if (Real::cas(&task->joiner, nobody, joinerGone))
    return;
  if (task->mark != async::abi::TaskTaken)
    settle(worker, task);
  freeTask(worker, task);
}
}
