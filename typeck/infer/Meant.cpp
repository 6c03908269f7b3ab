// Names that were probably meant, for the errors that tell of unknown ones.
#include <algorithm>

#include "frontend/diagnostics/Suggest.h"
#include "typeck/infer/Inferer.h"

namespace async::infer {

namespace {

// Each search looks at every name there is: a text of nothing but mistakes gets no more of them.
constexpr size_t mostSearches = 100;

std::optional<resolve::Meant> nearest(const frontend::Interner &interner, Symbol name, const std::vector<Symbol> &candidates) {
  // One letter is an edit away from any other.
  if (interner.text(name).size() < 2)
    return std::nullopt;
  std::vector<std::string_view> texts;
  for (Symbol candidate : candidates)
    texts.push_back(interner.text(candidate));
  auto found = frontend::nearestName(interner.text(name), texts);
  if (!found)
    return std::nullopt;
  return resolve::Meant{*interner.find(found->name), found->isOnly};
}

} // namespace

std::optional<resolve::Meant> Inferer::meantField(const VariantDecl &variant, Symbol name) {
  std::vector<Symbol> names;
  if (context.diagnostics.errorCount() < mostSearches)
    for (const FieldDecl &field : variant.fields)
      names.push_back(field.name);
  return nearest(context.interner, name, names);
}

std::optional<resolve::Meant> Inferer::meantField(std::span<const Step> steps, Symbol name) {
  std::optional<resolve::Meant> found;
  for (const Step &step : steps)
    if (std::optional<AdtId> adt = adtOf(step.type); !found && adt && !program.adt(*adt).isEnum)
      found = meantField(program.adt(*adt).variants[0], name);
  return found;
}

// The nearest of the methods that can be called there.
std::optional<resolve::Meant> Inferer::meantMethod(std::span<const Step> steps, Symbol name) {
  constexpr size_t mostTries = 16;
  if (context.diagnostics.errorCount() >= mostSearches)
    return std::nullopt;
  std::vector<Symbol> names = lookup.methodNames();
  std::sort(names.begin(), names.end(), [&](Symbol a, Symbol b) { return context.interner.text(a) < context.interner.text(b); });
  for (size_t tries = 0; tries < mostTries; ++tries) {
    std::optional<resolve::Meant> near = nearest(context.interner, name, names);
    if (!near)
      break;
    if (findMethod(steps, near->name))
      return near;
    std::erase(names, near->name);
  }
  return std::nullopt;
}

std::optional<resolve::Meant> Inferer::meantLocal(Symbol name) {
  std::vector<Symbol> names;
  if (context.diagnostics.errorCount() < mostSearches)
    for (const BodyFrame *at = frame; at; at = at->outer)
      for (const auto &[local, id] : at->names)
        if (!local.empty())
          names.push_back(local);
  return nearest(context.interner, name, names);
}

} // namespace async::infer
