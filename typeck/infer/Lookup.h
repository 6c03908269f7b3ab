// Lookup.h: where impls and members are found by name or trait. Made once for a program, of all its definitions.
//
// Cost    linear in the definitions, when inference starts; `refresh` adds what came since.
#pragma once
#include <unordered_map>
#include <vector>

#include "typeck/types/Program.h"

namespace async::infer {

struct InherentMember {
  typeck::ImplId impl;
  typeck::FnId fn;
};

struct TraitMember {
  typeck::TraitId trait;
  typeck::FnId fn;
};

class Lookup {
public:
  void refresh(const typeck::Program &program);

  const std::vector<InherentMember> &inherent(frontend::Symbol name) const { return find(inherentByName, name.index); }
  const std::vector<TraitMember> &ofTraits(frontend::Symbol name) const { return find(traitMethodsByName, name.index); }
  std::vector<frontend::Symbol> methodNames() const; // each once, in no order
  const std::vector<typeck::ImplId> &impls(typeck::TraitId trait) const { return find(implsByTrait, trait.index); }

private:
  template <typename T> static const std::vector<T> &find(const std::unordered_map<uint32_t, std::vector<T>> &map, uint32_t key) {
    static const std::vector<T> none;
    auto found = map.find(key);
    return found == map.end() ? none : found->second;
  }

  std::unordered_map<uint32_t, std::vector<InherentMember>> inherentByName; // by Symbol
  std::unordered_map<uint32_t, std::vector<TraitMember>> traitMethodsByName; // by Symbol
  std::unordered_map<uint32_t, std::vector<typeck::ImplId>> implsByTrait;
  size_t knownImpls = 0, knownTraits = 0;
};

} // namespace async::infer
