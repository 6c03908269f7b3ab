// Calls: arguments to parameters, by place, name and default; functions, variants and function values.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"

namespace async::infer {

using thir::ExprKind;

std::vector<Argument> Inferer::argumentsOf(ast::List list) {
  std::vector<Argument> arguments;
  for (const ast::Argument &written : ast::File::run(file->arguments, list))
    arguments.push_back({written.name.symbol, written.name.span, tree(written.value).span, written.value, {}});
  return arguments;
}

bool Inferer::isClosureArgument(const Argument &argument) const {
  return !argument.made.valid() && argument.ast.valid() && tree(argument.ast).kind == ast::ExprKind::Closure;
}

ExprId Inferer::argument(const Argument &argument, TypeId param) { return argument.made.valid() ? coerce(argument.made, param) : check(argument.ast, param); }

// So that mistakes in arguments are found though the callee is not known.
void Inferer::inferLoose(std::vector<Argument> &arguments) {
  for (Argument &argument : arguments)
    if (!argument.made.valid())
      argument.made = infer(argument.ast);
}

// Closures come last: what the other arguments are tells their parameters.
void Inferer::checkArguments(std::span<const Argument *const> arguments, std::span<const TypeId> params, std::vector<ExprId> &out) {
  for (bool closures : {false, true})
    for (size_t i = 0; i < params.size(); ++i)
      if (arguments[i] && isClosureArgument(*arguments[i]) == closures)
        out[i] = argument(*arguments[i], params[i]);
}

bool Inferer::hintHelps(TypeId result, TypeId hint) {
  if (!hint.valid() || isGeneralVar(hint) || kindOf(hint) == TypeKind::Never || !(types[zonk(result)].flags & HasVar))
    return false;
  const Type &type = typeOf(hint);
  if (isGeneralVar(result))
    return type.kind != TypeKind::Ref && type.kind != TypeKind::Fn && type.kind != TypeKind::Async && type.kind != TypeKind::Stream &&
           type.kind != TypeKind::Sink;
  for (TypeId arg : type.args)
    if (kindOf(arg) == TypeKind::Dyn)
      return false;
  return true;
}

ExprId Inferer::callFn(FnId callee, std::vector<TypeId> args, std::vector<Argument> arguments, std::optional<ExprId> receiver, TypeId hint, Span span,
                       Span nameSpan) {
  const FnDecl &decl = program.fn(callee);
  if (decl.isUnsafe && unsafeDepth == 0)
    error(nameSpan, diag::NeedsUnsafe, fmt::format("calling `{}`", text(decl.name)));
  requireAll(decl.generics.predicates, args, span, &decl);
  if (decl.trait && !args.empty()) {
    size_t count = program.trait(*decl.trait).generics.params.size();
    requireTrait(args[0], *decl.trait, {args.begin() + 1, args.begin() + static_cast<ptrdiff_t>(count)}, span);
  }
  std::vector<TypeId> params;
  for (const ParamDecl &param : decl.params)
    params.push_back(instantiate(param.type, args, span));
  TypeId result = instantiate(decl.result, args, span);
  TypeId output = result;
  if (!decl.modeParams.empty())
    result = fresh(span);
  else if (decl.isAsync || decl.abi == Abi::Leaf)
    result = types.async(result);
  if (decl.modeParams.empty() && hintHelps(result, hint))
    unify(result, hint);

  std::vector<const Argument *> placed(params.size());
  std::vector<ExprId> operands(params.size());
  size_t next = 0, tooMany = 0;
  if (receiver && !operands.empty()) {
    operands[0] = *receiver;
    next = 1;
  }
  size_t first = next;
  bool failed = false;
  for (const Argument &argument : arguments) {
    if (argument.name.empty()) {
      if (next < params.size())
        placed[next++] = &argument;
      else
        ++tooMany;
      continue;
    }
    size_t at = first;
    while (at < params.size() && decl.params[at].name != argument.name)
      ++at;
    if (at == params.size()) {
      error(argument.nameSpan, diag::UnknownArgument, text(argument.name), text(decl.name));
      failed = true;
    } else if (placed[at]) {
      error(argument.nameSpan, diag::ArgumentTwice, text(argument.name));
      failed = true;
    } else {
      placed[at] = &argument;
    }
  }
  size_t missing = 0;
  for (size_t i = first; i < params.size(); ++i)
    missing += !placed[i] && !decl.params[i].hasDefault;
  if ((tooMany || missing) && !failed) {
    error(span, diag::WrongArguments, static_cast<int64_t>(params.size() - first), params.size() - first == 1 ? "" : "s",
          static_cast<int64_t>(arguments.size()))
        .label(decl.span, diag::CalleeDeclared, text(decl.name));
    failed = true;
  }
  if (failed) {
    for (const Argument *argument : placed)
      if (argument && !argument->made.valid())
        infer(argument->ast);
    ExprId id = errorExpr(span);
    at(id).type = result;
    return id;
  }
  checkArguments(placed, params, operands);
  for (size_t i = first; i < params.size(); ++i)
    if (!placed[i]) {
      FnId value = decl.params[i].defaultFn;
      std::vector<TypeId> given = args;
      given.resize(program.fn(value).generics.params.size(), types.error);
      operands[i] = coerce(callExpr(value, given, {}, instantiate(program.fn(value).result, given, span), span), params[i]);
    }
  if (!decl.modeParams.empty())
    settleMode(decl, params, output, result, span);
  return callExpr(callee, args, operands, result, span);
}

// A parameter of this function whose mode its callers choose: in generic code what awaits it is a future.
bool Inferer::isAwaitedParam(TypeId function) {
  function = resolve(function);
  if (types[function].kind == TypeKind::Ref)
    function = resolve(types[function].args[0]);
  const FnDecl &own = program.fn(fn);
  return types[function].kind == TypeKind::Param && std::any_of(own.awaitedParams.begin(), own.awaitedParams.end(), [&](uint32_t param) {
    return param < own.params.size() && own.params[param].type == function;
  });
}

// A call is a future if a function that it awaits gives one (rules.md I1).
void Inferer::settleMode(const FnDecl &decl, std::vector<TypeId> params, TypeId output, TypeId result, Span span) {
  std::vector<TypeId> functions;
  for (uint32_t param : decl.modeParams)
    if (param < params.size())
      functions.push_back(params[param]);
  auto attempt = [this, functions, output, result, span](Round round) {
    bool isAsync = false;
    for (TypeId function : functions) {
      std::optional<TypeId> signature = callSignature(known(function));
      TypeId given = signature && kindOf(*signature) == TypeKind::Fn ? resolve(typeOf(*signature).args.back()) : TypeId{};
      TypeId open = given.valid() ? given : resolve(function);
      if (round == Round::Known && isGeneralVar(open)) {
        waitsFor = open;
        return Progress::Stuck;
      }
      isAsync |= (given.valid() && types[given].kind == TypeKind::Async) || isAwaitedParam(function);
    }
    TypeId settled = isAsync ? types.async(output) : output;
    if (!unify(result, settled))
      mismatch(span, result, settled);
    return Progress::Done;
  };
  if (attempt(Round::Known) == Progress::Stuck)
    later(span, {}, attempt);
}

ExprId Inferer::callVariant(const PathTarget &target, std::vector<Argument> arguments, TypeId hint, Span span) {
  const VariantDecl &variant = program.adt(target.adt).variants[target.index];
  TypeId type = types.adt(target.adt, target.args);
  if (variant.shape != VariantDecl::Shape::Tuple || variant.fields.size() != arguments.size()) {
    inferLoose(arguments);
    if (variant.shape == VariantDecl::Shape::Named)
      error(span, diag::NeedsFields, text(variant.name));
    else if (variant.shape == VariantDecl::Shape::Unit)
      error(span, diag::NotCallable, text(type));
    else
      error(span, diag::WrongArguments, static_cast<int64_t>(variant.fields.size()), variant.fields.size() == 1 ? "" : "s",
            static_cast<int64_t>(arguments.size()))
          .label(variant.span, diag::CalleeDeclared, text(variant.name));
    ExprId id = errorExpr(span);
    at(id).type = type;
    return id;
  }
  if (hintHelps(type, hint))
    unify(type, hint);
  std::vector<TypeId> fields;
  bool visible = true;
  for (const FieldDecl &field : variant.fields) {
    fields.push_back(instantiate(field.type, target.args, span));
    visible &= program.adt(target.adt).isEnum || isVisible(field.isPublic, program.adt(target.adt).module);
  }
  if (!visible)
    error(span, diag::PrivateMember, text(variant.name), text(type));
  std::vector<const Argument *> placed;
  for (const Argument &argument : arguments) {
    if (!argument.name.empty())
      error(argument.nameSpan, diag::UnknownArgument, text(argument.name), text(variant.name));
    placed.push_back(&argument);
  }
  std::vector<ExprId> values(fields.size());
  checkArguments(placed, fields, values);
  return variantExpr(target.adt, target.index, values, type, span);
}

ExprId Inferer::inferCall(ast::ExprId, const ast::Expr &expr, TypeId hint) {
  std::vector<Argument> arguments = argumentsOf(expr.list);
  const ast::Expr &callee = tree(expr.a);
  if (callee.kind == ast::ExprKind::Path) {
    PathTarget target = resolveValue((*file)[callee.path], callee.span);
    if (target.kind == PathTarget::Kind::Fn)
      return callFn(target.fn, std::move(target.args), std::move(arguments), std::nullopt, hint, expr.span, callee.span);
    if (target.kind == PathTarget::Kind::Variant)
      return callVariant(target, std::move(arguments), hint, expr.span);
    if (target.kind == PathTarget::Kind::Error) {
      inferLoose(arguments);
      return errorExpr(expr.span);
    }
    return callValue(pathExpr(target, callee.span, {}), std::move(arguments), hint, expr.span);
  }
  return callValue(infer(expr.a), std::move(arguments), hint, expr.span);
}

ExprId Inferer::callValue(ExprId callee, std::vector<Argument> arguments, TypeId hint, Span span) {
  callee = peel(callee);
  TypeId type = known(typeAt(callee));
  if (!isGeneralVar(type)) {
    std::optional<TypeId> signature = callSignature(type);
    if (signature && !isError(*signature)) {
      if (isLangAdt(type, "box"))
        callee = derefExpr(callee, types[type].args[0], at(callee).span);
      return callSignatureWith(callee, *signature, std::move(arguments), hint, span);
    }
    inferLoose(arguments);
    if (!isError(type))
      error(at(callee).span, diag::NotCallable, text(type));
    if (at(callee).kind == ExprKind::Local) // called again, it is not reported again
      body().locals[at(callee).index].type = types.error;
    return errorExpr(span);
  }
  inferLoose(arguments);
  ExprId result = slot(fresh(span), span);
  later(span, type, [this, callee, arguments, result, span](Round round) {
    TypeId now = resolve(typeAt(callee));
    if (isGeneralVar(now)) {
      if (round == Round::Known)
        return Progress::Stuck;
      std::vector<TypeId> params;
      for (const Argument &argument : arguments)
        params.push_back(typeAt(argument.made));
      if (!unify(now, types.function(CallKind::Shared, params, typeAt(result)))) {
        mismatch(span, now, types.function(CallKind::Shared, params, typeAt(result)));
        fill(result, errorExpr(span));
        return Progress::Done;
      }
    }
    fill(result, callValue(callee, arguments, {}, span));
    return Progress::Done;
  });
  return result;
}

ExprId Inferer::callSignatureWith(ExprId callee, TypeId signature, std::vector<Argument> arguments, TypeId hint, Span span) {
  signature = resolve(signature);
  const Type &type = types[signature];
  std::vector<TypeId> params(type.args.begin(), type.args.end() - 1);
  TypeId result = type.args.back();
  if (params.size() != arguments.size()) {
    inferLoose(arguments);
    error(span, diag::WrongArguments, static_cast<int64_t>(params.size()), params.size() == 1 ? "" : "s", static_cast<int64_t>(arguments.size()));
    return errorExpr(span);
  }
  if (hintHelps(result, hint))
    unify(result, hint);
  std::vector<const Argument *> placed;
  for (const Argument &argument : arguments) {
    if (!argument.name.empty())
      error(argument.nameSpan, diag::UnknownArgument, text(argument.name), text(typeAt(callee)));
    placed.push_back(&argument);
  }
  std::vector<ExprId> values(params.size());
  checkArguments(placed, params, values);
  if (kindOf(typeAt(callee)) == TypeKind::FnDef) {
    const Type &item = typeOf(typeAt(callee));
    return callExpr(FnId{item.index}, std::vector<TypeId>(item.args.begin(), item.args.end()), values, result, span);
  }
  ExprId id = node(ExprKind::CallValue, span, result);
  thir::List list = exprList(values);
  at(id).a = callee;
  at(id).list = list;
  at(id).op = type.sub;
  if (static_cast<CallKind>(type.sub) == CallKind::Exclusive && isPlace(callee))
    useMutably(callee, span, false);
  return id;
}

} // namespace async::infer
