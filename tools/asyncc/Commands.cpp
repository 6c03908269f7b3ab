// Commands.cpp: build, run and check.
#include <sys/ioctl.h>
#include <unistd.h>

#include <filesystem>

#include "Version.h"
#include "tools/asyncc/Backend.h"
#include "tools/asyncc/Output.h"
#include "tools/asyncc/Timings.h"

namespace async::cli {

namespace fs = std::filesystem;

int fail(const std::string &text) {
  fmt::print(stderr, "error: {}\n", text);
  return HasErrors;
}

int internalError(const std::string &text) {
  fmt::print(stderr, "internal error: {}\nThis is a mistake in asyncc; please report it with the program that it was given.\n", text);
  return InternalError;
}

// The stored form of std; in a build folder, where it does not fit, its sources. Dumps of std's own bodies need the sources.
static bool loadStd(driver::Session &session) {
  std::string error;
  if (!session.observer.bodiesOfStd && session.loadStoredStd(storedStd(), stdFolder(), ASYNC_VERSION, error))
    return true;
  if (isInstalled() && !session.observer.bodiesOfStd) {
    fail(fmt::format("the stored standard library does not fit this compiler; install both anew: {}", error));
    return false;
  }
  if (session.loadStd(stdFolder()))
    return true;
  fail(fmt::format("cannot read the standard library in {}", stdFolder()));
  return false;
}

bool load(driver::Session &session, const Options &options) {
  if (!loadStd(session))
    return false;
  std::string error;
  session.program.limits = options.limits;
  session.phaseEnds("std", session.sources.fileCount(), "files");
  if (!session.loadUser(options.input, error)) {
    fail(error);
    return false;
  }
  return true;
}

static frontend::TerminalStyle terminalStyle(const Options &options) {
  frontend::TerminalStyle style;
  bool isTerminal = isatty(2) != 0;
  style.color = options.color == "always" || (options.color == "auto" && isTerminal && !getenv("NO_COLOR"));
  winsize size{};
  if (isTerminal && ioctl(2, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40)
    style.width = size.ws_col;
  return style;
}

int report(const driver::Session &session, const Options &options) {
  std::string text;
  frontend::TerminalStyle style = terminalStyle(options);
  uint32_t errors = 0;
  for (const frontend::Diagnostic *diagnostic : session.diagnostics.sorted()) {
    text += options.diagnostics == "json" ? renderJson(*diagnostic, session.sources) : renderTerminal(*diagnostic, session.sources, style);
    errors += diagnostic->severity == frontend::Severity::Error;
  }
  fwrite(text.data(), 1, text.size(), stderr);
  // What follows from a reported mistake is no mistake of the compiler.
  if (errors)
    return HasErrors;
  return session.internalErrors.empty() ? static_cast<int>(Good) : internalError(session.internalErrors);
}

// It ends with the process: nothing is gained by taking it apart.
static driver::Session &sessionOfProcess() {
  static auto *session = new driver::Session;
  return *session;
}

int check(const Options &options) {
  driver::Session &session = sessionOfProcess();
  Timings timings(session, options.timings);
  if (!load(session, options))
    return HasErrors;
  session.check(false);
  return report(session, options);
}

// Loads, checks and lowers; anything but Good is the status of the driver.
static int prepare(driver::Session &session, driver::Lowering &lowering, const Options &options) {
  if (!load(session, options))
    return HasErrors;
  bool good = session.check(true) && lower(lowering);
  int status = report(session, options);
  return status != Good || good ? status : static_cast<int>(HasErrors);
}

// Named for the input, in the current folder, unless -o says where; a folder holds the program under that name.
static std::string programPath(const Options &options) {
  std::error_code code;
  fs::path input = fs::absolute(options.input, code).lexically_normal();
  if (!input.has_filename()) // it ended with `/` or `.`
    input = input.parent_path();
  fs::path name = input.filename();
  if (!fs::is_directory(input, code))
    name.replace_extension(name.has_extension() ? "" : ".out");
  if (name.empty())
    name = "program";
  fs::path output = options.output.empty() ? name : fs::path(options.output);
  return fs::is_directory(output, code) ? output / name : output;
}

int build(const Options &options) {
  driver::Session &session = sessionOfProcess();
  Timings timings(session, options.timings);
  driver::Lowering lowering(session);
  int status = prepare(session, lowering, options);
  if (status != Good)
    return status;
  std::string object = generate(lowering, options, llvmgen::Form::Object, status);
  if (object.empty())
    return status;
  std::string error;
  const CodegenLibrary *library = backend(error);
  link::Options settings;
  if (!beginLink(*library, options, settings, error))
    return fail(error);
  std::string target = programPath(options);
  std::error_code code;
  if (fs::equivalent(target, options.input, code))
    return fail(fmt::format("the program would replace its source {}", options.input));
  Output output;
  if (!beginOutput(target, 0777, output, error))
    return fail(error);
  settings.onFailedWrite = [&](const char *reason) {
    abandonOutput(output);
    _exit(fail(fmt::format("cannot write {}: {}", output.target, reason)));
  };
  if (!library->linkProgram(object, output.temporary, settings, error)) {
    abandonOutput(output);
    // The linker knows the program by its temporary name.
    if (size_t at = error.find(output.temporary); at != std::string::npos)
      error.replace(at, output.temporary.size(), output.target);
    return fail(error);
  }
  if (!finishOutput(output, error))
    return fail(error);
  session.phaseEnds("link", fs::file_size(target, code), "bytes");
  return Good;
}

int run(const Options &options) {
  driver::Session &session = sessionOfProcess();
  Timings timings(session, options.timings);
  driver::Lowering lowering(session);
  int status = prepare(session, lowering, options);
  if (status != Good)
    return status;
  std::string object = generate(lowering, options, llvmgen::Form::Object, status);
  if (object.empty())
    return status;
  std::string error;
  std::vector<std::string> arguments{options.input};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  fflush(stdout);
  status = backend(error)->runObject(object, arguments, error);
  return error.empty() ? status : internalError(error);
}

} // namespace async::cli
