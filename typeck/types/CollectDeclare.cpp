// Collection, first step: every definition gets its place, name, flags and attributes.
#include "typeck/types/Collector.h"

#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"

namespace async::typeck {

namespace diag = frontend::diag;
using resolve::FnRef;
using resolve::ItemRef;

void Collector::declareAll() {
  declareModules();
  program.fns.resize(world.fns.size());
  bodies.sources.resize(world.fns.size());
  program.adts.resize(world.adts.size());
  program.traits.resize(world.traits.size());
  program.impls.resize(world.impls.size());
  program.assocTypes.resize(world.assocTypes.size());
  program.consts.resize(world.consts.size());
  program.aliases.resize(world.aliases.size());
  for (uint32_t i = firstAdt; i < world.adts.size(); ++i)
    declareAdt(i);
  for (uint32_t i = firstTrait; i < world.traits.size(); ++i)
    declareTrait(i);
  for (uint32_t i = firstAssoc; i < world.assocTypes.size(); ++i) {
    const ItemRef &ref = world.assocTypes[i];
    const TraitId trait{world.assocTypeTraits[i]};
    program.assocTypes[i] = {item(ref).name.symbol, trait, {}, item(ref).name.span, {}, {}, {}};
    program.trait(trait).assocTypes.push_back(AssocTypeId{i});
  }
  for (uint32_t i = firstAlias; i < world.aliases.size(); ++i) {
    const ItemRef &ref = world.aliases[i];
    AliasDecl &alias = program.aliases[i];
    alias.name = item(ref).name.symbol;
    alias.module = ModuleId{ref.module};
    alias.span = item(ref).name.span;
  }
  for (uint32_t i = firstImpl; i < world.impls.size(); ++i) {
    const ItemRef &ref = world.impls[i];
    program.impls[i].module = ModuleId{ref.module};
    program.impls[i].span = item(ref).span;
    attributes(*ref.file, item(ref).attributes, ref.module, nullptr, nullptr, nullptr);
  }
  for (uint32_t i = firstConst; i < world.consts.size(); ++i)
    declareConst(i);
  for (uint32_t i = firstFn; i < world.fns.size(); ++i)
    declareFn(i);
}

void Collector::declareModules() {
  for (size_t i = program.modules.size(); i < world.modules.size(); ++i) {
    const resolve::Module &module = world.modules[i];
    program.modules.push_back({module.name, ModuleId{module.parent}, {}});
  }
}

void Collector::declareAdt(uint32_t index) {
  const ItemRef &ref = world.adts[index];
  const ast::Item &from = item(ref);
  AdtDecl &adt = program.adts[index];
  adt.name = from.name.symbol;
  adt.module = ModuleId{ref.module};
  adt.span = from.name.span;
  adt.isEnum = from.kind == ast::ItemKind::Enum;
  adt.isCopy = from.flag;
  adt.isPublic = from.isPublic;
  declareParams(context, *ref.file, from.generics, adt.generics);
  declareVariants(*ref.file, from, adt);
  attributes(*ref.file, from.attributes, ref.module, &adt, nullptr, nullptr);
  if (!adt.lang.empty())
    program.langAdts.emplace(adt.lang.index, AdtId{index});
}

void Collector::declareVariants(const ast::File &file, const ast::Item &from, AdtDecl &adt) {
  auto add = [&](const ast::Variant &variant) {
    VariantDecl &made = adt.variants.emplace_back();
    made.name = variant.name.symbol;
    made.span = variant.name.span;
    switch (variant.shape) {
    case ast::VariantShape::Unit:
      made.shape = VariantDecl::Shape::Unit;
      break;
    case ast::VariantShape::Tuple:
      made.shape = VariantDecl::Shape::Tuple;
      break;
    case ast::VariantShape::Named:
      made.shape = VariantDecl::Shape::Named;
      break;
    }
  };
  if (adt.isEnum) {
    for (const ast::Variant &variant : ast::File::run(file.variants, from.list))
      add(variant);
  } else if (from.variant < file.variants.size()) {
    add(file.variants[from.variant]);
  } else {
    adt.variants.emplace_back();
  }
}

void Collector::declareTrait(uint32_t index) {
  const ItemRef &ref = world.traits[index];
  const ast::Item &from = item(ref);
  TraitDecl &trait = program.traits[index];
  trait.name = from.name.symbol;
  trait.module = ModuleId{ref.module};
  trait.span = from.name.span;
  trait.isPublic = from.isPublic;
  trait.generics.params.push_back({context.interner.intern("Self"), false, false, from.name.span});
  declareParams(context, *ref.file, from.generics, trait.generics);
  attributes(*ref.file, from.attributes, ref.module, nullptr, nullptr, &trait);
  if (!trait.lang.empty())
    program.langTraits.emplace(trait.lang.index, TraitId{index});
}

void Collector::declareConst(uint32_t index) {
  const ItemRef &ref = world.consts[index];
  const ast::Item &from = item(ref);
  ConstDecl &constant = program.consts[index];
  constant.name = from.name.symbol;
  constant.module = ModuleId{ref.module};
  constant.span = from.name.span;
  constant.isStatic = from.kind == ast::ItemKind::Static;
  constant.isPublic = from.isPublic;
  constant.type = program.types.error;
  attributes(*ref.file, from.attributes, ref.module, nullptr, nullptr, nullptr);
}

void Collector::declareFn(uint32_t index) {
  const FnRef &ref = world.fns[index];
  FnDecl &fn = program.fns[index];
  fn.result = program.types.error;
  if (!ref.file)
    return;
  const ast::Item &around = (*ref.file)[ref.item];
  fn.module = ModuleId{ref.module};
  fn.isPublic = around.isPublic;
  if (!ref.function.valid()) {
    declareConstMember(index);
    return;
  }
  const ast::Function &from = (*ref.file)[ref.function];
  fn.name = from.name.symbol;
  fn.span = from.name.span;
  fn.isAsync = from.isAsync;
  fn.isUnsafe = from.isUnsafe;
  fn.isBlocking = from.isBlocking;
  fn.isDeterministic = from.isDeterministic;
  fn.isStream = from.isStream;
  fn.isSink = from.isSink;
  fn.hasBody = from.body.valid();
  attributes(*ref.file, around.attributes, ref.module, nullptr, &fn, nullptr);
  if (!fn.lang.empty())
    program.langFns.emplace(fn.lang.index, FnId{index});
  switch (ref.parent) {
  case FnRef::Parent::None:
    break;
  case FnRef::Parent::Impl:
    fn.impl = ImplId{ref.parentIndex};
    program.impls[ref.parentIndex].methods.push_back(FnId{index});
    break;
  case FnRef::Parent::Trait:
    fn.trait = TraitId{ref.parentIndex};
    fn.isPublic = true;
    program.traits[ref.parentIndex].methods.push_back(FnId{index});
    break;
  case FnRef::Parent::Extern:
  case FnRef::Parent::Export:
    declareAbi(ref, fn);
    break;
  }
  const bool isForeign = ref.parent == FnRef::Parent::Extern;
  if (isForeign && fn.hasBody)
    diagnostics.emit(from.name.span, diag::BodyNotAllowed);
  if (isForeign)
    fn.hasBody = false;
  if (!isForeign && !fn.hasBody && ref.parent != FnRef::Parent::Trait && !ref.file->hasErrors)
    diagnostics.emit(from.name.span, diag::MissingBody, name(fn.name));
  if (fn.hasBody)
    bodies.sources[index] = {ref.file, ref.module, ref.function, {}};
}

void Collector::declareConstMember(uint32_t index) {
  const FnRef &ref = world.fns[index];
  const ast::Item &from = (*ref.file)[ref.item];
  FnDecl &fn = program.fns[index];
  fn.name = from.name.symbol;
  fn.span = from.name.span;
  fn.isConst = true;
  fn.hasBody = from.expr.valid();
  attributes(*ref.file, from.attributes, ref.module, nullptr, &fn, nullptr);
  if (ref.parent == FnRef::Parent::Trait) {
    fn.trait = TraitId{ref.parentIndex};
    fn.isPublic = true;
    program.traits[ref.parentIndex].methods.push_back(FnId{index});
  } else {
    fn.impl = ImplId{ref.parentIndex};
    program.impls[ref.parentIndex].methods.push_back(FnId{index});
  }
  if (fn.hasBody)
    bodies.sources[index] = {ref.file, ref.module, {}, from.expr};
}

void Collector::declareAbi(const FnRef &ref, FnDecl &fn) {
  const std::string_view abi = name(ref.abi);
  fn.linkName = fn.name;
  if (ref.parent == FnRef::Parent::Export) {
    fn.abi = Abi::ExportC;
    fn.isPublic = true;
    if (abi != "C" && !ref.abi.empty())
      diagnostics.emit(fn.span, diag::UnknownAbi, abi, "; only \"C\" can be exported");
    return;
  }
  fn.abi = Abi::C;
  if (abi == "intrinsic" && inStd(ref.module))
    fn.abi = Abi::Intrinsic;
  else if (abi == "leaf" && inStd(ref.module))
    fn.abi = Abi::Leaf;
  else if (abi != "C" && !ref.abi.empty())
    diagnostics.emit((*ref.file)[ref.item].span, diag::UnknownAbi, abi, "; write \"C\"");
}

} // namespace async::typeck
