// Abi.h: what generated code and the runtime agree on. Plain data and C functions; both sides include this file only.
//
// Entries     start   { i64 status, i64 v0, i64 v1 } f.start(worker, frame, args...), C convention (rax, rdx, rcx). `frame` is memory that
//                     nothing was written to. Pending: f.start has stored `resume` and its state, and the CALLER stores `cont`.
//             resume  void f.resume(worker, frame, status, v0, v1), preserve_none: goes on with the outcome of what was awaited; at its end
//                     it tail-calls `cont->resume` with its own outcome.
//             A panic never leaves a start or a resume as an exception: it is turned into status Panicked with the payload in v0.
// Values      at most 16 bytes: their image in v0, v1. Larger: they stay in the callee's frame and v0 is their address; the caller reads
//             them before it does anything else with that frame.
// Not started a frame whose `resume` is a start thunk and which holds the arguments. The thunk entered with Ready loads
//             them and calls f.start (if that is not pending, it tail-calls cont->resume with the outcome); entered with Cancelled it drops
//             the arguments and tail-calls cont->resume with Cancelled.
// Leaves      extern "leaf" functions are starts. Their frame has the size that #[frame] says, at least sizeof(Leaf), aligned to 8.
// Spawn       task = async_spawn(worker, scope or null, &spawnInfo); the arguments are written into the body's frame at task + bodyOffset
//             (the runtime has set resume and cont); async_spawn_submit(worker, task). The handle `Task` is the task's address.
// Shield      awaits of cleanup blocks and of `shield` are not cancelled: old = async_shield_begin(worker) before the await is started,
//             async_shield_end(worker, old) when its outcome is there (in either copy; `old` lives across the await).
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace async::abi {

enum Status : int64_t { Ready = 0, Pending = 1, Cancelled = 2, Panicked = 3 };

struct Worker;
struct Frame;

// swiftcall gives C++ the three registers that LLVM's C convention returns { i64, i64, i64 } in; the rest is the C convention.
#define ASYNC_START __attribute__((swiftcall))
#define ASYNC_RESUME __attribute__((preserve_none))

struct Outcome {
  int64_t status;
  uint64_t v0, v1;
};

struct Words {
  uint64_t v0, v1;
};

using Resume = ASYNC_RESUME void (*)(Worker *, Frame *, int64_t status, uint64_t v0, uint64_t v1);

// The head of every frame. In generated frames locals begin at byte 16, and where the state lies says the descriptor: so padding need not follow it.
struct Frame {
  Resume resume;
  Frame *cont;
  uint32_t state; // of frames of the runtime: leaves, arms
  uint32_t spare;
};
constexpr size_t frameHeaderSize = 16;
static_assert(offsetof(Frame, resume) == 0 && offsetof(Frame, cont) == 8 && offsetof(Frame, state) == 16);

// What the state of a frame means. 16 bytes before the `resume` of a generated function: { int32 distance, uint32 descriptorMark, uint64 0 };
// the descriptor lies at (address of resume) + distance. Thunks, leaves and functions of the runtime have no mark there.
struct Location;
struct FrameStateInfo {
  const Location *place; // of the await; file length 0 or line 0: unknown
  const char *awaited;
  uint32_t awaitedLength;
  uint32_t child; // where what is awaited lies in this frame, a multiple of 8, with a ChildKind. Requests to stop find the leaves by it
};
enum ChildKind : uint32_t {
  ChildFrame = 0,   // a frame
  ChildLeaf = 1,    // a Leaf
  ChildPointer = 2, // the address of a frame on the heap
};
constexpr uint32_t childKindMask = 7;
struct FrameDescriptor {
  const char *name;
  uint32_t nameLength;
  uint32_t frameSize;
  uint32_t stateCount;  // state n is states[n - 1]
  uint32_t stateOffset; // of n in the frame: an unsigned number of stateSize(stateCount) bytes
  FrameStateInfo states[1];
};
// A single state needs no number.
constexpr uint32_t stateSize(uint64_t stateCount) { return stateCount <= 1 ? 0 : stateCount <= 0xFF ? 1 : stateCount <= 0xFFFF ? 2 : 4; }
constexpr uint32_t descriptorMark = 0x43535941;
constexpr size_t descriptorBefore = 16;
static_assert(sizeof(FrameStateInfo) == 24 && offsetof(FrameDescriptor, states) == 24);

// What waits, in a leaf's frame; the operation's own data follow it. Its caller stores itself where it does in any frame. Whoever ends the wait resumes
// that caller: a leaf has no code of its own on this way (but see LeafOps in runtime/core).
struct Task;
struct Leaf {
  Leaf *next; // in a list of woken leaves
  Frame *cont;
  uint64_t value; // v0 of the outcome; its writer is who wakes the leaf
  uint64_t owner; // the task, with flags of the runtime in the low four bits
};
static_assert(sizeof(Leaf) == 32 && alignof(Leaf) == 8 && offsetof(Leaf, cont) == offsetof(Frame, cont));

// What becomes of the value of a task that nobody awaits: null, or an error for its scope (std/task.async).
using Settle = void *(*)(uint64_t v0, uint64_t v1);

// One constant for each place that spawns.
struct SpawnInfo {
  uint64_t frameSize;  // of the body, with its header
  uint64_t frameAlign; // at most 16; `hasWords` beside it: these fields are a task's own copy, with TaskWords behind
  Resume start;        // the start thunk
  Settle settle;       // null: the value needs nothing
  const char *name;    // of the function, for reports
  uint64_t nameLength;
};
constexpr uint64_t hasWords = uint64_t{1} << 63;

// What a spawn or its scope says to the scheduler.
struct TaskWords {
  int64_t deadline;  // nanoseconds after the spawn; 0: none
  uint32_t priority; // TaskPriority
  uint32_t afterCount;
  int64_t *after; // ids of tasks of the same scope that have to end before
};
enum TaskPriority : uint32_t { PriorityUnset, PriorityLow, PriorityNormal, PriorityHigh, PriorityCritical };
static_assert(sizeof(SpawnInfo) == 48 && offsetof(SpawnInfo, start) == 16 && offsetof(SpawnInfo, settle) == 24);

struct Scope;

enum TaskMark : uint8_t {
  TaskCut = 1,   // while it runs: nothing shields it from a request to stop, by anyone
  TaskTaken = 2, // after its end: the outcome was read, by the owner of the handle
};

// What a task has open: scopes, and groups of arms of which one runs. A list by address; bit 1: a group. It ends with the task's SpawnInfo | 1.
struct Opened {
  uint64_t next;
  uint64_t *link; // where the address of this one is; null: it is in no list
};

// The head of a task; the frame of its body follows. It is itself the `cont` of the body. A cache line.
struct Task {
  Resume resume;   // the runtime's finish function
  uint64_t word;   // see TaskWord.h
  uint64_t joiner; // 0, a Leaf, 1 done, 2 the handle was given up
  Scope *scope;
  Task *scopeNext, *scopePrev;
  uint64_t opened;
  uint8_t stops;  // why a wait of the task may have to stop: see Stop in Scheduler.h
  uint8_t mark;   // TaskMark
  uint8_t status; // of the outcome, behind the end; v0 and v1 are then in the first words of the body's frame
  uint32_t id;
};
constexpr size_t bodyOffset = 64;
static_assert(sizeof(Task) == bodyOffset && offsetof(Task, word) == 8);

// std's Scope: 16 words in the frame that opened it.
struct Scope {
  uint32_t lock;
  uint8_t report;      // failures are printed, siblings go on
  uint8_t cancelled;   // 1 its tasks were asked to stop, 2 cut
  uint8_t stopsBody;   // a failure asked the body to stop
  uint8_t bodyStopped; // and an await of the body was cancelled for it
  uint64_t pending;    // tasks that have not ended
  Task *first;         // tasks that run
  Leaf *waiter;        // async_scope_wait
  Task *owner;
  Opened opened;  // in the owner
  uint64_t panic; // the first failure is this panic
  void *errors;   // chain of errors, the first in time first
  void *lastError;
  uint64_t failure; // 0 none, 1 an error, 3 a panic
  void *held;       // tasks that wait for others to end (`after:`)
  TaskWords words;  // for tasks that say nothing themselves; priority and deadline
  Task *timer;      // a task of the scope that need not be waited for (`cancel_after`)
};
static_assert(sizeof(Scope) == 128 && offsetof(Scope, opened) % 8 == 0);

// One of several futures that a frame waits for (std/core/future.async; words only there, so that the order is this one). The head is a frame's: the
// future continues into it.
struct Arm {
  Frame head;      // state: see Arms.cpp
  uint64_t status; // of the outcome; 1 while there is none
  uint64_t v0, v1;
  Frame *frame; // on the heap (async_frame_new)
  Arm *base;    // the first arm of the group
  Arm *next;    // in the order of ending
  // Only in the first arm.
  Leaf *waiter;
  Arm *firstEnded, *lastEnded;
  Opened opened;
  uint32_t started, running, cancelling;
  uint32_t shielded; // the group began under a shield: it holds back requests from outside, and its arms are open to those of the group
};
static_assert(sizeof(Arm) == 128 && offsetof(Arm, status) == 24 && offsetof(Arm, frame) == 48);

// A place in the source, for panics and #[track_caller].
struct Location {
  const char *file;
  uint64_t fileLength;
  uint32_t line, column;
};
static_assert(sizeof(Location) == 24 && offsetof(Location, line) == 16 && offsetof(Location, column) == 20);

// The head of the buffers of std's str and bytes; the bytes follow. Memory of async_alloc(capacity + 16, 8).
struct Buffer {
  int64_t count, capacity;
};
// std's str and bytes.
struct Text {
  const uint8_t *data;
  int64_t length;
  Buffer *owner;
};
static_assert(sizeof(Buffer) == 16 && sizeof(Text) == 24);

// The head of a worker that generated code may read.
struct WorkerHead {
  uint64_t running; // the task, or 0; bit 0: awaits that begin now are not cancelled
  int32_t budget;   // of operations that are ready at once
};

} // namespace async::abi

