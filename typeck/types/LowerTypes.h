// LowerTypes.h: types as written → TypeId, in signatures and in bodies.
//
// In      a type of the tree, and the scope it stands in.
// Out     the interned type; the error type where a mistake was reported (T0xxx: unknown type, wrong number of arguments, unknown associated type …).
// Notes   `Async<T>`, `Stream<T>`, `Sink<T, E>` are types of their own; `Sink<T>` has E = Closed<T> if std has it. `T?` is Option<T>.
//         `fn(A) -> B` in a field, return type or type argument is a boxed function value (TypeKind::Fn); as the type of a parameter of a function
//         it has become a hidden type parameter with a Calls predicate (Collect.h). `impl Trait` likewise; in a result it is a hidden type (Hidden.h).
#pragma once
#include <functional>

#include "typeck/types/Context.h"

namespace async::typeck {

struct TypeScope {
  const ast::File *file = nullptr;
  uint32_t module = 0;
  const Generics *generics = nullptr; // parameters in force, found by name
  TypeId self; // what `Self` means; invalid: nothing
  std::optional<TraitRef> selfTrait; // inside a trait: itself, so that `Self::Item` is a projection
  std::optional<ImplId> selfImpl; // inside an impl: `Self::Item` is what it binds
  std::function<TypeId()> fresh; // for `_` and for type arguments that are left out; null: an error
  std::function<TypeId(const ast::Type &)> hide; // for `impl Trait` in a result; null: an error
  // While bounds are being collected: the bound of `subject`, not yet in `generics`, whose trait has an associated type of that name.
  std::function<std::optional<TraitRef>(TypeId subject, Symbol assoc)> pendingBound;
};

TypeId lowerType(Context &context, const TypeScope &scope, ast::TypeId type);
// A path in type position, already known to be one.
TypeId lowerTypePath(Context &context, const TypeScope &scope, const ast::Path &path);
// The generic arguments of a segment for a definition with these generics (`skip` of them are given by the parent); fresh or an error where left out.
std::vector<TypeId> lowerArgs(Context &context, const TypeScope &scope, const ast::PathSegment &segment, const Generics &generics, uint32_t skip,
                              TypeId self = {});
// `Trait<A, Item = B>` said of `subject`: the reference, and the Equals predicates of its bindings.
std::optional<TraitRef> lowerTraitRef(Context &context, const TypeScope &scope, ast::PathId path, TypeId subject, std::vector<Predicate> *bindings);

} // namespace async::typeck
