// Explain.cpp: the pages of docs/errors, for the terminal.
#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "frontend/diagnostics/Suggest.h"
#include "tools/asyncc/Backend.h"

namespace async::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<char, const char *> chapters[] = {{'P', "Syntax"},
                                                      {'N', "Names"},
                                                      {'T', "Types, traits and patterns"},
                                                      {'E', "Effects"},
                                                      {'L', "Moves and loans"},
                                                      {'S', "What must be used, tasks and limits"},
                                                      {'W', "Warnings"}};

std::vector<std::string> codes() {
  std::vector<std::string> found;
  std::error_code code;
  fs::directory_iterator entry(errorPages(), code), end;
  for (; !code && entry != end; entry.increment(code))
    if (entry->path().extension() == ".md")
      found.push_back(entry->path().stem().string());
  std::sort(found.begin(), found.end());
  return found;
}

std::string page(const std::string &code) {
  std::string text, error;
  driver::readFile((fs::path(errorPages()) / (code + ".md")).string(), text, error);
  return text;
}

// `[text](target)` is its text; marks for code stay, they tell code from words.
std::string plain(std::string_view line) {
  std::string made;
  while (!line.empty()) {
    size_t middle = line[0] == '[' ? line.find("](") : std::string_view::npos, end = line.find(')', middle);
    if (middle == std::string_view::npos || end == std::string_view::npos) {
      made += line[0];
      line.remove_prefix(1);
      continue;
    }
    made += line.substr(1, middle - 1);
    line.remove_prefix(end + 1);
  }
  return made;
}

constexpr size_t width = 80;

void addWrapped(std::string &out, std::string_view paragraph) {
  size_t column = 0;
  while (!paragraph.empty()) {
    size_t end = std::min(paragraph.find(' '), paragraph.size());
    std::string_view word = paragraph.substr(0, end);
    paragraph.remove_prefix(std::min(end + 1, paragraph.size()));
    if (word.empty())
      continue;
    if (column > 0 && column + 1 + word.size() > width) {
      out += '\n';
      column = 0;
    }
    out += (column > 0 ? " " : "") + std::string(word);
    column += word.size() + (column > 0);
  }
  out += '\n';
}

std::string_view captionOf(std::string_view fence) {
  const bool isMir = fence.starts_with("```mir");
  return fence.find("-fail") != std::string_view::npos ? (isMir ? "Wrong (MIR):" : "Wrong:") : isMir ? "Right (MIR):" : "Right:";
}

std::string forTerminal(std::string_view text, bool color) {
  std::string out, paragraph;
  bool inCode = false;
  auto flush = [&] {
    if (!paragraph.empty())
      addWrapped(out, plain(paragraph));
    paragraph.clear();
  };
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with("```")) {
      flush();
      if (!inCode)
        out += fmt::format("{}\n\n", captionOf(line));
      inCode = !inCode;
    } else if (inCode) {
      out += line.empty() ? "\n" : fmt::format("    {}\n", line);
    } else if (line.starts_with("# ")) {
      out += fmt::format("{}{}{}\n", color ? "\033[1m" : "", plain(line.substr(2)), color ? "\033[0m" : "");
    } else if (line.empty() || line.starts_with("* ")) {
      flush();
      out += line.empty() ? "\n" : "";
      paragraph = line;
    } else {
      paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
    }
  }
  flush();
  return out;
}

int listCodes(const std::vector<std::string> &all) {
  for (const auto &[letter, name] : chapters) {
    bool isFirst = true;
    for (const std::string &code : all) {
      if (code[0] != letter)
        continue;
      std::string text = page(code);
      if (isFirst)
        fmt::print("{}{}\n", letter == chapters[0].first ? "" : "\n", name);
      isFirst = false;
      fmt::print("  {}\n", plain(text.substr(std::min<size_t>(2, text.size()), text.find('\n') - 2)));
    }
  }
  fmt::print("\n`asyncc explain CODE` shows one.\n");
  return Good;
}

} // namespace

int explain(const Options &options) {
  const std::vector<std::string> all = codes();
  if (all.empty())
    return fail(fmt::format("there are no pages of errors in {}", errorPages()));
  if (options.code.empty())
    return listCodes(all);
  std::string wanted = options.code;
  std::transform(wanted.begin(), wanted.end(), wanted.begin(), [](unsigned char c) { return static_cast<char>(toupper(c)); });
  if (std::find(all.begin(), all.end(), wanted) == all.end()) {
    auto near = frontend::nearestName(wanted, {all.begin(), all.end()});
    return fail(fmt::format("there is no error code `{}`{}; `asyncc explain` lists them", options.code, near ? fmt::format("; did you mean `{}`?", near->name) : ""));
  }
  const bool color = options.color == "always" || (options.color == "auto" && isatty(1) && !getenv("NO_COLOR"));
  std::string text = forTerminal(page(wanted), color);
  fwrite(text.data(), 1, text.size(), stdout);
  return Good;
}

} // namespace async::cli
