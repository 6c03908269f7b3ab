// FakeRuntime.h: just enough of a runtime, on one thread, to run generated code in a test: one task, leaves that wake in turn, panics.
#pragma once
#include <cstdint>

namespace async::test {

struct RuntimeLog {
  int64_t reported = 0; // v0 of the main task's value
  int64_t status = -1; // how the main task ended
  uint64_t payload = 0;
  int framesMade = 0, framesFreed = 0; // on the heap
  int allocated = 0;
  int suspensions = 0;
  int shielded = 0, shieldDepth = 0;
  int64_t noted[64] = {}; // by test_note
  int noteCount = 0;
  bool cancelNext = false; // the next leaf that waits ends as cancelled
  bool waits = true; // leaves say pending
  int tasksEnded = 0;
  bool cancelTasks = false; // tasks are stopped before they start
};
RuntimeLog &runtimeLog();

} // namespace async::test
