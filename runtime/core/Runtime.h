// Runtime.h: the state of one run: its workers and what they share. Everything here is made by async_main_run and gone when it returns.
//
// worker    a thread that runs tasks.  task: see TaskWord.h.  entry: what lies in a queue: leaf | 1 (resume this leaf), task | 2 (start), task (take the list).
// Threads   worker 0 is the thread of `main`; the others start when the first task is spawned, so that a program without tasks stays single-threaded.
#pragma once
#include <pthread.h>
#include <stdint.h>

#include "runtime/abi/Abi.h"
#include "runtime/core/Heap.h"
#include "runtime/core/Ring.h"
#include "runtime/core/TaskWord.h"
#include "runtime/core/Wheel.h"
#include "runtime/sync/Sync.h"

namespace async::core {

using abi::Frame;
using abi::Leaf;
using abi::Outcome;
using abi::Scope;
using abi::Task;
using abi::Worker;
using sync::Real;

using Word = TaskWord<Real, Leaf>;

constexpr unsigned maxWorkers = 256;

// What differs between the real world and the simulated one (runtime/sim).
struct World {
  int64_t (*now)();
  uint64_t (*pop)(Worker *worker); // the next entry of the worker's ring
  bool (*idle)(Worker *worker); // nothing to run here: steal, wait; false: the run is over
  void (*submit)(Worker *worker, uint64_t entry); // soon, on this worker
  uint64_t (*random)(Worker *worker);
  uint32_t maxRunOfLast; // entries taken from the last-in slot in a row
};
extern const World realWorld, simulatedWorld;

// Live things, for ASYNC_CHECK_LEAKS. Written by the worker only.
struct Counts {
  int64_t tasks, frames, timers, descriptors;
};

struct PendingWords; // Words.cpp

struct Runtime {
  const World *world = &realWorld; // also where there is no run, as in C that calls a synchronous function of a library
  Worker *workers[maxWorkers];
  unsigned workerCount; // that there may be
  unsigned startedCount; // that run
  pthread_t threads[maxWorkers];

  // Parking.h
  uint32_t idleLock;
  uint32_t searching, parked; // under idleLock; read without it as a hint
  Worker *parkedList;
  Worker *guard; // looks after the others; under idleLock, read without it as a hint
  uint32_t seenTicks[maxWorkers]; // of the workers, when the guard looked last
  int64_t lookedAt;
  uint32_t entryNs; // how long an entry runs, about; a hint
  uint32_t finishing; // calls of runUntilEnded

  // Reactor.h
  uint32_t reactorLock;
  int epoll; // -1: none yet
  int wakeEvent;
  uint32_t polling; // a worker waits in epoll, or looks

  // Entries from threads that are no worker.
  uint32_t injectorLock;
  uint32_t injectorSize;
  uint64_t *injector;
  uint32_t injectorCapacity;

  Scope detached; // owns tasks of no scope
  Task *mainTask;
  uint32_t phase; // Phase
  int64_t graceEnd;
  uint32_t signalsPending; // bit: number of the signal
};
enum Phase : uint32_t { Running, Ending, Over };

extern Runtime runtime;
extern thread_local Worker *threadWorker;
inline Worker *currentWorker() { return threadWorker; }

} // namespace async::core

struct async::abi::Worker : async::abi::WorkerHead {
  uint32_t index;
  uint32_t spawned;
  uint32_t runOfLast; // entries in a row that came from `last`
  uint64_t last; // the last-in slot: others take it only if this worker does not come back to it
  Leaf *yielded; // leaves of the running task that yielded
  Task *finishing; // that runUntilEnded waits for; null: it does not run
  async::core::PendingWords *words; // for the next spawn; null: it says nothing
  uint32_t tick;
  async::core::Ring<async::core::Real> ring;
  async::core::Heap heap;
  async::core::Counts counts;
  uint64_t randomState;

  // Since it last came from idling, by Parking.h.
  int64_t busySince; // 0: not known
  uint32_t busyTick;

  // Parking, under Runtime::idleLock but for `wake`.
  alignas(64) uint32_t wake; // futex: 1 once it was woken
  bool isParked, parksInEpoll;
  bool guardsOn, attends; // when it looked last as the guard: others moved or were awake; one of them did not come back to its queue
  Worker *parkedNext;

  async::core::Wheel wheel;
};
