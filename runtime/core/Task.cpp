// Task.cpp: spawning and ending tasks, and what their handles ask.
//
// Outcome   when a task has ended, its words lie in the head of the body's frame, which nothing needs any more: v0, v1, status.
// Joiner    0: nobody; a leaf: waits for the end; 1: ended; 2: the handle was given up. One exchange at the end says who owns the outcome, and
//           nothing but that exchange's other side touches the task afterwards: no count of references.
#include "runtime/core/Panic.h"
#include "runtime/core/Scheduler.h"
#include "runtime/core/Words.h"

namespace async::core {

using sync::SpinLock;

constexpr uint64_t joinerEnded = 1, joinerGone = 2;

static uint64_t sizeOfTask(const abi::SpawnInfo *info) {
  return abi::bodyOffset + (info->frameSize < sizeof(Frame) ? sizeof(Frame) : info->frameSize);
}

void freeTask(Worker *worker, Task *task) {
  --worker->counts.tasks;
  const abi::SpawnInfo *info = task->info;
  release(task, sizeOfTask(info));
  if (__builtin_expect((info->frameAlign & abi::hasWords) != 0, false))
    releaseWords(info);
}

namespace {

struct Result {
  int64_t status;
  uint64_t v0, v1;
};

Result resultOf(Task *task) {
  Frame *body = bodyOf(task);
  return {static_cast<int64_t>(body->state), reinterpret_cast<uint64_t>(body->resume), reinterpret_cast<uint64_t>(body->cont)};
}

// The outcome belongs to the scope: nobody awaits the task.
void settle(Worker *worker, Task *task) {
  Result result = resultOf(task);
  if (result.status == abi::Panicked)
    recordFailure(worker, task->scope, 3, result.v0);
  else if (result.status == abi::Ready && task->info->settle)
    if (void *error = task->info->settle(result.v0, result.v1))
      recordFailure(worker, task->scope, 1, reinterpret_cast<uint64_t>(error));
}

struct JoinLeaf : Leaf {
  Task *target;
};
static_assert(sizeof(JoinLeaf) <= 80);

} // namespace

ASYNC_RESUME void taskFinished(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) {
  auto *task = reinterpret_cast<Task *>(frame);
  Frame *body = bodyOf(task);
  body->resume = reinterpret_cast<abi::Resume>(v0);
  body->cont = reinterpret_cast<Frame *>(v1);
  body->state = static_cast<uint32_t>(status);
  Scope *scope = task->scope;
  bool isMain = task == runtime.mainTask;
  Task *held = nullptr; // tasks that may start now
  {
    SpinLock lock(scope->lock); // from here on no request to stop reaches it
    (task->scopePrev ? task->scopePrev->scopeNext : scope->first) = task->scopeNext;
    if (task->scopeNext)
      task->scopeNext->scopePrev = task->scopePrev;
    task->scopeNext = task->scopePrev = nullptr;
    if (__builtin_expect(scope->held != nullptr, false))
      held = takeHeld(scope, task->id);
    if (scope->timer == task)
      scope->timer = nullptr;
  }
  worker->task = nullptr;
  uint64_t joiner = Real::exchange(&task->joiner, joinerEnded); // release: the outcome; acquire: the joining leaf
  if (joiner == joinerGone) {
    settle(worker, task);
    freeTask(worker, task);
  } else if (joiner) {
    wakeLeaf(worker, reinterpret_cast<Leaf *>(joiner));
  }
  submitHeld(worker, held);
  if (isMain)
    beginEnd(worker);
  scopeTaskEnded(worker, scope);
}

Task *joinedBy(Leaf *leaf) { return static_cast<JoinLeaf *>(leaf)->target; }

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
using async::abi::SpawnInfo;

static Outcome join(Worker *worker, Frame *frame, Task *task) {
  if (Real::load(&task->joiner) == joinerEnded) // acquire: the outcome
    return ready();
  auto *leaf = reinterpret_cast<JoinLeaf *>(frame);
  leaf->target = task;
  leaf->value = 0;
  beginWait(worker, leaf, JoinLeafKind, &handOn);
  uint64_t nobody = 0;
  if (Real::cas(&task->joiner, nobody, reinterpret_cast<uint64_t>(leaf)))
    return pendingOutcome;
  unlinkWait(leaf);
  return ready();
}

extern "C" {

Task *async_spawn(Worker *worker, Scope *scope, const SpawnInfo *info) {
  auto *task = static_cast<Task *>(allocate(sizeOfTask(info)));
  if (!scope)
    scope = &runtime.detached;
  task->resume = &taskFinished;
  task->word = Word::Owned;
  task->joiner = 0;
  task->scope = scope;
  task->scopePrev = nullptr;
  task->info = info;
  task->leaves = nullptr;
  task->failing = nullptr;
  task->cancelSeen = task->mark = 0;
  task->cancelling = 0;
  task->id = ++worker->spawned * maxWorkers + worker->index; // no shared counter
  Frame *body = bodyOf(task);
  body->resume = info->start;
  body->cont = frameOf(task);
  body->state = 0;
  ++worker->counts.tasks;
  if (__builtin_expect(worker->words != nullptr || scopeSays(scope), false))
    takeWords(worker, task, scope);
  SpinLock held(scope->lock);
  ++scope->pending;
  task->scopeNext = scope->first;
  if (scope->first)
    scope->first->scopePrev = task;
  scope->first = task;
  if (scope->cancelled)
    task->word |= Word::Cancel; // it never runs
  return task;
}

void async_spawn_submit(Worker *worker, Task *task) {
  if (__builtin_expect(Real::loadRelaxed(&runtime.startedCount) < Real::loadRelaxed(&runtime.workerCount), false))
    startThreads();
  if (__builtin_expect((task->info->frameAlign & async::abi::hasWords) != 0, false) && holdTask(task))
    return;
  submitTask(worker, task, 2);
}

ASYNC_START Outcome async_task_join(Worker *worker, Frame *leaf, Task *task) { return join(worker, leaf, task); }

ASYNC_START Outcome async_task_cancel(Worker *worker, Frame *leaf, Task *task) {
  stopTask(worker, task, false);
  return join(worker, leaf, task);
}

void async_task_finish(Task *task) {
  Worker *worker = currentWorker();
  stopTask(worker, task, true);
  runUntilEnded(worker, task);
}

int64_t async_task_status(Task *task) { return resultOf(task).status; }
uint64_t async_task_word(Task *task, int64_t at) { return at == 0 ? resultOf(task).v0 : resultOf(task).v1; }
void async_task_taken(Task *task) { task->mark = async::abi::TaskTaken; }
int64_t async_task_id(Task *task) { return task->id; }
bool async_task_is_finished(Task *task) { return hasEnded(task); }

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
