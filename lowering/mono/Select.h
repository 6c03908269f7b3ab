// Select.h: which implementation a type without parameters uses, and what its associated types are.
//
// In      Program: impls, their generics and predicates. Types in question hold no Param; projections in them are solved here.
// How     an impl's header is matched against the types, which binds its parameters; those that the header leaves open are bound by the
//         predicates (`I: Iterator<Item = T>`, `F: fn(A) -> U`). Where several headers match, the one whose predicates hold is taken.
// Errors  none of its own: inference has reported what is missing. `select` then gives no impl.
// Cost    each question once (cached), linear in the impls of the trait.
#pragma once
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "typeck/types/Program.h"

namespace async::mono {

using namespace typeck;

struct SelectedImpl {
  ImplId impl; // invalid: none
  std::vector<TypeId> args; // of the impl's generics
};

// How a value is called: by its parameters and what the call gives (Async<T> for an async function).
struct Signature {
  std::vector<TypeId> params;
  TypeId result;
};

class Select {
public:
  explicit Select(Program &program) : program(program) {}

  // `args` are those of the trait without Self.
  SelectedImpl select(TraitId trait, TypeId self, std::span<const TypeId> args);
  // The type with its parameters replaced and every projection solved; the error type where that is impossible.
  TypeId closed(TypeId type, std::span<const TypeId> args);
  std::vector<TypeId> closed(std::span<const TypeId> types, std::span<const TypeId> args);
  // The function that runs where `fn` (maybe a trait's own) is called with these arguments (without parameters). None: nobody implements it.
  struct Target {
    FnId fn; // still the trait's required method, without a body: an operation by the structure of its Self
    std::vector<TypeId> args;
  };
  Target target(FnId fn, std::vector<TypeId> args);
  // Of closures, named functions, boxed functions and references to them.
  std::optional<Signature> signature(TypeId callable);
  // Traits that every type of fitting structure has; set by collectInstances.
  std::vector<TraitId> structural;
  // The generic arguments of an impl whose type is `self`.
  std::optional<std::vector<TypeId>> matchSelf(ImplId impl, TypeId self);

private:
  using Bound = std::vector<TypeId>; // by parameter; invalid: still open
  using Memo = std::unordered_map<uint32_t, TypeId>;
  bool match(TypeId pattern, TypeId type, Bound &bound);
  bool matchHeader(ImplId impl, TypeId self, std::span<const TypeId> args, Bound &bound);
  // Binds what predicates determine; with `check`, whether they hold.
  bool holds(const Generics &generics, Bound &bound, bool check);
  bool holdsOne(const Predicate &predicate, Bound &bound, bool check);
  bool allBound(TypeId type, const Bound &bound) const;
  TypeId close(TypeId type, std::span<const TypeId> args, Memo &memo);
  SelectedImpl find(TraitId trait, TypeId self, std::span<const TypeId> args);
  TypeId project(AssocTypeId assoc, TypeId self, std::span<const TypeId> traitArgs);
  bool implements(const TraitRef &trait, TypeId self);
  void indexImpls();

  Program &program;
  std::unordered_map<uint32_t, std::vector<ImplId>> implsByTrait;
  size_t indexed = 0;
  unsigned depth = 0;
  struct KeyHash {
    size_t operator()(const std::vector<uint32_t> &key) const {
      uint64_t hash = 0xcbf29ce484222325;
      for (uint32_t word : key)
        hash = (hash ^ word) * 0x100000001b3;
      return hash ^ hash >> 29;
    }
  };
  std::unordered_map<std::vector<uint32_t>, SelectedImpl, KeyHash> known;
};

} // namespace async::mono
