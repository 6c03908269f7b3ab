#include "tools/asyncc/Children.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <map>
#include <memory>

#include <fmt/format.h>

#include "tools/asyncc/Output.h"

extern char **environ;

namespace async::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr size_t keptBytes = size_t{1} << 19; // of the beginning, and of the end, of what a child writes
constexpr unsigned mostAtOnce = 256;

// Where a signal handler can read them; 0: none.
std::atomic<pid_t> alive[mostAtOnce];

void onInterrupt(int number) {
  for (std::atomic<pid_t> &pid : alive)
    if (pid_t one = pid.load())
      kill(one, SIGKILL);
  removeUnfinished();
  signal(number, SIG_DFL);
  raise(number);
}

class InterruptsEndChildren {
public:
  InterruptsEndChildren() {
    for (size_t i = 0; i < std::size(numbers); ++i) {
      struct sigaction action{};
      sigaction(numbers[i], nullptr, &before[i]);
      if (before[i].sa_handler == SIG_IGN)
        continue;
      action.sa_handler = onInterrupt;
      sigaction(numbers[i], &action, nullptr);
    }
  }
  ~InterruptsEndChildren() {
    for (size_t i = 0; i < std::size(numbers); ++i)
      sigaction(numbers[i], &before[i], nullptr);
  }
  InterruptsEndChildren(const InterruptsEndChildren &) = delete;
  InterruptsEndChildren &operator=(const InterruptsEndChildren &) = delete;

private:
  static constexpr int numbers[] = {SIGINT, SIGTERM, SIGHUP};
  struct sigaction before[3];
};

// The beginning and the end of a text.
class Kept {
public:
  void add(std::string_view bytes) {
    size_t fits = std::min(bytes.size(), keptBytes - head.size());
    head += bytes.substr(0, fits);
    tail += bytes.substr(fits);
    if (tail.size() > 2 * keptBytes)
      shorten();
  }
  std::string text() {
    if (tail.size() > keptBytes)
      shorten();
    return leftOut ? fmt::format("{}\n… {} bytes left out …\n{}", head, leftOut, tail) : head + tail;
  }

private:
  void shorten() {
    size_t less = tail.size() - keptBytes;
    tail.erase(0, less);
    leftOut += less;
  }
  std::string head, tail;
  size_t leftOut = 0;
};

struct Pipe {
  int from = -1, to = -1;
  bool open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
      return false;
    from = ends[0];
    to = ends[1];
    fcntl(from, F_SETFL, O_NONBLOCK);
    return true;
  }
  void close(int &end) {
    if (end >= 0)
      ::close(end);
    end = -1;
  }
  // False: there is no more.
  bool read(Kept &kept) {
    char block[65536];
    ssize_t count = ::read(from, block, sizeof block);
    if (count > 0)
      kept.add({block, static_cast<size_t>(count)});
    return count > 0 || (count < 0 && errno == EINTR);
  }
  ~Pipe() {
    close(from);
    close(to);
  }
};

struct Running {
  size_t index = 0;
  unsigned place = 0; // in `alive`
  pid_t pid = 0;
  int handle = -1; // readable once it has ended
  Pipe output, report;
  Kept outputText, reportText;
  Clock::time_point began, limit;
  bool isTooSlow = false;

  ~Running() {
    if (handle >= 0)
      ::close(handle);
  }
};

std::vector<char *> environmentOf(const Child &child) {
  std::vector<char *> all;
  auto isSet = [&](const char *entry) {
    const char *sign = strchr(entry, '=');
    return sign && std::any_of(child.environment.begin(), child.environment.end(), [&](const std::string &own) {
             return own.compare(0, static_cast<size_t>(sign - entry) + 1, entry, static_cast<size_t>(sign - entry) + 1) == 0;
           });
  };
  for (const std::string &own : child.environment)
    all.push_back(const_cast<char *>(own.c_str()));
  for (char **entry = environ; *entry; ++entry)
    if (!isSet(*entry))
      all.push_back(*entry);
  all.push_back(nullptr);
  return all;
}

// 0, or the number of what went wrong.
int spawn(const std::string &program, const Child &child, Running &running) {
  if (!running.output.open() || !running.report.open())
    return errno;
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  posix_spawn_file_actions_adddup2(&actions, running.output.to, 1);
  posix_spawn_file_actions_adddup2(&actions, running.output.to, 2);
  posix_spawn_file_actions_adddup2(&actions, running.report.to, 3);
  std::vector<char *> environment = environmentOf(child);
  char *arguments[] = {const_cast<char *>(program.c_str()), nullptr};
  int error = posix_spawn(&running.pid, program.c_str(), &actions, nullptr, arguments, environment.data());
  posix_spawn_file_actions_destroy(&actions);
  running.output.close(running.output.to);
  running.report.close(running.report.to);
  if (error)
    return error;
  running.handle = static_cast<int>(syscall(SYS_pidfd_open, running.pid, 0));
  if (running.handle >= 0)
    return 0;
  error = errno;
  kill(running.pid, SIGKILL);
  waitpid(running.pid, nullptr, 0);
  return error;
}

