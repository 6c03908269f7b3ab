#include "test/unit/llvm/FakeRuntime.h"

#include <cstdlib>
#include <deque>

#include "runtime/abi/Abi.h"

namespace async::test {

RuntimeLog &runtimeLog() {
  static RuntimeLog log;
  return log;
}

namespace {

using namespace abi;

struct Waiting {
  Frame *leaf;
  uint64_t value;
  bool cancelled;
};
std::deque<Waiting> waiting;
bool isDone;

ASYNC_RESUME void finishMain(Worker *, Frame *, int64_t status, uint64_t v0, uint64_t) {
  RuntimeLog &log = runtimeLog();
  log.status = status;
  log.payload = v0;
  isDone = true;
}

// In front of a frame on the heap.
struct Box {
  uint64_t started;
  uint64_t spare;
};
Box *boxOf(Frame *frame) { return reinterpret_cast<Box *>(frame) - 1; }

} // namespace
} // namespace async::test

using namespace async::abi;
using async::test::runtimeLog;

extern "C" {

int async_main_run(int, char **, const SpawnInfo *body, int (*report)(uint64_t, uint64_t)) {
  using namespace async::test;
  auto *memory = static_cast<unsigned char *>(aligned_alloc(16, (bodyOffset + body->frameSize + 15) / 16 * 16));
  auto *task = reinterpret_cast<Frame *>(memory);
  auto *frame = reinterpret_cast<Frame *>(memory + bodyOffset);
  task->resume = finishMain;
  frame->resume = body->start;
  frame->cont = task;
  isDone = false;
  waiting.clear();
  frame->resume(nullptr, frame, Ready, 0, 0);
  while (!isDone && !waiting.empty()) {
    Waiting next = waiting.front();
    waiting.pop_front();
    Frame *cont = next.leaf->cont;
    cont->resume(nullptr, cont, next.cancelled ? Cancelled : Ready, next.value, 0);
  }
  int code = -1;
  if (isDone && runtimeLog().status == Ready)
    code = report(runtimeLog().payload, 0);
  free(memory);
  return code;
}

// Tasks run when they are submitted, and settle their value at their end.
namespace {
const SpawnInfo **infoOf(Frame *task) { return reinterpret_cast<const SpawnInfo **>(task) + 6; }

ASYNC_RESUME void endTask(Worker *, Frame *task, int64_t status, uint64_t v0, uint64_t v1) {
  const SpawnInfo *info = *infoOf(task);
  if (status == Ready && info->settle)
    info->settle(v0, v1);
  ++runtimeLog().tasksEnded;
  free(task);
}
} // namespace

Task *async_spawn(AsyncWorker *, Scope *, const SpawnInfo *info) {
  auto *memory = static_cast<unsigned char *>(aligned_alloc(16, (bodyOffset + info->frameSize + 15) / 16 * 16));
  auto *task = reinterpret_cast<Frame *>(memory), *frame = reinterpret_cast<Frame *>(memory + bodyOffset);
  task->resume = endTask;
  *infoOf(task) = info;
  frame->resume = info->start;
  frame->cont = task;
  return reinterpret_cast<Task *>(memory);
}

void async_spawn_submit(AsyncWorker *worker, Task *task) {
  auto *frame = reinterpret_cast<Frame *>(reinterpret_cast<unsigned char *>(task) + bodyOffset);
  frame->resume(worker, frame, runtimeLog().cancelTasks ? Cancelled : Ready, 0, 0);
}

AsyncWorker *async_current_worker() { return nullptr; }

// Gives its argument, at once or later.
ASYNC_START Outcome test_later(AsyncWorker *, Frame *leaf, uint64_t value) {
  async::test::RuntimeLog &log = runtimeLog();
  bool cancelled = log.cancelNext && log.shieldDepth == 0;
  if (!log.waits && !cancelled)
    return {Ready, value, 0};
  if (cancelled)
    log.cancelNext = false;
  ++log.suspensions;
  async::test::waiting.push_back({leaf, value, cancelled});
  return {Pending, 0, 0};
}

void test_note(int64_t value) {
  async::test::RuntimeLog &log = runtimeLog();
  if (log.noteCount < 64)
    log.noted[log.noteCount++] = value;
}

[[noreturn]] void test_throw(int64_t value) { throw value; }

Frame *async_frame_new(uint64_t size, uint64_t, Resume start) {
  ++runtimeLog().framesMade;
  auto *memory = static_cast<unsigned char *>(aligned_alloc(16, (size + 16 + 15) / 16 * 16));
  auto *frame = reinterpret_cast<Frame *>(memory + sizeof(async::test::Box));
  frame->resume = start;
  async::test::boxOf(frame)->started = 0;
  return frame;
}

namespace {
ASYNC_RESUME void nothing(Worker *, Frame *, int64_t, uint64_t, uint64_t) {}
} // namespace

void async_frame_release(Frame *frame) {
  ++runtimeLog().framesFreed;
  free(async::test::boxOf(frame));
}

void async_frame_free(Frame *frame) {
  if (!async::test::boxOf(frame)->started) {
    static Frame sink{nothing, nullptr, 0, 0};
    frame->cont = &sink;
    frame->resume(nullptr, frame, Cancelled, 0, 0);
  }
  async_frame_release(frame);
}

namespace {
ASYNC_RESUME void endAwait(Worker *worker, Frame *leaf, int64_t status, uint64_t v0, uint64_t v1) {
  Frame *cont = leaf->cont;
  if (leaf->spare == 0) { // ended at once
    auto *words = reinterpret_cast<uint64_t *>(leaf) + 3;
    words[0] = static_cast<uint64_t>(status), words[1] = v0, words[2] = v1;
    leaf->spare = 1;
    return;
  }
  __attribute__((musttail)) return cont->resume(worker, cont, status, v0, v1);
}
} // namespace

ASYNC_START Outcome async_future_await(AsyncWorker *worker, Frame *leaf, Frame *future) {
  leaf->resume = endAwait;
  leaf->spare = 0;
  future->cont = leaf;
  async::test::boxOf(future)->started = 1;
  future->resume(worker, future, Ready, 0, 0);
  if (leaf->spare == 1) {
    auto *words = reinterpret_cast<uint64_t *>(leaf) + 3;
    return {static_cast<int64_t>(words[0]), words[1], words[2]};
  }
  leaf->spare = 2;
  return {Pending, 0, 0};
}

uint32_t async_shield_begin(AsyncWorker *) {
  ++runtimeLog().shielded;
  return static_cast<uint32_t>(runtimeLog().shieldDepth++);
}
void async_shield_end(AsyncWorker *, uint32_t old) { runtimeLog().shieldDepth = static_cast<int>(old); }

void *async_alloc(int64_t size, int64_t) {
  ++runtimeLog().allocated;
  return malloc(static_cast<size_t>(size));
}
void async_free(void *at, int64_t, int64_t) {
  --runtimeLog().allocated;
  free(at);
}

// Panics are C++ exceptions of a number here.
int __gxx_personality_v0(int, int, uint64_t, void *, void *);
int async_personality(int version, int actions, uint64_t exceptionClass, void *exception, void *context) {
  return __gxx_personality_v0(version, actions, exceptionClass, exception, context);
}
void *__cxa_begin_catch(void *);
void __cxa_end_catch();
uint64_t async_catch(void *exception) {
  auto value = *static_cast<int64_t *>(__cxa_begin_catch(exception));
  __cxa_end_catch();
  return static_cast<uint64_t>(value);
}
[[noreturn]] void async_panic_overflow_add(const Location *place) { throw static_cast<int64_t>(1000 + place->line); }
}
