// Markdown.cpp: a package's pages as Markdown.
#include <map>

#include "tools/doc/Doc.h"

namespace async::doc {
namespace {

std::string joined(const std::vector<std::string> &path, std::string_view separator, size_t from = 0) {
  std::string text;
  for (size_t i = from; i < path.size(); ++i)
    text += fmt::format("{}{}", i == from ? "" : separator, path[i]);
  return text;
}

// Below the folder of the package: std's pages do not repeat its name.
std::string fileOf(const Package &package, const Page &page) { return joined(page.path, "/", package.isStd && page.path.size() > 1 ? 1 : 0) + ".md"; }

// The first sentence, in one line.
std::string summary(std::string_view comment) {
  std::string text;
  for (size_t i = 0; i < comment.size(); ++i) {
    if (comment[i] == '\n' && (i + 1 == comment.size() || comment[i + 1] == '\n' || comment.substr(i + 1).starts_with("```")))
      break;
    text += comment[i] == '\n' ? ' ' : comment[i];
    const bool ends = comment[i] == '.' && (i + 1 == comment.size() || comment[i + 1] == ' ' || comment[i + 1] == '\n');
    if (ends)
      break;
  }
  return text;
}

// What GitHub makes of a heading, so that links find it.
class Anchors {
public:
  std::string of(std::string_view heading) {
    std::string text;
    for (char c : heading) {
      if (c >= 'A' && c <= 'Z')
        text += static_cast<char>(c - 'A' + 'a');
      else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || (c & 0x80))
        text += c;
      else if (c == ' ')
        text += '-';
    }
    const int before = used[text]++;
    return before == 0 ? text : fmt::format("{}-{}", text, before);
  }

private:
  std::map<std::string, int> used;
};

class Writer {
public:
  std::string page(const Page &page) {
    anchors.of(joined(page.path, "::"));
    section("Types", page.types);
    section("Traits", page.traits);
    section("Functions", page.functions);
    section("Constants", page.constants);
    std::string text = fmt::format("# {}\n", joined(page.path, "::"));
    if (!page.comment.empty())
      text += "\n" + page.comment;
    if (!page.reexports.empty()) {
      text += "\n```text\n";
      for (const std::string &use : page.reexports)
        text += use + "\n";
      text += "```\n";
    }
    return text + contents + body;
  }

private:
  void section(std::string_view title, const std::vector<Item> &items) {
    if (items.empty())
      return;
    anchors.of(title);
    body += fmt::format("\n## {}\n", title);
    std::string names;
    for (const Item &item : items) {
      const std::string heading = item.about.empty() ? item.heading : item.about;
      const std::string anchor = anchors.of(heading);
      names += fmt::format("{}[{}](#{})", names.empty() ? "" : ", ", heading, anchor);
      entry(item, 3);
    }
    contents += fmt::format("\n{}: {}\n", title, names);
  }

  void entry(const Item &item, size_t level) {
    body += fmt::format("\n{} {}\n", std::string(level, '#'), item.about.empty() ? item.heading : item.about);
    if (item.about.empty()) {
      body += fmt::format("\n```text\n{}\n```\n", item.signature);
      if (!item.comment.empty())
        body += "\n" + item.comment;
      if (!item.note.empty())
        body += "\n" + item.note;
    }
    for (const Item &member : item.members) {
      anchors.of(member.heading);
      entry(member, level + 1);
    }
  }

  std::string contents, body;
  Anchors anchors;
};

void names(const std::vector<Item> &items, std::string &text) {
  for (const Item &item : items)
    if (item.about.empty())
      text += fmt::format("{}`{}`", text.empty() ? "" : ", ", item.heading);
}

std::string index(const Package &package) {
  std::string text = fmt::format("# {}\n\nWritten by `asyncc doc`; its text is that of the doc comments in the source. A signature shows what the compiler has "
                                 "inferred: `async fn` gives a future,\n`async(f) fn` does so only where `f` does.\n\n| module | |\n| --- | --- |\n",
                                 package.name);
  for (const Page &page : package.pages)
    text += fmt::format("| [{}]({}) | {} |\n", joined(page.path, "::"), fileOf(package, page), summary(page.comment));
  text += "\n## Items\n\n";
  for (const Page &page : package.pages) {
    std::string all;
    for (const std::vector<Item> *items : {&page.types, &page.traits, &page.functions, &page.constants})
      names(*items, all);
    if (!all.empty())
      text += fmt::format("* [{}]({}): {}\n", joined(page.path, "::"), fileOf(package, page), all);
  }
  return text;
}

} // namespace

std::vector<File> markdown(const Package &package) {
  std::vector<File> files{{"README.md", index(package)}};
  for (const Page &page : package.pages)
    files.push_back({fileOf(package, page), Writer().page(page)});
  return files;
}

} // namespace async::doc
