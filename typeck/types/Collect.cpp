#include "typeck/types/Collect.h"

#include "frontend/diagnostics/Names.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

namespace diag = frontend::diag;

namespace {

uint32_t sizeOf(const auto &all) { return static_cast<uint32_t>(all.size()); }

} // namespace

Collector::Collector(Context &context, Bodies &bodies)
    : context(context), program(context.program), world(context.world), diagnostics(context.diagnostics), bodies(bodies), firstFn(sizeOf(program.fns)),
      firstAdt(sizeOf(program.adts)), firstTrait(sizeOf(program.traits)), firstImpl(sizeOf(program.impls)), firstAssoc(sizeOf(program.assocTypes)),
      firstConst(sizeOf(program.consts)), firstAlias(sizeOf(program.aliases)) {}

void Collector::run() {
  declareAll();
  const uint32_t fns = sizeOf(world.fns), adts = sizeOf(world.adts), traits = sizeOf(world.traits), impls = sizeOf(world.impls);
  for (uint32_t i = firstTrait; i < traits; ++i)
    paramDefaults(world.traits[i], program.traits[i].generics, true);
  for (uint32_t i = firstAdt; i < adts; ++i)
    paramDefaults(world.adts[i], program.adts[i].generics, false);
  for (uint32_t i = firstTrait; i < traits; ++i)
    traitHeader(i);
  for (uint32_t i = firstTrait; i < traits; ++i)
    traitBounds(i);
  for (uint32_t i = firstAssoc; i < world.assocTypes.size(); ++i)
    assocBounds(i);
  for (uint32_t i = firstAlias; i < world.aliases.size(); ++i)
    ensureAlias(context, i);
  for (uint32_t i = firstAdt; i < adts; ++i)
    adtGenerics(i);
  for (uint32_t i = firstAdt; i < adts; ++i)
    adtFields(i);
  for (uint32_t i = firstImpl; i < impls; ++i)
    implHeader(i);
  for (uint32_t i = firstImpl; i < impls; ++i)
    implAssocTypes(i);
  for (uint32_t i = firstFn; i < fns; ++i)
    signature(i);
  for (uint32_t i = firstConst; i < world.consts.size(); ++i)
    constType(i);
  for (uint32_t i = firstFn; i < fns; ++i)
    scanBody(i);
  settleHandedOn();
  for (uint32_t i = firstFn; i < fns; ++i)
    defaults(i);
  collectTests();
  collectBenches(fns);
  for (uint32_t i = firstImpl; i < impls; ++i)
    collectDrop(i);
  for (uint32_t i = firstAdt; i < adts; ++i)
    checkCopies(i);
  for (uint32_t i = firstAdt; i < adts; ++i)
    checkReprC(i);
  checkRecursion();
  for (uint32_t i = firstImpl; i < impls; ++i) {
    checkInherent(i);
    checkOpenParams(i);
    checkMembers(i);
  }
  checkOverlaps();
  checkDoubleMethods();
  unsupported();
  checkConstCycles();
  checkExports();
  checkMain();
}

TypeScope Collector::scopeIn(const ast::File *file, uint32_t module, const Generics *generics) const {
  TypeScope scope;
  scope.file = file;
  scope.module = module;
  scope.generics = generics;
  return scope;
}

bool Collector::inStd(uint32_t module) const { return world.modules[module].isStd; }

void Collector::notYet(frontend::Span span, std::string_view what) { diagnostics.emit(span, diag::NotSupportedYet, what); }

// The functions that only typeck knows have no names: World gets a place for each, so that its numbers stay those of Program.
FnId Collector::appendFn(FnDecl fn, BodySource source) {
  const FnId id{sizeOf(program.fns)};
  program.fns.push_back(std::move(fn));
  bodies.sources.resize(program.fns.size());
  bodies.sources[id.index] = source;
  world.fns.emplace_back();
  return id;
}

void collect(Context &context, Bodies &bodies) { Collector(context, bodies).run(); }

TypeScope scopeOf(Context &context, const Bodies &bodies, FnId id) {
  const FnDecl &fn = context.program.fn(id);
  TypeScope scope;
  scope.module = fn.module.index;
  if (id.index < bodies.sources.size() && bodies.sources[id.index].file) {
    scope.file = bodies.sources[id.index].file;
    scope.module = bodies.sources[id.index].module;
  } else if (id.index < context.world.fns.size()) {
    scope.file = context.world.fns[id.index].file;
  }
  scope.generics = &fn.generics;
  if (fn.impl) {
    scope.self = context.program.impl(*fn.impl).self;
    scope.selfImpl = fn.impl;
  } else if (fn.trait) {
    const Generics &generics = context.program.trait(*fn.trait).generics;
    TraitRef self{*fn.trait, {}};
    for (uint32_t i = 0; i < generics.params.size(); ++i) {
      TypeId param = context.program.types.param(i, generics.params[i].name);
      if (i == 0)
        scope.self = param;
      else
        self.args.push_back(param);
    }
    scope.selfTrait = std::move(self);
  }
  return scope;
}

} // namespace async::typeck
