// Export.cpp: async functions that C calls. The caller waits until the function has ended; a panic, which cannot go on into C, aborts with its message.
//
// Outside every run the call is a run of its own: the calling thread is worker 0, the others are started when they are needed, and all is over when it
// returns. A second thread that calls meanwhile waits its turn. From inside a run, in C that a task has called, the task is set aside until the function ends.
#include <pthread.h>
#include <stdlib.h>

#include "runtime/core/Panic.h"
#include "runtime/core/Start.h"
#include "runtime/core/Waits.h"

using namespace async::core;

namespace {

pthread_mutex_t runs = PTHREAD_MUTEX_INITIALIZER; // held while a call is a run

[[noreturn]] void fail(const char *text) {
  writeError(text);
  abort();
}

} // namespace

extern "C" {

void async_task_release(Task *task); // Task.cpp

Task *async_export_begin(const async::abi::SpawnInfo *body) {
  if (!currentWorker()) {
    if (isProgram)
      fail("an exported async function was called from a thread that runs no tasks\n");
    pthread_mutex_lock(&runs);
    if (!beginRun())
      abort();
  }
  Task *task = async_spawn(currentWorker(), nullptr, body);
  if (!runtime.mainTask)
    runtime.mainTask = task;
  return task;
}

async::abi::Words async_export_run(Task *task) {
  Worker *worker = currentWorker();
  if (task == runtime.mainTask) {
    runMain(task);
  } else {
    async_spawn_submit(worker, task);
    runUntilEnded(worker, task);
  }
  auto [status, v0, v1] = outcomeOf(task);
  if (status == async::abi::Panicked) {
    reportPanic(v0, "");
    abort();
  }
  if (status != async::abi::Ready)
    fail("an exported function was cancelled, and its caller in C has no value\n");
  return {v0, v1};
}

void async_export_end(Task *task) {
  if (task != runtime.mainTask) {
    task->mark = async::abi::TaskTaken;
    async_task_release(task);
    return;
  }
  if (int leaked = endRun())
    exit(leaked);
  pthread_mutex_unlock(&runs);
}

void async_export_panic(void *exception) {
  reportPanic(async_catch(exception), "");
  abort();
}

AsyncWorker *async_needed_worker(void) {
  if (Worker *worker = currentWorker())
    return worker;
  fail("a task is started, but C has called a synchronous function, and nothing runs tasks: export an `async fn`\n");
}
}
