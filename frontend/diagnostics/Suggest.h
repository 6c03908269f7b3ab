// Suggest.h: the name that was probably meant.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace async::frontend {

// The candidate nearest to `name` by edits (insert, delete, replace, swap of neighbours), if it is near enough to be a slip: at most
// a third of its length, and one edit for names of up to three letters. Cost: O(candidates * length²).
std::optional<std::string_view> nearestName(std::string_view name, const std::vector<std::string_view> &candidates);

} // namespace async::frontend
