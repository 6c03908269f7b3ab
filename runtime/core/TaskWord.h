// TaskWord.h: the word of a task: who may run it, what was asked of it, and the leaves that were woken meanwhile.
//
// Word      Owned | Cancel | Attend | list of woken leaves (they are aligned to 8). The list is filled only while Owned.
//           Cancel: stop the whole task. Attend: one of its scopes has to stop its body (Task::failing).
// Owned     the task is in one queue or runs on one worker. Who sets the bit queues the task; only the owner clears it, by `park`, after the whole stack
//           of the run has returned. After a successful park nothing may touch the task: it may have run, ended and been freed elsewhere.
// Model     test/unit/rt/Model.cpp: wakes, a cancel and a parking owner in all interleavings, and wrong variants that must fail.
// Rejected  clearing the list by a plain store when one leaf waits (loses a wake that races with a cancel); a cancel byte beside the word, read after
//           parking (reads a freed task); requeuing a leaf that yields without a look at the list (its sibling waits for ever).
#pragma once
#include <stdint.h>

namespace async::core {

template <typename Sync, typename Node> struct TaskWord {
  static constexpr uint64_t Owned = 1, Cancel = 2, Attend = 4, Flags = 7;

  static Node *list(uint64_t word) { return reinterpret_cast<Node *>(word & ~Flags); }

  // By anyone. True: the caller has become the owner and submits the leaf, which is not in the list. False: the owner will see the leaf.
  [[nodiscard]] static bool wake(uint64_t *word, Node *leaf) {
    uint64_t old = Sync::loadRelaxed(word); // ordered by the exchange below
    for (;;) {
      if (old & Owned) {
        leaf->next = list(old);
        // release: the outcome in the leaf, for `take`
        if (Sync::cas(word, old, reinterpret_cast<uint64_t>(leaf) | (old & Flags)))
          return false;
      } else if (Sync::cas(word, old, old | Owned)) { // acquire: what the last owner wrote before its park
        return true;
      }
    }
  }

  // By anyone: sets Cancel or Attend. True: the caller submits the task.
  [[nodiscard]] static bool request(uint64_t *word, uint64_t bit) {
    uint64_t old = Sync::loadRelaxed(word);
    for (;;)
      if (Sync::cas(word, old, old | Owned | bit))
        return !(old & Owned);
  }

  // By the owner: nothing has happened since `take`.
  static bool isQuiet(const uint64_t *word) { return Sync::load(word) == Owned; }

  // By the owner: the leaf is resumed by the next `take`, after those that are in the list.
  static void defer(uint64_t *word, Node *leaf) {
    uint64_t old = Sync::loadRelaxed(word);
    do
      leaf->next = list(old);
    while (!Sync::cas(word, old, reinterpret_cast<uint64_t>(leaf) | (old & Flags)));
  }

  // By the owner. False: something happened; the owner requeues the task.
  [[nodiscard]] static bool park(uint64_t *word) {
    uint64_t old = Owned;
    return Sync::cas(word, old, uint64_t{0}); // release: the frames, for the next owner
  }

  // By the owner: the list and the requests, which are then cleared.
  [[nodiscard]] static uint64_t take(uint64_t *word) { return Sync::exchange(word, Owned); }
};

} // namespace async::core