extern "C" {
using AsyncWorker = async::abi::Worker;

// Which of its entries a program with several (tests, functions to be measured) begins with: ASYNC_ENTRY says it, from 0. Ends the process if there is no such.
uint64_t async_entry(uint64_t count);
// What the generated `main` calls and returns. `report` gets the value of the body of `main` and gives the exit code: 0, or 1 after printing an Err.
int async_main_run(int argc, char **argv, const async::abi::SpawnInfo *body, int (*report)(uint64_t v0, uint64_t v1));

AsyncWorker *async_current_worker(void); // of this thread
AsyncWorker *async_needed_worker(void);  // the same; ends the process if there is none

// Async functions that C calls (runtime/core/Export.cpp): the arguments are written between `begin` and `run`, a large value is read before `end`.
async::abi::Task *async_export_begin(const async::abi::SpawnInfo *body);
async::abi::Words async_export_run(async::abi::Task *task);
void async_export_end(async::abi::Task *task);
[[noreturn]] void async_export_panic(void *exception); // that would leave an exported function
extern uint8_t async_is_threaded;        // a second thread has ever been started

// Tasks.
async::abi::Task *async_spawn(AsyncWorker *worker, async::abi::Scope *scope, const async::abi::SpawnInfo *info);
void async_spawn_submit(AsyncWorker *worker, async::abi::Task *task);
uint32_t async_shield_begin(AsyncWorker *worker);
void async_shield_end(AsyncWorker *worker, uint32_t old);

// Futures on the heap: a frame that has not started, with its size kept in front of it. `resume` is the start thunk.
async::abi::Frame *async_frame_new(uint64_t size, uint64_t align, async::abi::Resume startThunk);
void async_frame_started(async::abi::Frame *frame); // who starts a frame on the heap says so before
void async_frame_free(async::abi::Frame *frame);    // drops the arguments if it never started
void async_frame_release(async::abi::Frame *frame); // only the memory
// Start (frame of 40 bytes): starts such a frame and waits for its end; gives its outcome. The caller frees the frame after reading a large value.
ASYNC_START async::abi::Outcome async_future_await(AsyncWorker *worker, async::abi::Frame *leaf, async::abi::Frame *future);

// Leaves beside those that std declares.
ASYNC_START async::abi::Outcome async_yield_now(AsyncWorker *worker, async::abi::Frame *leaf); // 32 bytes
// An event: a word, 0 at first, for one waiter at a time. `wait` takes a setting; settings do not add up.
ASYNC_START async::abi::Outcome async_event_wait(AsyncWorker *worker, async::abi::Frame *leaf, uint64_t *event); // 48 bytes
void async_event_set(uint64_t *event);
// The same between tasks of one thread, without atomics. Two words: the leaf that waits, and the frame of its caller, so that whoever resumes that frame
// need not read the leaf.
ASYNC_START async::abi::Outcome async_local_event_wait(AsyncWorker *worker, async::abi::Frame *leaf, uint64_t *event, uint64_t caller); // 40 bytes
void async_local_event_set(uint64_t *event);

// Panics. All raise an exception of the platform's unwinder that async_personality knows; a landing pad gets its address, async_catch gives the
// payload of status Panicked, async_resume_panic raises it again.
int async_personality(int version, int actions, uint64_t exceptionClass, void *exception, void *context);
uint64_t async_catch(void *exception);
[[noreturn]] void async_resume_panic(uint64_t payload);
[[noreturn]] void async_panic_text(const uint8_t *data, int64_t length, const uint8_t *file, int64_t fileLength, int64_t line, int64_t column);
[[noreturn]] void async_panic_overflow_add(const async::abi::Location *place);
[[noreturn]] void async_panic_overflow_sub(const async::abi::Location *place);
[[noreturn]] void async_panic_overflow_mul(const async::abi::Location *place);
[[noreturn]] void async_panic_overflow_neg(const async::abi::Location *place);
[[noreturn]] void async_panic_overflow_div(const async::abi::Location *place);
[[noreturn]] void async_panic_overflow_rem(const async::abi::Location *place);
[[noreturn]] void async_panic_overflow_shl(const async::abi::Location *place);
[[noreturn]] void async_panic_overflow_shr(const async::abi::Location *place);
[[noreturn]] void async_panic_div_zero(const async::abi::Location *place);
[[noreturn]] void async_panic_rem_zero(const async::abi::Location *place);
[[noreturn]] void async_panic_bounds(int64_t index, int64_t length, const async::abi::Location *place);
// A panic left a destructor that ran because of a panic, or code that must not unwind.
[[noreturn]] void async_panic_abort(void);
}
