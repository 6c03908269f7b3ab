#include "tools/asyncc/Timings.h"

namespace async::cli {

static double msBetween(std::chrono::steady_clock::time_point from, std::chrono::steady_clock::time_point to) {
  return std::chrono::duration<double, std::milli>(to - from).count();
}

Timings::Timings(driver::Session &session, bool isOn) : begin(Clock::now()), last(begin), isOn(isOn) {
  if (isOn)
    session.observer.phase = [this](const char *phase, size_t count, const char *what) { end(phase, count, what); };
}

Timings::~Timings() {
  if (isOn)
    fmt::print(stderr, "{:<12}{:>9.1f} ms\n", "all", msBetween(begin, Clock::now()));
}

void Timings::end(const char *phase, size_t count, const char *what) {
  const Clock::time_point now = Clock::now();
  fmt::print(stderr, "{:<12}{:>9.1f} ms  {} {}\n", phase, msBetween(last, now), count, what);
  last = now;
}

} // namespace async::cli
