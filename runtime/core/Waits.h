// Waits.h: the data of tasks and leaves that Hot.cpp shares with the rest of the runtime.
#pragma once
#include "runtime/core/Scheduler.h"

namespace async::core {

// Task::joiner, else the leaf that waits for the end.
constexpr uint64_t joinerNone = 0, joinerEnded = 1, joinerGone = 2;

struct JoinLeaf : Leaf {
  Task *target;
};
static_assert(sizeof(JoinLeaf) == 40);

// The first word of an event, else the leaf that waits.
constexpr uint64_t eventUnset = 0, eventSet = 1;

struct LocalEventLeaf : Leaf {
  uint64_t *event;
};
static_assert(sizeof(LocalEventLeaf) == 40);

inline uint64_t sizeOfTask(const abi::SpawnInfo *info) {
  return abi::bodyOffset + (info->frameSize < abi::frameHeaderSize ? abi::frameHeaderSize : info->frameSize);
}

// The outcome of a task that has ended.
inline Outcome outcomeOf(Task *task) {
  Frame *body = bodyOf(task);
  return {task->status, reinterpret_cast<uint64_t>(body->resume), reinterpret_cast<uint64_t>(body->cont)};
}

} // namespace async::core

extern "C" ASYNC_START async::abi::Outcome async_task_join(AsyncWorker *worker, async::abi::Frame *leaf, async::abi::Task *task);
