// CollectBounds.h: the bounds of one list of generic parameters, collected in order; those to come can be looked up by what they say.
#pragma once
#include "typeck/types/Collector.h"

namespace async::typeck {

class Collector::Bounds {
public:
  // `generics` holds the parameters already; those of `from` begin at `firstOwn`. The scope refers to this while it lives.
  Bounds(Context &context, TypeScope &scope, const ast::Generics &from, Generics &generics, uint32_t firstOwn);
  Bounds(const Bounds &) = delete;
  Bounds &operator=(const Bounds &) = delete;
  ~Bounds();

  void params();
  void where(); // after params; may speak of Self

private:
  struct Pending {
    uint32_t param;
    const ast::Bound *bound;
    bool isActive; // being looked at, so that bounds that speak of each other have an end
  };
  std::optional<uint32_t> subjectParam(ast::TypeId subject) const;
  std::optional<TraitRef> find(TypeId subject, Symbol assoc);
  void add(const ast::Bound &bound, TypeId subject);

  Context &context;
  TypeScope &scope;
  const ast::Generics &from;
  Generics &generics;
  uint32_t firstOwn;
  std::vector<Pending> pending;
};

} // namespace async::typeck
