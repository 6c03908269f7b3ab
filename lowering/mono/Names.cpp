// Names.cpp: readable names of instances, of bounded length.
#include <algorithm>

#include <fmt/format.h>

#include "lowering/mono/Collect.h"
#include "typeck/types/TypeText.h"

namespace async::mono {
namespace {

// Types with more parts are shown by number: the text of a type can grow exponentially with its depth.
constexpr uint32_t longest = 64;

} // namespace

uint32_t Collector::sizeOfText(TypeId id) {
  if (auto found = textSizes.find(id.index); found != textSizes.end())
    return found->second;
  uint32_t size = 1;
  textSizes[id.index] = size;
  for (TypeId arg : program.types[id].args)
    size = std::min(longest + 1, size + sizeOfText(arg));
  return textSizes[id.index] = size;
}

std::string Collector::textOf(TypeId type) {
  if (sizeOfText(type) > longest)
    return fmt::format("type#{}", type.index);
  return typeText(program, interner, type);
}

std::string Collector::textOf(const std::vector<TypeId> &types) {
  std::string text;
  for (TypeId type : types)
    text += (text.empty() ? "" : ", ") + textOf(type);
  return text;
}

std::string Collector::modulePath(ModuleId module) {
  std::string path;
  for (unsigned depth = 0; module.valid() && module.index < program.modules.size() && depth < 100; ++depth) {
    const ModuleDecl &decl = program.modules[module.index];
    std::string_view name = interner.text(decl.name);
    if (!name.empty())
      path = std::string(name) + "::" + path;
    module = decl.parent;
  }
  return path;
}

std::string Collector::nameOf(FnId fn, const std::vector<TypeId> &args) {
  if (!fn.valid())
    return "closure";
  const FnDecl &decl = program.fn(fn);
  std::string name = modulePath(decl.module);
  size_t parent = 0;
  if (decl.impl) {
    const ImplDecl &impl = program.impl(*decl.impl);
    parent = impl.generics.params.size();
    std::string self = textOf(select.closed(impl.self, args));
    name += impl.trait ? fmt::format("<{} as {}>", self, interner.text(program.trait(impl.trait->trait).name)) : self;
    name += "::";
  } else if (decl.trait && !args.empty()) {
    parent = program.trait(*decl.trait).generics.params.size();
    name += fmt::format("<{} as {}>::", textOf(args[0]), interner.text(program.trait(*decl.trait).name));
  }
  name += decl.name.empty() ? fmt::format("fn#{}", fn.index) : std::string(interner.text(decl.name));
  if (args.size() > parent)
    name += "<" + textOf(std::vector<TypeId>(args.begin() + static_cast<std::ptrdiff_t>(parent), args.end())) + ">";
  return name;
}

} // namespace async::mono
