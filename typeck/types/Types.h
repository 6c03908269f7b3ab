// Types.h: the interned types that inference, MIR and lowering share.
//
// A type is a 32-bit id into one table; equal types have equal ids. Every type is a kind, two numbers and a list of
// argument types, so that substitution, folding, unification and the binary form are each one loop over the arguments.
// Effects of a type are no part of it. Values of constant parameters are types of kind ConstInt, so that they travel in
// argument lists like types do.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/source/Interner.h"

namespace async::typeck {

using frontend::Symbol;

// A 32-bit index into one of the arenas of Program; `Tag` keeps the arenas apart.
template <typename Tag> struct Id {
  uint32_t index = UINT32_MAX;
  constexpr bool valid() const { return index != UINT32_MAX; }
  friend constexpr bool operator==(Id, Id) = default;
  friend constexpr auto operator<=>(Id, Id) = default;
};

using TypeId = Id<struct TypeTag>;
using ModuleId = Id<struct ModuleTag>;
using FnId = Id<struct FnTag>;
using AdtId = Id<struct AdtTag>;
using TraitId = Id<struct TraitTag>;
using ImplId = Id<struct ImplTag>;
using ConstId = Id<struct ConstTag>; // const and static items
using ClosureId = Id<struct ClosureTag>; // closures and async blocks, numbered over the whole program
using AssocTypeId = Id<struct AssocTypeTag>; // an associated type as a trait declares it

enum class TypeKind : uint8_t {
#define ASYNC_TYPE_KIND(Name) Name,
#include "typeck/types/TypeKinds.def"
};

enum class IntKind : uint8_t { I8, I16, I32, I64, U8, U16, U32, U64 };
enum class FloatKind : uint8_t { F32, F64 };
// How a function value may be called (rules.md I6).
enum class CallKind : uint8_t { Shared, Exclusive, Once };
enum class Mutability : uint8_t { Shared, Exclusive };

// Facts about a type and all that it contains.
enum TypeFlags : uint8_t { HasVar = 1, HasParam = 2, HasProjection = 4, HasError = 8, HasOpaque = 16 };

struct Type {
  TypeKind kind;
  uint8_t sub = 0; // IntKind, FloatKind, Mutability, CallKind by kind
  uint8_t flags = 0;
  uint32_t index = 0; // the definition, parameter or variable, by kind (TypeKinds.def)
  int64_t value = 0; // ConstInt
  std::span<const TypeId> args; // in the arena of the table
  // Nodes of the type as a tree, at most 2^31. Parts are shared, so that a short program can name a type too large to walk: what makes types
  // out of others reports those above Limits::typeSize.
  uint32_t weight = 1;
};

// The table of types. Not thread-safe; ids are stable and in order of first use, and a Type stays where it is when others are interned.
class Types {
public:
  Types();
  Types(const Types &) = delete;
  Types &operator=(const Types &) = delete;

  TypeId intern(TypeKind kind, uint8_t sub, uint32_t index, int64_t value, std::span<const TypeId> args);
  const Type &operator[](TypeId id) const { return table[id.index]; }
  uint32_t size() const { return static_cast<uint32_t>(table.size()); }

  // The types that everything needs, made by the constructor.
  TypeId error, never, unit, boolean, character, i8, i16, i32, i64, u8, u16, u32, u64, f32, f64;

  TypeId integer(IntKind kind);
  TypeId floating(FloatKind kind);
  TypeId tuple(std::span<const TypeId> elements);
  TypeId array(TypeId element, TypeId length);
  TypeId slice(TypeId element);
  TypeId reference(Mutability mutability, TypeId target);
  TypeId pointer(Mutability mutability, TypeId target);
  TypeId adt(AdtId adt, std::span<const TypeId> args);
  TypeId fnDef(FnId fn, std::span<const TypeId> args);
  TypeId closure(ClosureId closure, std::span<const TypeId> args);
  TypeId function(CallKind kind, std::span<const TypeId> params, TypeId result);
  TypeId async(TypeId output);
  TypeId stream(TypeId item);
  TypeId sink(TypeId item, TypeId error);
  TypeId param(uint32_t index, Symbol name);
  TypeId projection(TypeId self, AssocTypeId assoc, std::span<const TypeId> traitArgs);
  TypeId dyn(TraitId trait, std::span<const TypeId> args);
  TypeId variable(uint32_t index);
  TypeId constInt(int64_t value);

private:
  std::span<const TypeId> keep(std::span<const TypeId> args);
  void grow();

  std::deque<Type> table;
  std::vector<uint64_t> hashes; // by type
  std::vector<uint32_t> slots; // open addressing; a power of two; 0 is empty, else a type's number plus 1
  std::vector<std::unique_ptr<TypeId[]>> argumentBlocks;
  TypeId *next = nullptr;
  size_t left = 0; // free at `next`
};

// The type with each Param replaced by its argument; a Param without one stays. A call does the work for each distinct part once.
TypeId substitute(Types &types, TypeId type, std::span<const TypeId> args);

} // namespace async::typeck

template <typename Tag> struct std::hash<async::typeck::Id<Tag>> {
  size_t operator()(async::typeck::Id<Tag> id) const noexcept { return id.index * size_t{0x9E3779B97F4A7C15}; }
};
