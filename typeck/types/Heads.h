// Heads.h: unification of the headers of impls, for coherence and for comparing signatures. Inference has its own (infer/Unify.h).
//
// Parameters are replaced by variables first; a projection may be anything, so it unifies with all.
#pragma once
#include "typeck/types/Lowering.h"

namespace async::typeck {

class Heads {
public:
  explicit Heads(Context &context) : context(context), types(context.program.types) {}

  std::vector<TypeId> fresh(size_t count);
  bool unify(TypeId a, TypeId b);
  // With what its variables stand for.
  TypeId deep(TypeId type);
  // Whether some type that `self` may stand for may implement the trait.
  bool mayImplement(TraitId trait, TypeId self, std::span<const TypeId> args, unsigned depth);
  bool mayHold(const Generics &generics, std::span<const TypeId> args, unsigned depth);
  std::vector<TypeId> substituteAll(std::span<const TypeId> all, std::span<const TypeId> args);

private:
  TypeId shallow(TypeId type) const;
  bool occurs(uint32_t variable, TypeId type) const;
  bool bind(uint32_t variable, TypeId type);
  bool hasByStructure(TraitId trait, const Type &self) const;

  Context &context;
  Types &types;
  std::vector<TypeId> bound; // by variable; invalid: open
};

// The types that projections stand for, as far as impls and the `Equals` predicates of `environment` say it; `own`: the impl
// whose members are looked at, which binds its associated types whatever its parameters are.
TypeId normalised(Context &context, TypeId type, const Generics &environment, const ImplDecl *own = nullptr, unsigned depth = 0);

} // namespace async::typeck
