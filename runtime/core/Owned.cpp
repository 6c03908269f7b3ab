// Owned.cpp: what std's queues between streams and sinks need of the runtime (std/core/stream.async).
#include "runtime/core/Runtime.h"

extern "C" {

// As sync::SpinLock, but in two calls: one that begins while there is a single thread may end when there are more.
void async_lock(uint32_t *word) {
  if (!async::sync::threaded())
    return;
  unsigned turns = 0;
  while (__atomic_exchange_n(word, 1u, __ATOMIC_ACQUIRE) != 0) // acquire: the release below
    while (__atomic_load_n(word, __ATOMIC_RELAXED) != 0)
      async::sync::spinPause(turns);
}

void async_unlock(uint32_t *word) { __atomic_store_n(word, 0u, __ATOMIC_RELEASE); }
}
