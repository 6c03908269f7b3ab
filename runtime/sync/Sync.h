// Sync.h: the only source of atomics in the runtime.
//
// Protocols (TaskWord, Ring, Parking) are templates over a policy with the functions of `Real` below. They work on plain words, so that the words can lie
// in frames that generated code lays out. Policies: Real; Model (Model.h), which tries all interleavings.
// Threads   `Real` uses plain accesses until the process has started a second thread: the flag is set before that thread starts, by the only one there is.
#pragma once
#include <stdint.h>

extern "C" uint8_t async_is_threaded;

namespace async::sync {

inline bool threaded() { return __atomic_load_n(&async_is_threaded, __ATOMIC_RELAXED) != 0; }

// Whether light fences may be compiler barriers, because heavy ones make all threads execute a real one.
extern bool membarrierWorks;
void prepareMembarrier(); // before the second thread
void membarrier();

struct Real {
  template <typename T> static T load(const T *at) { return __atomic_load_n(at, __ATOMIC_ACQUIRE); }
  template <typename T> static T loadRelaxed(const T *at) { return __atomic_load_n(at, __ATOMIC_RELAXED); }
  template <typename T> static void store(T *at, T value) { __atomic_store_n(at, value, __ATOMIC_RELEASE); }
  template <typename T> static void storeRelaxed(T *at, T value) { __atomic_store_n(at, value, __ATOMIC_RELAXED); }
  template <typename T> static bool cas(T *at, T &expected, T desired) {
    if (!threaded()) {
      if (*at != expected) {
        expected = *at;
        return false;
      }
      *at = desired;
      return true;
    }
    return __atomic_compare_exchange_n(at, &expected, desired, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
  }
  template <typename T> static T exchange(T *at, T value) {
    if (!threaded()) {
      T old = *at;
      *at = value;
      return old;
    }
    return __atomic_exchange_n(at, value, __ATOMIC_ACQ_REL);
  }
  template <typename T> static T add(T *at, T value) {
    if (!threaded()) {
      T old = *at;
      *at = static_cast<T>(old + value);
      return old;
    }
    return __atomic_fetch_add(at, value, __ATOMIC_ACQ_REL);
  }
  // Orders the stores before against the loads behind, together with a heavy fence on the other side.
  static void lightFence() {
    if (!threaded())
      return;
    if (__builtin_expect(membarrierWorks, true))
      __asm__ volatile("" ::: "memory");
    else
      __atomic_thread_fence(__ATOMIC_SEQ_CST);
  }
  static void heavyFence() {
    if (!threaded())
      return;
    if (membarrierWorks)
      membarrier();
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
  }
};

void spinPause(unsigned &turns); // waits a little, then gives the processor away

// A lock for a few instructions. Zero is free.
class SpinLock {
public:
  explicit SpinLock(uint32_t &word) : word(word) {
    if (!threaded())
      return;
    unsigned turns = 0;
    while (__atomic_exchange_n(&word, 1u, __ATOMIC_ACQUIRE) != 0) // acquire: the release below
      while (__atomic_load_n(&word, __ATOMIC_RELAXED) != 0)
        spinPause(turns);
    held = true;
  }
  SpinLock(const SpinLock &) = delete;
  SpinLock &operator=(const SpinLock &) = delete;
  ~SpinLock() { unlock(); }
  void unlock() {
    if (held)
      __atomic_store_n(&word, 0u, __ATOMIC_RELEASE);
    held = false;
  }

private:
  uint32_t &word;
  bool held = false; // the flag of threads may be set while this one is held without an access
};

// Sleeping on a word of memory: while it has that value, at most until `timeoutNs` from now (negative: no limit).
void futexWait(uint32_t *word, uint32_t expected, int64_t timeoutNs);
void futexWake(uint32_t *word);

int64_t monotonicNow(); // nanoseconds
uint64_t systemRandom();

} // namespace async::sync
