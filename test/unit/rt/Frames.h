// Frames.h: async functions written by hand as the compiler would emit them, for tests of the scheduler.
//
// Their frames have a descriptor as generated ones do: one state, in which they wait for the leaf in `child`.
// A Script is a body of straight-line steps: each step starts an await (or does something) and says what it gave; the machine goes on when it is ready.
#pragma once
#include <cstdint>
#include <cstring>
#include <functional>
#include <vector>

#include "runtime/abi/Abi.h"

namespace rt {

using namespace async::abi;

// A frame: the header, a position in the script, room for a leaf, and what the steps share.
struct ScriptFrame {
  Frame head;
  bool waited;
  uint64_t position;
  const struct Script *script;
  void *data;
  alignas(16) char child[256];
  uint64_t local[4];
  Scope scope;
};

struct Machine {
  Worker *worker;
  ScriptFrame *frame;
  Frame *child() { return reinterpret_cast<Frame *>(frame->child); }
  uint64_t &local(int i) { return frame->local[i]; }
};

// A step gets the outcome of the one before. Pending: it waits in child(). It may change frame->position, which is already that of the next step.
using Step = std::function<Outcome(Machine &, Outcome)>;
struct Script {
  std::vector<Step> steps;
  std::vector<Step> cleanup; // run in order, shielded, when an await was cancelled or panicked
};

inline Outcome run(Machine &m, Outcome last) {
  ScriptFrame *frame = m.frame;
  const Script &script = *frame->script;
  uint64_t cleanupAt = script.steps.size();
  for (;;) {
    if (last.status != Ready && frame->position <= cleanupAt && frame->position < UINT32_MAX) {
      if (script.cleanup.empty())
        return last;
      frame->local[3] = static_cast<uint64_t>(last.status);
      frame->position = UINT32_MAX;
    }
    bool cleaning = frame->position >= UINT32_MAX;
    uint64_t at = cleaning ? frame->position - UINT32_MAX : frame->position;
    const std::vector<Step> &steps = cleaning ? script.cleanup : script.steps;
    if (at >= steps.size())
      return cleaning ? Outcome{static_cast<int64_t>(frame->local[3]), 0, 0} : last;
    ++frame->position;
    uint32_t old = cleaning ? async_shield_begin(m.worker) : 0;
    Outcome outcome = steps[at](m, last);
    if (cleaning)
      async_shield_end(m.worker, old);
    if (outcome.status == Pending)
      return outcome;
    last = outcome;
  }
}

constexpr Location scriptPlace{};
static const FrameDescriptor scriptDescriptor asm("rtScriptFrame")
    __attribute__((used)){"script", 6, sizeof(ScriptFrame), 1, 0, {{&scriptPlace, "a leaf", 6, offsetof(ScriptFrame, child) | ChildLeaf}}};
// runScript behind the mark of a descriptor; each file has its own.
ASYNC_RESUME void resumeScript(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) asm("rtScript");
ASYNC_RESUME static void runScript(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) asm("rtRunScript") __attribute__((used));
asm(".text\n.p2align 4\n.long rtScriptFrame - rtScript\n.long 0x43535941\n.quad 0\nrtScript:\n  jmp rtRunScript\n");

ASYNC_RESUME static void runScript(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) {
  auto *self = reinterpret_cast<ScriptFrame *>(frame);
  if (self->position == 0 && !self->waited && status == Cancelled) { // never started
    Frame *cont = frame->cont;
    return cont->resume(worker, cont, Cancelled, 0, 0);
  }
  Machine machine{worker, self};
  Outcome outcome = run(machine, {status, v0, v1});
  if (outcome.status == Pending) {
    self->head.resume = resumeScript;
    self->waited = true;
    machine.child()->cont = frame;
    return;
  }
  Frame *cont = frame->cont;
  cont->resume(worker, cont, outcome.status, outcome.v0, outcome.v1);
}

constexpr SpawnInfo plainInfo{sizeof(ScriptFrame), 16, resumeScript, nullptr, "script", 6};

inline void fill(Frame *body, const Script &script, void *data) {
  auto *frame = reinterpret_cast<ScriptFrame *>(body);
  frame->position = 0;
  frame->waited = false;
  frame->script = &script;
  frame->data = data;
  std::memset(frame->local, 0, sizeof frame->local);
}

inline Task *spawn(Worker *worker, Scope *scope, const Script &script, void *data = nullptr, const SpawnInfo &info = plainInfo) {
  Task *task = async_spawn(worker, scope, &info);
  fill(reinterpret_cast<Frame *>(reinterpret_cast<char *>(task) + bodyOffset), script, data);
  async_spawn_submit(worker, task);
  return task;
}

inline Frame *future(const Script &script, void *data = nullptr) {
  Frame *frame = async_frame_new(sizeof(ScriptFrame), 16, resumeScript);
  fill(frame, script, data);
  return frame;
}

// The body of main: async_main_run gives no arguments, so the script is global.
inline const Script *mainScript;
inline void *mainData;
ASYNC_RESUME static inline void startMain(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1) {
  fill(frame, *mainScript, mainData);
  frame->resume = resumeScript;
  runScript(worker, frame, status, v0, v1);
}
constexpr SpawnInfo mainInfo{sizeof(ScriptFrame), 16, &startMain, nullptr, "main", 4};
inline int mainResult(uint64_t v0, uint64_t) { return static_cast<int>(v0); }

struct Settings {
  const char *workers = "1";
  const char *simulated = nullptr;
};
inline int runMain(const Script &script, void *data = nullptr, Settings settings = {}) {
  mainScript = &script;
  mainData = data;
  setenv("ASYNC_WORKERS", settings.workers, 1);
  setenv("ASYNC_CHECK_LEAKS", "1", 1);
  settings.simulated ? setenv("ASYNC_SIM", settings.simulated, 1) : unsetenv("ASYNC_SIM");
  char name[] = "test";
  char *arguments[] = {name, nullptr};
  return async_main_run(1, arguments, &mainInfo, &mainResult);
}

} // namespace rt

