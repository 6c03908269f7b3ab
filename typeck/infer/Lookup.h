// Lookup.h: where impls and members are found by name or trait, and by the head of the type that they are looked for in. Made once for a program, of all
// its definitions.
//
// Cost    linear in the definitions, when inference starts; `refresh` adds what came since. A question costs what can answer it, not what
//         shares a name: a thousand types may each have a trait with a method `total`.
#pragma once
#include <algorithm>
#include <unordered_map>
#include <vector>

#include "typeck/types/TypeHead.h"
#include "typeck/types/Program.h"

namespace async::infer {

struct InherentMember {
  typeck::ImplId impl;
  typeck::FnId fn;
  friend auto operator<=>(const InherentMember &, const InherentMember &) = default;
};

struct TraitMember {
  typeck::TraitId trait;
  typeck::FnId fn;
  friend auto operator<=>(const TraitMember &, const TraitMember &) = default;
};

using typeck::anyHead;
using typeck::Head;
using typeck::headInImpl;
using typeck::headOf;

// Things in the order of their definition, found by head. What stands at any head is given for each.
template <typename T> class ByHead {
public:
  void add(T thing) { all.push_back(thing); }
  // Something that was added is given for this head.
  void place(Head head, T thing) {
    std::vector<T> &list = head == anyHead ? open : heads[head];
    auto at = std::lower_bound(list.begin(), list.end(), thing);
    if (at == list.end() || *at != thing)
      list.insert(at, thing);
  }
  // Those that may go with `head`, which may be any, till `f` gives false.
  template <typename F> void forEach(Head head, F &&f) const {
    static const std::vector<T> none;
    auto found = heads.find(head);
    const std::vector<T> &own = head == anyHead ? all : found == heads.end() ? none : found->second, &others = head == anyHead ? none : open;
    for (size_t i = 0, k = 0; i < own.size() || k < others.size();) {
      const bool isOwn = k == others.size() || (i < own.size() && own[i] <= others[k]);
      const T &one = isOwn ? own[i] : others[k];
      k += !isOwn || (k < others.size() && others[k] == one);
      i += isOwn;
      if (!f(one))
        return;
    }
  }

private:
  std::vector<T> all, open;
  std::unordered_map<Head, std::vector<T>> heads;
};

class Lookup {
public:
  void refresh(const typeck::Program &program);

  const ByHead<InherentMember> &inherent(frontend::Symbol name) const { return find(inherentByName, name.index); }
  // By the types that have an impl; what holds by built-in rules too stands at any head. Bounds are not looked at.
  const ByHead<TraitMember> &ofTraits(frontend::Symbol name) const { return find(traitMethodsByName, name.index); }
  std::vector<frontend::Symbol> methodNames() const; // each once, in no order
  const ByHead<typeck::ImplId> &impls(typeck::TraitId trait) const { return find(implsByTrait, trait.index); }

private:
  template <typename T> static const ByHead<T> &find(const std::unordered_map<uint32_t, ByHead<T>> &map, uint32_t key) {
    static const ByHead<T> none;
    auto found = map.find(key);
    return found == map.end() ? none : found->second;
  }
  void placeMembers(const typeck::Program &program, typeck::TraitId trait, Head head);

  std::unordered_map<uint32_t, ByHead<InherentMember>> inherentByName; // by Symbol
  std::unordered_map<uint32_t, ByHead<TraitMember>> traitMethodsByName; // by Symbol
  std::unordered_map<uint32_t, ByHead<typeck::ImplId>> implsByTrait;
  size_t knownImpls = 0, knownTraits = 0;
};

} // namespace async::infer
