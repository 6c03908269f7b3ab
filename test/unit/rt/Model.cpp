// The protocols of the runtime in all interleavings, and wrong variants of them that must fail.
#include "runtime/sync/Model.h"

#include <gtest/gtest.h>

#include "runtime/core/Ring.h"
#include "runtime/core/TaskWord.h"

namespace {

using async::sync::Explorer;
using async::sync::Model;

struct alignas(8) Node {
  Node *next = nullptr;
  int resumed = 0;
};
using Word = async::core::TaskWord<Model, Node>;

// A task that waits for two leaves, the queue it is submitted to, and a worker that runs it until both leaves and the request have arrived.
struct TaskProgram {
  uint64_t word;
  Node leaves[2];
  int submissions, cancelSeen;
  Node *submittedLeaf;

  void reset() {
    word = 0;
    leaves[0] = leaves[1] = {};
    submissions = cancelSeen = 0;
    submittedLeaf = nullptr;
  }
  void submit(Node *leaf) {
    if (submissions != 0)
      Explorer::current->fail("submitted twice");
    ++submissions;
    submittedLeaf = leaf;
  }
  void wake(int index) {
    if (Word::wake(&word, &leaves[index]))
      submit(&leaves[index]);
  }
  void cancel() {
    if (Word::request(&word, Word::Cancel))
      submit(nullptr);
  }
  bool complete() const { return leaves[0].resumed == 1 && leaves[1].resumed == 1 && cancelSeen; }
  void takeList() {
    uint64_t taken = Word::take(&word);
    cancelSeen |= (taken & Word::Cancel) != 0;
    for (Node *leaf = Word::list(taken); leaf;) {
      Node *next = leaf->next;
      ++leaf->resumed;
      leaf = next;
    }
  }
  template <typename Park> void work(Park park) {
    while (!complete()) {
      Explorer::current->waitUntil([&] { return submissions > 0; });
      --submissions;
      if (submittedLeaf)
        ++submittedLeaf->resumed;
      else
        takeList();
      submittedLeaf = nullptr;
      while (!complete() && !park())
        takeList();
    }
  }
};

enum class Third { Wake, Cancel };
template <typename Park> Explorer::Result exploreTask(Third third, Park park) {
  TaskProgram program;
  Explorer explorer;
  auto reset = [&] {
    program.reset();
    if (third == Third::Wake)
      program.cancelSeen = 1;
    else
      program.leaves[1].resumed = 1;
  };
  auto other = [&] { third == Third::Wake ? program.wake(1) : program.cancel(); };
  return explorer.explore(reset, {[&] { program.wake(0); }, other, [&] { program.work([&] { return park(program.word); }); }},
                          [&] {
                            if (!program.complete())
                              Explorer::current->fail("not complete");
                          });
}

TEST(TaskWordModel, NothingIsLost) {
  for (Third third : {Third::Wake, Third::Cancel}) {
    Explorer::Result result = exploreTask(third, [](uint64_t &word) { return Word::park(&word); });
    EXPECT_EQ(result.failure, "");
    EXPECT_GT(result.runs, 10u);
  }
}

TEST(TaskWordModel, ParkingByPlainStoreLosesAWake) {
  Explorer::Result result = exploreTask(Third::Wake, [](uint64_t &word) {
    if (Model::load(&word) != Word::Owned)
      return false;
    Model::store(&word, uint64_t{0});
    return true;
  });
  EXPECT_NE(result.failure, "");
}

using SmallRing = async::core::Ring<Model, 2>;

// Each entry comes out once, whoever takes it.
Explorer::Result exploreRing() {
  static SmallRing owner, thief;
  static int seen[5];
  auto record = [](uint64_t entry) {
    if (entry && ++seen[entry] > 1)
      Explorer::current->fail("taken twice");
  };
  Explorer explorer;
  Explorer::Result result = explorer.explore(
      [] {
        owner.init();
        thief.init();
        for (int &count : seen)
          count = 0;
        owner.push(1);
        owner.push(2);
      },
      {[&] {
         owner.push(3); // grows
         record(owner.pop());
       },
       [&] { record(thief.stealFrom(owner)); }},
      [&] {
        while (uint64_t entry = owner.pop())
          record(entry);
        while (uint64_t entry = thief.pop())
          record(entry);
        for (int i = 1; i <= 3; ++i)
          if (seen[i] != 1)
            Explorer::current->fail("lost");
        owner.destroy();
        thief.destroy();
      });
  return result;
}

TEST(RingModel, EachEntryOnce) {
  Explorer::Result result = exploreRing();
  EXPECT_EQ(result.failure, "");
  EXPECT_GT(result.runs, 100u);
}

// The protocol of Parking.h: one producer, one worker that parks. `queue` stands for all queues.
struct ParkProgram {
  uint32_t queue, parked, searching;
  bool woken;
  void reset() {
    queue = parked = searching = 0;
    woken = false;
  }
  void wakeOne() { // under idleLock
    uint32_t expected = 1;
    if (Model::cas(&parked, expected, 0u)) {
      Model::add(&searching, 1u);
      woken = true;
    }
  }
  void submit(bool fence) {
    Model::store(&queue, 1u);
    if (fence)
      Model::fence();
    if (Model::load(&parked) != 0 && Model::load(&searching) == 0)
      wakeOne();
  }
  // Registers, fences, looks, sleeps; or looks first.
  void park(bool registerFirst, bool fence) {
    bool found = !registerFirst && Model::load(&queue) != 0;
    Model::store(&parked, 1u);
    if (fence)
      Model::fence();
    if (registerFirst)
      found = Model::load(&queue) != 0;
    if (!found)
      Explorer::current->waitUntil([&] { return woken; });
  }
};

Explorer::Result explorePark(bool registerFirst, bool submitFence, bool parkFence) {
  ParkProgram program;
  Explorer explorer;
  return explorer.explore([&] { program.reset(); },
                          {[&] { program.submit(submitFence); }, [&] { program.park(registerFirst, parkFence); }}, [] {});
}

TEST(ParkModel, NoWakeUpIsLost) { EXPECT_EQ(explorePark(true, true, true).failure, ""); }
TEST(ParkModel, LookingBeforeRegisteringLosesAWake) { EXPECT_NE(explorePark(false, true, true).failure, ""); }
TEST(ParkModel, WithoutTheFenceOfSubmitAWakeIsLost) { EXPECT_NE(explorePark(true, false, true).failure, ""); }
TEST(ParkModel, WithoutTheFenceOfParkAWakeIsLost) { EXPECT_NE(explorePark(true, true, false).failure, ""); }

// Who waits for events: the last worker that parks. One looks before, as between two entries, and misses the event that then comes: it must be taken.
struct PollProgram {
  uint32_t lock, parked, polling;
  bool taken;
  void reset() {
    lock = parked = polling = 0;
    taken = false;
  }
  bool takePolling() {
    uint32_t nobody = 0;
    return Model::cas(&polling, nobody, 1u);
  }
  void look() {
    if (takePolling())
      Model::store(&polling, 0u);
  }
  void park(bool decidesUnderLock) {
    bool last = !decidesUnderLock && Model::load(&parked) == 1;
    for (uint32_t free = 0; !Model::cas(&lock, free, 1u); free = 0)
      Explorer::current->waitUntil([&] { return lock == 0; });
    uint32_t others = Model::load(&parked);
    last |= decidesUnderLock && others == 1;
    Model::store(&parked, others + 1);
    bool polls = last && takePolling();
    Model::store(&lock, 0u);
    Explorer::current->waitUntil([&] { return taken || polls; });
    taken = true;
  }
};

Explorer::Result explorePoll(bool decidesUnderLock) {
  PollProgram program;
  Explorer explorer;
  return explorer.explore([&] { program.reset(); },
                          {[&] {
                             program.look();
                             program.park(decidesUnderLock);
                           },
                           [&] { program.park(decidesUnderLock); }},
                          [] {});
}

TEST(PollModel, AnEventIsTaken) { EXPECT_EQ(explorePoll(true).failure, ""); }
TEST(PollModel, DecidingBeforeRegisteringLeavesNobodyPolling) { EXPECT_NE(explorePoll(false).failure, ""); }

} // namespace
