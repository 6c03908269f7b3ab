#include "frontend/source/Interner.h"

#include <algorithm>
#include <cstring>

namespace async::frontend {

Interner::Interner() {
  texts.push_back({});
  byText.emplace(std::string_view{}, 0);
}

Symbol Interner::intern(std::string_view text) {
  if (auto found = byText.find(text); found != byText.end())
    return {found->second};
  const auto index = static_cast<uint32_t>(texts.size());
  const std::string_view kept = keep(text);
  texts.push_back(kept);
  byText.emplace(kept, index);
  return {index};
}

std::optional<Symbol> Interner::find(std::string_view text) const {
  auto found = byText.find(text);
  return found == byText.end() ? std::nullopt : std::optional(Symbol{found->second});
}

std::string_view Interner::keep(std::string_view text) {
  constexpr size_t blockSize = 64 * 1024;
  if (text.size() > left) {
    left = std::max(blockSize, text.size());
    blocks.push_back(std::make_unique<char[]>(left));
    next = blocks.back().get();
  }
  std::memcpy(next, text.data(), text.size());
  const std::string_view kept(next, text.size());
  next += text.size();
  left -= text.size();
  return kept;
}

} // namespace async::frontend
