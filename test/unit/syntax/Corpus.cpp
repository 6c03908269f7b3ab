// Every program of the repository and the shared cases parses without an error.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "test/unit/syntax/Fixture.h"

namespace async::syntax::test {

namespace {

void parsesAll(const std::filesystem::path &root) {
  if (!std::filesystem::exists(root))
    GTEST_SKIP() << "absent: " << root;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.path().extension() != ".async")
      continue;
    std::stringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const Parsed parsed(text.str());
    EXPECT_EQ(parsed.errors(), "") << entry.path();
    EXPECT_FALSE(parsed.file.hasErrors);
  }
}

const std::filesystem::path source = ASYNC_SOURCE_DIR;

} // namespace

TEST(Corpus, StandardLibrary) { parsesAll(source / "runtime/std"); }
TEST(Corpus, ProgramsThatRun) { parsesAll(source / "../shared/cases/run"); }
TEST(Corpus, ProgramsWithErrors) { parsesAll(source / "../shared/cases/errors"); }
TEST(Corpus, Examples) { parsesAll(source / "examples"); }

} // namespace async::syntax::test
