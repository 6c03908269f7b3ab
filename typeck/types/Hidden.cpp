// `impl Trait` as the result of a function: a type that callers know by its bounds only. It is an associated type of a trait of its own, which () implements
// and whose parameters are those of the function, so that everything that knows projections knows it; what stands behind it is found with the body.
#include <unordered_set>

#include "frontend/diagnostics/Types.h"
#include "typeck/types/Collector.h"
#include "typeck/types/Hidden.h"

namespace async::typeck {

namespace diag = frontend::diag;

TypeId Collector::hide(FnId fn, const TypeScope &scope, const ast::Type &type) {
  Types &types = program.types;
  const Generics generics = program.fn(fn).generics;
  const Symbol shown = context.interner.intern(context.sources.text(type.span));
  const TraitId trait{static_cast<uint32_t>(program.traits.size())};
  const AssocTypeId assoc{static_cast<uint32_t>(program.assocTypes.size())};
  TraitDecl own;
  own.name = shown;
  own.module = program.fn(fn).module;
  own.span = type.span;
  own.generics.params.push_back({context.interner.intern("Self"), false, false, type.span, {}});
  std::vector<TypeId> params, shifted;
  for (uint32_t i = 0; i < generics.params.size(); ++i) {
    own.generics.params.push_back(generics.params[i]);
    params.push_back(types.param(i, generics.params[i].name));
    shifted.push_back(types.param(i + 1, generics.params[i].name));
  }
  own.assocTypes.push_back(assoc);
  program.traits.push_back(std::move(own));
  world.traits.emplace_back();
  AssocTypeDecl made{shown, trait, {}, type.span, {}, fn, {}};
  program.assocTypes.push_back(std::move(made));
  world.assocTypes.emplace_back();
  world.assocTypeTraits.push_back(trait.index);

  const TypeId subject = types.projection(types.unit, assoc, params);
  std::vector<Predicate> bounds;
  for (const ast::Bound &bound : ast::File::run(scope.file->bounds, type.bounds))
    lowerBound(context, scope, bound, subject, bounds);
  // Bounds of an associated type speak of its trait's parameters, the first of which is Self.
  for (Predicate &bound : bounds) {
    for (TypeId *part : {&bound.subject, &bound.signature, &bound.target})
      if (part->valid())
        *part = substitute(types, *part, shifted);
    for (TypeId &arg : bound.trait.args)
      arg = substitute(types, arg, shifted);
  }
  program.assocType(assoc).bounds = std::move(bounds);
  return subject;
}

TypeId revealed(Program &program, TypeId id) {
  const Type &type = program.types[id];
  if (type.kind != TypeKind::Projection)
    return id;
  const AssocTypeDecl &assoc = program.assocType(AssocTypeId{type.index});
  return assoc.hides.valid() && assoc.hidden.valid() ? substitute(program.types, assoc.hidden, type.args.subspan(1)) : id;
}

namespace {

// The hidden types that a type names.
void findHidden(const Program &program, TypeId id, std::vector<uint32_t> &found, std::unordered_set<uint32_t> &seen) {
  const Type &type = program.types[id];
  if (!seen.insert(id.index).second)
    return;
  if (type.kind == TypeKind::Projection && program.assocType(AssocTypeId{type.index}).hides.valid())
    found.push_back(type.index);
  if (type.kind == TypeKind::Closure)
    for (const ClosureDecl::Capture &capture : program.closure(ClosureId{type.index}).captures)
      findHidden(program, capture.type, found, seen);
  for (TypeId arg : type.args)
    findHidden(program, arg, found, seen);
}

} // namespace

void checkHidden(const Program &program, frontend::Interner &interner, frontend::Diagnostics &diagnostics) {
  enum class State : uint8_t { New, Open, Done };
  std::vector<State> states(program.assocTypes.size(), State::New);
  auto visit = [&](auto &self, uint32_t index) -> void {
    const AssocTypeDecl &assoc = program.assocTypes[index];
    if (!assoc.hides.valid() || !assoc.hidden.valid() || states[index] == State::Done)
      return;
    if (states[index] == State::Open) {
      diagnostics.emit(assoc.span, diag::HiddenCycle, interner.text(assoc.name));
      return;
    }
    states[index] = State::Open;
    std::vector<uint32_t> inside;
    std::unordered_set<uint32_t> seen;
    findHidden(program, assoc.hidden, inside, seen);
    for (uint32_t next : inside)
      self(self, next);
    states[index] = State::Done;
  };
  for (uint32_t i = 0; i < program.assocTypes.size(); ++i)
    visit(visit, i);
}

} // namespace async::typeck
