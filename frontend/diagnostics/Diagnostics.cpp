#include "frontend/diagnostics/Diagnostics.h"

#include <algorithm>
#include <unordered_map>

// All phases, so that a name that two of them declare is an error.
#include "frontend/diagnostics/Effects.h"
#include "frontend/diagnostics/Lifetimes.h"
#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Structure.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/diagnostics/Types.h"
#include "frontend/diagnostics/Warnings.h"

namespace async::frontend {

std::vector<const Diagnostic *> Diagnostics::sorted() const {
  std::vector<const Diagnostic *> all;
  all.reserve(list.size());
  for (const Diagnostic &one : list)
    all.push_back(&one);
  std::stable_sort(all.begin(), all.end(), [](const Diagnostic *a, const Diagnostic *b) { return a->span.lo < b->span.lo; });
  std::vector<const Diagnostic *> unique;
  for (const Diagnostic *one : all) {
    bool again = false; // only neighbours can have the same place
    for (auto other = unique.rbegin(); other != unique.rend() && (*other)->span.lo == one->span.lo && !again; ++other)
      again = (*other)->span == one->span && (*other)->message == one->message;
    if (!again)
      unique.push_back(one);
  }
  return fold(unique);
}

// One wrong name or type in a declaration is met at each of its uses.
std::vector<const Diagnostic *> Diagnostics::fold(const std::vector<const Diagnostic *> &all) const {
  constexpr uint32_t mostEqual = 5;
  auto isRepeated = [](const Diagnostic &one) { return one.code[0] == 'N' || one.code[0] == 'T'; };
  std::unordered_map<std::string_view, uint32_t> counts, seen;
  for (const Diagnostic *one : all)
    ++counts[one->message];
  folded.clear();
  std::vector<const Diagnostic *> shown;
  for (const Diagnostic *one : all) {
    const uint32_t count = counts[one->message], number = ++seen[one->message];
    if (!isRepeated(*one) || number < mostEqual || count == mostEqual) {
      shown.push_back(one);
    } else if (number == mostEqual) {
      Diagnostic &last = folded.emplace_back(*one);
      last.notes.push_back(fmt::format(diag::SaidElsewhere.text, count - mostEqual));
      shown.push_back(&last);
    }
  }
  return shown;
}

void Diagnostics::truncate(size_t count) {
  while (list.size() > count) {
    if (list.back().severity == Severity::Error)
      --errors;
    list.pop_back();
  }
}

} // namespace async::frontend
