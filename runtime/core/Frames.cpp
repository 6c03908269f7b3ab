// Frames.cpp: futures on the heap. In front of the frame lies the size of the block, and whether it has been started.
#include "runtime/core/Panic.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

namespace {

struct BoxHead {
  uint64_t size, started;
};
static_assert(sizeof(BoxHead) == 16);

BoxHead *headOf(Frame *frame) { return reinterpret_cast<BoxHead *>(frame) - 1; }

ASYNC_RESUME void ignoreEnd(Worker *, Frame *, int64_t, uint64_t, uint64_t) {}

// Waits for a future on the heap. It is no leaf that is woken: its future's leaves are.
struct FutureWait {
  abi::Resume resume;
  Frame *cont;
  Outcome outcome; // Pending: none has come yet
};
static_assert(sizeof(FutureWait) == 40);

// The future is being started: its end is noted here, and whoever starts it goes on.
constexpr int64_t starting = -1;

ASYNC_RESUME void futureEnded(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) {
  auto *wait = reinterpret_cast<FutureWait *>(frame);
  if (wait->outcome.status == starting) {
    wait->outcome = {status, v0, v1};
    return;
  }
  Frame *cont = frame->cont;
  [[clang::musttail]] return cont->resume(worker, cont, status, v0, v1);
}

} // namespace

} // namespace async::core

using namespace async::core;

extern "C" {

Frame *async_frame_new(uint64_t size, uint64_t align, async::abi::Resume startThunk) {
  if (align > 16)
    raiseText("a frame is aligned to more than 16 bytes", 40, nullptr);
  uint64_t whole = sizeof(BoxHead) + (size < sizeof(Frame) ? sizeof(Frame) : size);
  auto *head = static_cast<BoxHead *>(allocate(whole));
  head->size = whole;
  head->started = 0;
  auto *frame = reinterpret_cast<Frame *>(head + 1);
  frame->resume = startThunk;
  frame->cont = nullptr;
  if (Worker *worker = currentWorker())
    ++worker->counts.frames;
  return frame;
}

void async_frame_started(Frame *frame) { headOf(frame)->started = 1; }

void async_frame_free(Frame *frame) {
  if (!frame)
    return;
  if (!headOf(frame)->started) {
    Frame end{&ignoreEnd, nullptr, 0, 0};
    frame->cont = &end;
    async_frame_started(frame);
    frame->resume(currentWorker(), frame, async::abi::Cancelled, 0, 0);
  }
  async_frame_release(frame);
}

void async_frame_release(Frame *frame) {
  if (!frame)
    return;
  if (Worker *worker = currentWorker())
    --worker->counts.frames;
  release(headOf(frame), headOf(frame)->size);
}

ASYNC_START Outcome async_future_await(Worker *worker, Frame *leaf, Frame *future) {
  if (!future)
    return {async::abi::Panicked, panicPayload("a future that has finished is awaited again"), 0};
  auto *wait = reinterpret_cast<FutureWait *>(leaf);
  wait->resume = &futureEnded;
  wait->outcome.status = starting;
  future->cont = leaf;
  async_frame_started(future);
  uint64_t running = worker->running;
  future->resume(worker, future, async::abi::Ready, 0, 0);
  worker->running = running;
  if (wait->outcome.status == starting)
    wait->outcome.status = async::abi::Pending;
  return wait->outcome;
}
}
