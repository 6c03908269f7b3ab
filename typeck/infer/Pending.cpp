// What waits for types: trait obligations, and methods, fields and operators of receivers that are not known yet (rules.md I7).
#include <algorithm>

#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"

namespace async::infer {

namespace {
// Work may start more work; beyond this depth it is left to the next pass.
constexpr uint32_t deepest = 4;

// One try of something that waits.
class Attempt {
public:
  explicit Attempt(Inferer &inferer) : inferer(inferer), solved(inferer.solvedCount), trail(inferer.trail.size()), variables(inferer.variables.size()) {}

  // What a stuck one solved of its own variables helps nobody: counted, each try would be a reason for the next.
  void isStuck() {
    for (size_t i = trail; i < inferer.trail.size(); ++i)
      solved += inferer.trail[i] < variables;
    if (solved == inferer.solvedCount)
      return;
    inferer.solvedCount = solved;
    inferer.processedAt = UINT64_MAX;
  }

private:
  Inferer &inferer;
  uint64_t solved;
  size_t trail, variables;
};
} // namespace

void Inferer::require(Predicate predicate, Span span, bool settlesMode) {
  if (probing)
    return;
  TypeId stuckOn;
  if (tryPredicate(predicate, span, Round::Known, stuckOn, settlesMode) == Progress::Done)
    return;
  Pending &entry = pending.emplace_back();
  entry.stuckOn = stuckOn;
  if (stuckOn.valid())
    entry.stuckKind = varKind(stuckOn);
  entry.span = span;
  entry.frame = frame;
  entry.isPredicate = true;
  entry.settlesMode = settlesMode;
  entry.predicate = std::move(predicate);
  entry.moduleIndex = module;
}

void Inferer::requireTrait(TypeId subject, TraitId trait, std::vector<TypeId> args, Span span) {
  Predicate predicate{};
  predicate.kind = Predicate::Kind::Implements;
  predicate.subject = subject;
  predicate.trait = {trait, std::move(args)};
  require(std::move(predicate), span);
}

void Inferer::requireAll(const std::vector<Predicate> &predicates, std::span<const TypeId> args, Span span, const FnDecl *callee) {
  // A require may intern types and grow tables that `predicates` lies in.
  std::vector<Predicate> all = predicates;
  std::vector<bool> settles(all.size());
  for (size_t i = 0; callee && i < all.size(); ++i)
    for (uint32_t param : callee->awaitedParams)
      if (all[i].kind == Predicate::Kind::Calls && param < callee->params.size() && all[i].subject == callee->params[param].type)
        settles[i] = true;
  for (Predicate &predicate : all) {
    if (predicate.kind != Predicate::Kind::Equals)
      predicate.subject = instantiate(predicate.subject, args, span);
    else
      predicate.subject = substitute(types, predicate.subject, args);
    for (TypeId &arg : predicate.trait.args)
      arg = instantiate(arg, args, span);
    if (predicate.signature.valid())
      predicate.signature = instantiate(predicate.signature, args, span);
    if (predicate.target.valid())
      predicate.target = instantiate(predicate.target, args, span);
  }
  for (size_t i = 0; i < all.size(); ++i)
    require(std::move(all[i]), span, settles[i]);
}

void Inferer::later(Span span, TypeId stuckOn, std::function<Progress(Round)> work) {
  Pending &entry = pending.emplace_back();
  if (!stuckOn.valid())
    stuckOn = waitsFor;
  waitsFor = {};
  if (stuckOn.valid())
    stuckOn = resolve(stuckOn);
  if (stuckOn.valid() && types[stuckOn].kind == TypeKind::Var) {
    entry.stuckOn = stuckOn;
    entry.stuckKind = varKind(stuckOn);
  }
  entry.span = span;
  entry.frame = frame;
  entry.work = std::move(work);
  entry.moduleIndex = module;
  entry.isUnsafe = unsafeDepth > 0;
}

TypeId Inferer::known(TypeId type) {
  type = resolve(type);
  if (types[type].kind != TypeKind::Var || probing)
    return type;
  processPending();
  return resolve(type);
}

void Inferer::processPending(Round round) {
  if (round == Round::Known && solvedCount == processedAt)
    return;
  if (processDepth >= deepest)
    return;
  ++processDepth;
  bool again = true;
  while (again) {
    again = false;
    uint64_t before = solvedCount;
    for (size_t i = 0; i < pending.size(); ++i) {
      Pending &entry = pending[i];
      if (entry.state != Pending::State::Waiting)
        continue;
      if (round == Round::Known && entry.stuckOn.valid() && resolve(entry.stuckOn) == entry.stuckOn)
        continue;
      entry.state = Pending::State::Running;
      BodyFrame *savedFrame = std::exchange(frame, entry.frame);
      uint32_t savedModule = std::exchange(module, entry.moduleIndex);
      uint32_t savedUnsafe = std::exchange(unsafeDepth, entry.isUnsafe ? 1u : 0u);
      bool savedDiverges = diverges;
      Attempt attempt(*this);
      Progress progress;
      if (entry.isPredicate) {
        TypeId stuckOn;
        Predicate predicate = entry.predicate;
        progress = tryPredicate(predicate, entry.span, round, stuckOn, entry.settlesMode);
        entry.stuckOn = stuckOn;
        if (stuckOn.valid())
          entry.stuckKind = varKind(stuckOn);
      } else {
        waitsFor = {};
        progress = entry.work(round);
        if (progress == Progress::Stuck && (entry.stuckOn.valid() || waitsFor.valid())) {
          TypeId now = resolve(waitsFor.valid() ? waitsFor : entry.stuckOn);
          entry.stuckOn = types[now].kind == TypeKind::Var ? now : TypeId{};
        }
        waitsFor = {};
      }
      diverges = savedDiverges;
      unsafeDepth = savedUnsafe;
      module = savedModule;
      frame = savedFrame;
      entry.state = progress == Progress::Done ? Pending::State::Done : Pending::State::Waiting;
      if (progress == Progress::Stuck)
        attempt.isStuck();
      if (progress == Progress::Done) {
        entry.work = nullptr;
        // A guess is made one at a time, so that what follows from it comes first.
        if (round != Round::Known) {
          --processDepth;
          return;
        }
      }
    }
    again = solvedCount != before;
  }
  processedAt = solvedCount;
  if (processDepth == 1) {
    while (!pending.empty() && pending.front().state == Pending::State::Done)
      pending.pop_front();
  }
  --processDepth;
}

void Inferer::defaultLiterals() {
  for (size_t i = 0; i < variables.size(); ++i) {
    if (variables[i].binding.valid() || variables[i].kind == VarKind::General)
      continue;
    unify(types.variable(static_cast<uint32_t>(i)), variables[i].kind == VarKind::Int ? types.i64 : types.f64);
  }
}

// An error type that nothing fixes is that of the errors that reach it, or `Error` (rules.md I4).
void Inferer::defaultErrorTypes() {
  for (Exit &exit : exitStore) {
    TypeId result = resolve(exit.result);
    std::optional<AdtId> adt = langAdt("result");
    if (!adt || types[result].kind != TypeKind::Adt || types[result].index != adt->index || exit.errors.empty())
      continue;
    TypeId error = resolve(types[result].args[1]);
    if (!isGeneralVar(error))
      continue;
    TypeId first = zonk(exit.errors[0]);
    bool same = !isVar(first);
    for (TypeId other : exit.errors)
      same &= zonk(other) == first;
    unify(error, same ? first : langType("error", {}, Span{}));
  }
}

void Inferer::finish() {
  auto waiting = [&] {
    size_t count = 0;
    for (const Pending &entry : pending)
      count += entry.state != Pending::State::Done;
    return count;
  };
  processedAt = UINT64_MAX;
  processPending();
  defaultErrorTypes();
  processPending();
  // Guesses go on until none helps.
  for (bool goesOn = true; goesOn && waiting() > 0;) {
    size_t before = waiting();
    uint64_t solved = solvedCount;
    processPending(Round::Guess);
    processedAt = UINT64_MAX;
    processPending();
    goesOn = waiting() < before || solvedCount != solved;
  }
  defaultLiterals();
  processedAt = UINT64_MAX;
  processPending();
  defaultErrorTypes();
  for (bool goesOn = true; goesOn && waiting() > 0;) {
    size_t before = waiting();
    uint64_t solved = solvedCount;
    processPending(Round::Guess);
    defaultLiterals();
    processedAt = UINT64_MAX;
    processPending();
    goesOn = waiting() < before || solvedCount != solved;
  }
  for (TypeId type : fromNever)
    if (isGeneralVar(type))
      unify(type, types.unit);
  processedAt = UINT64_MAX;
  processPending();
  while (waiting() > 0) {
    size_t before = waiting();
    processPending(Round::Last);
    defaultLiterals();
    processedAt = UINT64_MAX;
    processPending();
    if (waiting() >= before)
      break;
  }
}

Progress Inferer::tryPredicate(const Predicate &predicate, Span span, Round round, TypeId &stuckOn, bool settlesMode) {
  TypeId subject = resolve(predicate.subject);
  if (selectDepth > program.limits.traits) {
    if (!hasErrors)
      error(span, diag::TraitOverflow, text(subject), predicate.kind == Predicate::Kind::Implements ? traitText(predicate.trait) : text(predicate.subject))
          .help(diag::RaiseTraits, int64_t{program.limits.traits} * 4);
    return Progress::Done;
  }
  switch (predicate.kind) {
  case Predicate::Kind::Implements: {
    Choice choice;
    Answer answer = evaluateTrait(subject, predicate.trait, &choice);
    if (answer == Answer::No) {
      reportPredicate(predicate, span);
      return Progress::Done;
    }
    if (choice.kind != Choice::Kind::None) {
      confirm(choice, subject, predicate.trait, span);
      return Progress::Done;
    }
    if (answer == Answer::Yes)
      return Progress::Done;
    if (types[subject].kind == TypeKind::Var)
      stuckOn = subject;
    break;
  }
  case Predicate::Kind::Calls: {
    std::optional<TypeId> signature = callSignature(subject);
    if (!signature) {
      if (types[subject].kind == TypeKind::Var) {
        stuckOn = subject;
        break;
      }
      reportPredicate(predicate, span);
      return Progress::Done;
    }
    const Type &wanted = types[resolve(predicate.signature)], &found = types[resolve(*signature)];
    if (found.kind == TypeKind::Error || wanted.kind == TypeKind::Error)
      return Progress::Done;
    std::vector<TypeId> given(found.args.begin(), found.args.end());
    if (settlesMode) {
      TypeId result = resolve(given.back());
      if (isGeneralVar(result) && round == Round::Known) {
        stuckOn = result;
        if (wanted.args.size() == given.size())
          unifyAll(wanted.args.first(given.size() - 1), std::span(given).first(given.size() - 1));
        break;
      }
      if (types[result].kind == TypeKind::Async)
        given.back() = types[result].args[0];
    }
    if (!unifyAll(wanted.args, given))
      reportPredicate(predicate, span);
    return Progress::Done;
  }
  case Predicate::Kind::Equals: {
    TypeId found = predicate.subject;
    if (types[resolve(found)].kind == TypeKind::Projection) {
      found = project(resolve(found), span);
      if (!found.valid()) {
        TypeId self = resolve(types[resolve(predicate.subject)].args[0]);
        if (types[self].kind == TypeKind::Var)
          stuckOn = self;
        break;
      }
    }
    if (!unify(predicate.target, found))
      reportPredicate(predicate, span);
    return Progress::Done;
  }
  }
  if (round != Round::Last)
    return Progress::Stuck;
  if (!hasErrors && !reportedUnknown) {
    reportedUnknown = true;
    reportUnknown(span);
  }
  return Progress::Done;
}

// `{x}` of what only Debug can show.
void Inferer::offerDebug(frontend::DiagnosticBuilder built, const Predicate &predicate, TypeId subject, Span span) {
  const std::optional<TraitId> display = langTrait("display"), debug = langTrait("debug");
  const Span around{span.lo - 1, span.hi + 1};
  const std::string_view text = context.sources.text(around);
  if (display != predicate.trait.trait || !debug || !text.starts_with('{') || !text.ends_with('}') || !implements(subject, *debug))
    return;
  built.help(diag::ShowDebug).fix({span.hi, span.hi}, ":?", frontend::Applicability::MachineApplicable);
}

void Inferer::reportPredicate(const Predicate &predicate, Span span) {
  TypeId subject = zonk(predicate.subject);
  if (types[subject].flags & HasError)
    return;
  switch (predicate.kind) {
  case Predicate::Kind::Implements: {
    for (TypeId arg : predicate.trait.args)
      if (types[zonk(arg)].flags & HasError)
        return;
    if (types[subject].kind == TypeKind::Async)
      error(span, diag::FutureLacksTrait, text(subject), traitText(predicate.trait)).help(diag::AddAwait);
    else
      offerDebug(error(span, diag::MissingTrait, text(subject), traitText(predicate.trait)).label(predicate.span, diag::TraitAskedHere), predicate, subject, span);
    return;
  }
  case Predicate::Kind::Calls: {
    TypeId wanted = zonk(predicate.signature);
    std::optional<TypeId> signature = callSignature(subject);
    if (!signature)
      error(span, diag::NotCallable, text(subject));
    else if (!((types[wanted].flags | types[zonk(*signature)].flags) & HasError))
      mismatch(span, wanted, *signature);
    return;
  }
  case Predicate::Kind::Equals: {
    TypeId found = normalize(subject, span);
    if (found.valid() && !(types[zonk(found)].flags & HasError))
      mismatch(span, predicate.target, found);
    return;
  }
  }
}

} // namespace async::infer
