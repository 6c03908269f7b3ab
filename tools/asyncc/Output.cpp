#include "tools/asyncc/Output.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <cstring>

namespace async::cli {
namespace {

// One output at a time; the name lies where a signal handler can read it.
char unfinished[4096];
std::atomic<bool> hasUnfinished{false};

void onInterrupt(int number) {
  removeUnfinished();
  signal(number, SIG_DFL);
  raise(number);
}

} // namespace

void removeUnfinished() {
  if (hasUnfinished.exchange(false))
    unlink(unfinished);
}

void watchInterrupts() {
  for (int number : {SIGINT, SIGTERM, SIGHUP})
    if (signal(number, onInterrupt) == SIG_IGN)
      signal(number, SIG_IGN);
}

std::string beginOutput(const std::string &target) {
  std::string name = fmt::format("{}.{}.tmp", target, getpid());
  if (name.size() < sizeof unfinished) {
    memcpy(unfinished, name.c_str(), name.size() + 1);
    hasUnfinished = true;
  }
  return name;
}

void abandonOutput(const std::string &temporary) {
  hasUnfinished = false;
  unlink(temporary.c_str());
}

bool finishOutput(const std::string &temporary, const std::string &target, std::string &error) {
  struct stat status {};
  bool isFolder = stat(target.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  if (!isFolder && rename(temporary.c_str(), target.c_str()) == 0) {
    hasUnfinished = false;
    return true;
  }
  error = fmt::format("cannot write {}: {}", target, isFolder ? "it is a folder" : strerror(errno));
  abandonOutput(temporary);
  return false;
}

bool writeOutput(const std::string &target, std::string_view bytes, std::string &error) {
  std::string temporary = beginOutput(target);
  int file = open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  bool good = file >= 0;
  while (good && !bytes.empty()) {
    ssize_t count = write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR)
      continue;
    good = count > 0;
    if (good)
      bytes.remove_prefix(static_cast<size_t>(count));
  }
  good = file >= 0 && close(file) == 0 && good;
  if (!good) {
    error = fmt::format("cannot write {}: {}", target, strerror(errno));
    abandonOutput(temporary);
    return false;
  }
  return finishOutput(temporary, target, error);
}

} // namespace async::cli
