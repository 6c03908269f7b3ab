// Doc.h: a checked package → Markdown pages of its public items.
//
// In      a Session that was checked without errors and has the trees of the package (std's only if its sources were loaded).
// Out     one page a module with public items, and an index. Private items are left out.
// How     signatures are printed from the checked declarations, so that an inferred `async` is seen; the text is that of the doc comment, the
//         lines `///` directly above an item. Those at the head of a file, with an empty line behind them, are the module's.
// Holds   the same package gives the same bytes anywhere: items stand in the order of the text, modules in that of their names.
// Cost    linear in the source.   Tests  test/tools/doc.test
#pragma once
#include <string>
#include <vector>

#include "tools/driver/Session.h"

namespace async::doc {

struct Item {
  std::string heading;   // `List::push`
  std::string signature; // several lines for types
  std::string comment;   // Markdown
  std::string note;      // what the compiler knows beside the signature, a sentence a line
  std::string about;     // of a head that is no item, the rest is empty: "Methods of `[T]`"
  frontend::Span span;
  std::vector<Item> members;
};

struct Page {
  std::vector<std::string> path; // std collections list; of the root module: the package's name
  std::string comment;
  std::vector<std::string> reexports; // as they are written
  std::vector<Item> types, traits, functions, constants;
  frontend::Span span; // of the file's begin
};

struct Package {
  std::string name;
  bool isStd = false;
  std::vector<Page> pages;
};

// The modules of std, or all others.
Package describe(const driver::Session &session, std::string name, bool isStd);

struct File {
  std::string path; // `collections/list.md`, below the folder of the package
  std::string text;
};

// The pages, and the index README.md first.
std::vector<File> markdown(const Package &package);

struct Missing {
  frontend::Span span;
  std::string name;
};
// Public items and modules without a doc comment.
std::vector<Missing> undocumented(const Package &package);

// The doc comment of what begins at `position`, whose name stands at `name`: without `///` and one space behind it.
std::string commentAbove(const frontend::SourceMap &sources, uint32_t position, uint32_t name);
// The doc comment of a module.
std::string commentOfFile(const frontend::SourceMap &sources, frontend::FileId file);

} // namespace async::doc
