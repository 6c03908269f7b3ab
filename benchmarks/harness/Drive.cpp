// Drive.cpp: resumes the waiter of an event as a scheduler would, without one: no queue, no task word, no turn of a worker. Linked into
// the deep_await programs.
#include "runtime/abi/Abi.h"

using namespace async::abi;

namespace {

// The wait is over: the leaf leaves the list of its task.
void unlink(Leaf *leaf) {
  *leaf->waitLink = leaf->waitNext;
  if (leaf->waitNext)
    leaf->waitNext->waitLink = leaf->waitLink;
}

} // namespace

// All but the last time directly: the end of the waiting task belongs to the scheduler.
extern "C" void bench_drive(uint64_t *event, int64_t times) {
  AsyncWorker *worker = async_current_worker();
  auto *head = reinterpret_cast<WorkerHead *>(worker);
  Task *running = head->task;
  head->task = reinterpret_cast<Leaf *>(*event)->task;
  while (--times > 0) {
    auto *leaf = reinterpret_cast<Leaf *>(*event);
    *event = 0;
    unlink(leaf);
    leaf->head.resume(worker, &leaf->head, Ready, leaf->value, 0);
  }
  head->task = running;
  async_event_set(event);
}

// Count.cpp's, where that is linked in.
extern "C" __attribute__((weak)) int64_t bench_allocations() { return 0; }
