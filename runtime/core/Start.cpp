// Start.cpp: the beginning and the end of a run.
//
// End       main ends: detached tasks are cancelled and may take the grace period; then the phase is Over, the workers leave their loops and are joined,
//           and the outcome of main becomes the exit code: what `report` gives; 101 panicked; 128 + n cancelled by signal n.
// Leaks     with ASYNC_CHECK_LEAKS=1 live frames, tasks, timers and descriptors are reported and the exit code is 70.
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "runtime/core/Panic.h"
#include "runtime/core/Parking.h"
#include "runtime/core/Reactor.h"
#include "runtime/core/Signals.h"
#include "runtime/core/Stack.h"
#include "runtime/core/Start.h"
#include "runtime/core/System.h"
#include "runtime/core/Waits.h"
#include "runtime/sim/Simulated.h"

namespace async::core {

bool isProgram = false;

namespace {

constexpr int64_t gracePeriodNs = 5'000'000'000, cutPeriodNs = 1'000'000'000;

// A number from the environment; `otherwise` if it is missing or none.
uint64_t setting(const char *name, uint64_t otherwise) {
  const char *text = getenv(name);
  if (!text || *text < '0' || *text > '9')
    return otherwise;
  char *end;
  errno = 0;
  uint64_t value = strtoull(text, &end, 0);
  return *end || errno ? otherwise : value;
}

Worker *makeWorker(unsigned index, uint64_t seed) {
  auto *worker = static_cast<Worker *>(aligned_alloc(64, (sizeof(Worker) + 63) & ~size_t{63}));
  if (!worker)
    return nullptr;
  memset(static_cast<void *>(worker), 0, sizeof *worker);
  worker->index = index;
  worker->randomState = (seed + index + 1) * 0x9e3779b97f4a7c15ull | 1;
  worker->ring.init();
  worker->heap.init();
  worker->wheel.init(runtime.world->now());
  return worker;
}

void freeWorker(Worker *worker) {
  worker->ring.destroy();
  worker->heap.giveAll();
  free(worker);
}

void *runThread(void *argument) {
  auto *worker = static_cast<Worker *>(argument);
  threadWorker = worker;
  void *guard = enterStackGuard();
  runLoop(worker);
  leaveStackGuard(guard);
  threadWorker = nullptr;
  return nullptr;
}

bool prepare() {
  memset(static_cast<void *>(&runtime), 0, sizeof runtime);
  runtime.epoll = runtime.wakeEvent = -1;
  runtime.entryNs = 100'000; // long, until it is known
  uint64_t seed = 0;
  bool simulated = sim::seedOf(getenv("ASYNC_SIM"), seed);
  runtime.world = simulated ? &simulatedWorld : &realWorld;
  if (simulated)
    sim::begin(seed);
  else
    seed = sync::systemRandom();
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  uint64_t count = simulated ? 1 : setting("ASYNC_WORKERS", cores > 0 ? static_cast<uint64_t>(cores) : 1);
  runtime.workerCount = static_cast<unsigned>(count < 1 ? 1 : count > maxWorkers ? maxWorkers : count);
  runtime.workers[0] = makeWorker(0, seed);
  runtime.startedCount = 1;
  runtime.detached.report = 1;
  threadWorker = runtime.workers[0];
  return runtime.workers[0] != nullptr;
}

// A worker that computes without end is left behind.
void joinThreads() {
  for (unsigned i = 1; i < runtime.startedCount; ++i) {
    timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 2;
    if (pthread_timedjoin_np(runtime.threads[i], nullptr, &limit) != 0) {
      writeError("a task computes without end; the program ends without it\n");
      _exit(70);
    }
  }
}

int checkLeaks() {
  Counts all{};
  for (unsigned i = 0; i < runtime.startedCount; ++i) {
    const Counts &counts = runtime.workers[i]->counts;
    all.tasks += counts.tasks;
    all.frames += counts.frames;
    all.timers += counts.timers;
    all.descriptors += counts.descriptors;
  }
  if (all.tasks == 0 && all.frames == 0 && all.timers == 0 && all.descriptors == 0)
    return 0;
  char numbers[4][20];
  auto number = [&](int i, int64_t value) { return Piece{numbers[i], formatNumber(static_cast<uint64_t>(value), numbers[i])}; };
  Piece pieces[] = {
      {"still live at the end: ", 23}, number(0, all.tasks),  {" tasks, ", 8}, number(1, all.frames), {" frames, ", 9}, number(2, all.timers), {" timers, ", 9},
      number(3, all.descriptors),      {" descriptors\n", 13}};
  writeError(pieces, 9);
  return 70;
}

int exitCodeOf(Task *main, int (*report)(uint64_t, uint64_t)) {
  auto [status, v0, v1] = outcomeOf(main);
  switch (static_cast<abi::Status>(status)) {
  case abi::Ready:
    return report ? report(v0, v1) : 0;
  case abi::Panicked:
    reportPanic(v0, "");
    freePanic(v0);
    return 101;
  case abi::Cancelled:
  case abi::Pending:
    return 128 + stoppingSignal();
  }
  return 1;
}

struct sigaction oldPipe;
void *firstGuard;

} // namespace

void startThreads() {
  if (Real::loadRelaxed(&runtime.startedCount) == 1 && !sync::threaded()) {
    sync::prepareMembarrier();
    __atomic_store_n(&async_is_threaded, 1, __ATOMIC_SEQ_CST); // before the thread is there
  }
  // One thread a spawn: the first tasks of a program rarely need more. Only one thread at a time gets here.
  static uint32_t starting;
  uint32_t free = 0;
  if (!Real::cas(&starting, free, 1u))
    return;
  unsigned index = runtime.startedCount;
  Worker *worker = index < runtime.workerCount ? makeWorker(index, runtime.workers[0]->randomState) : nullptr;
  if (worker) {
    runtime.workers[index] = worker;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, size_t{8} << 20);
    sigset_t all, old;
    sigfillset(&all); // signals are for the first thread, but for faults
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    pthread_sigmask(SIG_BLOCK, &all, &old);
    // Before the thread is there: one that parks has to know that another is awake, whom it looks after. Release: the worker.
    Real::store(&runtime.startedCount, index + 1);
    int error = pthread_create(&runtime.threads[index], &attributes, &runThread, worker);
    pthread_sigmask(SIG_SETMASK, &old, nullptr);
    pthread_attr_destroy(&attributes);
    if (error != 0) { // the system has no more threads for us; others may be looking at the worker
      Real::storeRelaxed(&runtime.workerCount, index);
      Real::store(&runtime.startedCount, index);
    }
  }
  Real::store(&starting, 0u);
}