// What std declares of the runtime.
extern "C" {
using namespace async::abi;
int64_t async_now(void);
ASYNC_START Outcome async_sleep_until(Worker *, Frame *, int64_t deadline);
ASYNC_START Outcome async_task_join(Worker *, Frame *, Task *);
ASYNC_START Outcome async_task_cancel(Worker *, Frame *, Task *);
int64_t async_task_status(Task *);
uint64_t async_task_word(Task *, int64_t);
void async_task_taken(Task *);
void async_task_release(Task *);
void async_task_finish(Task *);
void async_scope_open(Scope *, bool report);
void async_scope_cancel(Scope *);
ASYNC_START Outcome async_scope_wait(Worker *, Frame *, Scope *);
int64_t async_scope_failure(Scope *);
void *async_scope_error(Scope *);
bool async_scope_caused(Scope *);
ASYNC_START Outcome async_arms_next(Worker *, Frame *, Arm *, int64_t);
ASYNC_START Outcome async_arms_cancel(Worker *, Frame *, Arm *, int64_t);
ASYNC_START Outcome async_signal_wait(Worker *, Frame *, int64_t number);
bool async_address_parse(const char *, int64_t, void *);
int64_t async_tcp_listen(const void *);
void async_tcp_local_address(int64_t, void *);
void async_socket_close(int64_t);
ASYNC_START Outcome async_tcp_accept(Worker *, Frame *, int64_t);
ASYNC_START Outcome async_tcp_connect(Worker *, Frame *, const void *);
ASYNC_START Outcome async_tcp_read(Worker *, Frame *, int64_t, void *, int64_t);
ASYNC_START Outcome async_tcp_write(Worker *, Frame *, int64_t, const void *, int64_t);
}
