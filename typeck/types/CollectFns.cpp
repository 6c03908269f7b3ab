// Signatures of functions, their defaults, constants, and `main`.
#include <algorithm>

#include "typeck/types/CollectBounds.h"

#include "frontend/diagnostics/Types.h"

namespace async::typeck {

namespace diag = frontend::diag;
using resolve::FnRef;
using resolve::ItemRef;

void Collector::signature(uint32_t index) {
  const FnRef &ref = world.fns[index];
  if (!ref.file)
    return;
  FnDecl &fn = program.fns[index];
  TypeScope scope = scopeOf(context, bodies, FnId{index});
  scope.file = ref.file;
  scope.module = ref.module;
  Generics generics;
  if (fn.impl)
    generics = program.impl(*fn.impl).generics;
  if (fn.trait)
    generics = program.trait(*fn.trait).generics;
  generics.parentCount = static_cast<uint32_t>(generics.params.size());
  if (fn.isConst) {
    fn.generics = std::move(generics);
    scope.generics = &fn.generics;
    fn.result = lowerSized(context, scope, (*ref.file)[ref.item].type);
    return;
  }
  const ast::Function &from = (*ref.file)[ref.function];
  declareParams(context, *ref.file, from.generics, generics);
  {
    Bounds bounds(context, scope, from.generics, generics, generics.parentCount);
    bounds.params();
    bounds.where();
  }
  fn.generics = std::move(generics);
  scope.generics = &fn.generics;
  fnParams(ref, fn, scope);
  fnResult(ref, FnId{index}, scope);
  if (fn.abi != Abi::Async)
    checkForeign(*ref.file, from, fn);
}

void Collector::fnParams(const FnRef &ref, FnDecl &fn, TypeScope &scope) {
  const ast::File &file = *ref.file;
  auto params = ast::File::run(file.params, file[ref.function].params);
  for (size_t i = 0; i < params.size(); ++i) {
    const ast::Param &param = params[i];
    ParamDecl made;
    made.span = param.span;
    if (param.self != ast::SelfParam::None) {
      made.name = context.interner.intern("self");
      made.type = scope.self.valid() ? scope.self : program.types.error;
      if (!scope.self.valid() || i != 0)
        diagnostics.emit(param.span, diag::SelfOutsideImpl);
      else if (param.self == ast::SelfParam::Value)
        fn.self = SelfKind::Value;
      else
        fn.self = param.self == ast::SelfParam::Ref ? SelfKind::Ref : SelfKind::RefMut;
      if (fn.self == SelfKind::Ref)
        made.type = program.types.reference(Mutability::Shared, made.type);
      if (fn.self == SelfKind::RefMut)
        made.type = program.types.reference(Mutability::Exclusive, made.type);
    } else {
      if (param.pattern.valid() && file[param.pattern].kind == ast::PatternKind::Binding) {
        made.name = file[param.pattern].name.symbol;
        made.span = file[param.pattern].span;
      }
      made.type = paramType(scope, fn, fn.generics, param.type);
    }
    made.hasDefault = param.defaultValue.valid();
    if (!made.hasDefault && !fn.params.empty() && fn.params.back().hasDefault)
      diagnostics.emit(made.span, diag::DefaultOrder, made.name.empty() ? "this parameter" : name(made.name));
    fn.params.push_back(made);
  }
}

// `f: fn(A) -> B` and `x: impl Trait`, or references to such, are parameters of a type of their own, which has no name.
TypeId Collector::paramType(const TypeScope &scope, const FnDecl &fn, Generics &generics, ast::TypeId written) {
  if (!written.valid())
    return program.types.error;
  const bool isReference = (*scope.file)[written].kind == ast::TypeKind::Ref && (*scope.file)[written].a.valid();
  const ast::Type &type = (*scope.file)[isReference ? (*scope.file)[written].a : written];
  const bool isFunction = type.kind == ast::TypeKind::Function, isImpl = type.kind == ast::TypeKind::ImplTrait;
  if (fn.abi != Abi::Async || (!isFunction && !isImpl))
    return lowerSized(context, scope, written);
  const Symbol shown = context.interner.intern(context.sources.text(type.span));
  const TypeId subject = program.types.param(static_cast<uint32_t>(generics.params.size()), shown);
  std::vector<Predicate> predicates;
  if (isFunction) {
    Predicate calls{Predicate::Kind::Calls, subject, {}, {}, {}, type.span};
    calls.signature = lowerFunction(context, scope, type);
    predicates.push_back(std::move(calls));
  }
  for (const ast::Bound &bound : ast::File::run(scope.file->bounds, isImpl ? type.bounds : ast::List{}))
    lowerBound(context, scope, bound, subject, predicates);
  generics.params.push_back({shown, false, true, type.span});
  for (Predicate &predicate : predicates)
    generics.predicates.push_back(std::move(predicate));
  const bool isExclusive = (*scope.file)[written].flag;
  return isReference ? program.types.reference(isExclusive ? Mutability::Exclusive : Mutability::Shared, subject) : subject;
}

void Collector::fnResult(const FnRef &ref, FnId id, const TypeScope &scope) {
  FnDecl &fn = program.fn(id);
  const ast::File &file = *ref.file;
  const ast::Function &from = file[ref.function];
  Types &types = program.types;
  fn.result = types.unit;
  if (from.result.valid()) {
    TypeScope inside = scope;
    const bool isOfTrait = fn.trait || (fn.impl && program.impl(*fn.impl).trait);
    if (!isOfTrait && fn.hasBody && !fn.isStream && !fn.isSink && fn.abi == Abi::Async)
      inside.hide = [&](const ast::Type &type) { return hide(id, inside, type); };
    fn.result = lowerSized(context, inside, from.result);
  }
  if (fn.isStream) {
    fn.result = types.stream(fn.result);
  } else if (fn.isSink) {
    auto closed = langAdt(context, "closed");
    fn.result = types.sink(fn.result, closed ? types.adt(*closed, std::span(&fn.result, 1)) : types.unit);
  }
  for (const ast::Name &from : ast::File::run(file.names, file[ref.function].fromNames)) {
    auto found = std::find_if(fn.params.begin(), fn.params.end(), [&](const ParamDecl &param) { return param.name == from.symbol; });
    if (found == fn.params.end())
      diagnostics.emit(from.span, diag::UnknownLoan, name(from.symbol));
    else
      fn.fromParams.push_back(static_cast<uint32_t>(found - fn.params.begin()));
  }
}

// Of a parameter of a function type, which is a hidden type parameter, it is a function value.
static TypeId typeOfDefault(const FnDecl &fn, const ParamDecl &param) {
  for (const Predicate &predicate : fn.generics.predicates)
    if (predicate.kind == Predicate::Kind::Calls && predicate.subject == param.type)
      return predicate.signature;
  return param.type;
}

void Collector::defaults(uint32_t index) {
  const FnRef ref = world.fns[index];
  if (!ref.file || !ref.function.valid())
    return;
  auto params = ast::File::run(ref.file->params, (*ref.file)[ref.function].params);
  for (size_t i = 0; i < params.size() && i < program.fns[index].params.size(); ++i) {
    if (!program.fns[index].params[i].hasDefault)
      continue;
    const FnDecl &of = program.fns[index];
    FnDecl made;
    made.name = of.name;
    made.module = of.module;
    made.span = of.params[i].span;
    made.generics = of.generics;
    made.result = typeOfDefault(of, of.params[i]);
    made.hasBody = true;
    made.impl = of.impl;
    made.trait = of.trait;
    FnId id = appendFn(std::move(made), {ref.file, ref.module, {}, params[i].defaultValue});
    program.fns[index].params[i].defaultFn = id;
  }
}

void Collector::constType(uint32_t index) {
  const ItemRef &ref = world.consts[index];
  TypeScope scope = scopeIn(ref.file, ref.module, nullptr);
  TypeId type = lowerSized(context, scope, item(ref).type);
  ConstDecl &constant = program.consts[index];
  constant.type = type;
  if (program.types[type].kind == TypeKind::Int && !constant.isStatic)
    constant.literal = constValue(context, ConstId{index});
  FnDecl made;
  made.name = constant.name;
  made.module = constant.module;
  made.span = constant.span;
  made.result = type;
  made.hasBody = true;
  FnId id = appendFn(std::move(made), {ref.file, ref.module, {}, item(ref).expr});
  program.consts[index].valueFn = id;
}

void Collector::checkMain() {
  if (world.modules.empty() || world.modules[world.root].isStd)
    return;
  const auto &values = world.modules[world.root].values;
  auto symbol = context.interner.find("main");
  auto found = symbol ? values.find(*symbol) : values.end();
  if (found == values.end() || found->second.def.kind != resolve::DefKind::Fn)
    return;
  const FnId id{found->second.def.index};
  const FnDecl &fn = program.fn(id);
  program.mainFn = id;
  const char *problem = nullptr;
  if (!fn.params.empty())
    problem = "takes no parameters";
  else if (!fn.generics.params.empty())
    problem = "has no type parameters";
  else if (fn.isStream || fn.isSink || fn.abi != Abi::Async || fn.isUnsafe)
    problem = "is an ordinary function";
  else if (!isMainResult(fn.result))
    problem = "gives nothing, or a `Result` of nothing";
  if (problem)
    diagnostics.emit(fn.span, diag::WrongMain, problem).help(diag::MainForm);
}

bool Collector::isMainResult(TypeId id) const {
  const Types &types = program.types;
  const Type &type = types[id];
  if (id == types.unit || id == types.never || (type.flags & HasError))
    return true;
  auto result = langAdt(context, "result");
  return result && type.kind == TypeKind::Adt && type.index == result->index && (type.args[0] == types.unit || type.args[0] == types.never);
}

} // namespace async::typeck
