// Names as modules see them.
#include <algorithm>
#include <array>
#include <utility>

#include "frontend/diagnostics/Suggest.h"
#include "frontend/resolve/Names.h"

namespace async::resolve {
namespace {

constexpr std::array<std::pair<std::string_view, PrimitiveType>, 15> primitives = {{
    {"i8", PrimitiveType::I8},
    {"i16", PrimitiveType::I16},
    {"i32", PrimitiveType::I32},
    {"i64", PrimitiveType::I64},
    {"u8", PrimitiveType::U8},
    {"u16", PrimitiveType::U16},
    {"u32", PrimitiveType::U32},
    {"u64", PrimitiveType::U64},
    {"f32", PrimitiveType::F32},
    {"f64", PrimitiveType::F64},
    {"bool", PrimitiveType::Bool},
    {"char", PrimitiveType::Char},
    {"Async", PrimitiveType::Async},
    {"Stream", PrimitiveType::Stream},
    {"Sink", PrimitiveType::Sink},
}};

Def primitive(std::string_view text) {
  for (const auto &[name, type] : primitives)
    if (name == text)
      return {DefKind::Primitive, static_cast<uint32_t>(type)};
  return {};
}

bool hasStd(const World &world) { return !world.modules.empty() && world.modules[0].isStd; }

const std::unordered_map<Symbol, Binding> &names(const Module &module, Namespace space) { return space == Namespace::Types ? module.types : module.values; }

} // namespace

const Binding *ownBinding(const World &world, uint32_t module, Symbol name, Namespace space) {
  const auto &all = names(world.modules[module], space);
  auto found = all.find(name);
  return found == all.end() ? nullptr : &found->second;
}

uint32_t fileModule(const World &world, uint32_t module) {
  while (world.modules[module].isBlock)
    module = world.modules[module].parent;
  return module;
}

uint32_t rootOf(const World &world, uint32_t module) {
  while (world.modules[module].parent != UINT32_MAX)
    module = world.modules[module].parent;
  return module;
}

Def lookup(const World &world, const Interner &interner, uint32_t module, Symbol name, Namespace space) {
  for (uint32_t at = module;; at = world.modules[at].parent) {
    if (const Binding *found = ownBinding(world, at, name, space))
      return found->def;
    if (!world.modules[at].isBlock)
      break;
  }
  if (world.preludeModule != UINT32_MAX)
    if (const Binding *found = ownBinding(world, world.preludeModule, name, space); found && found->isPublic)
      return found->def;
  if (space == Namespace::Values)
    return {};
  if (hasStd(world) && interner.text(name) == "std")
    return {DefKind::Module, 0};
  if (Def found = primitive(interner.text(name)); found.kind != DefKind::None)
    return found;
  // The files at the root of a package are known in all its modules.
  const Binding *found = ownBinding(world, rootOf(world, module), name, Namespace::Types);
  return found && found->def.kind == DefKind::Module ? found->def : Def{};
}

bool canSee(const World &world, uint32_t from, uint32_t owner) {
  for (;; from = world.modules[from].parent) {
    if (from == owner)
      return true;
    if (world.modules[from].parent == UINT32_MAX)
      return false;
  }
}

uint32_t World::blockModule(const ast::File &file, ast::BlockId block) const {
  auto found = blockModules.find(uint64_t{file.file.index} << 32 | block.index);
  return found == blockModules.end() ? UINT32_MAX : found->second;
}

std::optional<Meant> nearest(const Interner &interner, const std::vector<Symbol> &candidates, Symbol name) {
  std::vector<std::string_view> texts;
  texts.reserve(candidates.size());
  for (Symbol candidate : candidates)
    texts.push_back(interner.text(candidate));
  // Tables are in no order; the nearest name must not depend on it.
  std::sort(texts.begin(), texts.end());
  auto found = frontend::nearestName(interner.text(name), texts);
  if (!found)
    return std::nullopt;
  return Meant{*interner.find(found->name), found->isOnly};
}

namespace {

// What other languages call it.
constexpr std::pair<std::string_view, std::string_view> elsewhere[] = {
    {"null", "None"},   {"nil", "None"},   {"none", "None"},   {"nullptr", "None"}, {"NULL", "None"}, {"undefined", "None"}, {"int", "i64"},
    {"Int", "i64"},     {"long", "i64"},   {"Integer", "i64"}, {"uint", "u64"},     {"short", "i16"}, {"byte", "u8"},        {"double", "f64"},
    {"Double", "f64"},  {"float", "f64"},  {"Float", "f64"},   {"boolean", "bool"}, {"Bool", "bool"}, {"Boolean", "bool"},   {"String", "str"},
    {"string", "str"},  {"Vec", "List"},   {"vector", "List"}, {"Array", "List"},   {"this", "self"}, {"HashMap", "Map"},    {"Dictionary", "Map"},
    {"HashSet", "Set"}, {"Arc", "Shared"}, {"Rc", "Shared"},
};

} // namespace

std::optional<Meant> suggest(const World &world, const Interner &interner, uint32_t module, Symbol name, Namespace space) {
  for (const auto &[habit, own] : elsewhere)
    if (habit == interner.text(name)) {
      const std::optional<Symbol> found = interner.find(own);
      return found ? std::optional(Meant{*found, lookup(world, interner, module, *found, space).kind != DefKind::None}) : std::nullopt;
    }
  std::vector<Symbol> candidates;
  auto add = [&](uint32_t from, bool publicOnly) {
    for (const auto &[candidate, binding] : names(world.modules[from], space))
      if (binding.isPublic || !publicOnly)
        candidates.push_back(candidate);
  };
  for (uint32_t at = module;; at = world.modules[at].parent) {
    add(at, false);
    if (!world.modules[at].isBlock)
      break;
  }
  if (world.preludeModule != UINT32_MAX)
    add(world.preludeModule, true);
  if (auto found = nearest(interner, candidates, name))
    return found;
  if (space != Namespace::Types)
    return std::nullopt;
  std::vector<std::string_view> words;
  for (const auto &[word, type] : primitives)
    words.push_back(word);
  auto word = frontend::nearestName(interner.text(name), words);
  const std::optional<Symbol> found = word ? interner.find(word->name) : std::nullopt;
  return found ? std::optional(Meant{*found, word->isOnly}) : std::nullopt;
}

} // namespace async::resolve
