// What no person writes: chains and nests of 100,000, bytes that are no text, and damaged programs.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "test/unit/syntax/Fixture.h"

namespace async::syntax::test {

namespace {

constexpr size_t many = 100'000;

std::string times(size_t count, std::string_view text) {
  std::string out;
  for (size_t i = 0; i < count; ++i)
    out += text;
  return out;
}

std::string inMain(const std::string &text) { return "fn main() { " + text + " }"; }

} // namespace

TEST(Hostile, ChainsOfAnyLength) {
  for (const char *link : {" + a", " |> f()", ".f()", ".f", "()", "[0]", "?", " && a", " * a - b"}) {
    const Parsed parsed(inMain("a" + times(many, link)));
    EXPECT_EQ(parsed.errors(), "") << link;
    EXPECT_GT(parsed.tree().size(), many);
  }
  EXPECT_EQ(Parsed(inMain("if a { }" + times(many, " else if a { }"))).errors(), "");
  EXPECT_EQ(Parsed(times(many, "/*") + times(many, "*/")).errors(), "");
}

TEST(Hostile, NestsGiveOneError) {
  for (const char *level : {"(", "[", "{", "-", "!", "await ", "&", "a = ", "|x| ", "return ", "async {", "f(", "[a; ", "loop {", "a as fn() -> "})
    EXPECT_EQ(Parsed(inMain(times(many, level) + "a")).codes(), "P0010") << level;
  EXPECT_EQ(Parsed(inMain("(" + times(300, "(") + "a" + times(301, ")"))).codes(), "P0010");
  EXPECT_EQ(Parsed("fn f(x: " + times(many, "L<") + "a" + times(many, ">") + ") { }").codes(), "P0010");
  EXPECT_EQ(Parsed("use " + times(many, "a::{")).codes(), "P0010");
  EXPECT_EQ(Parsed(inMain("let " + times(many, "(") + "a")).codes(), "P0010");
  EXPECT_EQ(Parsed(inMain("a" + times(many, " as i64"))).codes(), "P0010");
  EXPECT_EQ(Parsed(inMain(times(200, "(") + "a" + times(200, ")"))).errors(), "");
}

TEST(Hostile, Bytes) {
  EXPECT_EQ(Parsed("").errors(), "");
  EXPECT_EQ(Parsed("\xEF\xBB\xBF"
                   "fn main() { }\r\n")
                .errors(),
            "");
  EXPECT_EQ(Parsed("fn main() { }\xFF\xFE").codes(), "P0002");
  EXPECT_EQ(Parsed("fn main() { \"\xC3\" }").codes(), "P0002");
  EXPECT_EQ(Parsed(std::string("fn main() { }\0\0", 15)).codes(), "P0003");
  EXPECT_EQ(Parsed("// \u202e\nfn main() { }").codes(), "P0003");
  const Parsed wide("fn f() { \"é\"; x.; }");
  EXPECT_EQ(wide.errors(), "P0001 1:18 expected a name or a number, found `;`\n"); // columns are bytes
  EXPECT_EQ(Parsed(inMain("\"" + std::string(10'000'000, 'a') + "\"")).errors(), "");
  EXPECT_EQ(Parsed("fn caf\u00e9() { }").errors(), "");
}

TEST(Hostile, AtMostAHundredErrors) { EXPECT_EQ(Parsed(inMain(times(10'000, "let = 1;\n"))).diagnostics.errorCount(), 100u); }

// Programs with a few characters damaged parse to the end, print, and name places within themselves.
TEST(Hostile, DamagedPrograms) {
  const std::filesystem::path cases = std::filesystem::path(ASYNC_SOURCE_DIR) / "runtime/std";
  std::mt19937 random(1);
  for (const auto &entry : std::filesystem::recursive_directory_iterator(cases)) {
    if (entry.path().extension() != ".async")
      continue;
    std::stringstream read;
    read << std::ifstream(entry.path()).rdbuf();
    for (int round = 0; round < 8; ++round) {
      std::string text = read.str();
      for (int i = 0; i < 4; ++i) {
        const size_t at = random() % text.size();
        if (random() % 2)
          text[at] = static_cast<char>(random() % 256);
        else
          text.erase(at, 1 + random() % 3);
      }
      const Parsed parsed(text);
      EXPECT_EQ(parsed.file.hasErrors, !parsed.diagnostics.empty());
      parsed.tree();
      const uint32_t start = parsed.sources.start(parsed.id);
      for (const ast::Expr &expr : parsed.file.exprs)
        ASSERT_TRUE(!expr.span.known() || (expr.span.lo >= start && expr.span.lo <= expr.span.hi && expr.span.hi <= start + text.size()));
    }
  }
}

} // namespace async::syntax::test
