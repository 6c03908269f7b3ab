// Hot.cpp: what generated code has inlined. It is in the archive like all of the runtime, and also compiled to LLVM bitcode, from which what a program calls
// is linked into it before it is optimised (lowering/llvm/Pipeline.h).
//
// Rule      only what is the same in the real and in the simulated world, and small: stores into leaves, tasks and the worker. Decisions and outside facts
//           are calls, through World where the worlds differ. No thread-local variables: the JIT has none; the worker is an argument.
// Identity  a function whose address is compared with anything (armEnded) must not be here: a program has its own copy.
#include "runtime/core/Scheduler.h"
#include "runtime/core/Waits.h"
#include "runtime/core/Words.h"

using namespace async::core;
using async::abi::SpawnInfo;

extern "C" {

ASYNC_START Outcome async_yield_now(Worker *worker, Frame *frame) {
  auto *leaf = reinterpret_cast<Leaf *>(frame);
  beginWait(worker, leaf, YieldKind);
  yieldTurn(worker, leaf);
  return pendingOutcome;
}

ASYNC_START Outcome async_local_event_wait(Worker *worker, Frame *frame, uint64_t *event, uint64_t caller) {
  if (*event == eventSet) {
    *event = eventUnset;
    return ready();
  }
  auto *leaf = reinterpret_cast<LocalEventLeaf *>(frame);
  leaf->event = event;
  beginWait(worker, leaf, LocalEventKind);
  event[0] = reinterpret_cast<uint64_t>(leaf);
  event[1] = caller;
  return pendingOutcome;
}

uint32_t async_shield_begin(Worker *worker) {
  uint32_t old = worker->running & leafShielded;
  worker->running |= leafShielded;
  return old;
}

void async_shield_end(Worker *worker, uint32_t old) { worker->running = (worker->running & ~leafShielded) | old; }

Task *async_spawn(Worker *worker, Scope *scope, const SpawnInfo *info) {
  auto *task = static_cast<Task *>(worker->heap.take(sizeOfTask(info)));
  if (!scope)
    scope = &runtime.detached;
  task->resume = &taskFinished;
  task->word = Word::Owned;
  task->joiner = joinerNone;
  task->scope = scope;
  task->scopePrev = nullptr;
  task->opened = reinterpret_cast<uint64_t>(info) | openedEnd;
  task->stops = task->mark = 0;
  task->id = ++worker->spawned * maxWorkers + worker->index; // no shared counter
  Frame *body = bodyOf(task);
  body->resume = info->start;
  body->cont = frameOf(task);
  ++worker->counts.tasks;
  if (__builtin_expect(worker->words != nullptr || scopeSays(scope), false))
    takeWords(worker, task, scope);
  async::sync::SpinLock held(scope->lock);
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
  if (__builtin_expect((infoOf(task)->frameAlign & async::abi::hasWords) != 0, false) && holdTask(task))
    return;
  runtime.world->submit(worker, reinterpret_cast<uint64_t>(task) | 2);
}

ASYNC_START Outcome async_task_join(Worker *worker, Frame *frame, Task *task) {
  if (Real::load(&task->joiner) == joinerEnded) // acquire: the outcome
    return ready();
  auto *leaf = reinterpret_cast<JoinLeaf *>(frame);
  leaf->target = task;
  beginWait(worker, leaf, JoinKind);
  uint64_t nobody = joinerNone;
  return Real::cas(&task->joiner, nobody, reinterpret_cast<uint64_t>(leaf)) ? pendingOutcome : ready();
}

int64_t async_task_status(Task *task) { return task->status; }
uint64_t async_task_word(Task *task, int64_t at) { return at == 0 ? outcomeOf(task).v0 : outcomeOf(task).v1; }
void async_task_taken(Task *task) { task->mark = async::abi::TaskTaken; }
bool async_task_is_finished(Task *task) { return Real::load(&task->joiner) == joinerEnded; }
}
