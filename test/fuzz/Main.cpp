// async-fuzz: gives the compiler's libraries inputs that are damaged or wrong, and keeps those that they do not bear.
//
//   async-fuzz run --target check --inputs 100000 --seed 1 --out build/found test runtime/std
//   async-fuzz replay build/found/check-crash-0123.async
//   async-fuzz write --inputs 2000 --out build/damaged test runtime/std
// Exit: 0, 1 there were findings, 2 usage.
#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <pthread.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>

#include "Version.h"
#include "test/fuzz/Coverage.h"
#include "test/fuzz/Inputs.h"
#include "test/fuzz/Isolate.h"
#include "test/fuzz/Targets.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
// Places of frames are compared, not names; whoever wants names sets symbolize=1.
extern "C" const char *__asan_default_options() {
  return "symbolize=0:detect_leaks=0:handle_abort=1:allocator_may_return_null=0:max_allocation_size_mb=3000:quarantine_size_mb=16";
}
#endif
#endif

namespace async::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr size_t stackBytes = size_t{1} << 30; // as the driver's
constexpr size_t mostFindings = 200;
constexpr uint64_t codeShare = 8; // of programs that come that far, one in so many is made into LLVM IR

struct Arguments {
  std::string targetName = "check", out = "build/found";
  uint64_t inputs = 100'000, seed = 1, seconds = 0, first = 0;
  unsigned limitSeconds = 20;
  std::vector<std::string> paths;
};

std::optional<Target> targetNamed(std::string_view name) {
  for (Target target : {Target::Check, Target::Typed, Target::Mir, Target::Stored})
    if (name == nameOf(target))
      return target;
  return std::nullopt;
}

uint64_t hashOf(std::string_view text) {
  uint64_t hash = 0xCBF29CE484222325;
  for (char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

class Fuzzer {
public:
  Fuzzer(const Arguments &arguments, Target target)
      : arguments(arguments), target(target), scratch(fmt::format("{}/.{}", arguments.out, getpid())),
        runner({ASYNC_SOURCE_STD, ASYNC_BUILD_STORED_STD, ASYNC_VERSION, ASYNC_BUILD_CODEGEN}, scratch + ".async"), isolate(scratch + ".output", arguments.limitSeconds) {}
  ~Fuzzer() {
    std::error_code code;
    fs::remove(scratch + ".async", code);
    fs::remove(scratch + ".output", code);
  }

  // `loads`: whether programs are to be run.
  bool start(bool loads) {
    std::error_code code;
    fs::create_directories(arguments.out, code);
    startCoverage();
    std::string error;
    bool needsStd = loads && (target == Target::Check || target == Target::Typed);
    if (needsStd && !runner.start(error)) {
      fmt::print(stderr, "async-fuzz: {}\n", error);
      return false;
    }
    return true;
  }

  int run() {
    std::vector<Seed> seeds = readSeeds(arguments.paths, target);
    if (target == Target::Typed)
      std::erase_if(seeds, [&](const Seed &seed) { return !isGood(seed.text); });
    size_t seedCount = seeds.size();
    Inputs inputs(std::move(seeds), target, arguments.seed);
    if (inputs.empty()) {
      fmt::print(stderr, "async-fuzz: there are no inputs to begin with\n");
      return 2;
    }
    auto begin = std::chrono::steady_clock::now();
    auto seconds = [&] { return static_cast<uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now() - begin).count()); };
    uint64_t number = arguments.first, end = arguments.first + arguments.inputs, shown = 0;
    while (number < end && (arguments.seconds == 0 || seconds() < arguments.seconds) && found.size() < mostFindings) {
      Batch batch = isolate.run(number, end, [&](uint64_t piece, std::string &fault) { return runner.run(target, inputs.make(piece), piece % codeShare == 0, fault); });
      number = batch.next;
      std::vector<std::string> added;
      for (uint64_t piece : batch.newPieces)
        added.push_back(inputs.make(piece));
      for (const Finding &finding : batch.findings)
        keep(finding, inputs.make(finding.piece));
      for (std::string &input : added)
        inputs.add(std::move(input));
      if (seconds() >= shown + 15) {
        shown = seconds();
        fmt::print(stderr, "{:>6} s  {:>9} inputs  {:>6} in the pool  {:>3} findings\n", shown, number - arguments.first, inputs.foundCount(), found.size());
      }
    }
    fmt::print("{}: {} inputs of {} files and {} more in {} s, {} findings\n", nameOf(target), number - arguments.first, seedCount, inputs.foundCount(), seconds(), found.size());
    return found.empty() ? 0 : 1;
  }

  int replay(const std::vector<std::string> &files) {
    int status = 0;
    for (const std::string &file : files) {
      std::string text, error;
      if (!driver::readFile(file, text, error)) {
        fmt::print(stderr, "async-fuzz: {}\n", error);
        return 2;
      }
      for (const Finding &finding : runOnce(text).findings) {
        fmt::print("{}: {}: {}\n{}\n", file, finding.kind, finding.signature, finding.output);
        status = 1;
      }
    }
    return status;
  }

  int write() {
    Inputs inputs(readSeeds(arguments.paths, target), target, arguments.seed);
    for (uint64_t number = arguments.first; !inputs.empty() && number < arguments.first + arguments.inputs; ++number)
      std::ofstream(fmt::format("{}/{:06}{}", arguments.out, number, extensionOf(target)), std::ios::binary) << inputs.make(number);
    return inputs.empty() ? 2 : 0;
  }

private:
  Batch runOnce(const std::string &text) {
    return isolate.run(0, 1, [&](uint64_t, std::string &fault) { return runner.run(target, text, true, fault); });
  }

  bool isGood(const std::string &text) {
    Batch batch = isolate.run(0, 1, [&](uint64_t, std::string &fault) {
      runner.run(target, text, false, fault);
      if (fault.empty() && runner.errorCount() != 0)
        fault = "bad";
      return false;
    });
    return batch.findings.empty();
  }

  void keep(const Finding &finding, const std::string &input) {
    if (++found[finding.signature] > 1)
      return;
    std::string name = fmt::format("{}/{}-{}-{:08x}", arguments.out, nameOf(target), finding.kind, static_cast<uint32_t>(hashOf(finding.signature)));
    std::ofstream(name + std::string(extensionOf(target)), std::ios::binary) << input;
    std::ofstream(name + ".txt", std::ios::binary) << fmt::format("{}\nseed {}, input {}\n{}", finding.signature, arguments.seed, finding.piece, finding.output);
    fmt::print(stderr, "{}{}: {}\n", name, extensionOf(target), finding.signature.substr(0, 160));
  }

  const Arguments &arguments;
  Target target;
  std::string scratch;
  Runner runner;
  Isolate isolate;
  std::map<std::string, unsigned> found; // by signature
};

