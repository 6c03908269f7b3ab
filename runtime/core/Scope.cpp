// Scope.cpp: scopes own tasks, wait for them and keep the first failure.
//
// pending   counts tasks from async_spawn until the last access of the ending task to the scope; at 0 the waiting leaf is woken. Under the scope's lock.
// Failing   a failure stops the other tasks and, by stopsBody and Attend in the owner's word, the awaits of the body; see wantsStop in Scheduler.cpp.
// Opened    the scope is in the list of its owner from async_scope_open until its tasks have ended; the owner alone touches the list.
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

struct ScopeLeaf : OpsLeaf {
  Scope *scope;
};
static_assert(sizeof(ScopeLeaf) == 48);

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
  Real::store(&scope->stopsBody, uint8_t{1});
  if (Word::request(&scope->owner->word, Word::Attend))
    submitTask(worker, scope->owner);
}

// By the owner, when no task is left.
void closeScope(Scope *scope) {
  if (scope->opened.link)
    unlinkOpened(&scope->opened);
}

ASYNC_RESUME void scopeEnded(Worker *worker, Frame *frame, int64_t, uint64_t, uint64_t) {
  Frame *cont = frame->cont;
  closeScope(reinterpret_cast<ScopeLeaf *>(frame)->scope);
  [[clang::musttail]] return cont->resume(worker, cont, abi::Ready, 0, 0);
}

// The request is passed on to the tasks, and their end is waited for.
bool passToScope(Worker *worker, Leaf *leaf) {
  bool cuts = Real::load(&taskOf(leaf)->mark) == abi::TaskCut;
  cancelScope(worker, static_cast<ScopeLeaf *>(leaf)->scope, cuts);
  return false;
}

constexpr LeafOps scopeOps{"the tasks of a scope", &passToScope, &scopeEnded};

} // namespace

void stopTimer(Worker *worker, Scope *scope) {
  if (scope->timer && scope->pending == 1 && scope->waiter)
    cancelTask(worker, scope->timer);
}

Scope *scopeOf(Leaf *leaf) { return opsOf(leaf) == &scopeOps ? static_cast<ScopeLeaf *>(leaf)->scope : nullptr; }

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

} // namespace async::core

using namespace async::core;
using async::abi::Outcome;

extern "C" {

void async_scope_open(Scope *scope, bool report) {
  memset(scope, 0, sizeof *scope);
  scope->report = report;
  scope->owner = runningTask(currentWorker());
  linkOpened(scope->owner, &scope->opened, 0);
}

void async_scope_timer(Scope *scope, Task *task) {
  SpinLock held(scope->lock);
  if (task->scopePrev || scope->first == task) // it has not ended
    scope->timer = task;
}

void async_scope_cut(Scope *scope) { cancelScope(currentWorker(), scope, true); }

bool async_scope_is_empty(Scope *scope) {
  SpinLock held(scope->lock);
  return scope->pending == 0;
}

void async_scope_cancel(Scope *scope) { cancelScope(currentWorker(), scope); }

ASYNC_START Outcome async_scope_wait(Worker *worker, Frame *frame, Scope *scope) {
  auto *leaf = reinterpret_cast<ScopeLeaf *>(frame);
  leaf->scope = scope;
  SpinLock held(scope->lock);
  if (scope->pending == 0) {
    held.unlock();
    closeScope(scope);
    return ready();
  }
  beginWait(worker, leaf, &scopeOps);
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
