// Which impl, bound or built-in rule makes a trait hold. Trying leaves nothing behind; `confirm` makes the choice.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"

namespace async::infer {

namespace {
// Of one question asked from outside: nested bounds could multiply.
constexpr uint32_t mostSteps = 4000;

// Solves on trial.
class Trial {
public:
  explicit Trial(Inferer &inferer) : inferer(inferer), before(inferer.snapshot()), solved(inferer.solvedCount), wasProbing(inferer.probing) {
    inferer.probing = true;
  }
  Trial(const Trial &) = delete;
  Trial &operator=(const Trial &) = delete;
  ~Trial() {
    inferer.rollback(before);
    inferer.solvedCount = solved;
    inferer.probing = wasProbing;
  }

private:
  Inferer &inferer;
  size_t before;
  uint64_t solved;
  bool wasProbing;
};

Answer both(Answer a, Answer b) { return a < b ? a : b; }

} // namespace

void Inferer::assume(const Predicate &predicate, uint32_t depth) {
  for (const Predicate &known : assumptions)
    if (known.kind == predicate.kind && known.subject == predicate.subject && known.trait.trait == predicate.trait.trait &&
        known.trait.args == predicate.trait.args && known.signature == predicate.signature && known.target == predicate.target)
      return;
  assumptions.push_back(predicate);
  if (predicate.kind != Predicate::Kind::Implements || depth > 16)
    return;
  const TraitDecl &trait = program.trait(predicate.trait.trait);
  std::vector<TypeId> args{predicate.subject};
  args.insert(args.end(), predicate.trait.args.begin(), predicate.trait.args.end());
  for (const TraitRef &super : trait.supertraits) {
    Predicate implied = predicate;
    implied.trait.trait = super.trait;
    implied.trait.args.clear();
    for (TypeId arg : super.args)
      implied.trait.args.push_back(substitute(types, arg, args));
    assume(implied, depth + 1);
  }
}

void Inferer::makeAssumptions() {
  const FnDecl &decl = program.fn(fn);
  if (decl.trait) {
    const Generics &generics = program.trait(*decl.trait).generics;
    Predicate self{};
    self.kind = Predicate::Kind::Implements;
    self.subject = types.param(0, generics.params.empty() ? symbol("Self") : generics.params[0].name);
    self.trait.trait = *decl.trait;
    for (size_t i = 1; i < generics.params.size(); ++i)
      self.trait.args.push_back(types.param(static_cast<uint32_t>(i), generics.params[i].name));
    self.span = decl.span;
    assume(self, 0);
  }
  for (const Predicate &predicate : decl.generics.predicates)
    assume(predicate, 0);
  // What the assumptions say of each other's types.
  for (size_t i = 0; i < assumptions.size(); ++i) {
    Predicate made = assumptions[i];
    if (made.kind != Predicate::Kind::Equals)
      made.subject = normalize(made.subject, made.span);
    for (TypeId &arg : made.trait.args)
      arg = normalize(arg, made.span);
    if (made.signature.valid())
      made.signature = normalize(made.signature, made.span);
    if (made.target.valid() && made.target != made.subject)
      made.target = normalize(made.target, made.span);
    assumptions[i] = std::move(made);
  }
  for (const Predicate &known : assumptions)
    assumesOfKnown |= known.kind == Predicate::Kind::Implements && traitHead(known.subject) != anyHead;
}

// Traits of parameters and of `dyn` are not found by impls alone.
Head Inferer::traitHead(TypeId id) const {
  const Type &type = typeOf(id);
  return assumesOfKnown || type.kind == TypeKind::Param || type.kind == TypeKind::Dyn ? anyHead : headOf(type);
}

std::vector<Predicate> Inferer::boundsOfProjection(TypeId projection) {
  projection = zonk(projection);
  const Type &type = types[projection];
  std::vector<Predicate> bounds;
  for (Predicate bound : program.assocType(AssocTypeId{type.index}).bounds) {
    bound.subject = substitute(types, bound.subject, type.args);
    for (TypeId &arg : bound.trait.args)
      arg = substitute(types, arg, type.args);
    if (bound.signature.valid())
      bound.signature = substitute(types, bound.signature, type.args);
    if (bound.target.valid())
      bound.target = substitute(types, bound.target, type.args);
    bounds.push_back(std::move(bound));
  }
  return bounds;
}

bool Inferer::matchAssumed(const Predicate &predicate, TypeId subject, const TraitRef &trait) {
  return predicate.kind == Predicate::Kind::Implements && predicate.trait.trait == trait.trait && unify(predicate.subject, subject) &&
         unifyAll(predicate.trait.args, trait.args);
}

std::optional<Inferer::ImplMatch> Inferer::matchImpl(ImplId id, TypeId subject, const TraitRef &trait) {
  const ImplDecl &impl = program.impl(id);
  ImplMatch match{freshArgs(impl.generics.params.size(), impl.span)};
  if (!unify(instantiate(impl.self, match.args, impl.span), subject))
    return std::nullopt;
  if (impl.trait->args.size() != trait.args.size())
    return std::nullopt;
  for (size_t i = 0; i < trait.args.size(); ++i)
    if (!unify(instantiate(impl.trait->args[i], match.args, impl.span), trait.args[i]))
      return std::nullopt;
  return match;
}

Answer Inferer::evaluate(const Predicate &predicate) {
  switch (predicate.kind) {
  case Predicate::Kind::Implements:
    return evaluateTrait(predicate.subject, predicate.trait);
  case Predicate::Kind::Calls:
    return evaluateCalls(predicate.subject, predicate.signature);
  case Predicate::Kind::Equals: {
    TypeId subject = resolve(predicate.subject);
    TypeId found = types[subject].kind == TypeKind::Projection ? project(subject, predicate.span) : subject;
    if (!found.valid())
      return Answer::Maybe;
    if (!unify(found, predicate.target))
      return Answer::No;
    return isVar(found) ? Answer::Maybe : Answer::Yes;
  }
  }
  return Answer::Maybe;
}

Answer Inferer::evaluateCalls(TypeId subject, TypeId signature) {
  std::optional<TypeId> found = callSignature(subject);
  if (!found)
    return isGeneralVar(subject) || isError(subject) ? Answer::Maybe : Answer::No;
  const Type &wanted = types[resolve(signature)], &given = types[resolve(*found)];
  if (wanted.kind == TypeKind::Error || given.kind == TypeKind::Error)
    return Answer::Yes;
  return unifyAll(wanted.args, given.args) ? Answer::Yes : Answer::No;
}

// Whether something that is not known yet is asked about.
bool Inferer::isOpen(TypeId subject, const TraitRef &trait) const {
  bool open = types[zonk(subject)].flags & HasVar;
  for (TypeId arg : trait.args)
    open |= (types[zonk(arg)].flags & HasVar) != 0;
  return open;
}

Answer Inferer::evaluateTrait(TypeId subject, const TraitRef &trait, Choice *choice) {
  subject = resolve(subject);
  const Type &type = types[subject];
  if (type.kind == TypeKind::Error)
    return Answer::Yes;
  if (isGeneralVar(subject) || selectDepth > program.limits.traits)
    return Answer::Maybe;
  if (selectDepth == 0)
    unifyBudget = 0;
  if (++unifyBudget > mostSteps)
    return Answer::Maybe;
  ++selectDepth;
  struct Leave {
    uint32_t &depth;
    ~Leave() { --depth; }
  } leave{selectDepth};

  std::vector<Predicate> assumed;
  auto collect = [&](const Predicate &predicate) {
    Trial trial(*this);
    if (matchAssumed(predicate, subject, trait))
      assumed.push_back(predicate);
  };
  for (const Predicate &predicate : assumptions)
    if (predicate.kind == Predicate::Kind::Implements && predicate.trait.trait == trait.trait)
      collect(predicate);
  if (type.kind == TypeKind::Projection)
    for (const Predicate &predicate : boundsOfProjection(subject))
      collect(predicate);
  if (!assumed.empty()) {
    if (assumed.size() > 1 && isOpen(subject, trait))
      return Answer::Maybe;
    if (choice)
      *choice = {Choice::Kind::Assumed, assumed[0], {}};
    return Answer::Yes;
  }

  Answer builtin = builtinTrait(subject, trait);
  if (builtin != Answer::No)
    return builtin;

  return implTrait(subject, trait, choice);
}

Answer Inferer::implTrait(TypeId subject, const TraitRef &trait, Choice *choice) {
  std::optional<ImplId> chosen;
  Answer answer = Answer::No;
  std::optional<Answer> ofSeveral;
  lookup.impls(trait.trait).forEach(headOf(types[subject]), [&](ImplId id) {
    Trial trial(*this);
    std::optional<ImplMatch> match = matchImpl(id, subject, trait);
    if (!match)
      return true;
    Answer nested = Answer::Yes;
    for (Predicate predicate : program.impl(id).generics.predicates) {
      predicate.subject = predicate.kind == Predicate::Kind::Equals ? substitute(types, predicate.subject, match->args)
                                                                    : instantiate(predicate.subject, match->args, predicate.span);
      for (TypeId &arg : predicate.trait.args)
        arg = instantiate(arg, match->args, predicate.span);
      if (predicate.signature.valid())
        predicate.signature = instantiate(predicate.signature, match->args, predicate.span);
      if (predicate.target.valid())
        predicate.target = instantiate(predicate.target, match->args, predicate.span);
      nested = both(nested, evaluate(predicate));
      if (nested == Answer::No)
        return true;
    }
    if (chosen) {
      ofSeveral = isOpen(subject, trait) ? Answer::Maybe : Answer::Yes;
      return false;
    }
    chosen = id;
    answer = nested;
    return true;
  });
  if (ofSeveral)
    return *ofSeveral;
  if (!chosen)
    return Answer::No;
  if (choice)
    *choice = {Choice::Kind::Impl, {}, *chosen};
  return answer;
}

bool Inferer::confirm(const Choice &choice, TypeId subject, const TraitRef &trait, Span span) {
  switch (choice.kind) {
  case Choice::Kind::None:
  case Choice::Kind::Builtin:
    return true;
  case Choice::Kind::Assumed:
    return matchAssumed(choice.assumed, subject, trait);
  case Choice::Kind::Impl: {
    if (selectDepth > program.limits.traits) {
      error(span, diag::TraitOverflow, text(subject), traitText(trait)).help(diag::RaiseTraits, int64_t{program.limits.traits} * 4);
      return false;
    }
    std::optional<ImplMatch> match = matchImpl(choice.impl, subject, trait);
    if (!match)
      return false;
    ++selectDepth;
    requireAll(program.impl(choice.impl).generics.predicates, match->args, span);
    --selectDepth;
    return true;
  }
  }
  return false;
}

bool Inferer::implements(TypeId subject, TraitId trait) {
  TraitRef wanted{trait, freshArgs(program.trait(trait).generics.params.size() - 1, Span{})};
  return !isVar(subject) && evaluateTrait(subject, wanted) != Answer::No;
}

} // namespace async::infer
