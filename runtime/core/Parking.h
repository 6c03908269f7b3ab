// Parking.h: which workers sleep, and who wakes them.
//
// Words     searching: has no work and looks for some.  parked: registered as asleep.  guard: a parked worker that looks every 4 ms, as long as others move
//           or are awake, and helps those that do not come back to their queue: it takes their last-in slot, their timers, and polls sockets.
// Wake-up   (none is lost: either submit sees the parked worker, or the worker sees the entry)
//   submit    push the entry; light fence; if nobody searches and somebody is parked, wake one: it is searching.
//   park      in one step leave searching and register as parked; heavy fence; look at every queue once more;
//             work: unregister and search; none: sleep. Registering after the look loses a wake-up.
//   found     the last searcher that finds work wakes the next one.
// Fences    the light one costs nothing: the heavy one makes all threads execute a real one (membarrier).
// Polling   the last worker that parks waits in epoll. One that parks while others are awake does too, unless their entries are short (entryNs): then they
//           poll soon themselves, and what they find is shared only if it is worth a wake-up. The guard bounds what a wrong guess costs.
// Touched by  searching, parked, parkedList, guard: under idleLock; read without it as hints.
// Rejected  a wake for every push (thrash); handing the entry to the woken thread (locality); a wake for an entry in the last-in slot (a task
//           that waits for its child would be stolen back and forth); a wake for every harvest of more than one event (three busy threads on two
//           processors: tcp_echo with its load client).
// Model     test/unit/rt/Model.cpp: the protocol, who polls, and wrong orders, which must fail.
#pragma once
#include "runtime/core/Runtime.h"

namespace async::core {

void wakeOne();
void unpark(Worker *worker); // it sleeps or is about to
void unparkAll(); // at the end
void unparkFinishing(); // behind the end of a task: those in runUntilEnded
void shareWork(Worker *worker); // behind a harvest: wakes another if there is enough to do

// Behind a push: somebody may have to be told.
inline void notify() {
  Real::lightFence();
  if (__builtin_expect(Real::loadRelaxed(&runtime.parked) != 0, false) && Real::loadRelaxed(&runtime.searching) == 0)
    wakeOne();
}

} // namespace async::core
