// Scope.cpp: scopes own tasks, wait for them and keep the first failure.
//
// pending   counts tasks from async_spawn until the last access of the ending task to the scope; at 0 the waiting leaf is woken. Under the scope's lock.
// Failing   a failure stops the other tasks and, by Attend in the owner's word, the awaits of the body; see wantsStop in Scheduler.cpp. The scope is in
//           Task::failing of its owner from then until it has ended; others push, only the owner removes.
#include <stdlib.h>
#include <string.h>

#include "runtime/core/Panic.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

using sync::SpinLock;

namespace {

enum : uint8_t { ScopeCancelled = 1, ScopeCut = 2 };

struct ErrorNode {
  ErrorNode *next;
  void *error;
};

struct ScopeLeaf : Leaf {
  Scope *scope;
};
static_assert(sizeof(ScopeLeaf) <= 80);

void keepError(Scope *scope, void *error) {
  auto *node = static_cast<ErrorNode *>(allocate(sizeof(ErrorNode)));
  *node = {nullptr, error};
  if (scope->lastError)
    static_cast<ErrorNode *>(scope->lastError)->next = node;
  else
    scope->errors = node;
  scope->lastError = node;
}

void stopBody(Worker *worker, Scope *scope) {
  Task *owner = scope->owner;
  Scope *head = Real::load(&owner->failing);
  do
    scope->nextFailing = head;
  while (!Real::cas(&owner->failing, head, scope)); // release: the link
  if (Word::request(&owner->word, Word::Attend))
    submitTask(worker, owner);
}

// By the owner, when no task is left that could push.
void leaveFailing(Scope *scope) {
  if (!scope->stopsBody)
    return;
  Task *owner = scope->owner;
  Scope *head = scope;
  if (Real::cas(&owner->failing, head, scope->nextFailing))
    return;
  for (Scope *at = head; at; at = at->nextFailing) // behind the head nobody else writes
    if (at->nextFailing == scope) {
      at->nextFailing = scope->nextFailing;
      return;
    }
}

// Under the lock: nobody but the timer is waited for.
void stopTimer(Worker *worker, Scope *scope) {
  if (scope->timer && scope->pending == 1 && scope->waiter)
    cancelTask(worker, scope->timer);
}

ASYNC_RESUME void scopeEnded(Worker *worker, Frame *frame, int64_t, uint64_t, uint64_t) {
  Frame *cont = frame->cont;
  Scope *scope = reinterpret_cast<ScopeLeaf *>(frame)->scope;
  leaveFailing(scope);
  [[clang::musttail]] return cont->resume(worker, cont, abi::Ready, 0, 0);
}

} // namespace

Scope *scopeOf(Leaf *leaf) { return static_cast<ScopeLeaf *>(leaf)->scope; }
void passToScope(Worker *worker, Leaf *leaf) {
  bool cuts = Real::load(&leaf->task->mark) == abi::TaskCut;
  cancelScope(worker, scopeOf(leaf), cuts);
}

void cancelScope(Worker *worker, Scope *scope, bool cuts) {
  SpinLock held(scope->lock);
  const uint8_t wanted = cuts ? ScopeCut : ScopeCancelled;
  if (scope->cancelled >= wanted)
    return;
  scope->cancelled = wanted;
  for (Task *task = scope->first; task; task = task->scopeNext)
    if (cuts)
      cutTask(worker, task);
    else
      cancelTask(worker, task);
}

void recordFailure(Worker *worker, Scope *scope, int64_t kind, uint64_t value) {
  if (scope->report) {
    if (kind == 3) {
      reportPanic(value, "a task ");
      freePanic(value);
    }
    return;
  }
  bool stops;
  {
    SpinLock held(scope->lock);
    stops = scope->failure == 0;
    if (stops)
      scope->failure = static_cast<uint64_t>(kind);
    if (kind == 1)
      keepError(scope, reinterpret_cast<void *>(value));
    else if (stops)
      scope->panic = value;
    if (stops)
      scope->stopsBody = 1;
  }
  if (kind == 3 && !stops) { // not the first: it must not vanish
    reportPanic(value, "a task also ");
    freePanic(value);
  }
  if (!stops)
    return;
  cancelScope(worker, scope);
  stopBody(worker, scope);
}

void scopeTaskEnded(Worker *worker, Scope *scope) {
  Leaf *waiter = nullptr;
  bool isDetached = scope == &runtime.detached;
  {
    SpinLock held(scope->lock);
    if (--scope->pending == 0) {
      waiter = scope->waiter;
      scope->waiter = nullptr;
    }
    stopTimer(worker, scope);
  }
  if (waiter)
    wakeLeaf(worker, waiter);
  if (isDetached && Real::load(&runtime.phase) == Ending)
    endIfDone(worker);
}

} // namespace async::core

using namespace async::core;
using async::abi::Outcome;

extern "C" {

void async_scope_open(Scope *scope, bool report) {
  memset(scope, 0, sizeof *scope);
  scope->report = report;
  scope->owner = currentWorker()->task;
}

void async_scope_frame(Scope *scope, Frame *frame) { scope->frame = frame; }

void async_scope_timer(Scope *scope, Task *task) {
  SpinLock held(scope->lock);
  if (task->scopePrev || scope->first == task) // it has not ended
    scope->timer = task;
}

void async_scope_cancel(Scope *scope) { cancelScope(currentWorker(), scope); }

ASYNC_START Outcome async_scope_wait(Worker *worker, Frame *frame, Scope *scope) {
  auto *leaf = reinterpret_cast<ScopeLeaf *>(frame);
  leaf->scope = scope;
  leaf->value = 0;
  SpinLock held(scope->lock);
  if (scope->pending == 0) {
    held.unlock();
    leaveFailing(scope);
    return ready();
  }
  beginWait(worker, leaf, ScopeLeafKind, &scopeEnded);
  scope->waiter = leaf;
  stopTimer(worker, scope);
  return pendingOutcome;
}

int64_t async_scope_failure(Scope *scope) { return static_cast<int64_t>(scope->failure); }

void *async_scope_error(Scope *scope) {
  auto *node = static_cast<ErrorNode *>(scope->errors);
  if (!node)
    return nullptr;
  scope->errors = node->next;
  if (!node->next)
    scope->lastError = nullptr;
  void *error = node->error;
  release(node, sizeof(ErrorNode));
  return error;
}

uint64_t async_scope_panic(Scope *scope) { return scope->panic; }

void async_scope_report_panic(Scope *scope) {
  reportPanic(scope->panic, "a task ");
  freePanic(scope->panic);
  scope->failure = 0;
}

bool async_scope_caused(Scope *scope) {
  bool caused = scope->bodyStopped;
  scope->bodyStopped = 0;
  return caused;
}
}
