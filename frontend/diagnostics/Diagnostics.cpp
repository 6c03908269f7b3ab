#include "frontend/diagnostics/Diagnostics.h"

#include <algorithm>

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
  return unique;
}

void Diagnostics::truncate(size_t count) {
  while (list.size() > count) {
    if (list.back().severity == Severity::Error)
      --errors;
    list.pop_back();
  }
}

} // namespace async::frontend
