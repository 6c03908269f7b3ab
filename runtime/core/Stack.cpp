#include "runtime/core/Stack.h"

#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

#include "runtime/core/Panic.h"

namespace async::core {

namespace {

constexpr size_t handlerStackSize = 32 * 1024;
struct sigaction oldSegv, oldBus;

// Of a thread, and what was there before.
struct SignalStack {
  stack_t before;
  alignas(16) char bytes[handlerStackSize];
};

// A fault near the stack pointer is the stack's. The distance allows for a large frame that has not been touched in order.
bool isStackFault(const siginfo_t *info, const void *context) {
  auto *machine = static_cast<const ucontext_t *>(context);
  auto at = reinterpret_cast<uintptr_t>(info->si_addr);
#if defined(__x86_64__)
  auto stack = static_cast<uintptr_t>(machine->uc_mcontext.gregs[REG_RSP]);
#elif defined(__aarch64__)
  auto stack = static_cast<uintptr_t>(machine->uc_mcontext.sp);
#else
#error "the stack pointer of this machine is not known"
#endif
  constexpr uintptr_t below = 64 * 1024, above = 1024 * 1024;
  return at >= 4096 && at + below >= stack && at <= stack + above;
}

void onFault(int number, siginfo_t *info, void *context) {
  if (info->si_code > 0 && isStackFault(info, context)) {
    writeError("stack overflow: the calls of this task are nested too deep\n");
    _exit(134);
  }
  sigaction(number, number == SIGSEGV ? &oldSegv : &oldBus, nullptr); // the instruction faults again and is treated as before
}

} // namespace

void installStackGuard() {
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = &onFault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  sigaction(SIGSEGV, &action, &oldSegv);
  sigaction(SIGBUS, &action, &oldBus);
}

void restoreStackGuard() {
  sigaction(SIGSEGV, &oldSegv, nullptr);
  sigaction(SIGBUS, &oldBus, nullptr);
}

void *enterStackGuard() {
  auto *memory = static_cast<SignalStack *>(malloc(sizeof(SignalStack)));
  if (!memory)
    return nullptr;
  stack_t stack{};
  stack.ss_sp = memory->bytes;
  stack.ss_size = sizeof memory->bytes;
  sigaltstack(&stack, &memory->before);
  return memory;
}

void leaveStackGuard(void *entered) {
  if (!entered)
    return;
  auto *memory = static_cast<SignalStack *>(entered);
  sigaltstack(&memory->before, nullptr);
  free(memory);
}

} // namespace async::core
