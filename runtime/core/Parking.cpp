#include "runtime/core/Parking.h"

#include <unistd.h>

#include "runtime/core/Reactor.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

using sync::SpinLock;

constexpr int64_t guardPeriodNs = 4'000'000;
constexpr uint32_t worthWakingNs = 100'000; // of work: what a wake-up costs, several times

void unpark(Worker *worker) {
  __atomic_store_n(&worker->wake, 1u, __ATOMIC_RELEASE);
  if (Real::loadRelaxed(&worker->parksInEpoll))
    wakeReactor();
  else
    sync::futexWake(&worker->wake);
}

namespace {

void setHint(uint32_t &word, uint32_t value) { Real::storeRelaxed(&word, value); }

void setGuard(Worker *worker) { Real::storeRelaxed(&runtime.guard, worker); } // under idleLock

// Under idleLock.
bool removeParked(Worker *worker) {
  if (!worker->isParked)
    return false;
  for (Worker **link = &runtime.parkedList; *link; link = &(*link)->parkedNext)
    if (*link == worker) {
      *link = worker->parkedNext;
      break;
    }
  Real::storeRelaxed(&worker->isParked, false);
  setHint(runtime.parked, runtime.parked - 1);
  return true;
}

// Under idleLock. The one that polls and the guard go on with that if there is another.
Worker *toWake() {
  Worker *other = nullptr;
  for (Worker *worker = runtime.parkedList; worker; worker = worker->parkedNext) {
    if (!worker->parksInEpoll && worker != runtime.guard)
      return worker;
    if (!other || other->parksInEpoll)
      other = worker;
  }
  return other;
}

} // namespace

void wakeOne() {
  Worker *worker;
  {
    SpinLock held(runtime.idleLock);
    worker = runtime.searching == 0 ? toWake() : nullptr;
    if (!worker)
      return;
    removeParked(worker);
    setHint(runtime.searching, runtime.searching + 1); // on its behalf
  }
  unpark(worker);
}

void shareWork(Worker *worker) {
  uint64_t count = worker->ring.size();
  if (count > 1 && count * Real::loadRelaxed(&runtime.entryNs) > worthWakingNs)
    notify();
}

void unparkAll() {
  for (unsigned i = 0; i < Real::load(&runtime.startedCount); ++i)
    unpark(runtime.workers[i]);
}

void unparkFinishing() {
  for (unsigned i = 0; i < Real::load(&runtime.startedCount); ++i)
    if (Real::loadRelaxed(&runtime.workers[i]->finishing))
      unpark(runtime.workers[i]);
}

namespace {

bool isFinished(Worker *worker) { return worker->finishing && hasEnded(worker->finishing); }

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
  return Real::load(&worker->last) != 0 || isFinished(worker);
}

// By the guard, once a period. A worker that has not moved since the last look is in a long run: its entries and events are served here.
void lookAfterOthers(Worker *worker) {
  int64_t now = sync::monotonicNow();
  worker->guardsOn = true;
  if (now - runtime.lookedAt < guardPeriodNs)
    return;
  runtime.lookedAt = now;
  worker->guardsOn = worker->attends = false;
  for (unsigned i = 0; i < Real::load(&runtime.startedCount); ++i) {
    Worker *other = runtime.workers[i];
    uint32_t tick = Real::loadRelaxed(&other->tick);
    bool moved = runtime.seenTicks[i] != tick;
    runtime.seenTicks[i] = tick;
    if (other == worker || (!moved && Real::loadRelaxed(&other->isParked)))
      continue;
    worker->guardsOn = true;
    if (moved)
      continue;
    worker->attends = true;
    if (uint64_t entry = Real::exchange(&other->last, uint64_t{0}))
      pushEntry(worker, entry);
    fireTimers(worker, other);
  }
  if (worker->attends)
    pollReactor(worker);
}

int64_t timeToSleep(Worker *worker, bool guards) {
  int64_t until = worker->wheel.nextTurn();
  if (Real::loadRelaxed(&runtime.phase) == Ending && runtime.graceEnd < until)
    until = runtime.graceEnd;
  int64_t left = -1;
  if (until != INT64_MAX) {
    int64_t now = sync::monotonicNow();
    left = until > now ? until - now : 0;
  }
  return guards && (left < 0 || left > guardPeriodNs) ? guardPeriodNs : left;
}

