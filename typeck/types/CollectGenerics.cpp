// Bounds of type parameters, supertraits, and bounds of associated types.
#include "typeck/types/CollectBounds.h"

#include "frontend/diagnostics/Types.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

namespace diag = frontend::diag;
using resolve::ItemRef;

Collector::Bounds::Bounds(Context &context, TypeScope &scope, const ast::Generics &from, Generics &generics, uint32_t firstOwn)
    : context(context), scope(scope), from(from), generics(generics), firstOwn(firstOwn) {
  scope.generics = &generics;
  auto params = ast::File::run(scope.file->genericParams, from.params);
  for (size_t i = 0; i < params.size(); ++i)
    for (const ast::Bound &bound : ast::File::run(scope.file->bounds, params[i].bounds))
      pending.push_back({firstOwn + static_cast<uint32_t>(i), &bound, false});
  for (const ast::WherePredicate &where : ast::File::run(scope.file->wherePredicates, from.where))
    if (auto param = subjectParam(where.subject))
      for (const ast::Bound &bound : ast::File::run(scope.file->bounds, where.bounds))
        pending.push_back({*param, &bound, false});
  scope.pendingBound = [this](TypeId subject, Symbol assoc) { return find(subject, assoc); };
}

Collector::Bounds::~Bounds() { scope.pendingBound = nullptr; }

std::optional<uint32_t> Collector::Bounds::subjectParam(ast::TypeId subject) const {
  if (!subject.valid())
    return std::nullopt;
  const ast::Type &type = (*scope.file)[subject];
  if (type.kind != ast::TypeKind::Path || !type.path.valid())
    return std::nullopt;
  auto segments = ast::File::run(scope.file->segments, (*scope.file)[type.path].segments);
  if (segments.size() != 1)
    return std::nullopt;
  for (size_t i = generics.params.size(); i-- > 0;)
    if (generics.params[i].name == segments[0].name.symbol)
      return static_cast<uint32_t>(i);
  return std::nullopt;
}

// `T::Item` may be written before the bound of T that has Item has been collected.
std::optional<TraitRef> Collector::Bounds::find(TypeId subject, Symbol assoc) {
  const Type &type = context.program.types[subject];
  if (type.kind != TypeKind::Param)
    return std::nullopt;
  for (size_t i = 0; i < pending.size(); ++i) {
    if (pending[i].param != type.index || pending[i].isActive || !pending[i].bound->path.valid())
      continue;
    pending[i].isActive = true;
    // What is wrong with the bound is reported in its turn.
    frontend::Diagnostics quiet;
    Context silent{context.program, context.world, context.sources, context.interner, quiet};
    std::vector<Predicate> bindings;
    auto trait = lowerTraitRef(silent, scope, pending[i].bound->path, subject, &bindings);
    pending[i].isActive = false;
    if (trait && assocInTrait(context.program, *trait, subject, assoc))
      return trait;
  }
  return std::nullopt;
}

void Collector::Bounds::params() {
  auto all = ast::File::run(scope.file->genericParams, from.params);
  for (size_t i = 0; i < all.size(); ++i) {
    const uint32_t index = firstOwn + static_cast<uint32_t>(i);
    if (all[i].isConst && all[i].type.valid()) {
      TypeId type = lowerType(context, scope, all[i].type);
      if (type != context.program.types.i64 && type != context.program.types.error)
        context.diagnostics.emit(all[i].name.span, diag::ConstParamType, text(context, type));
    }
    TypeId subject = context.program.types.param(index, generics.params[index].name);
    for (const ast::Bound &bound : ast::File::run(scope.file->bounds, all[i].bounds))
      add(bound, subject);
  }
}

void Collector::Bounds::where() {
  for (const ast::WherePredicate &where : ast::File::run(scope.file->wherePredicates, from.where)) {
    TypeId subject = lowerType(context, scope, where.subject);
    if (subject != context.program.types.error)
      for (const ast::Bound &bound : ast::File::run(scope.file->bounds, where.bounds))
        add(bound, subject);
  }
}

void Collector::Bounds::add(const ast::Bound &bound, TypeId subject) {
  std::vector<Predicate> made;
  lowerBound(context, scope, bound, subject, made);
  for (Predicate &predicate : made)
    generics.predicates.push_back(std::move(predicate));
}