void beginEnd(Worker *worker) {
  runtime.graceEnd = runtime.world->now() + gracePeriodNs;
  Real::store(&runtime.phase, static_cast<uint32_t>(Ending));
  cancelScope(worker, &runtime.detached);
}

// Behind the grace period detached tasks are cut (rules.md O2); those that cannot be, because they compute, are left after another while.
void endIfDone(Worker *worker) {
  bool cuts;
  {
    sync::SpinLock held(runtime.detached.lock);
    if (runtime.detached.pending != 0 && runtime.world->now() < runtime.graceEnd)
      return;
    cuts = runtime.detached.pending != 0 && runtime.detached.cancelled < 2;
    if (cuts)
      runtime.graceEnd = runtime.world->now() + cutPeriodNs;
    else if (runtime.detached.pending != 0)
      writeError("detached tasks did not stop in time\n");
  }
  if (cuts)
    return cancelScope(worker, &runtime.detached, true);
  uint32_t ending = Ending;
  if (Real::cas(&runtime.phase, ending, static_cast<uint32_t>(Over)))
    unparkAll();
}

} // namespace async::core

using namespace async::core;

bool async::core::beginRun() {
  if (!prepare()) {
    writeError("out of memory\n");
    return false;
  }
  struct sigaction ignore;
  memset(&ignore, 0, sizeof ignore);
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, &oldPipe);
  installStackGuard();
  firstGuard = enterStackGuard();
  return true;
}

void async::core::runMain(Task *main) {
  Worker *worker = runtime.workers[0];
  runtime.mainTask = main;
  submitTask(worker, main, 2);
  runLoop(worker);
  joinThreads();
  worker->running = 0;
}

int async::core::endRun() {
  bool clean = runtime.detached.pending == 0;
  freeTask(runtime.workers[0], runtime.mainTask);
  leaveStackGuard(firstGuard);
  restoreStackGuard();
  sigaction(SIGPIPE, &oldPipe, nullptr);
  const char *check = getenv("ASYNC_CHECK_LEAKS");
  int leaked = clean && check && *check == '1' ? checkLeaks() : 0;
  threadWorker = nullptr;
  for (Worker *worker : runtime.workers)
    if (worker)
      freeWorker(worker);
  runtime.startedCount = 0;
  memset(runtime.workers, 0, sizeof runtime.workers);
  free(runtime.injector);
  closeReactor();
  freeDescriptors();
  return leaked;
}

extern "C" int async_main_run(int argc, char **argv, const async::abi::SpawnInfo *body, int (*report)(uint64_t v0, uint64_t v1)) {
  setArguments(argc, argv);
  if (!beginRun())
    return 70;
  isProgram = true;
  installSignals();
  Task *main = async_spawn(runtime.workers[0], nullptr, body);
  runMain(main);
  int code = exitCodeOf(main, report);
  restoreSignals();
  int leaked = endRun();
  isProgram = false;
  return leaked ? leaked : code;
}
