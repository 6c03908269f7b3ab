// Entry.cpp: which entry a program of several begins with.
#include <stdlib.h>
#include <unistd.h>

#include "runtime/core/Panic.h"

extern "C" uint64_t async_entry(uint64_t count) {
  const char *text = getenv("ASYNC_ENTRY");
  if (text && *text >= '0' && *text <= '9') {
    char *end;
    uint64_t chosen = strtoull(text, &end, 10);
    if (!*end && chosen < count)
      return chosen;
  }
  async::core::writeError("ASYNC_ENTRY does not say which entry of the program is to be run\n");
  _exit(70);
}
