// Random.cpp: random words for programs.
#include "runtime/core/Scheduler.h"

using namespace async::core;

extern "C" {

// Under ASYNC_SIM the same for the same seed.
uint64_t async_random(void) {
  Worker *worker = currentWorker();
  return worker ? runtime.world->random(worker) : async::sync::systemRandom();
}
}
