#include "runtime/core/Wheel.h"

#include "runtime/sync/Sync.h"

namespace async::core {

using sync::SpinLock;

constexpr int64_t nsPerMs = 1'000'000;

void Wheel::init(int64_t now) {
  lock = 0;
  count = 0;
  elapsed = now / nsPerMs;
  for (unsigned level = 0; level < levels; ++level) {
    occupied[level] = 0;
    for (Slot &slot : slots[level])
      slot.next = slot.prev = reinterpret_cast<TimerNode *>(&slot);
  }
}

// The level is that of the highest digit (in base 64) in which the time differs from `elapsed`.
void Wheel::link(TimerNode *node) {
  int64_t ms = node->deadline / nsPerMs;
  if (ms < elapsed)
    ms = elapsed;
  uint64_t difference = static_cast<uint64_t>(ms ^ elapsed);
  unsigned level = difference == 0 ? 0 : (63u - static_cast<unsigned>(__builtin_clzll(difference))) / 6;
  unsigned at = static_cast<unsigned>(ms >> (6 * level)) & (slotsPerLevel - 1);
  Slot &slot = slots[level][at];
  auto *end = reinterpret_cast<TimerNode *>(&slot);
  node->next = end;
  node->prev = slot.prev;
  slot.prev->next = node;
  slot.prev = node;
  occupied[level] |= uint64_t{1} << at;
}

void Wheel::unlink(TimerNode *node) {
  node->prev->next = node->next;
  node->next->prev = node->prev;
  if (node->next == node->prev) { // only the slot itself is left
    auto index = static_cast<unsigned>(reinterpret_cast<Slot *>(node->next) - &slots[0][0]);
    if (index < levels * slotsPerLevel && slots[index / slotsPerLevel][index % slotsPerLevel].next == node->next)
      occupied[index / slotsPerLevel] &= ~(uint64_t{1} << (index % slotsPerLevel));
  }
  node->next = node->prev = nullptr;
}

void Wheel::add(TimerNode *node, int64_t deadline) {
  SpinLock held(lock);
  node->deadline = deadline;
  node->wheel = this;
  link(node);
  sync::Real::storeRelaxed(&count, count + 1);
}

bool Wheel::remove(TimerNode *node) {
  SpinLock held(lock);
  if (!node->prev)
    return false;
  unlink(node);
  sync::Real::storeRelaxed(&count, count - 1);
  return true;
}

// Slots of a level are never before the current one, and the lower level comes first.
bool Wheel::firstSlot(unsigned &level, unsigned &slot, int64_t &start) const {
  for (level = 0; level < levels; ++level) {
    if (occupied[level] == 0)
      continue;
    slot = static_cast<unsigned>(__builtin_ctzll(occupied[level]));
    int64_t block = elapsed & ~((int64_t{1} << (6 * (level + 1))) - 1);
    start = block + (int64_t{slot} << (6 * level));
    return true;
  }
  return false;
}

namespace {

struct List {
  TimerNode *first = nullptr, *last = nullptr;
  void append(TimerNode *node) {
    node->next = nullptr;
    if (last)
      last->next = node;
    else
      first = node;
    last = node;
  }
};

TimerNode *mergeByDeadline(TimerNode *a, TimerNode *b) {
  List merged;
  while (a && b) {
    TimerNode *&from = b->deadline < a->deadline ? b : a;
    TimerNode *node = from;
    from = from->next;
    merged.append(node);
  }
  TimerNode *rest = a ? a : b;
  if (!merged.last)
    return rest;
  merged.last->next = rest;
  return merged.first;
}

// Stable; bottom up, runs of 2^i in bins[i].
TimerNode *sortByDeadline(TimerNode *list) {
  TimerNode *bins[40] = {};
  while (list) {
    TimerNode *run = list;
    list = list->next;
    run->next = nullptr;
    unsigned i = 0;
    for (; i < 39 && bins[i]; ++i) {
      run = mergeByDeadline(bins[i], run);
      bins[i] = nullptr;
    }
    bins[i] = bins[i] ? mergeByDeadline(bins[i], run) : run;
  }
  TimerNode *all = nullptr;
  for (TimerNode *bin : bins)
    all = bin ? mergeByDeadline(bin, all) : all;
  return all;
}

} // namespace

TimerNode *Wheel::takeDue(int64_t now) {
  if (sync::Real::loadRelaxed(&count) == 0)
    return nullptr;
  SpinLock held(lock);
  int64_t nowMs = now / nsPerMs;
  List due;
  unsigned level, at;
  int64_t start;
  while (firstSlot(level, at, start) && start <= nowMs) {
    elapsed = start > elapsed ? start : elapsed;
    auto *end = reinterpret_cast<TimerNode *>(&slots[level][at]);
    bool stays = false;
    List taken;
    for (TimerNode *node = end->next; node != end;) {
      TimerNode *next = node->next;
      if (level > 0 || node->deadline <= now) {
        unlink(node);
        taken.append(node);
      } else {
        stays = true;
      }
      node = next;
    }
    for (TimerNode *node = level > 0 ? taken.first : nullptr; node;) {
      TimerNode *next = node->next;
      link(node);
      node = next;
    }
    if (level == 0)
      for (TimerNode *node = sortByDeadline(taken.first); node;) {
        TimerNode *next = node->next;
        due.append(node);
        sync::Real::storeRelaxed(&count, count - 1);
        node = next;
      }
    if (stays)
      break;
  }
  if (nowMs > elapsed && !(firstSlot(level, at, start) && start <= nowMs))
    elapsed = nowMs;
  return due.first;
}

int64_t Wheel::nextTurn() {
  if (sync::Real::loadRelaxed(&count) == 0)
    return INT64_MAX;
  SpinLock held(lock);
  unsigned level, at;
  int64_t start;
  if (!firstSlot(level, at, start))
    return INT64_MAX;
  if (level > 0)
    return start * nsPerMs;
  int64_t first = INT64_MAX;
  auto *end = reinterpret_cast<TimerNode *>(&slots[level][at]);
  for (TimerNode *node = end->next; node != end; node = node->next)
    first = node->deadline < first ? node->deadline : first;
  return first;
}

} // namespace async::core
