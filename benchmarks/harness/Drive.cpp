// Drive.cpp: resumes the waiter of an event as a scheduler would, without one: no queue, no task word, no turn of a worker. Linked into
// the deep_await programs.
#include "runtime/abi/Abi.h"

using namespace async::abi;

// All but the last time directly: the end of the waiting task belongs to the scheduler.
extern "C" void bench_drive(uint64_t *event, int64_t times) {
  AsyncWorker *worker = async_current_worker();
  auto *head = reinterpret_cast<WorkerHead *>(worker);
  uint64_t running = head->running;
  head->running = reinterpret_cast<Leaf *>(*event)->owner & ~uint64_t{15};
  while (--times > 0) {
    auto *frame = reinterpret_cast<Frame *>(event[1]);
    event[0] = 0;
    frame->resume(worker, frame, Ready, 0, 0);
  }
  head->running = running;
  async_local_event_set(event);
}

// Count.cpp's, where that is linked in.
extern "C" __attribute__((weak)) int64_t bench_allocations() { return 0; }
