// Stack.h: a stack that overflows hits its guard page; the process says so and ends with status 134 (rules.md O14).
#pragma once

namespace async::core {

void installStackGuard(); // once a run
void restoreStackGuard();
void *enterStackGuard(); // once a thread: a second stack for the handler; null: no memory, the guard is silent
void leaveStackGuard(void *memory);

} // namespace async::core
