// Impls: their headers, the types they bind, and what can be said of them one by one.
#include "typeck/types/CollectBounds.h"

#include <algorithm>

#include "frontend/diagnostics/Types.h"
#include "frontend/resolve/Names.h"
#include "typeck/types/TypeText.h"

namespace async::typeck {

namespace diag = frontend::diag;
using resolve::ItemRef;

void Collector::implHeader(uint32_t index) {
  const ItemRef &ref = world.impls[index];
  const ast::File &file = *ref.file;
  const ast::Item &from = item(ref);
  Generics generics;
  declareParams(context, file, from.generics, generics);
  TypeScope scope = scopeIn(&file, ref.module, &generics);
  TypeId self;
  std::optional<TraitRef> trait;
  {
    Bounds bounds(context, scope, from.generics, generics, 0);
    bounds.params();
    self = lowerType(context, scope, from.type2);
    scope.self = self;
    bounds.where();
    if (from.type.valid() && file[from.type].kind == ast::TypeKind::Path)
      trait = lowerTraitRef(context, scope, file[from.type].path, self, nullptr);
    else if (from.type.valid() && file[from.type].kind != ast::TypeKind::Error)
      diagnostics.emit(file[from.type].span, diag::NotATrait, context.sources.text(file[from.type].span), "type");
  }
  if (from.type.valid() && !trait)
    brokenImpls.insert(index);
  ImplDecl &impl = program.impls[index];
  impl.generics = std::move(generics);
  impl.self = self;
  impl.trait = std::move(trait);
}

void Collector::implAssocTypes(uint32_t index) {
  const ItemRef &ref = world.impls[index];
  const ast::File &file = *ref.file;
  // Types are bound one after the other, so that a later one can speak of an earlier one as `Self::Item`.
  TypeScope scope = scopeIn(&file, ref.module, &program.impls[index].generics);
  scope.self = program.impls[index].self;
  scope.selfImpl = ImplId{index};
  for (ast::ItemId id : ast::File::run(file.itemLists, item(ref).list)) {
    if (!id.valid())
      continue;
    const ast::Item &member = file[id];
    if (member.kind != ast::ItemKind::AssocType)
      continue;
    TypeId type = lowerType(context, scope, member.type);
    ImplDecl &impl = program.impls[index];
    if (brokenImpls.contains(index))
      continue;
    AssocTypeId assoc;
    std::vector<Symbol> names;
    if (impl.trait)
      for (AssocTypeId candidate : program.trait(impl.trait->trait).assocTypes) {
        names.push_back(program.assocType(candidate).name);
        if (names.back() == member.name.symbol)
          assoc = candidate;
      }
    const std::string owner = impl.trait ? traitText(program, context.interner, *impl.trait) : text(context, impl.self);
    if (!assoc.valid()) {
      auto similar = resolve::nearest(context.interner, names, member.name.symbol);
      diagnostics.emit(member.name.span, diag::UnknownMember, name(member.name.symbol), owner, resolve::didYouMean(context.interner, similar));
    } else if (std::any_of(impl.assocTypes.begin(), impl.assocTypes.end(), [&](const AssocBinding &other) { return other.assoc == assoc; })) {
      diagnostics.emit(member.name.span, diag::MemberTwice, name(member.name.symbol));
    } else {
      impl.assocTypes.push_back({assoc, type});
    }
  }
  ImplDecl &impl = program.impls[index];
  if (!impl.trait || brokenImpls.contains(index))
    return;
  std::vector<TypeId> args{impl.self};
  args.insert(args.end(), impl.trait->args.begin(), impl.trait->args.end());
  for (AssocTypeId assoc : program.trait(impl.trait->trait).assocTypes)
    if (std::none_of(impl.assocTypes.begin(), impl.assocTypes.end(), [&](const AssocBinding &bound) { return bound.assoc == assoc; }))
      if (const TypeId fallback = program.assocType(assoc).fallback; fallback.valid())
        impl.assocTypes.push_back({assoc, substitute(program.types, fallback, args)});
}

// Methods belong to the package of their type.
void Collector::checkInherent(uint32_t index) {
  const ImplDecl &impl = program.impls[index];
  const ItemRef &ref = world.impls[index];
  if (impl.trait || brokenImpls.contains(index) || inStd(ref.module))
    return;
  const Type &self = program.types[impl.self];
  if (self.flags & HasError)
    return;
  const bool isOwn = self.kind == TypeKind::Adt && resolve::rootOf(world, program.adt(AdtId{self.index}).module.index) == resolve::rootOf(world, ref.module);
  if (isOwn)
    return;
  diagnostics.emit((*ref.file)[item(ref).type2].span, diag::NoInherentImpl, text(context, impl.self)).help(diag::UseTrait);
  // Its methods are those of no type, and what their bodies say of `self` means nothing.
  for (FnId method : impl.methods)
    bodies.sources[method.index].file = nullptr;
  program.impls[index].self = program.types.error;
}

namespace {

// Marks the parameters that a type decides. A projection decides none: many types may have the same associated type.
void decided(const Types &types, TypeId id, std::vector<bool> &marks) {
  const Type &type = types[id];
  if (type.kind == TypeKind::Projection || !(type.flags & HasParam))
    return;
  if (type.kind == TypeKind::Param && type.index < marks.size())
    marks[type.index] = true;
  for (TypeId arg : type.args)
    decided(types, arg, marks);
}

bool isDecided(const Types &types, TypeId id, const std::vector<bool> &marks) {
  const Type &type = types[id];
  if (type.kind == TypeKind::Param)
    return type.index >= marks.size() || marks[type.index];
  return std::all_of(type.args.begin(), type.args.end(), [&](TypeId arg) { return isDecided(types, arg, marks); });
}

} // namespace

void Collector::checkOpenParams(uint32_t index) {
  const ImplDecl &impl = program.impls[index];
  if (brokenImpls.contains(index) || (program.types[impl.self].flags & HasError))
    return;
  std::vector<bool> marks(impl.generics.params.size());
  decided(program.types, impl.self, marks);
  if (impl.trait)
    for (TypeId arg : impl.trait->args)
      decided(program.types, arg, marks);
  // What a decided type is equal to, or gives when called, is decided too.
  for (size_t round = 0; round <= marks.size(); ++round)
    for (const Predicate &predicate : impl.generics.predicates) {
      if (predicate.kind == Predicate::Kind::Implements || !isDecided(program.types, predicate.subject, marks))
        continue;
      decided(program.types, predicate.kind == Predicate::Kind::Equals ? predicate.target : predicate.signature, marks);
    }
  for (size_t i = 0; i < marks.size(); ++i)
    if (!marks[i])
      diagnostics.emit(impl.generics.params[i].span, diag::OpenParameter, name(impl.generics.params[i].name)).help(diag::UseInHeader);
}

void Collector::collectDrop(uint32_t index) {
  const ImplDecl &impl = program.impls[index];
  auto drop = langTrait(context, "drop");
  if (!impl.trait || !drop || impl.trait->trait != *drop)
    return;
  const ItemRef &ref = world.impls[index];
  const frontend::Span at = (*ref.file)[item(ref).type2].span;
  const Type self = program.types[impl.self];
  if (self.flags & HasError)
    return;
  if (self.kind != TypeKind::Adt || inStd(program.adt(AdtId{self.index}).module.index) != inStd(ref.module)) {
    diagnostics.emit(at, diag::DropTarget, "a type of another package");
    return;
  }
  AdtDecl &adt = program.adt(AdtId{self.index});
  if (adt.isCopy) {
    diagnostics.emit(at, diag::DropTarget, "a `copy` type");
    return;
  }
  bool isGeneral = impl.generics.params.size() == adt.generics.params.size();
  for (uint32_t i = 0; i < self.args.size() && isGeneral; ++i)
    isGeneral = program.types[self.args[i]].kind == TypeKind::Param && program.types[self.args[i]].index == i;
  if (!isGeneral) {
    diagnostics.emit(at, diag::DropTarget,
                     "some of the types that `" + std::string(name(adt.name)) + "` makes; it is for all, with parameters in the same order");
    return;
  }
  if (!impl.methods.empty() && !adt.dropFn)
    adt.dropFn = impl.methods[0];
}

} // namespace async::typeck
