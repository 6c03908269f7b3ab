#include "runtime/core/Parking.h"

#include <unistd.h>

#include "runtime/core/Reactor.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

using sync::SpinLock;

constexpr int64_t sentinelPeriodNs = 10'000'000;

void unpark(Worker *worker) {
  __atomic_store_n(&worker->wake, 1u, __ATOMIC_RELEASE);
  if (Real::loadRelaxed(&worker->parksInEpoll))
    wakeReactor(worker);
  else
    sync::futexWake(&worker->wake);
}

namespace {

void setHint(uint32_t &word, uint32_t value) { Real::storeRelaxed(&word, value); }

// Under idleLock.
bool removeParked(Worker *worker) {
  if (!worker->isParked)
    return false;
  for (Worker **link = &runtime.parkedList; *link; link = &(*link)->parkedNext)
    if (*link == worker) {
      *link = worker->parkedNext;
      break;
    }
  worker->isParked = false;
  setHint(runtime.parked, runtime.parked - 1);
  return true;
}

} // namespace

void wakeOne() {
  Worker *worker;
  {
    SpinLock held(runtime.idleLock);
    worker = runtime.parkedList;
    if (!worker || runtime.searching != 0)
      return;
    removeParked(worker);
    setHint(runtime.searching, runtime.searching + 1); // on its behalf
  }
  unpark(worker);
}

void unparkAll() {
  for (unsigned i = 0; i < Real::load(&runtime.startedCount); ++i)
    unpark(runtime.workers[i]);
}

namespace {

void stopSearching(bool found) {
  bool last;
  {
    SpinLock held(runtime.idleLock);
    setHint(runtime.searching, runtime.searching - 1);
    last = runtime.searching == 0;
  }
  if (found && last)
    notify();
}

bool startSearching() {
  if (Real::loadRelaxed(&runtime.searching) != 0)
    return false;
  SpinLock held(runtime.idleLock);
  if (runtime.searching != 0)
    return false;
  setHint(runtime.searching, 1);
  return true;
}

bool stealFromOthers(Worker *worker) {
  unsigned count = Real::load(&runtime.startedCount);
  unsigned first = static_cast<unsigned>(runtime.world->random(worker) % count);
  for (unsigned i = 0; i < count; ++i) {
    Worker *victim = runtime.workers[(first + i) % count];
    if (victim == worker)
      continue;
    if (uint64_t entry = worker->ring.stealFrom(victim->ring)) {
      pushEntry(worker, entry);
      return true;
    }
  }
  return false;
}

bool anyWork(Worker *worker) {
  if (Real::load(&runtime.phase) == Over || Real::loadRelaxed(&runtime.signalsPending) || Real::load(&runtime.injectorSize))
    return true;
  for (unsigned i = 0; i < Real::load(&runtime.startedCount); ++i)
    if (!runtime.workers[i]->ring.empty())
      return true;
  return Real::load(&worker->last) != 0;
}

// By the sentinel. A worker that has not moved since the last look is in a long run: its entries and events are served here.
bool helpStuck(Worker *worker) {
  bool found = false;
  for (unsigned i = 0; i < Real::load(&runtime.startedCount); ++i) {
    Worker *other = runtime.workers[i];
    if (other == worker)
      continue;
    uint32_t tick = Real::loadRelaxed(&other->tick);
    bool stuck = runtime.seenTicks[i] == tick;
    runtime.seenTicks[i] = tick;
    if (!stuck)
      continue;
    if (uint64_t entry = Real::exchange(&other->last, uint64_t{0})) {
      pushEntry(worker, entry);
      found = true;
    }
    found |= fireTimers(worker, other);
    found |= pollReactorOf(worker, other);
  }
  return found;
}

int64_t timeToSleep(Worker *worker, bool sentinel) {
  int64_t until = worker->wheel.nextTurn();
  if (Real::loadRelaxed(&runtime.phase) == Ending && runtime.graceEnd < until)
    until = runtime.graceEnd;
  int64_t now = sync::monotonicNow();
  int64_t left = until == INT64_MAX ? -1 : until > now ? until - now : 0;
  if (sentinel && (left < 0 || left > sentinelPeriodNs))
    left = sentinelPeriodNs;
  return left;
}

// Sleeps until something is there for this worker. True: it was woken to search.
bool park(Worker *worker, bool searching) {
  bool othersAwake;
  {
    SpinLock held(runtime.idleLock);
    if (searching)
      setHint(runtime.searching, runtime.searching - 1);
    __atomic_store_n(&worker->wake, 0u, __ATOMIC_RELAXED);
    Real::storeRelaxed(&worker->parksInEpoll, worker->epoll >= 0);
    worker->isParked = true;
    worker->parkedNext = runtime.parkedList;
    runtime.parkedList = worker;
    setHint(runtime.parked, runtime.parked + 1);
    othersAwake = runtime.parked < Real::load(&runtime.startedCount);
  }
  if (othersAwake) // one that wakes later takes the lock first and sees this worker parked
    Real::heavyFence();
  bool sentinel = false;
  if (!anyWork(worker)) {
    // With others awake one parked worker stands guard.
    uint32_t none = 0;
    sentinel = Real::loadRelaxed(&runtime.parked) < Real::load(&runtime.startedCount) && Real::cas(&runtime.sentinel, none, 1u);
    int64_t timeout = timeToSleep(worker, sentinel);
    if (worker->parksInEpoll)
      waitReactor(worker, timeout);
    else if (__atomic_load_n(&worker->wake, __ATOMIC_ACQUIRE) == 0)
      sync::futexWait(&worker->wake, 0, timeout);
  }
  bool woken;
  {
    SpinLock held(runtime.idleLock);
    woken = !removeParked(worker);
  }
  if (sentinel) {
    helpStuck(worker);
    Real::store(&runtime.sentinel, 0u);
  }
  return woken;
}

bool idleReal(Worker *worker) {
  bool searching = false;
  for (;;) {
    if (Real::load(&runtime.phase) == Over)
      return false;
    if (pollSources(worker) || !worker->ring.empty() || Real::loadRelaxed(&worker->last)) {
      if (searching)
        stopSearching(true);
      else if (worker->ring.size() > 1)
        notify();
      return true;
    }
    if (Real::load(&runtime.startedCount) > 1) {
      searching = searching || startSearching();
      if (searching && stealFromOthers(worker)) {
        stopSearching(true);
        return true;
      }
    }
    searching = park(worker, searching);
  }
}

void submitReal(Worker *worker, uint64_t entry) {
  if (uint64_t older = Real::exchange(&worker->last, entry)) {
    pushEntry(worker, older);
    notify();
  } else if (Real::loadRelaxed(&runtime.parked) && !Real::loadRelaxed(&runtime.sentinel)) {
    wakeOne(); // it will find nothing and stand guard
  }
}

uint64_t popReal(Worker *worker) { return worker->ring.pop(); }

uint64_t randomReal(Worker *worker) {
  uint64_t x = worker->randomState; // xorshift
  x ^= x << 13;
  x ^= x >> 7;
  x ^= x << 17;
  return worker->randomState = x;
}

} // namespace

const World realWorld{&sync::monotonicNow, &popReal, &idleReal, &submitReal, &randomReal, 16};

} // namespace async::core
