// Words.cpp: what a spawn and its scope say of a task: name, priority, deadline, and the tasks that it waits for.
//
// Words     are set on the worker before async_spawn, which takes them. A task with words has a SpawnInfo of its own, with its TaskWords behind it.
// Held      a task whose `after` names tasks of its scope that run is not submitted; it is in Scope::held until the last of them has ended. All
//           under the scope's lock.
#include "runtime/core/Words.h"

#include <string.h>

#include "runtime/core/Scheduler.h"

namespace async::core {

using abi::SpawnInfo;
using abi::TaskWords;

struct PendingWords {
  TaskWords words;
  char *name;
  uint64_t nameLength;
};

struct Held {
  Held *next;
  Task *task;
  uint32_t left; // of its `after` that have not ended
};

namespace {

struct OwnInfo {
  SpawnInfo info;
  TaskWords words;
  uint64_t nameLength;
};

PendingWords *pendingOf(Worker *worker) {
  if (!worker->words) {
    worker->words = static_cast<PendingWords *>(allocate(sizeof(PendingWords)));
    memset(worker->words, 0, sizeof(PendingWords));
  }
  return worker->words;
}

TaskWords &wordsOf(const Task *task) { return reinterpret_cast<OwnInfo *>(const_cast<SpawnInfo *>(infoOf(task)))->words; }

bool isNamed(const TaskWords &words, uint32_t id) {
  for (uint32_t i = 0; i < words.afterCount; ++i)
    if (words.after[i] == static_cast<int64_t>(id))
      return true;
  return false;
}

} // namespace

void takeWords(Worker *worker, Task *task, const Scope *scope) {
  PendingWords *given = worker->words;
  worker->words = nullptr;
  auto *own = static_cast<OwnInfo *>(allocate(sizeof(OwnInfo)));
  own->info = *infoOf(task);
  own->info.frameAlign |= abi::hasWords;
  own->words = given ? given->words : TaskWords{};
  own->nameLength = given ? given->nameLength : 0;
  if (given && given->name) {
    own->info.name = given->name;
    own->info.nameLength = given->nameLength;
  }
  if (!own->words.priority)
    own->words.priority = scope->words.priority;
  if (!own->words.deadline)
    own->words.deadline = scope->words.deadline;
  task->opened = reinterpret_cast<uint64_t>(&own->info) | openedEnd; // it has nothing open yet
  if (given)
    release(given, sizeof(PendingWords));
}

void releaseWords(const SpawnInfo *info) {
  auto *own = reinterpret_cast<OwnInfo *>(const_cast<SpawnInfo *>(info));
  if (own->nameLength)
    release(const_cast<char *>(own->info.name), own->nameLength);
  if (own->words.afterCount)
    release(own->words.after, own->words.afterCount * sizeof(int64_t));
  release(own, sizeof(OwnInfo));
}

bool holdTask(Task *task) {
  const TaskWords &words = wordsOf(task);
  if (words.afterCount == 0)
    return false;
  Scope *scope = task->scope;
  sync::SpinLock held(scope->lock);
  uint32_t left = 0;
  for (Task *other = scope->first; other; other = other->scopeNext)
    left += other != task && isNamed(words, other->id);
  if (left == 0)
    return false;
  auto *node = static_cast<Held *>(allocate(sizeof(Held)));
  *node = {static_cast<Held *>(scope->held), task, left};
  scope->held = node;
  return true;
}

Held *takeHeld(Scope *scope, uint32_t ended) {
  Held *taken = nullptr;
  for (Held **at = reinterpret_cast<Held **>(&scope->held); *at;) {
    Held *node = *at;
    if (!isNamed(wordsOf(node->task), ended) || --node->left > 0) {
      at = &node->next;
      continue;
    }
    *at = node->next;
    node->next = taken;
    taken = node;
  }
  return taken;
}

void submitHeld(Worker *worker, Held *list) {
  while (Held *node = list) {
    list = node->next;
    submitTask(worker, node->task, 2);
    release(node, sizeof(Held));
  }
}

} // namespace async::core

using namespace async::core;

extern "C" {

void async_spawn_priority(int64_t priority) { pendingOf(currentWorker())->words.priority = static_cast<uint32_t>(priority); }

void async_spawn_deadline(int64_t ns) { pendingOf(currentWorker())->words.deadline = ns; }

void async_spawn_name(const uint8_t *text, int64_t length) {
  PendingWords *words = pendingOf(currentWorker());
  if (length <= 0 || words->name)
    return;
  words->name = static_cast<char *>(allocate(static_cast<uint64_t>(length)));
  words->nameLength = static_cast<uint64_t>(length);
  memcpy(words->name, text, words->nameLength);
}

void async_spawn_after(const int64_t *ids, int64_t count) {
  PendingWords *words = pendingOf(currentWorker());
  if (count <= 0 || words->words.afterCount)
    return;
  words->words.afterCount = static_cast<uint32_t>(count);
  words->words.after = static_cast<int64_t *>(allocate(static_cast<uint64_t>(count) * sizeof(int64_t)));
  memcpy(words->words.after, ids, static_cast<uint64_t>(count) * sizeof(int64_t));
}

void async_scope_priority(Scope *scope, int64_t priority) { scope->words.priority = static_cast<uint32_t>(priority); }
void async_scope_deadline(Scope *scope, int64_t ns) { scope->words.deadline = ns; }
}
