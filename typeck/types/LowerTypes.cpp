#include "typeck/types/LowerTypes.h"

#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/Lowering.h"
#include "typeck/types/TypeText.h"

namespace async::typeck {

namespace diag = frontend::diag;

std::string text(const Context &context, TypeId type) { return typeText(context.program, context.interner, type); }

std::optional<AdtId> langAdt(const Context &context, std::string_view name) {
  auto symbol = context.interner.find(name);
  if (!symbol)
    return std::nullopt;
  auto found = context.program.langAdts.find(symbol->index);
  return found == context.program.langAdts.end() ? std::nullopt : std::optional(found->second);
}

std::optional<TraitId> langTrait(const Context &context, std::string_view name) {
  auto symbol = context.interner.find(name);
  if (!symbol)
    return std::nullopt;
  auto found = context.program.langTraits.find(symbol->index);
  return found == context.program.langTraits.end() ? std::nullopt : std::optional(found->second);
}

namespace {

std::vector<TypeId> lowerAll(Context &context, const TypeScope &scope, ast::List list) {
  std::vector<TypeId> types;
  types.reserve(list.count);
  for (ast::TypeId type : ast::File::run(scope.file->typeLists, list))
    types.push_back(lowerSized(context, scope, type));
  return types;
}

TypeId notYet(Context &context, frontend::Span span, std::string_view what) {
  context.diagnostics.emit(span, diag::NotSupportedYet, what);
  return context.program.types.error;
}

TypeId optional(Context &context, TypeId inner) {
  auto option = langAdt(context, "option");
  return option ? context.program.types.adt(*option, std::span(&inner, 1)) : context.program.types.error;
}

} // namespace

TypeId lowerFunction(Context &context, const TypeScope &scope, const ast::Type &type) {
  CallKind kind = CallKind::Exclusive;
  switch (type.word) {
  case ast::FunctionWord::None:
    break;
  case ast::FunctionWord::Once:
    kind = CallKind::Once;
    break;
  case ast::FunctionWord::Shared:
    kind = CallKind::Shared;
    break;
  }
  std::vector<TypeId> params = lowerAll(context, scope, type.list);
  TypeId result = type.a.valid() ? lowerSized(context, scope, type.a) : context.program.types.unit;
  return context.program.types.function(kind, params, result);
}

static TypeId lowerAny(Context &context, const TypeScope &scope, ast::TypeId id) {
  Types &types = context.program.types;
  if (!id.valid())
    return types.error;
  const ast::Type &type = (*scope.file)[id];
  const Mutability mutability = type.flag ? Mutability::Exclusive : Mutability::Shared;
  switch (type.kind) {
  case ast::TypeKind::Error:
    return types.error;
  case ast::TypeKind::Path:
    return type.path.valid() ? lowerTypePath(context, scope, (*scope.file)[type.path]) : types.error;
  case ast::TypeKind::Tuple:
    return types.tuple(lowerAll(context, scope, type.list));
  case ast::TypeKind::Array: {
    TypeId element = lowerSized(context, scope, type.a);
    TypeId length = lowerConst(context, scope, type.expr);
    if (types[length].kind == TypeKind::ConstInt && types[length].value < 0) {
      context.diagnostics.emit(type.span, diag::NegativeLength, types[length].value);
      return types.error;
    }
    return types[length].kind == TypeKind::Error ? types.error : types.array(element, length);
  }
  case ast::TypeKind::Slice:
    return types.slice(lowerSized(context, scope, type.a));
  case ast::TypeKind::Ref:
    return types.reference(mutability, lowerType(context, scope, type.a));
  case ast::TypeKind::Pointer:
    return types.pointer(mutability, lowerType(context, scope, type.a));
  case ast::TypeKind::Function:
    return lowerFunction(context, scope, type);
  case ast::TypeKind::ImplTrait:
    if (scope.hide)
      return scope.hide(type);
    context.diagnostics.emit(type.span, diag::ImplTraitPlace).help(diag::UseTypeParameter);
    return types.error;
  case ast::TypeKind::Dyn:
    return notYet(context, type.span, "`dyn`");
  case ast::TypeKind::Optional:
    return optional(context, lowerSized(context, scope, type.a));
  case ast::TypeKind::Never:
    return types.never;
  case ast::TypeKind::Infer:
    if (scope.fresh)
      return scope.fresh();
    context.diagnostics.emit(type.span, diag::InferredHere).help(diag::WriteType);
    return types.error;
  }
  return types.error;
}

TypeId lowerType(Context &context, const TypeScope &scope, ast::TypeId id) {
  TypeId type = lowerAny(context, scope, id);
  if (context.program.types[type].weight <= context.program.limits.typeSize)
    return type;
  context.diagnostics.emit((*scope.file)[id].span, diag::WrittenTypeTooLarge).help(diag::RaiseTypeSize, int64_t{context.program.limits.typeSize} * 4);
  return context.program.types.error;
}

TypeId lowerSized(Context &context, const TypeScope &scope, ast::TypeId id) {
  TypeId type = lowerType(context, scope, id);
  if (context.program.types[type].kind != TypeKind::Slice)
    return type;
  context.diagnostics.emit((*scope.file)[id].span, diag::Unsized, text(context, type)).help(diag::BorrowIt, text(context, type));
  return context.program.types.error;
}

void declareParams(Context &context, const ast::File &file, const ast::Generics &from, Generics &to) {
  const size_t own = to.params.size();
  for (const ast::GenericParam &param : ast::File::run(file.genericParams, from.params)) {
    for (size_t i = own; i < to.params.size(); ++i)
      if (to.params[i].name == param.name.symbol && !param.name.symbol.empty())
        context.diagnostics.emit(param.name.span, diag::DefinedTwice, context.interner.text(param.name.symbol)).label(to.params[i].span, diag::FirstDefinition);
    to.params.push_back({param.name.symbol, param.isConst, false, param.name.span});
  }
}

const AliasDecl &ensureAlias(Context &context, uint32_t index) {
  AliasDecl &alias = context.program.aliases[index];
  if (alias.state == AliasDecl::State::Done)
    return alias;
  if (alias.state == AliasDecl::State::Active) {
    context.diagnostics.emit(alias.span, diag::AliasCycle, context.interner.text(alias.name));
    alias.type = context.program.types.error;
    alias.state = AliasDecl::State::Done;
    return alias;
  }
  alias.state = AliasDecl::State::Active;
  const resolve::ItemRef &ref = context.world.aliases[index];
  const ast::Item &item = (*ref.file)[ref.item];
  Generics generics;
  declareParams(context, *ref.file, item.generics, generics);
  TypeScope scope;
  scope.file = ref.file;
  scope.module = ref.module;
  scope.generics = &generics;
  TypeId type = lowerType(context, scope, item.type);
  AliasDecl &done = context.program.aliases[index];
  if (done.state == AliasDecl::State::Active)
    done.type = type;
  done.generics = std::move(generics);
  done.state = AliasDecl::State::Done;
  return done;
}

} // namespace async::typeck
