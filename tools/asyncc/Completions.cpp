// Completions.cpp: scripts for shells, made from the description of the command line, so that they say what it understands.
#include "tools/asyncc/CommandLine.h"

namespace async::cli {
namespace {

struct Word {
  std::vector<std::string> names; // `-o`, `--color`; empty: it stands by its place
  std::string text;
  std::vector<std::string> choices; // of its value, where they are known
  bool takesValue = false;
};

// CLI11 shows what a value may be as `TEXT:{a,b}`.
std::vector<std::string> choicesOf(const CLI::Option &option) {
  const std::string type = option.get_type_name();
  size_t from = type.find('{'), to = type.find('}');
  return from == std::string::npos || to == std::string::npos ? std::vector<std::string>() : CLI::detail::split(type.substr(from + 1, to - from - 1), ',');
}

std::vector<Word> wordsOf(const CLI::App &app) {
  std::vector<Word> words;
  for (const CLI::Option *option : app.get_options({})) {
    Word word{{}, option->get_description(), choicesOf(*option), option->get_items_expected_max() > 0};
    for (const std::string &name : option->get_snames())
      word.names.push_back("-" + name);
    for (const std::string &name : option->get_lnames())
      word.names.push_back("--" + name);
    words.push_back(std::move(word));
  }
  for (const CLI::App *group : app.get_subcommands({}))
    if (group->get_name().empty())
      for (Word &word : wordsOf(*group))
        words.push_back(std::move(word));
  return words;
}

std::vector<const CLI::App *> commandsOf(const CLI::App &app) {
  std::vector<const CLI::App *> commands = app.get_subcommands({});
  std::erase_if(commands, [](const CLI::App *sub) { return sub->get_name().empty(); });
  return commands;
}

std::string joined(const std::vector<std::string> &words) { return fmt::format("{}", fmt::join(words, " ")); }

std::string inQuotes(std::string_view text) { // for a word in single quotes, in all three shells
  std::string made;
  for (char c : text)
    made += c == '\'' ? "’" : std::string(1, c);
  return made;
}

// Where it stands for itself, and not for a piece of the syntax of zsh.
std::string zshText(std::string_view text) {
  std::string made;
  for (char c : inQuotes(text))
    made += (c == ':' || c == '[' || c == ']' ? "\\" : "") + std::string(1, c);
  return made;
}

std::string bashCases(const CLI::App &app, const std::string &command) {
  std::string cases, names, places;
  for (const Word &word : wordsOf(app)) {
    names += (names.empty() || word.names.empty() ? "" : " ") + joined(word.names);
    if (word.names.empty())
      places += joined(word.choices);
    else if (word.takesValue)
      cases += fmt::format("    {0}:{1}) words='{2}' ;;\n", command, fmt::join(word.names, fmt::format(" | {}:", command)), joined(word.choices));
  }
  return cases + fmt::format("    {}:*) case $current in -*) words='{}' ;; *) words='{}' ;; esac ;;\n", command, names, places);
}

std::string bash(const CLI::App &app) {
  std::string cases, commands;
  for (const CLI::App *sub : commandsOf(app)) {
    cases += bashCases(*sub, sub->get_name());
    commands += (commands.empty() ? "" : " ") + sub->get_name();
  }
  for (const Word &word : wordsOf(app))
    commands += " " + joined(word.names);
  return fmt::format(R"(# Completions of asyncc for bash, made by `asyncc completions bash`.
_asyncc() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} before=${{COMP_WORDS[COMP_CWORD - 1]}} command='' words='' i
  for ((i = 1; i < COMP_CWORD; ++i)); do
    case ${{COMP_WORDS[i]}} in
      --) return ;;
      -*) ;;
      *) command=${{command:-${{COMP_WORDS[i]}}}} ;;
    esac
  done
  # bash takes `--color=auto` for three words.
  if [ "$current" = = ]; then
    current=''
  elif [ "$before" = = ]; then
    before=${{COMP_WORDS[COMP_CWORD - 2]}}
  fi
  case $command:$before in
{}    :*) words='{}' ;;
  esac
  # shellcheck disable=SC2207
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}}
complete -o default -F _asyncc asyncc
)",
                     cases, commands);
}

std::string zshArguments(const CLI::App &app) {
  std::string made;
  for (const Word &word : wordsOf(app)) {
    std::string value = word.choices.empty() ? "_files" : fmt::format("({})", joined(word.choices));
    if (word.names.empty()) {
      made += fmt::format(" \\\n        '*:{}:{}'", zshText(word.text), value);
      continue;
    }
    for (const std::string &name : word.names) {
      const char *behind = !word.takesValue ? "" : name.starts_with("--") ? "=" : "+";
      made += fmt::format(" \\\n        '{}{}[{}]{}'", name, behind, zshText(word.text), word.takesValue ? fmt::format(":value:{}", value) : "");
    }
  }
  return made;
}

std::string zsh(const CLI::App &app) {
  std::string commands, cases;
  for (const CLI::App *sub : commandsOf(app)) {
    commands += fmt::format("    '{}:{}'\n", sub->get_name(), zshText(sub->get_description()));
    cases += fmt::format("      {}) _arguments{} ;;\n", sub->get_name(), zshArguments(*sub));
  }
  return fmt::format(R"(#compdef asyncc
# Completions of asyncc for zsh, made by `asyncc completions zsh`.
_asyncc() {{
  local -a commands
  commands=(
{})
  local state line
  _arguments -C '--help[Print this help message and exit]' '--version[Display program version information and exit]' \
    '1:command:->command' '*::argument:->argument'
  case $state in
    command) _describe command commands ;;
    argument) case $line[1] in
{}    esac ;;
  esac
}}
if [ "$funcstack[1]" = _asyncc ]; then
  _asyncc "$@"
else
  compdef _asyncc asyncc
fi
)",
                     commands, cases);
}

std::string fishOptions(const CLI::App &app, const std::string &when) {
  std::string made;
  for (const Word &word : wordsOf(app)) {
    std::string names;
    for (const std::string &name : word.names)
      names += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    if (names.empty() && word.choices.empty())
      continue;
    std::string value = !word.choices.empty() ? fmt::format(" -{} -a '{}'", names.empty() ? "f" : "x", joined(word.choices)) : word.takesValue ? " -r" : "";
    made += fmt::format("complete -c asyncc -n '{}'{}{} -d '{}'\n", when, names, value, inQuotes(word.text));
  }
  return made;
}

std::string fish(const CLI::App &app) {
  std::string made = "# Completions of asyncc for fish, made by `asyncc completions fish`.\n" + fishOptions(app, "__fish_use_subcommand");
  for (const CLI::App *sub : commandsOf(app)) {
    made += fmt::format("complete -c asyncc -n __fish_use_subcommand -f -a {} -d '{}'\n", sub->get_name(), inQuotes(sub->get_description()));
    made += fishOptions(*sub, "__fish_seen_subcommand_from " + sub->get_name());
  }
  return made;
}

} // namespace

int completions(const Options &options) {
  const CommandLine line;
  std::string text = options.shell == "bash" ? bash(line.app) : options.shell == "zsh" ? zsh(line.app) : fish(line.app);
  fwrite(text.data(), 1, text.size(), stdout);
  return Good;
}

} // namespace async::cli
