// Model.h: tries all interleavings of small programs over the protocols of the runtime. For tests only.
//
// Program   a few threads (functions) over memory that `reset` prepares; every access through Model is a step at which any thread may be the next. Stores
//           stay in a buffer of their thread and reach memory later, in order, at any step (total store order, as x86 has it); read-modify-writes and
//           fences empty the buffer first. Threads are deterministic but for their order.
// Result    the number of runs, or the first run that broke a claim (`fail`), or in which threads that are not done wait for ever.
// Cost      exponential in the number of steps: keep to about 30.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <setjmp.h>
#include <string>
#include <ucontext.h>
#include <vector>

namespace async::sync {

class Explorer {
public:
  using Thread = std::function<void()>;

  struct Result {
    uint64_t runs = 0;
    std::string failure; // empty: all runs were good
  };

  // `check` is called after each run in which all threads have ended.
  Result explore(const std::function<void()> &reset, const std::vector<Thread> &threads, const std::function<void()> &check,
                 uint64_t mostRuns = 60'000) {
    Result result;
    choices.clear();
    do {
      runOnce(reset, threads, check);
      ++result.runs;
      if (!failure.empty() || result.runs == mostRuns)
        break;
    } while (backtrack());
    result.failure = failure;
    return result;
  }

  static Explorer *current;

  void fail(const std::string &text) {
    if (failure.empty())
      failure = text;
  }

  // Gives the next turn to any thread.
  void step() {
    if (running >= 0 && _setjmp(fibers[static_cast<size_t>(running)].place) == 0)
      _longjmp(scheduler, 1);
  }

  void waitUntil(const std::function<bool()> &ready) {
    step();
    flush();
    Fiber &self = fibers[static_cast<size_t>(running)];
    self.ready = ready;
    step();
    self.ready = nullptr;
  }

  void bufferStore(void *at, uint64_t value, size_t size) {
    if (running >= 0)
      fibers[static_cast<size_t>(running)].buffer.push_back({at, value, size});
    else
      write({at, value, size});
  }
  bool buffered(const void *at, uint64_t &value) const {
    if (running < 0)
      return false;
    const auto &buffer = fibers[static_cast<size_t>(running)].buffer;
    for (auto store = buffer.rbegin(); store != buffer.rend(); ++store)
      if (store->at == at) {
        value = store->value;
        return true;
      }
    return false;
  }
  void flush() {
    if (running < 0)
      return;
    auto &buffer = fibers[static_cast<size_t>(running)].buffer;
    while (!buffer.empty())
      flushOne(buffer);
  }

private:
  struct Store {
    void *at;
    uint64_t value;
    size_t size;
  };
  struct Fiber {
    ucontext_t context; // to begin; then `place`, which costs no system call
    jmp_buf place;
    bool begun = false;
    std::unique_ptr<char[]> stack;
    Thread body;
    std::function<bool()> ready;
    bool done = false;
    std::deque<Store> buffer;
  };
  struct Choice {
    uint32_t taken, count;
  };

  static void write(const Store &store) { __builtin_memcpy(store.at, &store.value, store.size); }
  static void flushOne(std::deque<Store> &buffer) {
    write(buffer.front());
    buffer.pop_front();
  }

  static void enter() {
    Explorer *explorer = current;
    Fiber &self = explorer->fibers[static_cast<size_t>(explorer->running)];
    self.body();
    self.done = true;
    _longjmp(explorer->scheduler, 1);
  }

