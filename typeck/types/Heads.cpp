#include "typeck/types/Heads.h"

#include <algorithm>
#include <unordered_map>

namespace async::typeck {

namespace {

constexpr unsigned deepestNormal = 16;

// A function value can only be called if it is one of these.
bool mayBeCalled(const Type &type) {
  return type.kind == TypeKind::Var || type.kind == TypeKind::Param || type.kind == TypeKind::Projection || type.kind == TypeKind::Fn ||
         type.kind == TypeKind::FnDef || type.kind == TypeKind::Closure || type.kind == TypeKind::Error || type.kind == TypeKind::Ref;
}

} // namespace

std::vector<TypeId> Heads::fresh(size_t count) {
  std::vector<TypeId> made;
  for (size_t i = 0; i < count; ++i) {
    made.push_back(types.variable(static_cast<uint32_t>(bound.size())));
    bound.emplace_back();
  }
  return made;
}

TypeId Heads::shallow(TypeId type) const {
  while (types[type].kind == TypeKind::Var && types[type].index < bound.size() && bound[types[type].index].valid())
    type = bound[types[type].index];
  return type;
}

bool Heads::occurs(uint32_t variable, TypeId id) const {
  const Type &type = types[shallow(id)];
  if (!(type.flags & HasVar))
    return false;
  if (type.kind == TypeKind::Var)
    return type.index == variable;
  return std::any_of(type.args.begin(), type.args.end(), [&](TypeId arg) { return occurs(variable, arg); });
}

bool Heads::bind(uint32_t variable, TypeId type) {
  if (types[type].kind == TypeKind::Projection)
    return true;
  if (variable >= bound.size() || occurs(variable, type))
    return false;
  bound[variable] = type;
  return true;
}

bool Heads::unify(TypeId left, TypeId right) {
  const TypeId a = shallow(left), b = shallow(right);
  if (a == b)
    return true;
  const Type &first = types[a], &second = types[b];
  if (first.kind == TypeKind::Var)
    return bind(first.index, b);
  if (second.kind == TypeKind::Var)
    return bind(second.index, a);
  auto mayBeAnything = [](const Type &type) { return type.kind == TypeKind::Projection || type.kind == TypeKind::Error; };
  if (mayBeAnything(first) || mayBeAnything(second))
    return true;
  if (first.kind != second.kind || first.sub != second.sub || first.index != second.index || first.value != second.value || first.args.size() != second.args.size())
    return false;
  for (size_t i = 0; i < first.args.size(); ++i)
    if (!unify(first.args[i], second.args[i]))
      return false;
  return true;
}

TypeId Heads::deep(TypeId id) {
  const TypeId at = shallow(id);
  const Type &type = types[at];
  if (!(type.flags & HasVar) || type.kind == TypeKind::Var)
    return at;
  std::vector<TypeId> args;
  for (TypeId arg : type.args)
    args.push_back(deep(arg));
  return types.intern(type.kind, type.sub, type.index, type.value, args);
}

std::vector<TypeId> Heads::substituteAll(std::span<const TypeId> all, std::span<const TypeId> args) {
  std::vector<TypeId> made;
  for (TypeId type : all)
    made.push_back(substitute(types, type, args));
  return made;
}

bool Heads::hasByStructure(TraitId trait, const Type &self) const {
  if (trait == langTrait(context, "debug"))
    return true;
  bool isComparing = false;
  for (const char *name : {"eq", "ord", "hash", "clone"})
    isComparing = isComparing || trait == langTrait(context, name);
  if (!isComparing)
    return false;
  if (self.kind != TypeKind::Adt)
    return true;
  const AdtDecl &adt = context.program.adt(AdtId{self.index});
  return adt.isCopy || std::find(adt.derives.begin(), adt.derives.end(), context.program.trait(trait).name) != adt.derives.end();
}

bool Heads::mayImplement(TraitId trait, TypeId self, std::span<const TypeId> args, unsigned depth) {
  const Type &type = types[shallow(self)];
  if (type.kind == TypeKind::Var || type.kind == TypeKind::Param || type.kind == TypeKind::Projection || type.kind == TypeKind::Error || depth == 0 ||
      hasByStructure(trait, type))
    return true;
  for (const ImplDecl &impl : context.program.impls) {
    if (!impl.trait || impl.trait->trait != trait)
      continue;
    // Each attempt starts from what is bound now.
    const std::vector<TypeId> before = bound;
    std::vector<TypeId> vars = fresh(impl.generics.params.size());
    bool fits = unify(substitute(types, impl.self, vars), self);
    for (size_t i = 0; fits && i < args.size() && i < impl.trait->args.size(); ++i)
      fits = unify(substitute(types, impl.trait->args[i], vars), args[i]);
    fits = fits && mayHold(impl.generics, vars, depth - 1);
    bound = before;
    if (fits)
      return true;
  }
  return false;
}

bool Heads::mayHold(const Generics &generics, std::span<const TypeId> args, unsigned depth) {
  for (const Predicate &predicate : generics.predicates) {
    const TypeId subject = deep(substitute(types, predicate.subject, args));
    if (predicate.kind == Predicate::Kind::Calls && !mayBeCalled(types[subject]))
      return false;
    if (predicate.kind == Predicate::Kind::Implements && !mayImplement(predicate.trait.trait, subject, substituteAll(predicate.trait.args, args), depth))
      return false;
  }
  return true;
}

namespace {

class Normal {
public:
  Normal(Context &context, const Generics &environment, const ImplDecl *own, unsigned depth)
      : context(context), types(context.program.types), environment(environment), own(own), depth(depth) {}