int act(int argc, char **argv) {
  Arguments arguments;
  CLI::App app{"Gives the compiler damaged and wrong inputs", "async-fuzz"};
  app.require_subcommand(1);
  CLI::App *run = app.add_subcommand("run", "Make inputs, and keep those that the compiler does not bear");
  CLI::App *replay = app.add_subcommand("replay", "Run files, and say which of them the compiler does not bear");
  CLI::App *write = app.add_subcommand("write", "Only write the inputs");
  for (CLI::App *sub : {run, replay, write}) {
    sub->add_option("--target", arguments.targetName, "check, typed, mir or stored");
    sub->add_option("--limit", arguments.limitSeconds, "seconds of processor time for one input");
    sub->add_option("--out", arguments.out, "folder of what is kept");
    sub->add_option("paths", arguments.paths, "files, or folders of them")->required();
  }
  for (CLI::App *sub : {run, write}) {
    sub->add_option("--inputs", arguments.inputs, "how many");
    sub->add_option("--first", arguments.first, "number of the first");
    sub->add_option("--seed", arguments.seed, "what the inputs depend on");
  }
  run->add_option("--seconds", arguments.seconds, "end after so many seconds");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError &error) {
    return app.exit(error) == 0 ? 0 : 2;
  }
  std::optional<Target> target = targetNamed(arguments.targetName);
  if (!target) {
    fmt::print(stderr, "async-fuzz: there is no target {}\n", arguments.targetName);
    return 2;
  }
  Fuzzer fuzzer(arguments, *target);
  if (!fuzzer.start(!write->parsed()))
    return 2;
  return run->parsed() ? fuzzer.run() : replay->parsed() ? fuzzer.replay(arguments.paths) : fuzzer.write();
}

struct Call {
  int argc;
  char **argv;
  int status;
};

void *inThread(void *argument) {
  auto *call = static_cast<Call *>(argument);
  call->status = act(call->argc, call->argv);
  return nullptr;
}

} // namespace
} // namespace async::fuzz

int main(int argc, char **argv) {
  async::fuzz::Call call{argc, argv, 2};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, async::fuzz::stackBytes);
  if (pthread_create(&thread, &attributes, async::fuzz::inThread, &call) == 0)
    pthread_join(thread, nullptr);
  return call.status;
}
