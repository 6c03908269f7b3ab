// Main.cpp: a command with a wide stack and its crashes caught.
#include <malloc.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>

#include "tools/asyncc/CommandLine.h"
#include "tools/asyncc/Output.h"

namespace async::cli {
namespace {

constexpr size_t stackBytes = size_t{1} << 30; // address space only: deep trees are walked by recursion
constexpr size_t signalStackBytes = 65536;
constexpr int heapStepBytes = 32 << 20; // memory only grows until the process ends: few large steps instead of many small ones

struct Work {
  int (*command)(const Options &);
  const Options *options;
  int status = InternalError;
};

// A crash of the compiler is an internal error with its own status, never a bare signal.
void onCrash(int number) {
  static const char text[] = "internal error: asyncc crashed; please report it with the program that it was given\n";
  [[maybe_unused]] ssize_t written = write(2, text, sizeof text - 1);
  (void)number;
  removeUnfinished();
  _exit(InternalError);
}

// Gives the signal stack of before, which the thread's own libraries expect at its end.
stack_t watchCrashes() {
  stack_t stack{}, before{};
  static char handlers[signalStackBytes];
  stack.ss_sp = handlers;
  stack.ss_size = signalStackBytes;
  sigaltstack(&stack, &before);
  struct sigaction action{};
  action.sa_handler = onCrash;
  action.sa_flags = SA_ONSTACK;
  for (int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
    sigaction(number, &action, nullptr);
  return before;
}

void *work(void *argument) {
  auto *all = static_cast<Work *>(argument);
  stack_t before = watchCrashes();
  all->status = all->command(*all->options);
  sigaltstack(&before, nullptr);
  return nullptr;
}

int inWideStack(int (*command)(const Options &), const Options &options) {
  Work all{command, &options};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackBytes);
  if (pthread_create(&thread, &attributes, work, &all) != 0)
    work(&all);
  else
    pthread_join(thread, nullptr);
  return all.status;
}

int parseAndDo(int argc, char **argv) {
  CommandLine line;
  int status = Usage;
  return line.parse(argc, argv, status) ? inWideStack(line.command(), line.options) : status;
}

} // namespace
} // namespace async::cli

int main(int argc, char **argv) {
  mallopt(M_TOP_PAD, async::cli::heapStepBytes);
  mallopt(M_MMAP_THRESHOLD, async::cli::heapStepBytes);
  async::cli::watchInterrupts();
  int status = async::cli::parseAndDo(argc, argv);
  fflush(stdout);
  return status;
}
