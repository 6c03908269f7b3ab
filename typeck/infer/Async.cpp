// await, async blocks, scopes and tasks.
#include "typeck/infer/Inferer.h"

#include <algorithm>

#include <fmt/format.h>

#include "frontend/diagnostics/Structure.h"
#include "frontend/diagnostics/Types.h"

namespace async::infer {

using thir::ExprKind;

ExprId Inferer::inferAsync(const ast::Expr &expr, TypeId hint) {
  TypeId result;
  if (hint.valid() && kindOf(hint) == TypeKind::Async)
    result = typeOf(hint).args[0];
  if (!result.valid())
    result = fresh(expr.span);
  ClosureId closure = declareClosure(ClosureDecl::Kind::AsyncBlock, expr.span);
  BodySave save = enterBody(Exit::Kind::AsyncBlock, result);
  body().isAsync = true;
  ExprId value = checkBlock(expr.block, result, (*file)[expr.block].span);
  return finishClosure(save, closure, ClosureDecl::Kind::AsyncBlock, expr.flag, value, result, {}, expr.span);
}

ExprId Inferer::inferAwait(const ast::Expr &expr, TypeId hint) {
  if (!body().isAsync)
    error(expr.span, diag::AwaitOutside);
  TypeId future;
  if (hint.valid() && !isGeneralVar(hint) && kindOf(hint) != TypeKind::Never)
    future = types.async(hint);
  ExprId operand = infer(expr.a, future);
  if (std::optional<ExprId> made = awaitOf(operand, expr.span, Round::Known))
    return *made;
  ExprId result = slot(fresh(expr.span), expr.span);
  later(expr.span, typeAt(operand), [this, operand, result, span = expr.span](Round round) {
    std::optional<ExprId> made = awaitOf(operand, span, round);
    if (!made && round != Round::Last)
      return Progress::Stuck;
    fill(result, made ? *made : cannotInfer(span));
    return Progress::Done;
  });
  return result;
}

bool Inferer::isParamCall(ExprId id) {
  const thir::Expr &expr = at(id);
  return expr.kind == ExprKind::CallValue && kindOf(typeAt(expr.a)) == TypeKind::Param;
}

std::optional<ExprId> Inferer::awaitOf(ExprId operand, Span span, Round round) {
  TypeId type = known(typeAt(operand));
  auto await = [&](ExprId future, TypeId output) {
    ExprId id = node(ExprKind::Await, span, output);
    at(id).a = future;
    return id;
  };
  if (types[type].kind == TypeKind::Async)
    return await(operand, types[type].args[0]);
  // In generic code the mode of a function parameter is settled with its instance (rules.md I1).
  if (isParamCall(operand))
    return await(operand, type);
  if (types[type].kind == TypeKind::Error)
    return errorExpr(span);
  if (types[type].kind == TypeKind::Never)
    return operand;
  if (isGeneralVar(type)) {
    if (round == Round::Known)
      return std::nullopt;
    TypeId output = fresh(span);
    return unify(type, types.async(output)) ? std::optional(await(operand, output)) : std::nullopt;
  }
  if (types[type].kind == TypeKind::Ref && kindOf(types[type].args[0]) == TypeKind::Async && static_cast<Mutability>(types[type].sub) == Mutability::Exclusive)
    return await(operand, typeOf(types[type].args[0]).args[0]);
  if (types[type].kind == TypeKind::Tuple && !types[type].args.empty()) {
    bool all = true;
    for (TypeId part : types[type].args)
      all &= kindOf(part) == TypeKind::Async;
    if (all)
      return awaitTuple(operand, span);
  }
  std::optional<FnId> wait = langMethod("awaitable", "wait");
  if (wait && implements(type, *program.fn(*wait).trait)) {
    ExprId operands[]{operand};
    ExprId call = traitCall(*wait, type, {}, operands, span);
    TypeId future = resolve(typeAt(call));
    return await(call, types[future].kind == TypeKind::Async ? types[future].args[0] : types.error);
  }
  error(at(operand).span, diag::NotAFuture, text(type));
  return errorExpr(span);
}

// { let parts = e; let (first, (second, …)) = await both(parts.0, both(parts.1, …)); (first, second, …) }
ExprId Inferer::awaitTuple(ExprId operand, Span span) {
  const std::vector<TypeId> futures(typeOf(typeAt(operand)).args.begin(), typeOf(typeAt(operand)).args.end());
  LocalId parts = addLocal(Symbol{}, typeAt(operand), span, true);
  auto field = [&](ExprId of, size_t index, TypeId type) {
    ExprId id = node(ExprKind::Field, span, type);
    at(id).a = of;
    at(id).index = static_cast<uint32_t>(index);
    return id;
  };
  ExprId together = field(localExpr(parts, span), futures.size() - 1, futures.back());
  for (size_t i = futures.size() - 1; i-- > 0;) {
    ExprId operands[]{field(localExpr(parts, span), i, futures[i]), together};
    together = langCall("future_both", operands, span);
  }
  if (kindOf(typeAt(together)) != TypeKind::Async)
    return together;
  TypeId nested = typeOf(typeAt(together)).args[0];
  ExprId await = node(ExprKind::Await, span, nested);
  at(await).a = together;
  LocalId values = addLocal(Symbol{}, nested, span, true);
  std::vector<ExprId> given;
  std::vector<TypeId> types;
  ExprId rest = localExpr(values, span);
  for (size_t i = 0; i < futures.size(); ++i) {
    const bool isLast = i + 1 == futures.size();
    TypeId type = typeOf(futures[i]).args[0];
    given.push_back(isLast ? rest : field(rest, 0, type));
    types.push_back(type);
    if (isLast)
      break;
    // Each way to a part is an expression of its own.
    rest = localExpr(values, span);
    for (size_t k = 0; k <= i; ++k)
      rest = field(rest, 1, typeOf(typeAt(rest)).args[1]);
  }
  thir::Stmt lets[]{letStmt(parts, typeAt(operand), operand, span), letStmt(values, nested, await, span)};
  ExprId tuple = node(ExprKind::Tuple, span, this->types.tuple(types));
  thir::List list = exprList(given);
  at(tuple).list = list;
  return blockExpr(lets, tuple, typeAt(tuple), span);
}

// `a | b` (rules.md I3): one type of value, or an `Either` of two; what is still open at the end is one.
ExprId Inferer::eitherOf(ExprId left, ExprId right, Span span) {
  TypeId result = types.async(fresh(span));
  ExprId made = slot(result, span);
  auto attempt = [this, left, right, made, result, span](Round round) {
    TypeId a = zonk(typeOf(typeAt(left)).args[0]), b = zonk(typeOf(typeAt(right)).args[0]);
    const bool mayBeOne = canUnify(a, b);
    if (mayBeOne && ((types[a].flags | types[b].flags) & HasVar) && round == Round::Known)
      return Progress::Stuck;
    ExprId operands[]{left, right};
    ExprId call = langCall(mayBeOne ? "future_first" : "future_either", operands, span);
    unify(result, typeAt(call));
    fill(made, call);
    return Progress::Done;
  };
  if (attempt(Round::Known) == Progress::Stuck)
    later(span, {}, attempt);
  return made;
}

// A future whose awaits are not cancelled.
ExprId Inferer::inferShield(const ast::Expr &expr, TypeId hint) {
  ExprId operands[]{inferAsync(expr, hint)};
  return langCall("future_shield", operands, expr.span);
}

ExprId Inferer::inferScope(const ast::Expr &expr, TypeId hint, bool checks) {
  if (!body().isAsync)
    error(expr.span, diag::AwaitOutside);
  TypeId result = checks ? hint : fresh(expr.span);
  size_t names = frame->names.size();
  LocalId object = addLocal(expr.name, langType("scope", {}, expr.span), expr.span, expr.name.empty());
  bool reports = false;
  std::vector<ExprId> words = optionsOf(expr, object, reports);
  if (!expr.name.empty())
    frame->names.push_back({expr.name, object});
  Exit &exit = exitStore.emplace_back();
  exit.kind = Exit::Kind::Scope;
  exit.frame = frame;
  exit.result = result;
  exit.label = frame->labels++;
  exit.scopeLocal = object;
  exits.push_back(&exit);
  ExprId inner = inferBlock(expr.block, result, (*file)[expr.block].span, exit.label, true);
  exits.pop_back();
  frame->names.resize(names);
  if (exit.isLeft && kindOf(typeAt(inner)) == TypeKind::Never)
    at(inner).type = result;
  TypeId type = typeAt(inner);
  ExprId id = node(ExprKind::Scope, expr.span, type);
  thir::List list = exprList(words);
  at(id).a = inner;
  at(id).list = list;
  at(id).index = object.index;
  at(id).op = reports ? 1 : 0;
  return id;
}

ExprId Inferer::inferSpawn(const ast::Expr &expr) {
  bool reports = false;
  std::vector<ExprId> words = optionsOf(expr, {}, reports);
  auto saying = [&](ExprId made) {
    if (at(made).kind == ExprKind::Spawn) {
      thir::List list = exprList(words);
      at(made).list = list;
    }
    return made;
  };
  if (expr.kind == ast::ExprKind::Detach)
    return saying(spawnOf(expr.a, std::nullopt, nullptr, expr.span));
  Exit *exit = nullptr;
  for (size_t i = exits.size(); i-- > 0 && !exit;)
    if (exits[i]->kind == Exit::Kind::Scope)
      exit = exits[i];
  if (!exit) {
    error(expr.span, diag::SpawnOutside).help(diag::OpenScope);
    infer(expr.a);
    return errorExpr(expr.span);
  }
  LocalId object = captured(frame, exit->frame, exit->scopeLocal);
  return saying(spawnOf(expr.a, refExpr(Mutability::Shared, localExpr(object, expr.span), expr.span), exit, expr.span));
}

// `(priority: High, name: "reader")`: calls that say it to the spawn that follows, or to the scope `object`.
std::vector<ExprId> Inferer::optionsOf(const ast::Expr &expr, LocalId object, bool &reports) {
  const bool isScope = expr.kind == ast::ExprKind::Scope;
  std::vector<ast::Argument> options;
  for (const ast::Argument &option : ast::File::run(file->arguments, expr.list))
    options.push_back(option);
  std::vector<ExprId> made;
  std::vector<std::string_view> seen;
  for (const ast::Argument &option : options) {
    std::string_view name = context.interner.text(option.name.symbol);
    if (std::find(seen.begin(), seen.end(), name) != seen.end()) {
      error(option.name.span, diag::RepeatedOption, std::string(name));
      continue;
    }
    seen.push_back(name);
    if (isScope && name == "on_failure") {
      reports = isWord(option.value, "report");
      if (!reports)
        error(tree(option.value).span, diag::OnFailureValue);
      continue;
    }
    const bool isKnown = name == "priority" || name == "deadline" || (!isScope && (name == "name" || name == "after"));
    if (!isKnown) {
      error(option.name.span, diag::UnknownOption, std::string(name)).help(isScope ? diag::ScopeOptions : diag::SpawnOptions);
      infer(option.value);
      continue;
    }
    std::vector<ExprId> operands;
    if (isScope)
      operands.push_back(refExpr(Mutability::Exclusive, localExpr(object, option.name.span), option.name.span));
    operands.push_back(name == "priority" ? priorityOf(option.value) : infer(option.value));
    made.push_back(langCall(fmt::format("{}_{}", isScope ? "scope" : "spawn", name), operands, tree(option.value).span));
  }
  return made;
}

bool Inferer::isWord(ast::ExprId id, std::string_view word) {
  return tree(id).kind == ast::ExprKind::Path && context.sources.text(tree(id).span) == word;
}

// A level is known by its name alone.
ExprId Inferer::priorityOf(ast::ExprId value) {
  std::optional<AdtId> levels = langAdt("priority");
  if (levels)
    for (uint32_t i = 0; i < program.adt(*levels).variants.size(); ++i)
      if (isWord(value, context.interner.text(program.adt(*levels).variants[i].name)))
        return variantExpr(*levels, i, {}, types.adt(*levels, {}), tree(value).span);
  return infer(value);
}

ExprId Inferer::spawnOf(ast::ExprId future, std::optional<ExprId> scopeRef, Exit *exit, Span span) {
  ExprId operand = infer(future);
  TypeId output = fresh(span);
  TypeId type = known(typeAt(operand));
  if (types[type].kind == TypeKind::Error)
    return errorExpr(span);
  if (!unify(type, types.async(output))) {
    error(at(operand).span, diag::NotAFuture, text(type)).help(diag::WrapAsync);
    return errorExpr(span);
  }
  TypeId args[]{output};
  ExprId id = node(ExprKind::Spawn, span, langType("task", args, span));
  at(id).a = operand;
  if (scopeRef)
    at(id).b = *scopeRef;
  settle(id, scopeRef ? exit : nullptr, output, span);
  return id;
}

// What becomes of a task's outcome that nobody awaits: the function is chosen by the types of the task and of its scope.
void Inferer::settle(ExprId spawn, Exit *exit, TypeId output, Span span) {
  auto attempt = [this, spawn, exit, output, span](Round round) {
    TypeId value = known(output);
    if (isGeneralVar(value) && round != Round::Last) {
      waitsFor = value;
      return Progress::Stuck;
    }
    std::string_view name = "settle_value";
    std::vector<TypeId> args{value};
    if (isLangAdt(value, "result")) {
      TypeId result = exit ? known(exit->result) : types.unit;
      if (isGeneralVar(result) && round == Round::Known) {
        waitsFor = result;
        return Progress::Stuck;
      }
      args = {types[value].args[0], types[value].args[1]};
      name = "settle_report";
      if (isLangAdt(result, "result")) {
        name = "settle_result";
        args.push_back(types[resolve(result)].args[1]);
        exit->errors.push_back(args[1]);
      }
    }
    std::optional<FnId> settling = langFn(name, span);
    if (!settling)
      return Progress::Done;
    requireAll(program.fn(*settling).generics.predicates, args, span);
    thir::List list = typeList(args);
    at(spawn).def = settling->index;
    at(spawn).typeArgs = list;
    return Progress::Done;
  };
  if (attempt(Round::Known) == Progress::Stuck)
    later(span, {}, attempt);
}

// `name.spawn(future)` of a scope.
std::optional<ExprId> Inferer::scopeMethod(ExprId receiver, std::span<const Step> steps, const MethodSite &site, std::vector<Argument> &arguments) {
  std::string_view name = context.interner.text(site.name);
  if (name != "spawn" || arguments.size() != 1)
    return std::nullopt;
  for (size_t i = 0; i < steps.size(); ++i) {
    if (!isLangAdt(steps[i].type, "scope"))
      continue;
    Exit *exit = nullptr;
    ExprId place = followTo(receiver, steps, i);
    if (at(place).kind == ExprKind::Local)
      for (Exit *candidate : exits)
        if (candidate->kind == Exit::Kind::Scope && captured(frame, candidate->frame, candidate->scopeLocal).index == at(place).index)
          exit = candidate;
    ExprId reference = refExpr(Mutability::Shared, place, site.span);
    return spawnOf(arguments[0].ast, reference, exit, site.span);
  }
  return std::nullopt;
}

} // namespace async::infer
