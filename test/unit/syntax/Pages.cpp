// Every syntax error has a page: its failing example gives this code and no other error, its mended one parses.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "test/unit/syntax/Fixture.h"

namespace async::syntax::test {

namespace {

std::string codeBlock(const std::string &page, const std::string &fence) {
  const size_t start = page.find("```" + fence + "\n");
  if (start == std::string::npos)
    return {};
  const size_t from = start + fence.size() + 4;
  return page.substr(from, page.find("\n```", from) - from + 1);
}

} // namespace

TEST(Pages, ExamplesGiveTheirCode) {
  std::set<std::string> codes;
#define ASYNC_DIAG(code, ...) codes.insert(#code);
#define ASYNC_LABEL(...)
#define ASYNC_NOTE(...)
#define ASYNC_HELP(...)
#include "frontend/diagnostics/Syntax.def"
#undef ASYNC_DIAG
#undef ASYNC_LABEL
#undef ASYNC_NOTE
#undef ASYNC_HELP
  for (const std::string &code : codes) {
    std::stringstream text;
    text << std::ifstream(std::filesystem::path(ASYNC_SOURCE_DIR) / "docs/errors" / (code + ".md")).rdbuf();
    const std::string page = text.str();
    EXPECT_EQ(page.find("# " + code + ": "), 0u) << code;
    if (code != "P0002") { // a page cannot hold what is no UTF-8
      EXPECT_EQ(Parsed(codeBlock(page, "async-fail")).codes(), code);
    }
    EXPECT_NE(codeBlock(page, "async"), "") << code;
    EXPECT_EQ(Parsed(codeBlock(page, "async")).errors(), "") << code;
  }
}

} // namespace async::syntax::test
