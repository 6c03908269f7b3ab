#include "lowering/mono/Collect.h"

#include <fmt/format.h>

#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"
#include "lowering/mono/Rewrite.h"

namespace async::mono {
size_t Collector::KeyHash::operator()(const Key &key) const {
  uint64_t hash = 0xcbf29ce484222325;
  for (uint32_t word : key)
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
  return hash ^ hash >> 31;
}

Collector::Collector(Mono &mono, const Interner &interner, frontend::Diagnostics &diagnostics)
    : mono(mono), program(mono.program), layouts(mono.layouts), select(mono.layouts.select), interner(interner), diagnostics(diagnostics),
      lang(mono.program, interner) {
  layouts.box = lang.box;
  for (TraitId trait : {lang.eq, lang.ord, lang.hash, lang.clone, lang.debug})
    if (trait.valid())
      select.structural.push_back(trait);
}

void Collector::internalError(std::string text) {
  failed = true;
  if (mono.internalErrors.size() < 4000)
    mono.internalErrors += text + "\n";
}

void Collector::unsupported(Span span, std::string_view what) {
  failed = true;
  diagnostics.emit(span, frontend::diag::NotSupportedYet, what);
}

void Collector::checkSize(TypeId type, Span span) {
  if (layouts.of(type).size < Layouts::sizeLimit || failed)
    return;
  failed = true;
  diagnostics.emit(span, frontend::diag::InstanceTooLarge, textOf(type));
}

uint32_t *Collector::find(const Key &key) {
  auto found = known.find(key);
  return found == known.end() ? nullptr : &found->second;
}

Instance &Collector::add(const Key &key, std::string name) {
  uint32_t index = mono.count();
  known.emplace(key, index);
  uint32_t &count = names[name];
  if (count++ > 0)
    name = fmt::format("{}.{}", name, count);
  Instance &made = *mono.instances.emplace_back(std::make_unique<Instance>());
  made.name = std::move(name);
  parents.push_back(processing);
  return made;
}

bool Collector::tooDeep(FnId fn, ClosureId closure, bool isGeneric, Span span) {
  if (failed)
    return true;
  if (!isGeneric)
    return false;
  unsigned same = 0;
  for (uint32_t at = processing; at != UINT32_MAX; at = parents[at])
    same += mono.instance(at).fn == fn && mono.instance(at).closure == closure;
  if (same < program.limits.instances)
    return false;
  failed = true;
  diagnostics.emit(span, frontend::diag::EndlessInstantiation, fn.valid() ? interner.text(program.fn(fn).name) : std::string_view("a closure"))
      .help(frontend::diag::RaiseInstances, int64_t{program.limits.instances} * 4);
  return true;
}

void Collector::describe(Instance &instance, const FnDecl &decl) {
  for (const ParamDecl &param : decl.params)
    instance.params.push_back(select.closed(param.type, instance.args));
  instance.result = select.closed(decl.result, instance.args);
  instance.isAsync = decl.isAsync;
  instance.inlineNever = decl.inlineNever;
  instance.inlineAlways = decl.inlineAlways;
  instance.isCold = decl.isCold;
  instance.trackCaller = decl.trackCaller;
  switch (decl.abi) {
  case Abi::Async:
    break;
  case Abi::ExportC:
    instance.isExported = true;
    break;
  case Abi::Intrinsic:
    instance.kind = Instance::Kind::Intrinsic;
    break;
  case Abi::C:
    instance.kind = Instance::Kind::Foreign;
    break;
  case Abi::Leaf:
    instance.kind = Instance::Kind::Leaf;
    instance.isAsync = true;
    instance.leafFrameSize = decl.frameSize;
    break;
  }
  if (decl.abi != Abi::Async && decl.abi != Abi::Intrinsic)
    instance.linkName = interner.text(decl.linkName.empty() ? decl.name : decl.linkName);
  if (decl.abi == Abi::C || decl.abi == Abi::Leaf)
    instance.name = instance.linkName;
}

uint32_t Collector::function(FnId fn, std::vector<TypeId> args, Span span) {
  if (fn.index >= program.fns.size()) {
    internalError("a call of no function");
    return UINT32_MAX;
  }
  Select::Target target = select.target(fn, std::move(args));
  Key key{static_cast<uint32_t>(Glue::Function), target.fn.index};
  for (TypeId arg : target.args)
    key.push_back(arg.index);
  if (uint32_t *found = find(key))
    return *found;
  const FnDecl &decl = program.fn(target.fn);
  if (tooDeep(target.fn, {}, !target.args.empty(), span))
    target.args.assign(target.args.size(), program.types.error);
  if (decl.trait && !decl.hasBody && decl.abi == Abi::Async)
    return derived(decl, target.fn, std::move(target.args), key, span);
  Instance &made = add(key, nameOf(target.fn, target.args));
  uint32_t index = mono.count() - 1;
  made.fn = target.fn;
  made.args = std::move(target.args);
  describe(made, decl);
  if (made.kind == Instance::Kind::Body)
    waiting.push_back(index);
  return index;
}

uint32_t Collector::derived(const FnDecl &decl, FnId fn, std::vector<TypeId> args, const Key &key, Span span) {
  TypeId self = args.empty() ? program.types.error : args[0];
  Maker making = maker(span);
  std::unique_ptr<mir::Body> body = failed ? nullptr : makeDerived(making, *decl.trait, self);
  if (!body) {
    if (!failed)
      internalError(fmt::format("no implementation of `{}` for `{}`", interner.text(decl.name), textOf(self)));
    // A body that ends the program keeps what follows in order.
    Maker empty = maker(span);
    std::vector<TypeId> params;
    for (const ParamDecl &param : decl.params)
      params.push_back(select.closed(param.type, args));
    empty.signature(select.closed(decl.result, args), std::move(params));
    body = std::move(empty.body);
  }
  uint32_t index = addMade(key, nameOf(fn, args), std::move(body), self, span);
  mono.instance(index).fn = fn;
  mono.instance(index).args = std::move(args);
  return index;
}

uint32_t Collector::addMade(const Key &key, std::string name, std::unique_ptr<mir::Body> body, TypeId of, Span span) {
  Instance &made = add(key, std::move(name));
  uint32_t index = mono.count() - 1;
  made.type = of;
  made.result = body->locals[0].type;
  for (uint32_t i = 1; i <= body->paramCount; ++i)
    made.params.push_back(body->locals[i].type);
  made.isAsync = body->isAsync;
  made.body = std::move(body);
  made.body->span = span;
  waiting.push_back(index);
  return index;
}

uint32_t Collector::closure(ClosureId id, std::vector<TypeId> args, Span span) {
  Key key{static_cast<uint32_t>(Glue::Closure), id.index};
  for (TypeId arg : args)
    key.push_back(arg.index);
  if (uint32_t *found = find(key))
    return *found;
  const ClosureDecl &decl = program.closure(id);
  bool isBlock = decl.kind == ClosureDecl::Kind::AsyncBlock;
  if (tooDeep({}, id, !args.empty(), span))
    args.assign(args.size(), program.types.error);
  // Its number among those of the function, which stand side by side: the name does not change with the rest of the program.
  uint32_t number = 0;
  while (number < id.index && program.closure(ClosureId{id.index - number - 1}).owner == decl.owner)
    ++number;
  Instance &made = add(key, fmt::format("{}::{{{}#{}}}", nameOf(decl.owner, args), isBlock ? "async" : "closure", number));
  uint32_t index = mono.count() - 1;
  made.fn = decl.owner;
  made.closure = id;
  made.args = std::move(args);
  made.isAsync = decl.kind != ClosureDecl::Kind::Closure;
  waiting.push_back(index);
  return index;
}

uint32_t Collector::dropGlue(TypeId type, Span span) {
  if (!layouts.needsDrop(type))
    return UINT32_MAX;
  switch (program.types[type].kind) {
  case TypeKind::Fn:
  case TypeKind::Async:
  case TypeKind::Dyn:
  case TypeKind::Frame:
  case TypeKind::BoxedAsync:
    return UINT32_MAX;
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Error:
  case TypeKind::Never:
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int:
  case TypeKind::Float:
  case TypeKind::Tuple:
  case TypeKind::Array:
  case TypeKind::Slice:
  case TypeKind::Ref:
  case TypeKind::Pointer:
  case TypeKind::Adt:
  case TypeKind::FnDef:
  case TypeKind::Closure:
  case TypeKind::Param:
  case TypeKind::Projection:
  case TypeKind::Var:
  case TypeKind::ConstInt:
    break;
  }
  Key key{static_cast<uint32_t>(Glue::Drop), type.index};
  if (uint32_t *found = find(key))
    return *found;
  if (failed)
    return UINT32_MAX;
  Maker making = maker(span);
  uint32_t index = addMade(key, fmt::format("drop<{}>", textOf(type)), makeDropGlue(making, type), type, span);
  mono.dropGlues[type.index] = index;
  return index;
}

uint32_t Collector::retain(TypeId type, Span span) {
  if (const Type &shared = program.types[type]; shared.kind == TypeKind::Adt && program.adt(AdtId{shared.index}).isShared)
    return function(lang.retainMethod, {type}, span);
  Key key{static_cast<uint32_t>(Glue::Retain), type.index};
  if (uint32_t *found = find(key))
    return *found;
  Maker making = maker(span);
  return addMade(key, fmt::format("retain<{}>", textOf(type)), makeRetainGlue(making, type), type, span);
}

uint32_t Collector::owningCall(TypeId closureType, std::vector<TypeId> params, TypeId result, Span span) {
  Key key{static_cast<uint32_t>(Glue::OwningCall), closureType.index};
  if (uint32_t *found = find(key))
    return *found;
  Maker making = maker(span);
  return addMade(key, fmt::format("call_once<{}>", textOf(closureType)), makeOwningCall(making, closureType, std::move(params), result), closureType, span);
}

uint32_t Collector::table(TypeId callable, TypeId fn, Span span) {
  auto [slot, isNew] = tables.emplace(uint64_t{callable.index} << 32 | fn.index, static_cast<uint32_t>(mono.tables.size()));
  if (!isNew)
    return slot->second;
  uint32_t index = slot->second;
  mono.tables.emplace_back();
  Key key{static_cast<uint32_t>(Glue::BoxedCall), callable.index, fn.index};
  Maker making = maker(span);
  uint32_t call = addMade(key, fmt::format("call<{}>", textOf(callable)), makeBoxedCall(making, callable, fn), callable, span);
  Table made;
  made.kind = Table::Kind::Function;
  made.of = callable;
  made.drop = dropGlue(callable, span);
  made.methods = {call};
  mono.tables[index] = std::move(made);
  return index;
}

void Collector::futureOf(uint32_t index, Span span) {
  if (index == UINT32_MAX || !futures.insert(index).second)
    return;
  for (TypeId param : std::vector<TypeId>(mono.instance(index).params))
    dropGlue(param, span);
}

void Collector::useStatic(ConstId item, Span span) {
  if (item.index >= program.consts.size() || !usedStatics.insert(item.index).second)
    return;
  mono.statics.push_back(item);
  if (program.constant(item).valueFn.valid())
    staticValues.emplace_back(item, function(program.constant(item).valueFn, {}, span));
}

const mir::Body *Collector::bodyOf(FnId fn) {
  auto &bodies = program.fnBodies;
  if (fn.index < bodies.size() && bodies[fn.index])
    return bodies[fn.index].get();
  if (program.loader) {
    if (bodies.size() <= fn.index)
      bodies.resize(program.fns.size());
    return (bodies[fn.index] = program.loader->fnBody(fn)).get();
  }
  return nullptr;
}

const mir::Body *Collector::bodyOf(ClosureId closure) {
  auto &bodies = program.closureBodies;
  if (closure.index < bodies.size() && bodies[closure.index])
    return bodies[closure.index].get();
  if (program.loader) {
    if (bodies.size() <= closure.index)
      bodies.resize(program.closures.size());
    return (bodies[closure.index] = program.loader->closureBody(closure)).get();
  }
  return nullptr;
}

void Collector::process(uint32_t index) {
  processing = index;
  Instance &instance = mono.instance(index);
  if (!instance.body) {
    const mir::Body *generic = instance.closure.valid() ? bodyOf(instance.closure) : bodyOf(instance.fn);
    if (!generic || generic->locals.empty() || generic->blocks.empty()) {
      internalError(fmt::format("the body of `{}` is missing", instance.name));
      return;
    }
    instance.body = std::make_unique<mir::Body>(*generic);
  }
  // Arguments of a body that was made by hand are closed in it already.
  bool isMade = instance.type.valid();
  rewriteBody(*this, instance, isMade ? std::vector<TypeId>{} : instance.args);
  mir::Body &body = *mono.instance(index).body;
  Instance &ready = mono.instance(index);
  ready.result = body.locals[0].type;
  ready.params.clear();
  for (uint32_t i = 1; i <= body.paramCount && i < body.locals.size(); ++i)
    ready.params.push_back(body.locals[i].type);
  if (ready.closure.valid())
    ready.isAsync = body.isAsync;
  else
    body.isAsync = ready.isAsync;
  if (futures.count(index))
    for (TypeId param : std::vector<TypeId>(ready.params))
      dropGlue(param, body.span);
}

bool Collector::drain() {
  while (!waiting.empty() && !failed) {
    uint32_t next = waiting.front();
    waiting.pop_front();
    process(next);
  }
  processing = UINT32_MAX;
  return !failed;
}

void Collector::roots() {
  for (uint32_t i = 0; i < program.fns.size(); ++i) {
    const FnDecl &decl = program.fns[i];
    if (decl.abi == Abi::ExportC && decl.hasBody && decl.generics.params.empty())
      function(FnId{i}, {}, decl.span);
  }
  if (mono.isLibrary)
    return;
  if (mono.starts.empty() && program.mainFn.valid())
    start(program.mainFn);
  for (FnId fn : mono.starts)
    start(fn);
}

void Collector::start(FnId fn) {
  const FnDecl &decl = program.fn(fn);
  if (mono.starts.empty() || !decl.isBench) {
    mono.entries.push_back({function(fn, {}, decl.span)});
    return;
  }
  FnId around = decl.params.empty() ? lang.measure : lang.measureWith;
  if (!around.valid())
    return internalError("std measures nothing");
  // A future that it gives is awaited, as the result of any function value that is (rules.md I1).
  const Type &result = program.types[decl.result];
  const TypeId value = result.kind == TypeKind::Async ? result.args[0] : decl.result;
  mono.entries.push_back({function(around, {value, program.types.fnDef(fn, {})}, decl.span)});
}

void Collector::makeReport(Entry &entry) {
  TypeId result = mono.instance(entry.body).result;
  Key key{static_cast<uint32_t>(Glue::Report), result.index};
  if (uint32_t *found = find(key)) {
    entry.report = *found;
    return;
  }
  Span span = mono.instance(entry.body).fn.valid() ? program.fn(mono.instance(entry.body).fn).span : Span{};
  Maker report = maker(span);
  entry.report = addMade(key, "main.report", makeMainReport(report, result), result, span);
}

void Collector::callInstance(Maker &making, mir::Terminator::Kind kind, uint32_t instance, mir::Place to, Maker::Operands operands) {
  mir::BlockId next = making.block();
  mir::Terminator &call = making.end(kind);
  call.callee.instance = instance;
  call.operands = std::move(operands);
  call.place = std::move(to);
  call.targets = {next};
  making.current = next;
}

void Collector::setStatics(Maker &making) {
  for (auto [item, value] : staticValues) {
    TypeId pointer = program.types.pointer(Mutability::Exclusive, select.closed(program.constant(item).type, {}));
    mir::LocalId at = making.local(pointer);
    mir::Operand address = making.integer(pointer, 0);
    address.constant.kind = mir::Constant::Kind::Static;
    address.constant.item = item;
    making.assign(Maker::place(at), std::move(address));
    callInstance(making, mir::Terminator::Kind::Call, value, Maker::deref(at), {});
  }
}

void Collector::makeLibraryStart() {
  if (staticValues.empty())
    return;
  Span span = program.constant(staticValues[0].first).span;
  Maker making = maker(span);
  making.signature(program.types.unit, {});
  setStatics(making);
  making.ret();
  mono.libraryStart = addMade({static_cast<uint32_t>(Glue::Wrapper)}, "library.start", std::move(making.body), program.types.unit, span);
}

// Around the user's function where that is synchronous or measured, or statics have to be set first.
void Collector::makeBody(Entry &entry, FnId fn) {
  const uint32_t user = entry.body;
  const bool isAsync = mono.instance(user).isAsync, isMeasured = mono.instance(user).fn != fn;
  if (isAsync && !isMeasured && staticValues.empty())
    return;
  TypeId result = mono.instance(user).result;
  Span span = program.fn(fn).span;
  Maker making = maker(span);
  making.body->isAsync = true;
  making.signature(result, {});
  setStatics(making);
  Maker::Operands operands;
  if (isMeasured) {
    mir::Operand &item = operands.emplace_back(making.integer(mono.instance(user).params[0], 0));
    item.constant.kind = mir::Constant::Kind::FnItem;
  }
  callInstance(making, isAsync ? mir::Terminator::Kind::AwaitCall : mir::Terminator::Kind::Call, user, Maker::place(mir::LocalId{0}), std::move(operands));
  making.ret();
  entry.body = addMade({static_cast<uint32_t>(Glue::Wrapper), user}, mono.instance(user).name + ".task", std::move(making.body), result, span);
}

void Collector::makeEntries() {
  for (Entry &entry : mono.entries)
    makeReport(entry);
  if (!drain())
    return;
  for (size_t i = 0; i < mono.entries.size(); ++i)
    makeBody(mono.entries[i], mono.starts.empty() ? program.mainFn : mono.starts[i]);
}

bool Collector::run() {
  uint32_t errors = diagnostics.errorCount();
  roots();
  if (drain()) {
    if (mono.isLibrary)
      makeLibraryStart();
    else
      makeEntries();
    drain();
  }
  if (!failed)
    settleModes(*this);
  return !failed && diagnostics.errorCount() == errors;
}

bool Mono::needsDrop(TypeId type) const { return layouts.needsDrop(type); }

uint32_t Mono::dropGlue(TypeId type) const {
  auto found = dropGlues.find(type.index);
  return found == dropGlues.end() ? UINT32_MAX : found->second;
}

bool collectInstances(Mono &mono, const Interner &interner, frontend::Diagnostics &diagnostics) { return Collector(mono, interner, diagnostics).run(); }

} // namespace async::mono
