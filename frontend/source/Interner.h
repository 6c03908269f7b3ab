// Interner.h: every name and text of a program once, as a 32-bit Symbol.
//
// Symbol 0 is the empty text. Texts live as long as their Interner; ids are given in order of first use, so they are the
// same in every run. Not thread-safe. Cost of intern: one hash and one look-up.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace async::frontend {

struct Symbol {
  uint32_t index = 0;
  constexpr bool empty() const { return index == 0; }
  friend constexpr bool operator==(Symbol, Symbol) = default;
  friend constexpr auto operator<=>(Symbol, Symbol) = default;
};

class Interner {
public:
  Interner();
  Interner(const Interner &) = delete;
  Interner &operator=(const Interner &) = delete;

  Symbol intern(std::string_view text);
  // The symbol of a text that has been interned.
  std::optional<Symbol> find(std::string_view text) const;
  std::string_view text(Symbol symbol) const { return texts[symbol.index]; }
  uint32_t size() const { return static_cast<uint32_t>(texts.size()); }

private:
  std::string_view keep(std::string_view text);

  std::vector<std::string_view> texts;
  std::unordered_map<std::string_view, uint32_t> byText;
  std::vector<std::unique_ptr<char[]>> blocks;
  size_t left = 0; // bytes free at `next`
  char *next = nullptr;
};

} // namespace async::frontend

template <> struct std::hash<async::frontend::Symbol> {
  size_t operator()(async::frontend::Symbol symbol) const noexcept { return symbol.index * size_t{0x9E3779B97F4A7C15}; }
};
