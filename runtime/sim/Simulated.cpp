#include "runtime/sim/Simulated.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/core/Describe.h"
#include "runtime/core/Panic.h"
#include "runtime/core/Reactor.h"
#include "runtime/core/Scheduler.h"

namespace async::sim {

using core::Real;
using core::runtime;
using core::Worker;

namespace {

int64_t clockNs;
uint64_t state;

// splitmix64
uint64_t draw() {
  uint64_t z = state += 0x9e3779b97f4a7c15ull;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
  return z ^ (z >> 31);
}

} // namespace

bool seedOf(const char *text, uint64_t &seed) {
  if (!text || !*text)
    return false;
  char *end;
  errno = 0;
  seed = strtoull(text, &end, 0);
  if (*end == 0 && errno == 0)
    return true;
  seed = 14695981039346656037ull; // FNV-1a
  for (; *text; ++text)
    seed = (seed ^ static_cast<uint8_t>(*text)) * 1099511628211ull;
  return true;
}

void begin(uint64_t seed) {
  state = seed;
  clockNs = 0;
}

namespace {

int64_t now() { return clockNs; }

uint64_t pop(Worker *worker) {
  uint64_t count = worker->ring.size();
  return count == 0 ? 0 : worker->ring.popAt(count == 1 ? 0 : draw() % count);
}

void submit(Worker *worker, uint64_t entry) { core::pushEntry(worker, entry); }

uint64_t random(Worker *) { return draw(); }

[[noreturn]] void deadlock() {
  core::writeError("deadlock: no task can run, no timer is set and nothing is waited for outside\n");
  core::reportTasks();
  _exit(102);
}

bool idle(Worker *worker) {
  if (Real::load(&runtime.phase) == core::Over)
    return false;
  if (core::pollSources(worker) || !worker->ring.empty())
    return true;
  if (core::pollReactor(worker))
    return true;
  int64_t next = worker->wheel.nextTurn();
  if (next != INT64_MAX) {
    clockNs = next > clockNs ? next : clockNs;
    return true;
  }
  if (Real::load(&runtime.phase) == core::Ending) {
    clockNs = runtime.graceEnd;
    return true;
  }
  if (!core::isReactorOpen() || !core::takePolling())
    deadlock();
  core::waitReactor(worker, -1);
  return true;
}

} // namespace

} // namespace async::sim

namespace async::core {
const World simulatedWorld{&sim::now, &sim::pop, &sim::idle, &sim::submit, &sim::random, 0};
} // namespace async::core