// Supertraits; after this `assocInTrait` sees all that a trait has.
void Collector::traitHeader(uint32_t index) {
  const ItemRef &ref = world.traits[index];
  TraitDecl &trait = program.traits[index];
  Generics generics = trait.generics;
  TypeScope scope = scopeIn(ref.file, ref.module, &generics);
  scope.self = program.types.param(0, generics.params[0].name);
  std::vector<Predicate> predicates;
  for (const ast::Bound &bound : ast::File::run(ref.file->bounds, item(ref).bounds)) {
    if (bound.function.valid()) {
      diagnostics.emit(bound.span, diag::FunctionAsType);
      continue;
    }
    std::vector<Predicate> bindings;
    auto super = lowerTraitRef(context, scope, bound.path, scope.self, &bindings);
    if (!super)
      continue;
    if (needsTrait(super->trait, TraitId{index})) {
      diagnostics.emit(bound.span, diag::SupertraitCycle, name(trait.name));
      continue;
    }
    program.traits[index].supertraits.push_back(std::move(*super));
    for (Predicate &binding : bindings)
      predicates.push_back(std::move(binding));
  }
  // Self implements the trait: what default methods and bounds below it rest on.
  TraitRef self{TraitId{index}, {}};
  for (uint32_t i = 1; i < generics.params.size(); ++i)
    self.args.push_back(program.types.param(i, generics.params[i].name));
  auto &all = program.traits[index].generics.predicates;
  all.push_back({Predicate::Kind::Implements, scope.self, std::move(self), {}, {}, trait.span});
  for (Predicate &predicate : predicates)
    all.push_back(std::move(predicate));
}

// Defaults of type parameters. They stand behind the parameters without, and speak of those before them.
void Collector::paramDefaults(const ItemRef &ref, Generics &generics, bool isTrait) {
  auto written = ast::File::run(ref.file->genericParams, item(ref).generics.params);
  const size_t first = isTrait ? 1 : 0;
  Generics before;
  before.params.assign(generics.params.begin(), generics.params.begin() + static_cast<ptrdiff_t>(first));
  TypeScope scope = scopeIn(ref.file, ref.module, &before);
  if (isTrait)
    scope.self = program.types.param(0, generics.params[0].name);
  bool hasDefault = false;
  for (size_t i = 0; i < written.size() && first + i < generics.params.size(); ++i) {
    GenericParam &param = generics.params[first + i];
    if (!written[i].isConst && written[i].type.valid()) {
      param.fallback = lowerSized(context, scope, written[i].type);
      hasDefault = true;
    } else if (hasDefault) {
      diagnostics.emit(param.span, diag::DefaultOrder, name(param.name));
    }
    before.params.push_back(param);
  }
}

bool Collector::needsTrait(TraitId from, TraitId wanted) const {
  std::vector<TraitId> open{from};
  std::unordered_set<uint32_t> seen;
  while (!open.empty()) {
    TraitId at = open.back();
    open.pop_back();
    if (at == wanted)
      return true;
    if (!seen.insert(at.index).second)
      continue;
    for (const TraitRef &super : program.trait(at).supertraits)
      open.push_back(super.trait);
  }
  return false;
}

void Collector::traitBounds(uint32_t index) {
  const ItemRef &ref = world.traits[index];
  Generics generics = program.traits[index].generics;
  TypeScope scope = scopeIn(ref.file, ref.module, &generics);
  scope.self = program.types.param(0, generics.params[0].name);
  scope.selfTrait = generics.predicates[0].trait;
  {
    Bounds bounds(context, scope, item(ref).generics, generics, 1);
    bounds.params();
    bounds.where();
  }
  program.traits[index].generics = std::move(generics);
}

void Collector::assocBounds(uint32_t index) {
  const ItemRef &ref = world.assocTypes[index];
  const TraitId trait = program.assocTypes[index].trait;
  const Generics &generics = program.trait(trait).generics;
  TypeScope scope = scopeIn(ref.file, ref.module, &generics);
  scope.self = program.types.param(0, generics.params[0].name);
  scope.selfTrait = generics.predicates[0].trait;
  TypeId subject = program.types.projection(scope.self, AssocTypeId{index}, scope.selfTrait->args);
  std::vector<Predicate> predicates;
  for (const ast::Bound &bound : ast::File::run(ref.file->bounds, item(ref).bounds))
    lowerBound(context, scope, bound, subject, predicates);
  program.assocTypes[index].bounds = std::move(predicates);
  if (item(ref).type.valid())
    program.assocTypes[index].fallback = lowerSized(context, scope, item(ref).type);
  if (item(ref).generics.params.count != 0)
    notYet(item(ref).span, "an associated type with parameters");
}

} // namespace async::typeck
