// Signals.cpp: signals of the operating system. The handler only notes them; workers act on them.
//
// Interrupt  the first SIGINT or SIGTERM cancels `main`, unless the program has listened for it; the second ends the process (rules.md O13). For a program
//            that has listened, a signal that nobody waits for is kept; the next one like it ends the process.
#include "runtime/core/Signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>

#include "runtime/core/Parking.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

using sync::SpinLock;

namespace {

struct SignalLeaf : OpsLeaf {
  SignalLeaf *nextWaiting;
  uint32_t number; // 0: it is in no list
};
static_assert(sizeof(SignalLeaf) == 56);

constexpr int64_t largestSignal = 31;

struct State {
  uint32_t lock;
  uint32_t listened; // bits: the program has waited for it
  uint32_t unseen;   // bits: came while nobody waited
  uint32_t handled;  // bits: our handler is installed
  uint32_t stopping; // number of the signal that cancelled main
  SignalLeaf *waiting;
  struct sigaction old[largestSignal + 1];
};
State state;

void onSignal(int number) {
  int error = errno;
  uint32_t bit = 1u << number;
  bool isEnd = number == SIGINT || number == SIGTERM;
  bool again = __atomic_load_n(&state.unseen, __ATOMIC_RELAXED) & bit;
  again |= isEnd && __atomic_load_n(&state.stopping, __ATOMIC_RELAXED) != 0;
  again |= (__atomic_fetch_or(&runtime.signalsPending, bit, __ATOMIC_ACQ_REL) & bit) != 0;
  if (again) {
    signal(number, SIG_DFL);
    raise(number);
  }
  if (Worker *first = runtime.workers[0])
    unpark(first); // no lock: it looks again before it sleeps
  errno = error;
}

void install(int number) {
  if (state.handled & (1u << number))
    return;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = &onSignal;
  action.sa_flags = SA_RESTART | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  if (sigaction(number, &action, &state.old[number]) == 0)
    state.handled |= 1u << number;
}

void stopMain(Worker *worker, int number) {
  __atomic_store_n(&state.stopping, static_cast<uint32_t>(number), __ATOMIC_RELAXED);
  SpinLock held(runtime.detached.lock);
  for (Task *task = runtime.detached.first; task; task = task->scopeNext)
    if (task == runtime.mainTask)
      cancelTask(worker, task);
}

void deliver(Worker *worker, int number) {
  uint32_t bit = 1u << number;
  {
    SpinLock held(state.lock);
    bool found = false;
    for (SignalLeaf **link = &state.waiting; *link;) {
      SignalLeaf *leaf = *link;
      if (leaf->number != static_cast<uint32_t>(number)) {
        link = &leaf->nextWaiting;
        continue;
      }
      *link = leaf->nextWaiting;
      leaf->number = 0;
      leaf->value = static_cast<uint64_t>(number);
      wakeLeafLater(worker, leaf);
      found = true;
    }
    if (found)
      return;
    if (state.listened & bit) {
      __atomic_fetch_or(&state.unseen, bit, __ATOMIC_RELAXED);
      return;
    }
  }
  stopMain(worker, number);
}

} // namespace

void installSignals() {
  memset(&state, 0, sizeof state);
  install(SIGINT);
  install(SIGTERM);
}

void restoreSignals() {
  for (int number = 1; number <= largestSignal; ++number)
    if (state.handled & (1u << number))
      sigaction(number, &state.old[number], nullptr);
  state.handled = 0;
}

int stoppingSignal() { return static_cast<int>(state.stopping); }

bool handleSignals(Worker *worker) {
  if (__builtin_expect(__atomic_load_n(&runtime.signalsPending, __ATOMIC_RELAXED) == 0, true))
    return false;
  uint32_t pending = __atomic_exchange_n(&runtime.signalsPending, 0u, __ATOMIC_ACQ_REL);
  for (int number = 1; number <= largestSignal; ++number)
    if (pending & (1u << number))
      deliver(worker, number);
  return pending != 0;
}

namespace {

bool cancelSignal(Worker *, Leaf *waiting) {
  auto *leaf = static_cast<SignalLeaf *>(waiting);
  SpinLock held(state.lock);
  if (leaf->number == 0)
    return false;
  for (SignalLeaf **link = &state.waiting; *link; link = &(*link)->nextWaiting)
    if (*link == leaf) {
      *link = leaf->nextWaiting;
      break;
    }
  leaf->number = 0;
  return true;
}

constexpr LeafOps signalOps{"a signal", &cancelSignal, nullptr};

} // namespace

} // namespace async::core

using namespace async::core;

extern "C" ASYNC_START Outcome async_signal_wait(Worker *worker, Frame *frame, int64_t number) {
  if (number <= 0 || number > largestSignal)
    return ready(static_cast<uint64_t>(-EINVAL));
  auto *leaf = reinterpret_cast<SignalLeaf *>(frame);
  uint32_t bit = 1u << number;
  SpinLock held(state.lock);
  state.listened |= bit;
  install(static_cast<int>(number));
  if (__atomic_fetch_and(&state.unseen, ~bit, __ATOMIC_RELAXED) & bit)
    return ready(static_cast<uint64_t>(number));
  leaf->number = static_cast<uint32_t>(number);
  leaf->nextWaiting = state.waiting;
  state.waiting = leaf;
  beginWait(worker, leaf, &signalOps);
  return pendingOutcome;
}
