#include "typeck/types/Types.h"

#include <algorithm>
#include <array>

namespace async::typeck {
namespace {

constexpr size_t argumentBlockSize = 4096;

uint64_t mix(uint64_t hash, uint64_t word) {
  hash = (hash ^ word) * 0x9E3779B97F4A7C15u;
  return hash ^ (hash >> 32);
}

uint64_t hashOf(TypeKind kind, uint8_t sub, uint32_t index, int64_t value, std::span<const TypeId> args) {
  uint64_t hash = mix(static_cast<uint64_t>(kind) << 8 | sub, uint64_t{index} << 32 | args.size());
  hash = mix(hash, static_cast<uint64_t>(value));
  for (TypeId arg : args)
    hash = mix(hash, arg.index);
  return hash;
}

uint8_t ownFlags(TypeKind kind) {
  switch (kind) {
  case TypeKind::Error:
    return HasError;
  case TypeKind::Var:
    return HasVar;
  case TypeKind::Param:
    return HasParam;
  case TypeKind::Projection:
    return HasProjection;
  case TypeKind::Never:
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int:
  case TypeKind::Float:
  case TypeKind::Tuple:
  case TypeKind::Array:
  case TypeKind::Slice:
  case TypeKind::Ref:
  case TypeKind::Pointer:
  case TypeKind::Adt:
  case TypeKind::FnDef:
  case TypeKind::Closure:
  case TypeKind::Fn:
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Dyn:
  case TypeKind::ConstInt:
  case TypeKind::Frame:
  case TypeKind::BoxedAsync:
    return 0;
  }
  return 0;
}

class Substitution {
public:
  Substitution(Types &types, std::span<const TypeId> args) : types(types), args(args) {}

  TypeId apply(TypeId id) {
    const Type &type = types[id];
    if (!(type.flags & HasParam))
      return id;
    if (type.kind == TypeKind::Param)
      return type.index < args.size() ? args[type.index] : id;
    // Only in large types is the same part met often enough to be remembered.
    const bool isRemembered = type.weight > 32;
    if (isRemembered)
      if (auto found = done.find(id); found != done.end())
        return found->second;
    TypeId result = rebuild(type);
    if (isRemembered)
      done.emplace(id, result);
    return result;
  }

private:
  TypeId rebuild(const Type &type) {
    std::array<TypeId, 8> few;
    std::vector<TypeId> many;
    std::span<TypeId> made(few.data(), std::min(type.args.size(), few.size()));
    if (type.args.size() > few.size()) {
      many.resize(type.args.size());
      made = many;
    }
    for (size_t i = 0; i < made.size(); ++i)
      made[i] = apply(type.args[i]);
    return types.intern(type.kind, type.sub, type.index, type.value, made);
  }