  void runOnce(const std::function<void()> &reset, const std::vector<Thread> &threads, const std::function<void()> &check) {
    constexpr size_t stackSize = 256 * 1024;
    current = this;
    running = -1;
    failure.clear();
    reset();
    fibers.resize(threads.size());
    for (size_t i = 0; i < threads.size(); ++i) {
      Fiber &fiber = fibers[i];
      if (!fiber.stack)
        fiber.stack = std::make_unique<char[]>(stackSize);
      fiber.body = threads[i];
      fiber.done = fiber.begun = false;
      fiber.ready = nullptr;
      fiber.buffer.clear();
      getcontext(&fiber.context);
      fiber.context.uc_stack.ss_sp = fiber.stack.get();
      fiber.context.uc_stack.ss_size = stackSize;
      fiber.context.uc_link = nullptr;
      makecontext(&fiber.context, &Explorer::enter, 0);
    }
    depth = 0;
    bool ended = schedule();
    running = -1;
    if (ended && failure.empty())
      check();
  }

  // Until all have ended. An option is a thread's next step, or the oldest store in a thread's buffer.
  bool schedule() {
    for (;;) {
      std::vector<int> options;
      bool allDone = true;
      for (size_t i = 0; i < fibers.size(); ++i) {
        allDone = allDone && fibers[i].done && fibers[i].buffer.empty();
        if (!fibers[i].done && (!fibers[i].ready || fibers[i].ready()))
          options.push_back(static_cast<int>(i));
        if (!fibers[i].buffer.empty())
          options.push_back(-1 - static_cast<int>(i));
      }
      if (allDone)
        return true;
      if (options.empty()) {
        fail("a thread waits for ever");
        return false;
      }
      if (!failure.empty())
        return false;
      int chosen = options[choose(static_cast<uint32_t>(options.size()))];
      if (chosen < 0) {
        flushOne(fibers[static_cast<size_t>(-1 - chosen)].buffer);
        continue;
      }
      running = chosen;
      resume(fibers[static_cast<size_t>(chosen)]);
      running = -1;
    }
  }

  __attribute__((noinline)) void resume(Fiber &fiber) {
    if (_setjmp(scheduler) != 0)
      return;
    if (fiber.begun)
      _longjmp(fiber.place, 1);
    fiber.begun = true;
    setcontext(&fiber.context);
  }

  uint32_t choose(uint32_t count) {
    if (depth == choices.size())
      choices.push_back({0, count});
    return choices[depth++].taken;
  }
  bool backtrack() {
    while (!choices.empty()) {
      if (++choices.back().taken < choices.back().count)
        return true;
      choices.pop_back();
    }
    return false;
  }

  std::vector<Fiber> fibers;
  jmp_buf scheduler;
  int running = -1;
  std::vector<Choice> choices;
  size_t depth = 0;
  std::string failure;
};

inline Explorer *Explorer::current = nullptr;

// The policy of TaskWord and Ring over an Explorer.
struct Model {
  template <typename T> static uint64_t bits(T value) {
    uint64_t word = 0;
    __builtin_memcpy(&word, &value, sizeof value);
    return word;
  }
  template <typename T> static T load(const T *at) {
    Explorer::current->step();
    uint64_t word;
    if (!Explorer::current->buffered(at, word))
      return *at;
    T value;
    __builtin_memcpy(&value, &word, sizeof value);
    return value;
  }
  template <typename T> static T loadRelaxed(const T *at) { return load(at); }
  template <typename T> static void store(T *at, T value) {
    Explorer::current->step();
    Explorer::current->bufferStore(at, bits(value), sizeof value);
  }
  template <typename T> static void storeRelaxed(T *at, T value) { store(at, value); }
  template <typename T> static bool cas(T *at, T &expected, T desired) {
    Explorer::current->step();
    Explorer::current->flush();
    if (*at != expected) {
      expected = *at;
      return false;
    }
    *at = desired;
    return true;
  }
  template <typename T> static T exchange(T *at, T value) {
    Explorer::current->step();
    Explorer::current->flush();
    T old = *at;
    *at = value;
    return old;
  }
  template <typename T> static T add(T *at, T value) {
    Explorer::current->step();
    Explorer::current->flush();
    T old = *at;
    *at = static_cast<T>(old + value);
    return old;
  }
  static void fence() { Explorer::current->flush(); }
};

} // namespace async::sync
