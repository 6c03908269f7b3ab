// Wheel.h: the timers of one worker: a hierarchical wheel of 8 levels of 64 slots, 1 ms at level 0, exact inside a slot.
//
// Cost      add and remove O(1); firing O(1) a timer and level it moves down, and the sorting of those that share a millisecond.
// Thread    any thread may add and remove, under the wheel's lock, which is free nearly always; the owner fires, and others may if the owner is stuck.
// Order     timers fire by deadline, equal ones in the order in which they were added.
// Removing  a timer that is no longer linked has fired: its completion is on the way and wins (rules.md O1).
#pragma once
#include <stdint.h>

namespace async::core {

struct TimerNode {
  TimerNode *next, *prev; // prev null: not in a wheel
  int64_t deadline; // nanoseconds
  struct Wheel *wheel;
};

struct Wheel {
  static constexpr unsigned levels = 8, slotsPerLevel = 64;
  struct Slot {
    TimerNode *next, *prev;
  };

  void init(int64_t now);
  void add(TimerNode *node, int64_t deadline); // a deadline in the past fires at the next turn
  bool remove(TimerNode *node); // false: it has fired
  // Takes out all that are due, linked by `next` in the order of firing.
  TimerNode *takeDue(int64_t now);
  // The time at which to look again: no timer fires before it. INT64_MAX: there is none.
  int64_t nextTurn();

  uint32_t lock;
  uint32_t count; // read without the lock as a hint
  int64_t elapsed; // ms that are done
  uint64_t occupied[levels];
  Slot slots[levels][slotsPerLevel];

private:
  void link(TimerNode *node);
  void unlink(TimerNode *node);
  bool firstSlot(unsigned &level, unsigned &slot, int64_t &start) const;
};

} // namespace async::core
