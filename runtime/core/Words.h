// Words.h: what a spawn and its scope say of a task (Words.cpp).
#pragma once
#include "runtime/core/Runtime.h"

namespace async::core {

inline bool scopeSays(const Scope *scope) { return scope->words.priority || scope->words.deadline; }
void takeWords(Worker *worker, Task *task, const Scope *scope); // those of the worker, and the scope's for what they leave out
void releaseWords(const abi::SpawnInfo *info);
bool holdTask(Task *task); // true: it waits for others and is not submitted now
// Under the scope's lock: the tasks that waited for this one last; for submitHeld.
struct Held;
Held *takeHeld(Scope *scope, uint32_t ended);
void submitHeld(Worker *worker, Held *list);

} // namespace async::core
