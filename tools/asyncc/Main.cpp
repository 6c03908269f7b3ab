// Main.cpp: the command line of asyncc.
#include <CLI/CLI.hpp>

#include <dlfcn.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstring>

#include "Version.h"
#include "tools/asyncc/Backend.h"
#include "tools/asyncc/Options.h"
#include "tools/asyncc/Output.h"

namespace async::cli {
namespace {

constexpr size_t stackBytes = size_t{1} << 30; // address space only: deep trees are walked by recursion
constexpr size_t signalStackBytes = 65536;

struct Work {
  int (*command)(const Options &);
  const Options *options;
  int status = InternalError;
};

// A crash of the compiler is an internal error with its own status, never a bare signal.
void onCrash(int number) {
  static const char text[] = "internal error: asyncc crashed; please report it with the program that it was given\n";
  [[maybe_unused]] ssize_t written = write(2, text, sizeof text - 1);
  (void)number;
  removeUnfinished();
  _exit(InternalError);
}

void watchCrashes() {
  stack_t stack{};
  static char handlers[signalStackBytes];
  stack.ss_sp = handlers;
  stack.ss_size = signalStackBytes;
  sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_handler = onCrash;
  action.sa_flags = SA_ONSTACK;
  for (int number : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT})
    sigaction(number, &action, nullptr);
}

void *work(void *argument) {
  auto *all = static_cast<Work *>(argument);
  watchCrashes();
  all->status = all->command(*all->options);
  return nullptr;
}

int inWideStack(int (*command)(const Options &), const Options &options) {
  Work all{command, &options};
  pthread_attr_t attributes;
  pthread_t thread;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, stackBytes);
  if (pthread_create(&thread, &attributes, work, &all) != 0)
    work(&all);
  else
    pthread_join(thread, nullptr);
  return all.status;
}

void addShared(CLI::App *app, Options &options) {
  app->add_option("--color", options.color, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}))->option_text("WHEN");
  app->add_option("--diagnostics", options.diagnostics, "text, or json: one object a line")->check(CLI::IsMember({"text", "json"}))->option_text("FORM");
}

void addLevels(CLI::App *app, Options &options) {
  app->add_option("-O", options.level, "optimisation, 0 to 3; 2 if it is not given")->check(CLI::Range(0u, 3u))->type_name("LEVEL");
  app->add_flag("-g", options.debugInfo, "line tables for the debugger");
}

int parseAndDo(int argc, char **argv) {
  Options options;
  CLI::App app{"asyncc: compiles .async programs", "asyncc"};
  app.require_subcommand(1);
  app.footer("Example: asyncc run examples/hello.async");
  bool version = false;
  app.set_version_flag("--version", [&] {
    version = true;
    return std::string();
  });
  CLI::App *buildApp = app.add_subcommand("build", "Compile a program, or show what a step makes of it");
  CLI::App *runApp = app.add_subcommand("run", "Compile a program in memory and run it");
  CLI::App *checkApp = app.add_subcommand("check", "Report the mistakes in a program");
  for (CLI::App *sub : {buildApp, runApp, checkApp}) {
    sub->add_option("input", options.input, "an .async file, or a folder with a main.async")->required()->type_name("FILE|FOLDER");
    addShared(sub, options);
  }
  buildApp->add_option("-o", options.output, "where the program or the dump goes")->type_name("OUT");
  addLevels(buildApp, options);
  buildApp->add_flag("--strip", options.strip, "leave out the symbol table");
  buildApp->add_option("--emit", options.emit, "tokens ast types mir states llvm-ir asm obj dot");
  buildApp->add_option("--after", options.after, "build, elaborate-drops; mir: mono; dot: states")->option_text("PASS");
  buildApp->add_option("--function", options.function, "only functions whose name contains this");
  buildApp->footer("Example: asyncc build examples/echo.async -o echo");
  addLevels(runApp, options);
  runApp->add_option("arguments", options.arguments, "what the program is given, behind --");
  runApp->footer("Example: asyncc run examples/hello.async -- one two");
  checkApp->footer("Example: asyncc check --diagnostics=json src");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion &) {
    std::string backend = backendVersion();
    printf("asyncc %s (%s), %s\n", ASYNC_VERSION, ASYNC_COMMIT, backend.c_str());
    return Good;
  } catch (const CLI::ParseError &error) {
    int status = app.exit(error);
    return status == 0 ? static_cast<int>(Good) : static_cast<int>(Usage);
  }
  if (!options.emit.empty() && !isKnownEmit(options.emit)) {
    fmt::print(stderr, "asyncc: there is nothing to emit named '{}'\n", options.emit);
    return Usage;
  }
  if (!isKnownAfter(options.emit, options.after)) {
    fmt::print(stderr, "asyncc: --after={} does not go with --emit={}\n", options.after, options.emit);
    return Usage;
  }
  if (buildApp->parsed())
    return inWideStack(options.emit.empty() ? build : emit, options);
  return inWideStack(runApp->parsed() ? run : check, options);
}

} // namespace
} // namespace async::cli

int main(int argc, char **argv) {
  async::cli::watchInterrupts();
  int status = async::cli::parseAndDo(argc, argv);
  fflush(stdout);
  return status;
}
