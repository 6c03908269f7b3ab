// The standard library and the acceptance programs, as far as names and signatures go.
#include <gtest/gtest.h>

#include "test/unit/types/Fixture.h"

namespace async::test {
namespace {

TEST(Corpus, StdCollectsWithoutDiagnostics) {
  Checked checked;
  ASSERT_FALSE(checked.files.empty());
  checked.collect();
  EXPECT_EQ(checked.errors(), "");
  for (const auto &fn : checked.program.fns)
    EXPECT_TRUE(fn.result.valid());
}

TEST(Corpus, CasesCollect) {
  namespace fs = std::filesystem;
  const fs::path cases = fs::path(ASYNC_SOURCE_DIR) / "../shared/cases/run";
  if (!fs::exists(cases))
    GTEST_SKIP() << "there is no " << cases.string();
  for (const auto &entry : fs::directory_iterator(cases))
    if (entry.path().extension() == ".async") {
      std::string errors = Checked().add(readAll(entry.path())).collect().errors();
      for (size_t at = 0, end; at < errors.size(); at = end + 1) {
        end = errors.find('\n', at);
        std::string line = errors.substr(at, end - at);
        // What a program uses of std or of the language may come later; nothing else may be wrong.
        const bool later = line.find("is not supported yet") != std::string::npos || line.find(" N0002 `std") != std::string::npos;
        EXPECT_TRUE(later) << entry.path().filename() << ": " << line;
      }
    }
}

} // namespace
} // namespace async::test
