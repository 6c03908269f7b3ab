// The timer wheel against a sorted list.
#include "runtime/core/Wheel.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>
#include <vector>

namespace {

using async::core::TimerNode;
using async::core::Wheel;

struct Timer {
  TimerNode node{};
  int64_t deadline = 0;
  int order = 0;
  bool live = false;
};

int64_t randomDelay(std::mt19937_64 &random) {
  static constexpr int64_t scales[] = {1'000, 1'000'000, 70'000'000, 5'000'000'000, 400'000'000'000, 90'000'000'000'000};
  return static_cast<int64_t>(random() % static_cast<uint64_t>(scales[random() % 6]));
}

class WheelAgainstList : public testing::TestWithParam<uint64_t> {};

TEST_P(WheelAgainstList, FiresTheSameInTheSameOrder) {
  std::mt19937_64 random(GetParam());
  auto wheel = std::make_unique<Wheel>();
  int64_t now = static_cast<int64_t>(random() % 10'000'000'000'000);
  wheel->init(now);
  std::vector<std::unique_ptr<Timer>> timers;
  int added = 0;
  for (int round = 0; round < 400; ++round) {
    for (int i = static_cast<int>(random() % 8); i > 0; --i) {
      timers.push_back(std::make_unique<Timer>());
      Timer &timer = *timers.back();
      timer.deadline = now + randomDelay(random);
      timer.order = added++;
      timer.live = true;
      wheel->add(&timer.node, timer.deadline);
    }
    if (random() % 3 == 0 && !timers.empty()) {
      Timer &timer = *timers[random() % timers.size()];
      EXPECT_EQ(wheel->remove(&timer.node), timer.live);
      timer.live = false;
    }
    int64_t turn = wheel->nextTurn();
    std::vector<Timer *> due;
    for (auto &timer : timers)
      if (timer->live) {
        EXPECT_LE(turn, std::max(timer->deadline, now));
        due.push_back(timer.get());
      }
    EXPECT_EQ(turn == INT64_MAX, due.empty());
    now += random() % 2 && turn != INT64_MAX ? std::max<int64_t>(turn - now, 0) : randomDelay(random);
    std::erase_if(due, [&](Timer *timer) { return timer->deadline > now; });
    std::sort(due.begin(), due.end(), [](Timer *a, Timer *b) { return std::pair(a->deadline, a->order) < std::pair(b->deadline, b->order); });
    size_t at = 0;
    for (TimerNode *node = wheel->takeDue(now); node; node = node->next, ++at) {
      ASSERT_LT(at, due.size());
      EXPECT_EQ(node, &due[at]->node);
      due[at]->live = false;
    }
    EXPECT_EQ(at, due.size());
  }
}

INSTANTIATE_TEST_SUITE_P(Seeds, WheelAgainstList, testing::Range<uint64_t>(1, 40));

} // namespace
