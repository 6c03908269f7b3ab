// The pages of the codes of names and signatures: the failing program gives the code and nothing else, the mended one is accepted.
#include <gtest/gtest.h>

#include "test/unit/types/Fixture.h"

namespace async::test {
namespace {

std::string programIn(const std::string &page, const std::string &fence) {
  const std::string open = "```" + fence + "\n";
  size_t from = page.find(open);
  if (from == std::string::npos)
    return {};
  from += open.size();
  return page.substr(from, page.find("```", from) - from);
}

bool isOurs(const std::string &code) { return code != "N0018" && (code.starts_with("N0") || code.starts_with("T00") || code.starts_with("T01") || code == "W0101"); }

TEST(Pages, ProgramsDoWhatThePagesSay) {
  size_t count = 0;
  for (const auto &entry : std::filesystem::directory_iterator(std::string(ASYNC_SOURCE_DIR) + "/docs/errors")) {
    const std::string code = entry.path().stem().string();
    if (!isOurs(code))
      continue;
    ++count;
    const std::string page = readAll(entry.path());
    const std::string wrong = programIn(page, "async-fail"), right = programIn(page, "async");
    ASSERT_FALSE(wrong.empty() || right.empty()) << code;
    std::string errors = Checked().add(wrong).collect().errors();
    EXPECT_NE(errors.find(" " + code + " "), std::string::npos) << code << " gives: " << errors;
    for (size_t at = 0; at < errors.size(); at = errors.find('\n', at) + 1)
      EXPECT_EQ(errors.find(" " + code + " ", at) < errors.find('\n', at), true) << code << " gives also: " << errors;
    EXPECT_EQ(Checked().add(right).collect().errors(), "") << code;
  }
  EXPECT_GE(count, 50u);
}

} // namespace
} // namespace async::test
