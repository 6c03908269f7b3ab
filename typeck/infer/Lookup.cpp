#include "typeck/infer/Lookup.h"

namespace async::infer {

using namespace typeck;

void Lookup::placeMembers(const Program &program, TraitId trait, Head head) {
  for (FnId fn : program.trait(trait).methods)
    traitMethodsByName[program.fn(fn).name.index].place(head, {trait, fn});
}

void Lookup::refresh(const Program &program) {
  for (; knownTraits < program.traits.size(); ++knownTraits) {
    TraitId id{static_cast<uint32_t>(knownTraits)};
    for (FnId fn : program.trait(id).methods)
      traitMethodsByName[program.fn(fn).name.index].add({id, fn});
    if (!program.trait(id).lang.empty())
      placeMembers(program, id, anyHead);
  }
  for (; knownImpls < program.impls.size(); ++knownImpls) {
    ImplId id{static_cast<uint32_t>(knownImpls)};
    const ImplDecl &impl = program.impl(id);
    const Head head = headInImpl(program.types[impl.self]);
    if (impl.trait) {
      implsByTrait[impl.trait->trait.index].add(id);
      implsByTrait[impl.trait->trait.index].place(head, id);
      placeMembers(program, impl.trait->trait, head);
      continue;
    }
    for (FnId fn : impl.methods) {
      inherentByName[program.fn(fn).name.index].add({id, fn});
      inherentByName[program.fn(fn).name.index].place(head, {id, fn});
    }
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
