// Unification with an undo trail. Bindings are only followed, never shortened, so that undoing is exact.
#include <unordered_set>

#include "typeck/infer/Inferer.h"

namespace async::infer {

TypeId Inferer::fresh(Span span, VarKind kind) {
  auto index = static_cast<uint32_t>(variables.size());
  variables.push_back({TypeId{}, kind, span});
  return types.variable(index);
}

std::vector<TypeId> Inferer::freshArgs(size_t count, Span span) {
  std::vector<TypeId> args;
  for (size_t i = 0; i < count; ++i)
    args.push_back(fresh(span));
  return args;
}

TypeId Inferer::resolve(TypeId type) const {
  while (types[type].kind == TypeKind::Var) {
    TypeId next = variables[types[type].index].binding;
    if (!next.valid())
      break;
    type = next;
  }
  return type;
}

TypeId Inferer::mapArgs(TypeId id, const std::function<TypeId(TypeId)> &map) {
  const Type &type = types[id];
  std::vector<TypeId> args;
  args.reserve(type.args.size());
  bool changed = false;
  for (TypeId arg : type.args) {
    args.push_back(map(arg));
    changed |= args.back() != arg;
  }
  return changed ? types.intern(type.kind, type.sub, type.index, type.value, args) : id;
}

namespace {

struct Zonker {
  Inferer &inferer;
  std::unordered_map<TypeId, TypeId> seen;

  TypeId operator()(TypeId id) {
    if (!(inferer.types[id].flags & HasVar))
      return id;
    id = inferer.resolve(id);
    if (!(inferer.types[id].flags & HasVar) || inferer.types[id].kind == TypeKind::Var)
      return id;
    auto [at, isNew] = seen.try_emplace(id, id);
    if (!isNew)
      return at->second;
    TypeId made = inferer.mapArgs(id, [&](TypeId arg) { return (*this)(arg); });
    seen[id] = made;
    return made;
  }
};

bool occurs(const Inferer &inferer, TypeId variable, TypeId in, std::unordered_set<uint32_t> &seen) {
  in = inferer.resolve(in);
  if (in == variable)
    return true;
  const Type &type = inferer.types[in];
  if (!(type.flags & HasVar) || !seen.insert(in.index).second)
    return false;
  for (TypeId arg : type.args)
    if (occurs(inferer, variable, arg, seen))
      return true;
  return false;
}

bool fits(VarKind kind, const Type &type) {
  switch (kind) {
  case VarKind::General:
    return true;
  case VarKind::Int:
    return type.kind == TypeKind::Int;
  case VarKind::Float:
    return type.kind == TypeKind::Float;
  }
  return false;
}

} // namespace

TypeId Inferer::zonk(TypeId type) const { return types[type].flags & HasVar ? Zonker{const_cast<Inferer &>(*this), {}}(type) : type; }

bool Inferer::isGeneralVar(TypeId type) const {
  type = resolve(type);
  return types[type].kind == TypeKind::Var && varKind(type) == VarKind::General;
}

bool Inferer::isIntVar(TypeId type) const {
  type = resolve(type);
  return types[type].kind == TypeKind::Var && varKind(type) == VarKind::Int;
}

bool Inferer::isFloatVar(TypeId type) const {
  type = resolve(type);
  return types[type].kind == TypeKind::Var && varKind(type) == VarKind::Float;
}

void Inferer::rollback(size_t to) {
  while (trail.size() > to) {
    variables[trail.back()].binding = {};
    trail.pop_back();
  }
}

bool Inferer::canUnify(TypeId a, TypeId b) {
  size_t before = snapshot();
  uint64_t solved = solvedCount;
  bool fits = unify(a, b);
  rollback(before);
  solvedCount = solved;
  return fits;
}

namespace {

class Unifier {
public:
  explicit Unifier(Inferer &inferer) : inferer(inferer) {}

  bool operator()(TypeId a, TypeId b) {
    a = inferer.resolve(a);
    b = inferer.resolve(b);
    if (a == b)
      return true;
    if (++steps > 200'000)
      return false;
    const Type &left = inferer.types[a], &right = inferer.types[b];
    if (left.kind == TypeKind::Var && right.kind == TypeKind::Var)
      return variables(a, b);
    if (left.kind == TypeKind::Var)
      return bind(a, b);
    if (right.kind == TypeKind::Var)
      return bind(b, a);
    if (left.kind == TypeKind::Error || right.kind == TypeKind::Error)
      return true;
    if (left.kind != right.kind || left.sub != right.sub || left.index != right.index || left.value != right.value ||
        left.args.size() != right.args.size())
      return false;
    for (size_t i = 0; i < left.args.size(); ++i)
      if (!(*this)(left.args[i], right.args[i]))
        return false;
    return true;
  }

private:
  bool variables(TypeId a, TypeId b) {
    VarKind left = inferer.varKind(a), right = inferer.varKind(b);
    if (left == VarKind::General)
      return solve(a, b);
    if (right == VarKind::General || left == right)
      return solve(b, a);
    return false;
  }

  bool bind(TypeId variable, TypeId to) {
    const Type &type = inferer.types[to];
    if (type.kind != TypeKind::Error && !fits(inferer.varKind(variable), type))
      return false;
    std::unordered_set<uint32_t> seen;
    if ((type.flags & HasVar) && occurs(inferer, variable, to, seen)) {
      inferer.isInfinite = true;
      return false;
    }
    return solve(variable, to);
  }

  bool solve(TypeId variable, TypeId to) {
    uint32_t index = inferer.types[variable].index;
    inferer.variables[index].binding = to;
    inferer.trail.push_back(index);
    ++inferer.solvedCount;
    return true;
  }

  Inferer &inferer;
  uint32_t steps = 0;
};

} // namespace

bool Inferer::unify(TypeId a, TypeId b) {
  isInfinite = false;
  size_t before = snapshot();
  if (Unifier(*this)(a, b))
    return true;
  rollback(before);
  return false;
}

bool Inferer::unifyAll(std::span<const TypeId> a, std::span<const TypeId> b) {
  if (a.size() != b.size())
    return false;
  for (size_t i = 0; i < a.size(); ++i)
    if (!unify(a[i], b[i]))
      return false;
  return true;
}

std::optional<AdtId> Inferer::adtOf(TypeId type) const {
  const Type &found = typeOf(type);
  if (found.kind != TypeKind::Adt)
    return std::nullopt;
  return AdtId{found.index};
}

bool Inferer::isLangAdt(TypeId type, std::string_view name) const {
  std::optional<AdtId> adt = adtOf(type), wanted = langAdt(name);
  return adt && wanted && *adt == *wanted;
}

} // namespace async::infer
