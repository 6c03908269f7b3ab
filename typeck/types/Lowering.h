// Lowering.h: what the files of collection and type lowering share.
#pragma once
#include <string>

#include "typeck/types/LowerTypes.h"

namespace async::typeck {

// A type where a value of it is kept: one without a size is reported.
TypeId lowerSized(Context &context, const TypeScope &scope, ast::TypeId type);
// The alias with its type, which is lowered when it is first asked for.
const AliasDecl &ensureAlias(Context &context, uint32_t alias);
// `subject::name`; reports what is wrong. `isSelf`: written `Self::name`, which in an impl is what the impl binds.
TypeId assocOf(Context &context, const TypeScope &scope, TypeId subject, bool isSelf, const ast::Name &name);
// The projection of an associated type with this name of a trait or what it requires, said of `subject`.
std::optional<TypeId> assocInTrait(Program &program, const TraitRef &trait, TypeId subject, Symbol name);
// An integer constant: a ConstInt, a Param, or the error type where it is none, which is reported.
TypeId lowerConst(Context &context, const TypeScope &scope, ast::ExprId expr);
// The same, or none; reports nothing.
std::optional<TypeId> lengthOf(Context &context, const TypeScope &scope, ast::ExprId expr);
// The value of an integer constant, or none; reports nothing.
std::optional<int64_t> constValue(Context &context, ConstId constant);
// The names of generic parameters, behind those that are there.
void declareParams(Context &context, const ast::File &file, const ast::Generics &from, Generics &to);
// Appends what a bound says of `subject`.
void lowerBound(Context &context, const TypeScope &scope, const ast::Bound &bound, TypeId subject, std::vector<Predicate> &out);
// A function type as written: its parameters and result.
TypeId lowerFunction(Context &context, const TypeScope &scope, const ast::Type &type);

std::optional<AdtId> langAdt(const Context &context, std::string_view name);
std::optional<TraitId> langTrait(const Context &context, std::string_view name);
std::string text(const Context &context, TypeId type);

} // namespace async::typeck