  Types &types;
  std::span<const TypeId> args;
  std::unordered_map<TypeId, TypeId> done;
};

} // namespace

Types::Types() : slots(1024) {
  auto plain = [this](TypeKind kind, uint8_t sub = 0) { return intern(kind, sub, 0, 0, {}); };
  error = plain(TypeKind::Error);
  never = plain(TypeKind::Never);
  unit = plain(TypeKind::Tuple);
  boolean = plain(TypeKind::Bool);
  character = plain(TypeKind::Char);
  i8 = integer(IntKind::I8);
  i16 = integer(IntKind::I16);
  i32 = integer(IntKind::I32);
  i64 = integer(IntKind::I64);
  u8 = integer(IntKind::U8);
  u16 = integer(IntKind::U16);
  u32 = integer(IntKind::U32);
  u64 = integer(IntKind::U64);
  f32 = floating(FloatKind::F32);
  f64 = floating(FloatKind::F64);
}

std::span<const TypeId> Types::keep(std::span<const TypeId> args) {
  if (args.empty())
    return {};
  if (args.size() > left) {
    left = std::max(args.size(), argumentBlockSize);
    argumentBlocks.push_back(std::make_unique<TypeId[]>(left));
    next = argumentBlocks.back().get();
  }
  std::copy(args.begin(), args.end(), next);
  std::span<const TypeId> kept(next, args.size());
  next += args.size();
  left -= args.size();
  return kept;
}

void Types::grow() {
  slots.assign(slots.size() * 2, 0);
  for (uint32_t i = 0; i < hashes.size(); ++i) {
    size_t at = hashes[i] & (slots.size() - 1);
    while (slots[at] != 0)
      at = (at + 1) & (slots.size() - 1);
    slots[at] = i + 1;
  }
}

TypeId Types::intern(TypeKind kind, uint8_t sub, uint32_t index, int64_t value, std::span<const TypeId> args) {
  const uint64_t hash = hashOf(kind, sub, index, value, args);
  size_t at = hash & (slots.size() - 1);
  for (; slots[at] != 0; at = (at + 1) & (slots.size() - 1)) {
    const uint32_t found = slots[at] - 1;
    const Type &type = table[found];
    if (hashes[found] == hash && type.kind == kind && type.sub == sub && type.index == index && type.value == value && std::ranges::equal(type.args, args))
      return TypeId{found};
  }
  uint8_t flags = ownFlags(kind);
  uint64_t weight = 1;
  for (TypeId arg : args) {
    flags |= table[arg.index].flags;
    weight += table[arg.index].weight;
  }
  const uint32_t made = size();
  table.push_back({kind, sub, flags, index, value, keep(args), static_cast<uint32_t>(std::min<uint64_t>(weight, 1u << 31))});
  hashes.push_back(hash);
  slots[at] = made + 1;
  if (table.size() * 2 > slots.size())
    grow();
  return TypeId{made};
}

TypeId Types::integer(IntKind kind) { return intern(TypeKind::Int, static_cast<uint8_t>(kind), 0, 0, {}); }
TypeId Types::floating(FloatKind kind) { return intern(TypeKind::Float, static_cast<uint8_t>(kind), 0, 0, {}); }
TypeId Types::tuple(std::span<const TypeId> elements) { return intern(TypeKind::Tuple, 0, 0, 0, elements); }
TypeId Types::array(TypeId element, TypeId length) { return intern(TypeKind::Array, 0, 0, 0, std::array{element, length}); }
TypeId Types::slice(TypeId element) { return intern(TypeKind::Slice, 0, 0, 0, std::array{element}); }

TypeId Types::reference(Mutability mutability, TypeId target) {
  return intern(TypeKind::Ref, static_cast<uint8_t>(mutability), 0, 0, std::array{target});
}

TypeId Types::pointer(Mutability mutability, TypeId target) {
  return intern(TypeKind::Pointer, static_cast<uint8_t>(mutability), 0, 0, std::array{target});
}

TypeId Types::adt(AdtId adt, std::span<const TypeId> args) { return intern(TypeKind::Adt, 0, adt.index, 0, args); }
TypeId Types::fnDef(FnId fn, std::span<const TypeId> args) { return intern(TypeKind::FnDef, 0, fn.index, 0, args); }
TypeId Types::closure(ClosureId closure, std::span<const TypeId> args) { return intern(TypeKind::Closure, 0, closure.index, 0, args); }

TypeId Types::function(CallKind kind, std::span<const TypeId> params, TypeId result) {
  std::vector<TypeId> args(params.begin(), params.end());
  args.push_back(result);
  return intern(TypeKind::Fn, static_cast<uint8_t>(kind), 0, 0, args);
}

TypeId Types::async(TypeId output) { return intern(TypeKind::Async, 0, 0, 0, std::array{output}); }
TypeId Types::stream(TypeId item) { return intern(TypeKind::Stream, 0, 0, 0, std::array{item}); }
TypeId Types::sink(TypeId item, TypeId error) { return intern(TypeKind::Sink, 0, 0, 0, std::array{item, error}); }
TypeId Types::param(uint32_t index, Symbol name) { return intern(TypeKind::Param, 0, index, name.index, {}); }

TypeId Types::projection(TypeId self, AssocTypeId assoc, std::span<const TypeId> traitArgs) {
  std::vector<TypeId> args{self};
  args.insert(args.end(), traitArgs.begin(), traitArgs.end());
  return intern(TypeKind::Projection, 0, assoc.index, 0, args);
}

TypeId Types::dyn(TraitId trait, std::span<const TypeId> args) { return intern(TypeKind::Dyn, 0, trait.index, 0, args); }
TypeId Types::variable(uint32_t index) { return intern(TypeKind::Var, 0, index, 0, {}); }
TypeId Types::constInt(int64_t value) { return intern(TypeKind::ConstInt, 0, 0, value, {}); }

TypeId substitute(Types &types, TypeId type, std::span<const TypeId> args) {
  return types[type].flags & HasParam ? Substitution(types, args).apply(type) : type;
}

} // namespace async::typeck
