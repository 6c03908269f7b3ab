#include "runtime/sync/Sync.h"

#include <linux/futex.h>
#include <linux/membarrier.h>
#include <sched.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

extern "C" {
uint8_t async_is_threaded = 0;
}

namespace async::sync {

bool membarrierWorks = false;

void prepareMembarrier() {
#if !__has_feature(thread_sanitizer)
  membarrierWorks = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
#endif
}

void membarrier() { syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0); }

// The holder may have lost its processor.
void spinPause(unsigned &turns) {
  if (++turns < 64) {
    __builtin_ia32_pause();
    return;
  }
  sched_yield();
}

void futexWait(uint32_t *word, uint32_t expected, int64_t timeoutNs) {
  timespec limit{static_cast<time_t>(timeoutNs / 1'000'000'000), static_cast<long>(timeoutNs % 1'000'000'000)};
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, timeoutNs < 0 ? nullptr : &limit, nullptr, 0);
}

void futexWake(uint32_t *word) { syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0); }

int64_t monotonicNow() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec;
}

uint64_t systemRandom() {
  uint64_t value = 0;
  if (getrandom(&value, sizeof value, 0) != static_cast<ssize_t>(sizeof value))
    value = static_cast<uint64_t>(monotonicNow()) * 0x9e3779b97f4a7c15ull;
  return value;
}

} // namespace async::sync
