// await, async and stream blocks, scopes and tasks.
#include "typeck/infer/Inferer.h"

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

ExprId Inferer::streamBlock(ast::BlockId block, TypeId item, bool isMove, Span span) {
  ClosureId closure = declareClosure(ClosureDecl::Kind::StreamBlock, span);
  closures[closure.index].item = item;
  BodySave save = enterBody(Exit::Kind::StreamBlock, types.unit);
  exits.back()->item = item;
  body().isAsync = true;
  ExprId value = checkBlock(block, types.unit, (*file)[block].span);
  return finishClosure(save, closure, ClosureDecl::Kind::StreamBlock, isMove, value, types.unit, {}, span);
}

ExprId Inferer::inferStream(const ast::Expr &expr, TypeId hint) {
  TypeId item;
  if (hint.valid() && kindOf(hint) == TypeKind::Stream)
    item = typeOf(hint).args[0];
  return streamBlock(expr.block, item.valid() ? item : fresh(expr.span), expr.flag, expr.span);
}

ExprId Inferer::inferYield(const ast::Expr &expr) {
  Exit *exit = nullptr;
  for (size_t i = exits.size(); i-- > 0 && !exit;)
    if (exits[i]->kind != Exit::Kind::Scope)
      exit = exits[i];
  bool inStream = exit && exit->kind == Exit::Kind::StreamBlock;
  if (!inStream) {
    error(expr.span, diag::YieldOutside);
    if (expr.a.valid())
      infer(expr.a);
    return errorExpr(expr.span);
  }
  ExprId value = expr.a.valid() ? check(expr.a, exit->item) : coerce(unitExpr(expr.span), exit->item);
  ExprId id = node(ExprKind::Yield, expr.span, types.unit);
  at(id).a = value;
  return id;
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
  if (types[type].kind == TypeKind::Ref && kindOf(types[type].args[0]) == TypeKind::Async &&
      static_cast<Mutability>(types[type].sub) == Mutability::Exclusive)
    return await(operand, typeOf(types[type].args[0]).args[0]);
  if (types[type].kind == TypeKind::Tuple && !types[type].args.empty()) {
    bool all = true;
    for (TypeId part : types[type].args)
      all &= kindOf(part) == TypeKind::Async;
    if (all)
      return unsupported(span, "awaiting a tuple");
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

ExprId Inferer::inferScope(const ast::Expr &expr, TypeId hint, bool checks) {
  if (!body().isAsync)
    error(expr.span, diag::AwaitOutside);
  bool reports = false;
  ExprId deadline;
  std::vector<ast::Argument> options;
  for (const ast::Argument &option : ast::File::run(file->arguments, expr.list))
    options.push_back(option);
  for (const ast::Argument &option : options) {
    std::string_view name = context.interner.text(option.name.symbol);
    const ast::Expr &value = tree(option.value);
    if (name == "on_failure" && value.kind == ast::ExprKind::Path && context.sources.text(value.span) == "report") {
      reports = true;
    } else if (name == "deadline") {
      deadline = check(option.value, langType("duration", {}, value.span));
    } else {
      unsupported(option.name.span, fmt::format("the option `{}` of a scope", name));
      return errorExpr(expr.span);
    }
  }
  TypeId result = checks ? hint : fresh(expr.span);
  size_t names = frame->names.size();
  LocalId object = addLocal(expr.name, langType("scope", {}, expr.span), expr.span, expr.name.empty());
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
  at(id).a = inner;
  at(id).b = deadline;
  at(id).index = object.index;
  at(id).op = reports ? 1 : 0;
  return id;
}

ExprId Inferer::inferSpawn(const ast::Expr &expr) {
  std::vector<ast::Argument> options;
  for (const ast::Argument &option : ast::File::run(file->arguments, expr.list))
    options.push_back(option);
  if (!options.empty() && expr.kind == ast::ExprKind::Spawn)
    unsupported(options[0].name.span, "an option of a task");
  if (expr.kind == ast::ExprKind::Detach)
    return spawnOf(expr.a, std::nullopt, nullptr, expr.span);
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
  return spawnOf(expr.a, refExpr(Mutability::Shared, localExpr(object, expr.span), expr.span), exit, expr.span);
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
