// Children.h: runs one program several times, each run in a process of its own, bounded in time and output.
//
// Each gets no input; its standard output and error go into one text. What it writes to descriptor 3 is kept apart. An interrupt of this process ends them all.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace async::cli {

struct Child {
  std::vector<std::string> environment; // NAME=VALUE, beside and before what this process has
};

struct Ended {
  int status = 0; // what it gave, if no signal ended it
  int signal = 0;
  bool isTooSlow = false; // it was ended at the limit
  bool isStarted = true; // false: the system gives no process; `output` says why
  double ms = 0;
  std::string output, report;
};

// At most `jobs` at once. `onEnd` is called in the order of the children, as soon as those before have ended.
void runChildren(const std::string &program, const std::vector<Child> &children, unsigned jobs, double limitSeconds,
                 const std::function<void(size_t, const Ended &)> &onEnd);

} // namespace async::cli
