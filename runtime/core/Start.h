// Start.h: one run, from its beginning to its end, on this thread: for `main`, and for an async function that C calls (Export.cpp). One at a time in a process.
#pragma once
#include "runtime/core/Scheduler.h"

namespace async::core {

extern bool isProgram; // the run is that of `main`

bool beginRun();          // false: it was said why
void runMain(Task *main); // until its task and those it detached have ended
int endRun();             // frees the main task and all of the run; not 0: the status of a program with leaks

} // namespace async::core
