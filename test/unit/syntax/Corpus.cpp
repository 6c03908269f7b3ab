// Every program of the repository parses without an error, and so do the shared cases, which lie beside the checkout or nowhere.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "test/unit/syntax/Fixture.h"

namespace async::syntax::test {

namespace {

void parsesAll(const std::filesystem::path &root) {
  size_t count = 0;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".async")
      continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    ++count;
    const Parsed parsed(text.str());
    EXPECT_EQ(parsed.errors(), "") << entry.path();
    EXPECT_FALSE(parsed.file.hasErrors);
  }
  EXPECT_NE(count, 0u) << "no programs in " << root;
}

const std::filesystem::path source = ASYNC_SOURCE_DIR;

void parsesCases(const char *kind) {
  const std::filesystem::path root = source / "../shared/cases" / kind;
  if (!std::filesystem::exists(root))
    GTEST_SKIP() << "there is no " << root.string();
  parsesAll(root);
}

} // namespace

TEST(Corpus, StandardLibrary) { parsesAll(source / "runtime/std"); }
TEST(Corpus, ProgramsThatRun) { parsesCases("run"); }
TEST(Corpus, ProgramsWithErrors) { parsesCases("errors"); }
TEST(Corpus, Examples) { parsesAll(source / "examples"); }

} // namespace async::syntax::test