class Runner {
public:
  Runner(const std::string &program, const std::vector<Child> &children, double limitSeconds, const std::function<void(size_t, const Ended &)> &onEnd)
      : program(program), children(children), limit(std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limitSeconds))), onEnd(onEnd) {}

  void run(unsigned jobs) {
    size_t next = 0;
    while (next < children.size() || !running.empty()) {
      while (next < children.size() && running.size() < jobs)
        start(next++);
      if (!running.empty())
        wait();
    }
  }

private:
  void start(size_t index) {
    auto made = std::make_unique<Running>();
    made->index = index;
    made->began = Clock::now();
    made->limit = made->began + limit;
    if (int error = spawn(program, children[index], *made)) {
      Ended ended;
      ended.isStarted = false;
      ended.output = fmt::format("cannot start it: {}\n", strerror(error));
      return give(index, std::move(ended));
    }
    while (alive[made->place].load())
      ++made->place;
    alive[made->place] = made->pid;
    running.push_back(std::move(made));
  }

  // Until something was written, one has ended, or one reaches its limit.
  void wait() {
    std::vector<pollfd> watched;
    Clock::time_point first = Clock::time_point::max();
    for (const auto &one : running) {
      for (int file : {one->handle, one->output.from, one->report.from})
        watched.push_back({file, POLLIN, 0});
      if (!one->isTooSlow)
        first = std::min(first, one->limit);
    }
    int ms = -1;
    if (first != Clock::time_point::max())
      ms = static_cast<int>(std::clamp<int64_t>(std::chrono::ceil<std::chrono::milliseconds>(first - Clock::now()).count(), 0, 1'000'000));
    poll(watched.data(), watched.size(), ms);
    for (size_t i = 0; i < running.size(); ++i)
      look(*running[i], &watched[3 * i]);
    std::erase_if(running, [](const auto &one) { return one->pid == 0; });
  }

  void look(Running &one, const pollfd *ready) {
    auto read = [](Pipe &pipe, Kept &kept) {
      if (pipe.from >= 0 && !pipe.read(kept) && errno != EAGAIN)
        pipe.close(pipe.from);
    };
    errno = 0;
    if (ready[1].revents)
      read(one.output, one.outputText);
    errno = 0;
    if (ready[2].revents)
      read(one.report, one.reportText);
    if (!one.isTooSlow && Clock::now() >= one.limit) {
      one.isTooSlow = true;
      kill(one.pid, SIGKILL);
    }
    if (ready[0].revents)
      end(one);
  }

  void end(Running &one) {
    int status = 0;
    alive[one.place] = 0;
    waitpid(one.pid, &status, 0);
    one.pid = 0;
    while (one.output.from >= 0 && one.output.read(one.outputText)) {
    }
    while (one.report.from >= 0 && one.report.read(one.reportText)) {
    }
    Ended ended;
    ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
    ended.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    ended.isTooSlow = one.isTooSlow && ended.signal == SIGKILL;
    ended.ms = std::chrono::duration<double, std::milli>(Clock::now() - one.began).count();
    ended.output = one.outputText.text();
    ended.report = one.reportText.text();
    give(one.index, std::move(ended));
  }

  void give(size_t index, Ended ended) {
    waiting.emplace(index, std::move(ended));
    for (auto at = waiting.find(given); at != waiting.end(); at = waiting.find(given)) {
      onEnd(given++, at->second);
      waiting.erase(at);
    }
  }

  const std::string &program;
  const std::vector<Child> &children;
  const Clock::duration limit;
  const std::function<void(size_t, const Ended &)> &onEnd;
  std::vector<std::unique_ptr<Running>> running;
  std::map<size_t, Ended> waiting; // for those before them
  size_t given = 0;
};

} // namespace

void runChildren(const std::string &program, const std::vector<Child> &children, unsigned jobs, double limitSeconds,
                 const std::function<void(size_t, const Ended &)> &onEnd) {
  InterruptsEndChildren interrupts;
  Runner(program, children, limitSeconds, onEnd).run(std::clamp(jobs, 1u, mostAtOnce));
}

} // namespace async::cli
