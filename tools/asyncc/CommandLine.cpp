#include "tools/asyncc/CommandLine.h"

#include "Version.h"
#include "tools/asyncc/Backend.h"

namespace async::cli {

// Not in --help, which has to fit a screen: the errors that they belong to name them.
static void addLimits(CLI::App *app, typeck::Limits &limits) {
  auto add = [&](const char *name, uint32_t &limit, uint32_t most, const char *what) {
    app->add_option(name, limit, fmt::format("{}; {} if it is not given", what, limit))->check(CLI::Range(1u, most))->type_name("N")->group("");
  };
  add("--limit-const", limits.constSteps, 1u << 30, "steps that the value of a constant takes");
  add("--limit-instances", limits.instances, 1u << 16, "instances of one function on the way to another");
  add("--limit-traits", limits.traits, 1u << 12, "bounds that lead to bounds");
  add("--limit-type", limits.typeSize, 1u << 30, "parts of a type");
}

static void addInput(CLI::App *app, Options &options) {
  app->add_option("input", options.input, "an .async file, or a folder with a main.async")->required()->type_name("FILE|FOLDER");
  app->add_option("--color", options.color, "auto, always or never")->check(CLI::IsMember({"auto", "always", "never"}))->option_text("WHEN");
  app->add_option("--diagnostics", options.diagnostics, "text, or json: one object a line")->check(CLI::IsMember({"text", "json"}))->option_text("FORM");
  app->add_flag("--timings", options.timings, "say how long each phase took");
  addLimits(app, options.limits);
  app->add_option("-j", options.jobs, "threads; as many as there are cores if it is 0")->check(CLI::Range(0u, 256u))->option_text("N");
}

static void addLevels(CLI::App *app, Options &options) {
  app->add_option("-O", options.level, "optimisation, 0 to 3; 2 if it is not given")->check(CLI::Range(0u, 3u))->option_text("LEVEL");
  app->add_flag("-g", options.debugInfo, "line tables for the debugger");
}

CommandLine::CommandLine() {
  app.require_subcommand(1);
  app.footer("Example: asyncc run examples/hello.async");
  app.set_version_flag("--version", [] { return std::string(); });
  describeBuild();
  describeRun();
  describeCheck();
  describeSuites();
  describeDoc();
  describeHelpers();
}

CLI::App *CommandLine::add(const char *name, const char *what, Command command) {
  CLI::App *made = app.add_subcommand(name, what);
  commands.emplace_back(made, command);
  return made;
}

void CommandLine::describeBuild() {
  CLI::App *build = add("build", "Compile a program, or show what a step makes of it", [](const Options &options) {
    if (!options.emit.empty())
      return emit(options);
    return options.library.empty() ? cli::build(options) : buildLibrary(options);
  });
  addInput(build, options);
  build->add_option("-o", options.output, "where the program or the dump goes")->type_name("OUT");
  addLevels(build, options);
  build->add_flag("--lib{static}", options.library, "a static or shared library, and its header")
      ->check(CLI::IsMember({"static", "shared"}))
      ->option_text("[=KIND]");
  build->add_flag("--strip", options.strip, "leave out the symbol table");
  build->add_option("--emit", options.emit, fmt::format("{}", fmt::join(emitKinds(), " ")))->check(CLI::IsMember(emitKinds()))->option_text("FORM");
  build->add_option("--after", options.after, "build, elaborate-drops; mir: mono; dot: states")->option_text("PASS");
  build->add_option("--function", options.function, "only functions whose name contains this")->option_text("NAME");
  build->footer("Example: asyncc build examples/echo.async -o echo");
}

void CommandLine::describeRun() {
  CLI::App *run = add("run", "Compile a program in memory and run it", cli::run);
  addInput(run, options);
  addLevels(run, options);
  run->add_option("arguments", options.arguments, "what the program is given, behind --");
  run->footer("Example: asyncc run examples/hello.async -- one two");
}

void CommandLine::describeCheck() {
  CLI::App *check = add("check", "Report the mistakes in a program", [](const Options &options) { return options.fix ? fix(options) : cli::check(options); });
  addInput(check, options);
  check->add_flag("--fix", options.fix, "make the sure changes, report the rest");
  check->footer("Example: asyncc check --diagnostics=json src");
}

void CommandLine::describeDoc() {
  CLI::App *doc = add("doc", "Write the reference pages of a package", cli::document);
  CLI::App *what = doc->add_option_group("what", "one of these");
  what->require_option(1);
  what->add_option("input", options.input, "an .async file, or a folder with a main.async")->type_name("FILE|FOLDER");
  what->add_flag("--std", options.docStd, "the standard library");
  doc->add_option("-o", options.output, "the folder for the pages; without it they are printed")->type_name("OUT");
  doc->add_flag("--missing", options.docMissing, "only list public items without a doc comment");
  doc->footer("Example: asyncc doc src -o docs/reference");
}

void CommandLine::describeHelpers() {
  CLI::App *explain = add("explain", "Show the page of an error code, or list all", cli::explain);
  explain->add_option("code", options.code, "such as T0301")->type_name("CODE");
  explain->footer("Example: asyncc explain T0301");
  CLI::App *completions = add("completions", "Print the completions for a shell", cli::completions);
  completions->add_option("shell", options.shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}))->type_name("SHELL");
  completions->footer("Example: asyncc completions bash > /etc/bash_completion.d/asyncc");
}

bool CommandLine::parse(int argc, char **argv, int &status) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForVersion &) {
    std::string backend = backendVersion();
    printf("asyncc %s (%s), %s\n", ASYNC_VERSION, ASYNC_COMMIT, backend.c_str());
    status = Good;
    return false;
  } catch (const CLI::ParseError &error) {
    status = app.exit(error) == 0 ? Good : Usage;
    return false;
  }
  status = Usage;
  if (isKnownAfter(options.emit, options.after))
    return true;
  fmt::print(stderr, "asyncc: --after={} does not go with --emit={}\n", options.after, options.emit);
  return false;
}

Command CommandLine::command() const {
  for (const auto &[described, command] : commands)
    if (described->parsed())
      return command;
  return nullptr;
}

} // namespace async::cli
