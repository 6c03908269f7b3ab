// Associated types: `I::Item` becomes what the impl or a bound says, or stays if nothing says anything.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"

namespace async::infer {

namespace {
constexpr uint32_t deepestProjection = 64; // at least
} // namespace

TypeId Inferer::normalize(TypeId type, Span span) {
  if (!type.valid() || !(types[type].flags & HasProjection))
    return type;
  if (types[type].kind != TypeKind::Projection)
    return mapArgs(type, [&](TypeId arg) { return normalize(arg, span); });
  type = mapArgs(type, [&](TypeId arg) { return normalize(arg, span); });
  TypeId made = project(type, span);
  if (made.valid())
    return made;
  TypeId later = fresh(span);
  if (!probing) {
    Predicate predicate{};
    predicate.kind = Predicate::Kind::Equals;
    predicate.subject = type;
    predicate.target = later;
    predicate.span = span;
    require(std::move(predicate), span);
  }
  return later;
}

TypeId Inferer::instantiate(TypeId type, std::span<const TypeId> args, Span span) { return normalize(substitute(types, type, args), span); }

TypeId Inferer::project(TypeId projection, Span span) {
  if (projectDepth > std::max(deepestProjection, program.limits.traits)) {
    if (!probing)
      error(span, diag::TraitOverflow, text(types[projection].args[0]), text(program.assocType(AssocTypeId{types[projection].index}).name))
          .help(diag::RaiseTraits, int64_t{projectDepth} * 4);
    return types.error;
  }
  ++projectDepth;
  struct Leave {
    uint32_t &depth;
    ~Leave() { --depth; }
  } leave{projectDepth};

  projection = zonk(projection);
  const Type &type = types[projection];
  AssocTypeId assoc{type.index};
  if (program.assocType(assoc).hides.valid())
    return hiddenHere(projection);
  TypeId self = type.args[0];
  if (types[self].kind == TypeKind::Error)
    return types.error;
  // Rigid parameters are compared as they are; solving a variable by an assumption would be a guess.
  if (!isVar(self))
    for (const Predicate &known : assumptions)
      if (known.kind == Predicate::Kind::Equals && types[known.subject].kind == TypeKind::Projection && types[known.subject].index == assoc.index &&
          known.target != projection && unify(known.subject, projection))
        return known.target;
  if (isGeneralVar(self))
    return {};
  const AssocTypeDecl &decl = program.assocType(assoc);
  if (types[self].kind == TypeKind::Async && langTrait("awaitable") == decl.trait)
    return types[self].args[0];

  TraitRef trait{decl.trait, {type.args.begin() + 1, type.args.end()}};
  Choice choice;
  Answer answer = evaluateTrait(self, trait, &choice);
  if (answer == Answer::No) {
    if (types[self].flags & HasVar)
      return types.error;
    requireTrait(self, trait.trait, trait.args, span);
    return types.error;
  }
  switch (choice.kind) {
  case Choice::Kind::None:
    return types[self].kind == TypeKind::Param || types[self].kind == TypeKind::Projection ? projection : TypeId{};
  case Choice::Kind::Builtin:
    return projection;
  case Choice::Kind::Assumed:
    matchAssumed(choice.assumed, self, trait);
    if (types[self].kind == TypeKind::Projection)
      for (const Predicate &bound : boundsOfProjection(self))
        if (bound.kind == Predicate::Kind::Equals && bound.target != projection && unify(bound.subject, projection))
          return normalize(bound.target, span);
    return projection;
  case Choice::Kind::Impl: {
    std::optional<ImplMatch> match = matchImpl(choice.impl, self, trait);
    if (!match)
      return types.error;
    // Arguments that only bounds fix (`impl<I: Iterator<Item = T>, T>`).
    for (Predicate predicate : program.impl(choice.impl).generics.predicates) {
      if (predicate.kind == Predicate::Kind::Implements)
        continue;
      predicate.subject =
          predicate.kind == Predicate::Kind::Equals ? substitute(types, predicate.subject, match->args) : instantiate(predicate.subject, match->args, span);
      if (predicate.signature.valid())
        predicate.signature = instantiate(predicate.signature, match->args, span);
      if (predicate.target.valid())
        predicate.target = instantiate(predicate.target, match->args, span);
      if (probing)
        evaluate(predicate);
      else
        require(std::move(predicate), span);
    }
    for (const AssocBinding &binding : program.impl(choice.impl).assocTypes)
      if (binding.assoc == assoc)
        return instantiate(binding.type, match->args, span);
    return types.error;
  }
  }
  return {};
}

// In the function that hides it, and of its own parameters, a hidden type is what its body makes it; everywhere else it stays.
TypeId Inferer::hiddenHere(TypeId projection) {
  for (const Hidden &one : hidden)
    if (one.type == projection)
      return one.variable;
  return projection;
}

void Inferer::beginHidden() {
  const FnDecl &decl = program.fn(fn);
  if (!(types[decl.result].flags & HasProjection))
    return;
  for (uint32_t i = 0; i < program.assocTypes.size(); ++i) {
    if (program.assocTypes[i].hides != fn)
      continue;
    std::vector<TypeId> params;
    for (uint32_t at = 0; at < decl.generics.params.size(); ++at)
      params.push_back(types.param(at, decl.generics.params[at].name));
    const Span span = program.assocTypes[i].span;
    hidden.push_back({AssocTypeId{i}, types.projection(types.unit, AssocTypeId{i}, params), fresh(span)});
  }
  for (size_t i = 0; i < hidden.size(); ++i)
    for (Predicate bound : boundsOfProjection(hidden[i].type)) {
      const Span span = program.assocType(hidden[i].assoc).span;
      // The projection of an Equals stays one: only what it is said of is put in its place.
      bound.subject = mapArgs(bound.subject, [&](TypeId arg) { return normalize(arg, span); });
      if (bound.kind != Predicate::Kind::Equals)
        bound.subject = normalize(bound.subject, span);
      for (TypeId &arg : bound.trait.args)
        arg = normalize(arg, span);
      if (bound.signature.valid())
        bound.signature = normalize(bound.signature, span);
      if (bound.target.valid())
        bound.target = normalize(bound.target, span);
      require(std::move(bound), span);
    }
}

void Inferer::reportUnknown(Span span) {
  for (const Hidden &one : hidden)
    if (program.assocType(one.assoc).span == span) {
      error(span, diag::HiddenUnknown, text(program.assocType(one.assoc).name));
      return;
    }
  error(span, diag::CannotInfer).help(diag::GiveType);
}

void Inferer::endHidden() {
  for (const Hidden &one : hidden) {
    TypeId found = zonk(one.variable);
    if (!hasErrors && (types[found].flags & HasVar))
      error(program.assocType(one.assoc).span, diag::HiddenUnknown, text(program.assocType(one.assoc).name));
    program.assocType(one.assoc).hidden = hasErrors ? types.error : found;
  }
}

TypeId Inferer::projectionOf(TypeId subject, TraitId trait, std::string_view name, std::vector<TypeId> args, Span span) {
  for (AssocTypeId assoc : program.trait(trait).assocTypes)
    if (context.interner.text(program.assocType(assoc).name) == name)
      return normalize(types.projection(subject, assoc, args), span);
  return types.error;
}

TypeId Inferer::fnDefSignature(const Type &fnDef, Span span) {
  const FnDecl &decl = program.fn(FnId{fnDef.index});
  std::vector<TypeId> params;
  for (const ParamDecl &param : decl.params)
    params.push_back(instantiate(param.type, fnDef.args, span));
  TypeId result = instantiate(decl.result, fnDef.args, span);
  if (decl.isAsync || decl.abi == Abi::Leaf)
    result = types.async(result);
  return types.function(CallKind::Shared, params, result);
}

std::optional<TypeId> Inferer::callSignature(TypeId subject) {
  subject = resolve(subject);
  const Type &type = types[subject];
  switch (type.kind) {
  case TypeKind::Error:
    return types.error;
  case TypeKind::Fn:
    return subject;
  case TypeKind::FnDef:
    return fnDefSignature(type, Span{});
  case TypeKind::Closure:
    return closureSignature(ClosureId{type.index}, Span{});
  case TypeKind::Param:
  case TypeKind::Projection: {
    for (const Predicate &known : assumptions)
      if (known.kind == Predicate::Kind::Calls && known.subject == zonk(subject))
        return known.signature;
    if (type.kind == TypeKind::Projection)
      for (const Predicate &known : boundsOfProjection(subject))
        if (known.kind == Predicate::Kind::Calls)
          return normalize(known.signature, Span{});
    return std::nullopt;
  }
  case TypeKind::Ref:
    return callSignature(type.args[0]);
  case TypeKind::Adt:
    if (isLangAdt(subject, "box") && !type.args.empty() && types[resolve(type.args[0])].kind == TypeKind::Fn)
      return callSignature(type.args[0]);
    return std::nullopt;
  case TypeKind::Never:
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int:
  case TypeKind::Float:
  case TypeKind::Tuple:
  case TypeKind::Array:
  case TypeKind::Slice:
  case TypeKind::Pointer:
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Dyn:
  case TypeKind::Var:
  case TypeKind::ConstInt:
  case TypeKind::Frame:
  case TypeKind::BoxedAsync:
    return std::nullopt;
  }
  return std::nullopt;
}

} // namespace async::infer
