// Fixture.h: a text parsed, with what was reported.
#pragma once
#include <string>

#include "frontend/syntax/Parse.h"

namespace async::syntax::test {

struct Parsed {
  explicit Parsed(std::string text) {
    id = *sources.add("test.async", std::move(text));
    file = parse(sources, id, interner, diagnostics);
  }

  // "P0001 3:5 expected …" a line.
  std::string errors() const {
    std::string out;
    for (const frontend::Diagnostic *one : diagnostics.sorted()) {
      const frontend::Location at = sources.locate(one->span.lo);
      out += fmt::format("{} {}:{} {}\n", one->code, at.line, at.column, one->message);
    }
    return out;
  }
  std::string codes() const {
    std::string out;
    for (const frontend::Diagnostic *one : diagnostics.sorted())
      out += std::string(out.empty() ? "" : " ") + one->code;
    return out;
  }
  std::string tree() const { return printAst(file, interner); }

  frontend::SourceMap sources;
  frontend::Interner interner;
  frontend::Diagnostics diagnostics;
  frontend::FileId id;
  ast::File file;
};

} // namespace async::syntax::test