  TypeId apply(TypeId id) {
    const Type &type = types[id];
    if (!(type.flags & HasProjection))
      return id;
    if (auto found = done.find(id); found != done.end())
      return found->second;
    std::vector<TypeId> args;
    for (TypeId arg : type.args)
      args.push_back(apply(arg));
    TypeId made = types.intern(type.kind, type.sub, type.index, type.value, args);
    if (type.kind == TypeKind::Projection)
      made = project(made);
    done.emplace(id, made);
    return made;
  }

private:
  TypeId project(TypeId id) {
    if (depth >= deepestNormal)
      return id;
    const Type &type = types[id];
    const TraitId trait = context.program.assocType(AssocTypeId{type.index}).trait;
    if (own && own->trait && own->trait->trait == trait && own->self == type.args[0] && std::ranges::equal(own->trait->args, type.args.subspan(1)))
      for (const AssocBinding &binding : own->assocTypes)
        if (binding.assoc.index == type.index && binding.type != id)
          return normalised(context, binding.type, environment, own, depth + 1);
    bool isGiven = false;
    for (const Predicate &predicate : environment.predicates) {
      if (predicate.kind == Predicate::Kind::Equals && predicate.subject == id && predicate.target != id)
        return normalised(context, predicate.target, environment, own, depth + 1);
      isGiven |= predicate.kind == Predicate::Kind::Implements && predicate.subject == type.args[0] && predicate.trait.trait == trait;
    }
    return isGiven ? id : fromImpls(id, trait);
  }

  TypeId fromImpls(TypeId id, TraitId trait) {
    const Type &type = types[id];
    TypeId found;
    for (const ImplDecl &impl : context.program.impls) {
      if (!impl.trait || impl.trait->trait != trait)
        continue;
      Heads heads(context);
      std::vector<TypeId> vars = heads.fresh(impl.generics.params.size());
      bool fits = heads.unify(substitute(types, impl.self, vars), type.args[0]);
      for (size_t i = 0; fits && i < impl.trait->args.size() && i + 1 < type.args.size(); ++i)
        fits = heads.unify(substitute(types, impl.trait->args[i], vars), type.args[i + 1]);
      if (!fits || !heads.mayHold(impl.generics, vars, 3))
        continue;
      decideByBounds(heads, impl.generics, vars);
      for (const AssocBinding &binding : impl.assocTypes)
        if (binding.assoc.index == type.index) {
          if (found.valid())
            return id; // several may fit
          found = heads.deep(substitute(types, binding.type, vars));
        }
    }
    if (!found.valid() || (types[found].flags & HasVar))
      return id;
    return normalised(context, found, environment, own, depth + 1);
  }

  // Parameters of an impl that its header does not decide: what a function parameter gives, and what an associated type is.
  void decideByBounds(Heads &heads, const Generics &generics, std::span<const TypeId> vars) {
    for (const Predicate &bound : generics.predicates) {
      const TypeId subject = heads.deep(substitute(types, bound.subject, vars));
      switch (bound.kind) {
      case Predicate::Kind::Implements:
        break;
      case Predicate::Kind::Calls:
        for (const Predicate &given : environment.predicates)
          if (given.kind == Predicate::Kind::Calls && given.subject == subject && heads.unify(substitute(types, bound.signature, vars), given.signature))
            break;
        break;
      case Predicate::Kind::Equals:
        if (!(types[subject].flags & HasVar))
          (void)heads.unify(substitute(types, bound.target, vars), normalised(context, subject, environment, own, depth + 1));
        break;
      }
    }
  }

  Context &context;
  Types &types;
  const Generics &environment;
  const ImplDecl *own;
  unsigned depth;
  std::unordered_map<TypeId, TypeId> done;
};

} // namespace

TypeId normalised(Context &context, TypeId type, const Generics &environment, const ImplDecl *own, unsigned depth) {
  return Normal(context, environment, own, depth).apply(type);
}

} // namespace async::typeck
