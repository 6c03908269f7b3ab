// Suggest.h: the name that was probably meant.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace async::frontend {

// The candidate nearest to `name` by edits (insert, delete, replace, swap of neighbours), if it is near enough to be a slip: at most
// a third of its length, and one edit for names of up to three letters; the first of several. Cost: O(candidates * length²).
struct Nearest {
  std::string_view name;
  bool isOnly = true; // no other is as near
};
std::optional<Nearest> nearestName(std::string_view name, const std::vector<std::string_view> &candidates);

} // namespace async::frontend