// Under idleLock: what the worker does while it sleeps.
void chooseDuty(Worker *worker, bool othersAwake) {
  bool guardNeeded = othersAwake || worker->guardsOn;
  if (!runtime.guard && guardNeeded)
    setGuard(worker);
  else if (runtime.guard == worker && !guardNeeded)
    setGuard(nullptr);
  // Who is awake and has short entries polls soon: two workers would take turns at what one can do.
  bool needed = !othersAwake || worker->attends || Real::loadRelaxed(&runtime.entryNs) * 2 > worthWakingNs;
  Real::storeRelaxed(&worker->parksInEpoll, needed && isReactorOpen() && takePolling());
}

// Sleeps until something is there for this worker. True: it was woken to search.
bool park(Worker *worker, bool searching) {
  bool othersAwake, guards;
  {
    SpinLock held(runtime.idleLock);
    if (searching)
      setHint(runtime.searching, runtime.searching - 1);
    __atomic_store_n(&worker->wake, 0u, __ATOMIC_RELAXED);
    othersAwake = runtime.parked + 1 < Real::load(&runtime.startedCount);
    chooseDuty(worker, othersAwake);
    guards = runtime.guard == worker;
    Real::storeRelaxed(&worker->isParked, true);
    worker->parkedNext = runtime.parkedList;
    runtime.parkedList = worker;
    setHint(runtime.parked, runtime.parked + 1);
  }
  if (othersAwake) // one that wakes later takes the lock first and sees this worker parked
    Real::heavyFence();
  bool found = anyWork(worker);
  if (worker->parksInEpoll) {
    if (found)
      leavePolling();
    else
      found = waitReactor(worker, timeToSleep(worker, guards));
  } else if (!found && __atomic_load_n(&worker->wake, __ATOMIC_ACQUIRE) == 0) {
    sync::futexWait(&worker->wake, 0, timeToSleep(worker, guards));
  }
  bool woken;
  {
    SpinLock held(runtime.idleLock);
    woken = !removeParked(worker);
    Real::storeRelaxed(&worker->parksInEpoll, false);
    worker->guardsOn = runtime.guard == worker; // perhaps only now: another has handed it over
  }
  if (guards) // nobody else looks until it hands over or parks
    lookAfterOthers(worker);
  return woken;
}

// This worker has work: somebody else looks after it.
void handOverGuard(Worker *worker) {
  Worker *guard = Real::loadRelaxed(&runtime.guard);
  if (guard != worker && (guard || Real::loadRelaxed(&runtime.parked) == 0))
    return;
  {
    SpinLock held(runtime.idleLock);
    if (runtime.guard && runtime.guard != worker)
      return;
    setGuard(guard = toWake());
  }
  if (guard)
    unpark(guard); // it is still registered, and sleeps again with a limit
}

void noteBusy(Worker *worker) {
  worker->busySince = sync::monotonicNow();
  worker->busyTick = worker->tick;
}

// One that was interrupted for long must not count for much.
void noteIdle(Worker *worker) {
  uint32_t entries = worker->tick - worker->busyTick;
  if (worker->busySince == 0 || entries == 0)
    return;
  int64_t old = Real::loadRelaxed(&runtime.entryNs), now = (sync::monotonicNow() - worker->busySince) / entries;
  int64_t most = old * 8 + 1000;
  Real::storeRelaxed(&runtime.entryNs, static_cast<uint32_t>((old * 7 + (now > most ? most : now) + 7) / 8));
  worker->busySince = 0;
}

// There is work.
void goOn(Worker *worker, bool searching) {
  if (Real::load(&runtime.startedCount) == 1)
    return;
  if (searching)
    stopSearching(true);
  handOverGuard(worker);
  noteBusy(worker);
}

bool idleReal(Worker *worker) {
  bool searching = false;
  noteIdle(worker);
  for (;;) {
    if (Real::load(&runtime.phase) == Over)
      return false;
    if (pollSources(worker) || !worker->ring.empty() || Real::loadRelaxed(&worker->last) || isFinished(worker)) {
      goOn(worker, searching);
      return true;
    }
    if (Real::load(&runtime.startedCount) > 1) {
      searching = searching || startSearching();
      if (searching && stealFromOthers(worker)) {
        goOn(worker, searching);
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
