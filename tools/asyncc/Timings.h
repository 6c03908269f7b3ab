// Timings.h: --timings: how long each phase of a compilation took and what it made, to standard error.
#pragma once
#include <chrono>

#include "tools/driver/Session.h"

namespace async::cli {

class Timings {
public:
  // Watches the session's phases if `isOn`; the session must not outlive this.
  Timings(driver::Session &session, bool isOn);
  Timings(const Timings &) = delete;
  Timings &operator=(const Timings &) = delete;
  ~Timings(); // says the whole

private:
  void end(const char *phase, size_t count, const char *what);

  using Clock = std::chrono::steady_clock;
  Clock::time_point begin, last;
  bool isOn;
};

} // namespace async::cli
