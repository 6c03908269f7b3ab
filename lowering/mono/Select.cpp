#include "lowering/mono/Select.h"

#include <algorithm>

namespace async::mono {
namespace {

// Deeper questions belong to types that instantiation reports as endless.
constexpr unsigned maxDepth = 400;

struct Deeper {
  explicit Deeper(unsigned &depth) : depth(depth) { ++depth; }
  ~Deeper() { --depth; }
  unsigned &depth;
};

} // namespace

void Select::indexImpls() {
  for (; indexed < program.impls.size(); ++indexed)
    if (const auto &trait = program.impls[indexed].trait)
      implsByTrait[trait->trait.index].push_back(ImplId{static_cast<uint32_t>(indexed)});
}

bool Select::match(TypeId pattern, TypeId type, Bound &bound) {
  const Type want = program.types[pattern];
  if (!(want.flags & HasParam))
    return pattern == type || ((want.flags & HasProjection) && closed(pattern, {}) == type);
  if (want.kind == TypeKind::Param) {
    if (want.index >= bound.size())
      return false;
    TypeId &slot = bound[want.index];
    if (!slot.valid())
      slot = type;
    return slot == type;
  }
  if (want.kind == TypeKind::Projection)
    return !allBound(pattern, bound) || closed(pattern, bound) == type;
  const Type have = program.types[type];
  if (want.kind != have.kind || want.sub != have.sub || want.index != have.index || want.args.size() != have.args.size())
    return false;
  for (size_t i = 0; i < want.args.size(); ++i)
    if (!match(want.args[i], have.args[i], bound))
      return false;
  return true;
}

bool Select::allBound(TypeId id, const Bound &bound) const {
  const Type &type = program.types[id];
  if (!(type.flags & HasParam))
    return true;
  if (type.kind == TypeKind::Param)
    return type.index < bound.size() && bound[type.index].valid();
  return std::all_of(type.args.begin(), type.args.end(), [&](TypeId arg) { return allBound(arg, bound); });
}

bool Select::holdsOne(const Predicate &predicate, Bound &bound, bool check) {
  if (!allBound(predicate.subject, bound))
    return true;
  switch (predicate.kind) {
  case Predicate::Kind::Equals:
    return match(predicate.target, closed(predicate.subject, bound), bound) || !check;
  case Predicate::Kind::Calls: {
    std::optional<Signature> found = signature(closed(predicate.subject, bound));
    const Type want = program.types[predicate.signature];
    if (!found || want.kind != TypeKind::Fn || want.args.size() != found->params.size() + 1)
      return !check;
    for (size_t i = 0; i < found->params.size(); ++i)
      if (!match(want.args[i], found->params[i], bound) && check)
        return false;
    return match(want.args.back(), found->result, bound) || !check;
  }
  case Predicate::Kind::Implements:
    if (!check || !std::all_of(predicate.trait.args.begin(), predicate.trait.args.end(), [&](TypeId arg) { return allBound(arg, bound); }))
      return true;
    return implements({predicate.trait.trait, closed(std::span(predicate.trait.args), bound)}, closed(predicate.subject, bound));
  }
  return true;
}

bool Select::holds(const Generics &generics, Bound &bound, bool check) {
  // Each round binds at least one parameter more, or is the last.
  auto open = [&] { return std::count_if(bound.begin(), bound.end(), [](TypeId type) { return !type.valid(); }); };
  for (auto before = open(); before > 0;) {
    for (const Predicate &predicate : generics.predicates)
      holdsOne(predicate, bound, false);
    auto after = open();
    if (after == before)
      break;
    before = after;
  }
  if (!check)
    return true;
  for (const Predicate &predicate : generics.predicates)
    if (!holdsOne(predicate, bound, true))
      return false;
  return true;
}

bool Select::implements(const TraitRef &trait, TypeId self) {
  if (std::find(structural.begin(), structural.end(), trait.trait) != structural.end())
    return true;
  return select(trait.trait, self, trait.args).impl.valid();
}

bool Select::matchHeader(ImplId id, TypeId self, std::span<const TypeId> args, Bound &bound) {
  const ImplDecl &impl = program.impl(id);
  bound.assign(impl.generics.params.size(), TypeId{});
  if (!match(impl.self, self, bound) || impl.trait->args.size() != args.size())
    return false;
  for (size_t i = 0; i < args.size(); ++i)
    if (!match(impl.trait->args[i], args[i], bound))
      return false;
  return true;
}

SelectedImpl Select::find(TraitId trait, TypeId self, std::span<const TypeId> args) {
  std::vector<std::pair<ImplId, Bound>> candidates;
  for (ImplId impl : implsByTrait[trait.index]) {
    Bound bound;
    if (matchHeader(impl, self, args, bound))
      candidates.emplace_back(impl, std::move(bound));
  }
  for (auto &[impl, bound] : candidates) {
    if (!holds(program.impl(impl).generics, bound, candidates.size() > 1))
      continue;
    for (TypeId &arg : bound)
      if (!arg.valid())
        arg = program.types.error;
    return {impl, std::move(bound)};
  }
  return {};
}

SelectedImpl Select::select(TraitId trait, TypeId self, std::span<const TypeId> args) {
  std::vector<uint32_t> key{trait.index, self.index};
  for (TypeId arg : args)
    key.push_back(arg.index);
  if (auto found = known.find(key); found != known.end())
    return found->second;
  if (depth >= maxDepth)
    return {};
  Deeper deeper(depth);
  indexImpls();
  known.emplace(key, SelectedImpl{}); // a question that needs itself has no answer of its own
  SelectedImpl result = find(trait, self, args);
  known[std::move(key)] = result;
  return result;
}

std::optional<std::vector<TypeId>> Select::matchSelf(ImplId id, TypeId self) {
  const ImplDecl &impl = program.impl(id);
  Bound bound(impl.generics.params.size(), TypeId{});
  if (!match(impl.self, self, bound))
    return std::nullopt;
  holds(impl.generics, bound, false);
  for (TypeId &arg : bound)
    if (!arg.valid())
      arg = program.types.error;
  return bound;
}

TypeId Select::project(AssocTypeId assoc, TypeId self, std::span<const TypeId> traitArgs) {
  if (const AssocTypeDecl &decl = program.assocType(assoc); decl.hides.valid())
    return decl.hidden.valid() ? closed(decl.hidden, traitArgs) : program.types.error;
  SelectedImpl selected = select(program.assocType(assoc).trait, self, traitArgs);
  if (selected.impl.valid())
    for (const AssocBinding &binding : program.impl(selected.impl).assocTypes)
      if (binding.assoc == assoc)
        return closed(binding.type, selected.args);
  return program.types.error;
}

TypeId Select::close(TypeId id, std::span<const TypeId> args, Memo &memo) {
  const Type type = program.types[id];
  if (!(type.flags & (HasParam | HasProjection)))
    return id;
  if (type.kind == TypeKind::Param)
    return type.index < args.size() ? args[type.index] : program.types.error;
  if (auto found = memo.find(id.index); found != memo.end())
    return found->second;
  if (depth >= maxDepth)
    return program.types.error;
  Deeper deeper(depth);
  std::vector<TypeId> made;
  made.reserve(type.args.size());
  for (TypeId arg : type.args)
    made.push_back(close(arg, args, memo));
  TypeId result = type.kind == TypeKind::Projection ? project(AssocTypeId{type.index}, made[0], std::span(made).subspan(1))
                                                    : program.types.intern(type.kind, type.sub, type.index, type.value, made);
  memo.emplace(id.index, result);
  return result;
}

TypeId Select::closed(TypeId type, std::span<const TypeId> args) {
  if (!(program.types[type].flags & (HasParam | HasProjection)))
    return type;
  Memo memo;
  return close(type, args, memo);
}

std::vector<TypeId> Select::closed(std::span<const TypeId> types, std::span<const TypeId> args) {
  std::vector<TypeId> made;
  made.reserve(types.size());
  for (TypeId type : types)
    made.push_back(closed(type, args));
  return made;
}

Select::Target Select::target(FnId fn, std::vector<TypeId> args) {
  const FnDecl &decl = program.fn(fn);
  if (!decl.trait || args.empty())
    return {fn, std::move(args)};
  size_t own = program.trait(*decl.trait).generics.params.size();
  if (own == 0 || args.size() < own)
    return {fn, std::move(args)};
  SelectedImpl selected = select(*decl.trait, args[0], std::span(args).subspan(1, own - 1));
  if (!selected.impl.valid())
    return {fn, std::move(args)};
  for (FnId method : program.impl(selected.impl).methods)
    if (program.fn(method).name == decl.name) {
      selected.args.insert(selected.args.end(), args.begin() + static_cast<std::ptrdiff_t>(own), args.end());
      return {method, std::move(selected.args)};
    }
  return {fn, std::move(args)};
}

std::optional<Signature> Select::signature(TypeId callable) {
  Type type = program.types[callable];
  while (type.kind == TypeKind::Ref)
    type = program.types[type.args[0]];
  switch (type.kind) {
  case TypeKind::Closure: {
    const ClosureDecl &decl = program.closure(ClosureId{type.index});
    Signature found{closed(std::span(decl.params), type.args), closed(decl.result, type.args)};
    if (decl.kind == ClosureDecl::Kind::AsyncClosure)
      found.result = program.types.async(found.result);
    return found;
  }
  case TypeKind::FnDef: {
    const FnDecl &decl = program.fn(FnId{type.index});
    Signature found;
    for (const ParamDecl &param : decl.params)
      found.params.push_back(closed(param.type, type.args));
    found.result = closed(decl.result, type.args);
    if (decl.isAsync)
      found.result = program.types.async(found.result);
    return found;
  }
  case TypeKind::Fn: {
    Signature found{{type.args.begin(), type.args.end() - 1}, type.args.back()};
    return found;
  }
  case TypeKind::Error: case TypeKind::Never: case TypeKind::Bool: case TypeKind::Char: case TypeKind::Int: case TypeKind::Float: case TypeKind::Tuple:
  case TypeKind::Array: case TypeKind::Slice: case TypeKind::Ref: case TypeKind::Pointer: case TypeKind::Adt: case TypeKind::Async: case TypeKind::Stream:
  case TypeKind::Sink: case TypeKind::Param: case TypeKind::Projection: case TypeKind::Dyn: case TypeKind::Var: case TypeKind::ConstInt:
  case TypeKind::Frame: case TypeKind::BoxedAsync:
    return std::nullopt;
  }
  return std::nullopt;
}

} // namespace async::mono
