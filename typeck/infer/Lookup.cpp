#include "typeck/infer/Lookup.h"

namespace async::infer {

using namespace typeck;

void Lookup::refresh(const Program &program) {
  for (; knownImpls < program.impls.size(); ++knownImpls) {
    ImplId id{static_cast<uint32_t>(knownImpls)};
    const ImplDecl &impl = program.impl(id);
    if (impl.trait) {
      implsByTrait[impl.trait->trait.index].push_back(id);
      continue;
    }
    for (FnId fn : impl.methods)
      inherentByName[program.fn(fn).name.index].push_back({id, fn});
  }
  for (; knownTraits < program.traits.size(); ++knownTraits) {
    TraitId id{static_cast<uint32_t>(knownTraits)};
    for (FnId fn : program.trait(id).methods)
      traitMethodsByName[program.fn(fn).name.index].push_back({id, fn});
  }
}

std::vector<frontend::Symbol> Lookup::methodNames() const {
  std::vector<frontend::Symbol> names;
  for (const auto &[name, members] : inherentByName)
    names.push_back(frontend::Symbol{name});
  for (const auto &[name, members] : traitMethodsByName)
    if (!inherentByName.contains(name))
      names.push_back(frontend::Symbol{name});
  return names;
}

} // namespace async::infer
