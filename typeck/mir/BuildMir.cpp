#include "typeck/mir/BuildMir.h"

#include "frontend/diagnostics/Structure.h"
#include "typeck/mir/BuildContext.h"

namespace async::mir {

void Builder::begin(TypeId result, Span span) {
  out = std::make_unique<Body>();
  out->fn = thir.fn;
  out->span = span;
  out->isAsync = thir.isAsync;
  localPlaces.resize(thir.locals.size());
  newLocal(result, span);
  current = newBlock();
  returnTarget = target(newBlock(), placeOf(LocalId{0}), result);
  out->blocks[returnTarget.block.index].terminator = terminator(Terminator::Kind::Return, span);
  pushRegion();
}

static bool isPlainName(const thir::Pattern &pattern) {
  return pattern.kind == thir::PatternKind::Binding && pattern.mode == thir::BindingMode::Value && !pattern.sub.valid();
}

// Makes the parameters; `first` is the number of those that stand before them (captures or the environment).
void Builder::bindParams(uint32_t first) {
  for (const thir::Param &param : thir.params) {
    const thir::Pattern &pattern = thir[param.pattern];
    LocalId local = newLocal(param.type, pattern.span, isPlainName(pattern) ? thir[pattern.local].name : Symbol{});
    if (isPlainName(pattern))
      localPlaces[pattern.local.index] = placeOf(local);
  }
  out->paramCount = first + static_cast<uint32_t>(thir.params.size());
  for (uint32_t i = 0; i < out->paramCount; ++i)
    scheduleDrop(LocalId{i + 1}, out->locals[i + 1].span);
  for (uint32_t i = 0; i < thir.params.size(); ++i) {
    if (isPlainName(thir[thir.params[i].pattern]))
      continue;
    std::vector<ThirLocal> locals;
    collectLocals(thir.params[i].pattern, locals);
    for (ThirLocal local : locals)
      declare(local, topRegion());
    matchPattern(thir.params[i].pattern, placeOf(LocalId{first + i + 1}), {});
    for (ThirLocal local : locals)
      scheduleDrop(localPlaces[local.index]->base, thir[local].span);
  }
}

void Builder::finish(Span span) {
  inRegion(&*returnTarget.value, thir.value);
  popRegion(span, &returnTarget);
  jump(returnTarget.block, span);
  std::vector<Statement> &entry = out->blocks[0].statements;
  entry.insert(entry.begin(), std::make_move_iterator(prologue.begin()), std::make_move_iterator(prologue.end()));
  if (tooLarge)
    diagnostics.emit(span, frontend::diag::BodyTooLarge);
  simplify(*out);
}

std::unique_ptr<Body> Builder::buildFunction() {
  Span span = thir.value.valid() ? thir[thir.value].span : program.fn(thir.fn).span;
  if (!span.known())
    span = program.fn(thir.fn).span;
  begin(thir.result, span);
  bindParams(0);
  finish(span);
  return std::move(out);
}

TypeId Builder::closureType(ClosureId closure) {
  std::vector<TypeId> args;
  const Generics &generics = program.fn(program.closure(closure).owner).generics;
  for (uint32_t i = 0; i < generics.params.size(); ++i)
    args.push_back(types.param(i, generics.params[i].name));
  return types.closure(closure, args);
}

// A capture stands for the captured place: it is a field of the environment (or a parameter), or what that refers to.
void Builder::declareCaptures(const thir::ClosureExpr &closure, std::optional<LocalId> environment) {
  const ClosureDecl &decl = program.closure(closure.decl);
  bool isByValue = environment && types[out->localType(*environment)].kind == TypeKind::Closure;
  for (uint32_t i = 0; i < closure.captures.size(); ++i) {
    Place place;
    if (environment) {
      place = placeOf(*environment);
      if (!isByValue)
        place = project(std::move(place), Projection::Kind::Deref);
      place = project(std::move(place), Projection::Kind::Field, i);
    } else {
      place = placeOf(newLocal(decl.captures[i].type, decl.span, decl.captures[i].name));
    }
    ThirLocal inner = closure.captures[i].inner;
    if (decl.captures[i].type != thir[inner].type)
      place = project(std::move(place), Projection::Kind::Deref);
    localPlaces[inner.index] = std::move(place);
  }
}

std::unique_ptr<Body> Builder::buildClosure(const thir::ClosureExpr &closure) {
  const ClosureDecl decl = program.closure(closure.decl);
  begin(thir.result, decl.span);
  out->closure = closure.decl;
  out->fn = decl.owner;
  out->isAsync = decl.kind != ClosureDecl::Kind::Closure;
  if (decl.kind == ClosureDecl::Kind::AsyncBlock) {
    declareCaptures(closure, {});
    bindParams(static_cast<uint32_t>(closure.captures.size()));
  } else {
    TypeId type = closureType(closure.decl);
    if (decl.callKind != CallKind::Once)
      type = types.reference(decl.callKind == CallKind::Shared ? Mutability::Shared : Mutability::Exclusive, type);
    LocalId environment = newLocal(type, decl.span, interner.intern("captures"));
    declareCaptures(closure, environment);
    bindParams(1);
  }
  finish(decl.span);
  return std::move(out);
}

static void buildClosures(Program &program, frontend::Interner &interner, const thir::Body &body, frontend::Diagnostics &diagnostics, Built &built) {
  for (const thir::ClosureExpr &closure : body.closures) {
    if (!closure.body || closure.body->hasErrors)
      continue;
    Builder builder(program, interner, *closure.body, diagnostics);
    built.closures.emplace_back(closure.decl, builder.buildClosure(closure));
    buildClosures(program, interner, *closure.body, diagnostics, built);
  }
}

Built buildMir(Program &program, frontend::Interner &interner, const thir::Body &body, frontend::Diagnostics &diagnostics) {
  Built built;
  if (body.hasErrors || !body.value.valid())
    return built;
  Builder builder(program, interner, body, diagnostics);
  built.body = builder.buildFunction();
  buildClosures(program, interner, body, diagnostics, built);
  return built;
}

} // namespace async::mir
