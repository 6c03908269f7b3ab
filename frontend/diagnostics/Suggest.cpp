#include "frontend/diagnostics/Suggest.h"

#include <algorithm>
#include <cstdlib>

namespace async::frontend {

// Restricted Damerau–Levenshtein distance, over three rows.
static size_t distance(std::string_view a, std::string_view b) {
  std::vector<size_t> before(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j)
    last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] != b[j - 1])});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        row[j] = std::min(row[j], before[j - 2] + 1);
    }
    before.swap(last);
    last.swap(row);
  }
  return last[b.size()];
}

std::optional<Nearest> nearestName(std::string_view name, const std::vector<std::string_view> &candidates) {
  std::optional<Nearest> best;
  size_t least = std::max<size_t>(name.size(), 3) / 3 + 1;
  if (name.size() > 64)
    return std::nullopt;
  for (const std::string_view candidate : candidates) {
    const size_t lengths = candidate.size() > name.size() ? candidate.size() - name.size() : name.size() - candidate.size();
    if (lengths >= least + best.has_value() || candidate == name)
      continue;
    if (const size_t d = distance(name, candidate); d < least) {
      least = d;
      best = Nearest{candidate, true};
    } else if (best && d == least && candidate != best->name) {
      best->isOnly = false;
    }
  }
  return best;
}

} // namespace async::frontend
