#include "test/fuzz/Inputs.h"

#include <algorithm>
#include <filesystem>

#include "test/fuzz/Mutate.h"
#include "test/fuzz/Tokens.h"

namespace async::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr size_t largestText = 64 * 1024;
constexpr size_t mostItems = 5; // of a fragment

// Some neighbouring items of a file: small inputs are fast.
std::string fragment(const std::string &text, Random &random) {
  std::vector<std::string_view> lines = cutLines(text);
  std::vector<size_t> starts;
  for (size_t i = 0; i < lines.size(); ++i)
    if (std::isalpha(static_cast<unsigned char>(lines[i][0])) || lines[i][0] == '#')
      starts.push_back(i);
  if (starts.size() < 3)
    return text;
  size_t from = random.below(starts.size()), to = std::min(starts.size(), from + 1 + random.below(mostItems));
  std::string made;
  for (size_t i = starts[from], end = to < starts.size() ? starts[to] : lines.size(); i < end; ++i)
    made += lines[i];
  return made;
}

} // namespace

std::vector<Seed> readSeeds(const std::vector<std::string> &paths, Target target) {
  std::vector<Seed> seeds;
  auto take = [&](const fs::path &path) {
    std::string text, error;
    if (!driver::readFile(path.string(), text, error))
      return;
    if (target == Target::Stored || text.size() <= largestText)
      seeds.push_back({path.string(), std::move(text)});
  };
  std::error_code code;
  for (const std::string &path : paths) {
    if (fs::is_regular_file(path, code))
      take(path);
    else
      for (const fs::directory_entry &entry : fs::recursive_directory_iterator(path, code))
        if (entry.is_regular_file(code) && entry.path().extension() == extensionOf(target))
          take(entry.path());
  }
  std::sort(seeds.begin(), seeds.end(), [](const Seed &a, const Seed &b) { return a.path < b.path; });
  return seeds;
}

std::string Inputs::make(uint64_t number) const {
  Random random(seed * 0xD1342543DE82EF95 + number);
  random.next();
  bool fromFound = !found.empty() && random.oneIn(2);
  const std::string &base = fromFound ? random.pick(found) : random.pick(seeds).text;
  switch (target) {
  case Target::Check: {
    const std::string &other = random.pick(seeds).text;
    std::string text = fromFound || random.oneIn(4) ? base : fragment(base, random);
    return random.oneIn(3) ? retype(text, random) : damage(text, other, random);
  }
  case Target::Typed:
    // Two in three stay one change away from a good program; the rest go on from what was found.
    return retype(random.oneIn(3) ? base : random.pick(seeds).text, random);
  case Target::Mir:
    return damage(base, random.pick(seeds).text, random);
  case Target::Stored: {
    std::string bytes = damageBytes(base, random);
    return bytes == base ? bytes.substr(1) : random.oneIn(4) ? bytes : fixedHead(bytes) + bytes.substr(std::min(bytes.size(), fixedHead(bytes).size()));
  }
  }
  return {};
}

} // namespace async::fuzz
