// Method calls: the receiver is followed step by step; at each step by value, by `&`, by `&mut`; inherent methods before those of traits.
#include "frontend/diagnostics/Types.h"
#include "frontend/resolve/Names.h"
#include "typeck/infer/Inferer.h"

namespace async::infer {

using thir::ExprKind;

std::optional<Inferer::Method> Inferer::probe(TypeId self, SelfKind kind, Symbol name) {
  std::optional<Method> chosen, hidden;
  lookup.inherent(name).forEach(headOf(typeOf(self)), [&](const InherentMember &member) {
    const FnDecl &decl = program.fn(member.fn);
    if (decl.self != kind)
      return true;
    const ImplDecl &impl = program.impl(member.impl);
    std::vector<TypeId> args = freshArgs(impl.generics.params.size(), impl.span);
    if (!canUnify(instantiate(impl.self, args, impl.span), self))
      return true;
    Method method{member.fn, std::move(args), 0, kind, false, false, false};
    if (!isVisible(decl.isPublic, decl.module)) {
      method.isPrivate = true;
      hidden = std::move(method);
    } else if (!chosen) {
      chosen = std::move(method);
    }
    return true;
  });
  if (chosen)
    return chosen;
  if (std::optional<Method> ofTrait = probeTraits(self, kind, name))
    return ofTrait;
  return hidden;
}

std::optional<Inferer::Method> Inferer::probeTraits(TypeId self, SelfKind kind, Symbol name) {
  std::optional<Method> chosen;
  Answer best = Answer::No;
  lookup.ofTraits(name).forEach(traitHead(self), [&](const TraitMember &member) {
    if (program.fn(member.fn).self != kind)
      return true;
    size_t count = program.trait(member.trait).generics.params.size();
    TraitRef wanted{member.trait, freshArgs(count - 1, program.fn(member.fn).span)};
    Answer answer = evaluateTrait(self, wanted);
    if (answer == Answer::No || answer < best)
      return true;
    bool isAmbiguous = chosen && answer == best;
    best = answer;
    std::vector<TypeId> args{self};
    args.insert(args.end(), wanted.args.begin(), wanted.args.end());
    if (isAmbiguous)
      chosen->isAmbiguous = true;
    else
      chosen = Method{member.fn, std::move(args), 0, kind, false, false, false};
    return true;
  });
  return chosen;
}

std::optional<Inferer::Method> Inferer::findMethod(std::span<const Step> steps, Symbol name) {
  std::optional<Method> hidden;
  auto attempt = [&](TypeId self, SelfKind kind, size_t step, bool byValueRef) -> std::optional<Method> {
    std::optional<Method> found = probe(self, kind, name);
    if (!found)
      return std::nullopt;
    found->steps = step;
    found->isByValueRef = byValueRef;
    if (found->isPrivate) {
      if (!hidden)
        hidden = found;
      return std::nullopt;
    }
    return found;
  };
  for (size_t i = 0; i < steps.size(); ++i) {
    TypeId type = resolve(steps[i].type);
    if (types[type].kind == TypeKind::Error || isGeneralVar(type))
      break;
    if (auto found = attempt(type, SelfKind::Value, i, false))
      return found;
    if (types[type].kind == TypeKind::Ref && !isGeneralVar(types[type].args[0])) {
      TypeId inner = resolve(types[type].args[0]);
      if (static_cast<Mutability>(types[type].sub) == Mutability::Shared) {
        if (auto found = attempt(inner, SelfKind::Ref, i, true))
          return found;
      } else {
        if (auto found = attempt(inner, SelfKind::RefMut, i, true))
          return found;
        if (auto found = attempt(inner, SelfKind::Ref, i, true))
          return found;
      }
    }
    if (auto found = attempt(type, SelfKind::Ref, i, false))
      return found;
    if (auto found = attempt(type, SelfKind::RefMut, i, false))
      return found;
  }
  return hidden;
}

ExprId Inferer::receiverOf(ExprId receiver, std::span<const Step> steps, const Method &method, Span span) {
  ExprId place = followTo(receiver, steps, method.steps);
  switch (method.self) {
  case SelfKind::None:
  case SelfKind::Value:
    return place;
  case SelfKind::Ref:
  case SelfKind::RefMut: {
    Mutability mutability = method.self == SelfKind::Ref ? Mutability::Shared : Mutability::Exclusive;
    if (method.isByValueRef) {
      const Type &type = typeOf(typeAt(place));
      if (mutability == Mutability::Shared && static_cast<Mutability>(type.sub) == Mutability::Shared)
        return place;
      place = derefExpr(place, resolve(type.args[0]), span);
    }
    if (mutability == Mutability::Exclusive)
      useMutably(place, span, false);
    return refExpr(mutability, place, span);
  }
  }
  return place;
}

std::vector<TypeId> Inferer::explicitArgs(ast::List list) {
  std::vector<TypeId> args;
  for (ast::TypeId type : ast::File::run(file->typeLists, list))
    args.push_back(normalize(lowerType(context, scope, type), (*file)[type].span));
  return args;
}

ExprId Inferer::inferMethodCall(ast::ExprId, const ast::Expr &expr, TypeId hint) {
  ExprId receiver = infer(expr.a);
  MethodSite site{expr.name, expr.span2, expr.span, explicitArgs(expr.list2)};
  std::vector<Argument> arguments = argumentsOf(expr.list);
  return callMethod(receiver, site, std::move(arguments), hint);
}

ExprId Inferer::callMethod(ExprId receiver, MethodSite site, std::vector<Argument> arguments, TypeId hint) {
  if (std::optional<ExprId> made = methodOf(receiver, site, arguments, hint))
    return *made;
  // Closures wait with the method, which tells their parameters.
  for (Argument &argument : arguments)
    if (!isClosureArgument(argument) && !argument.made.valid())
      argument.made = infer(argument.ast);
  Span span = site.span;
  ExprId result = slot(fresh(span), span);
  bool hasClosures = false;
  for (const Argument &argument : arguments)
    hasClosures |= isClosureArgument(argument);
  using Names = std::vector<std::pair<Symbol, LocalId>>;
  Names names = hasClosures ? frame->names : Names{};
  later(span, followSteps(typeAt(receiver)).back().type,
        [this, receiver, site = std::move(site), arguments = std::move(arguments), result, hasClosures, names = std::move(names),
         exitsThen = exits](Round round) mutable {
          TypeId end = resolve(followSteps(typeAt(receiver)).back().type);
          if (types[end].kind == TypeKind::Var && round != Round::Last)
            return Progress::Stuck;
          Names now = frame->names;
          std::vector<Exit *> exitsNow = exits;
          if (hasClosures) {
            frame->names = names;
            exits = exitsThen;
          }
          std::optional<ExprId> made = methodOf(receiver, site, arguments, {});
          if (!made) {
            inferLoose(arguments);
            made = cannotInfer(at(receiver).span);
          }
          fill(result, *made);
          if (hasClosures) {
            frame->names = std::move(now);
            exits = std::move(exitsNow);
          }
          return Progress::Done;
        });
  return result;
}

std::optional<ExprId> Inferer::methodOf(ExprId receiver, const MethodSite &site, std::vector<Argument> &arguments, TypeId hint) {
  Span span = site.span;
  std::vector<Step> steps = followSteps(typeAt(receiver));
  const Type &end = types[resolve(steps.back().type)];
  if (end.kind == TypeKind::Error) {
    inferLoose(arguments);
    return errorExpr(span);
  }
  if (std::optional<ExprId> spawned = scopeMethod(receiver, steps, site, arguments))
    return spawned;
  if (end.kind == TypeKind::Var)
    return std::nullopt;
  std::optional<Method> method = findMethod(steps, site.name);
  if (!method) {
    inferLoose(arguments);
    reportUnknownMethod(typeAt(receiver), site.name, site.nameSpan);
    return errorExpr(span);
  }
  if (method->isPrivate)
    error(site.nameSpan, diag::PrivateMember, text(site.name), text(steps[method->steps].type));
  if (method->isAmbiguous)
    error(site.nameSpan, diag::AmbiguousMethod, text(site.name), text(typeAt(receiver)));
  const FnDecl &decl = program.fn(method->fn);
  std::vector<TypeId> args = method->parentArgs;
  TypeId self = steps[method->steps].type;
  if (method->isByValueRef)
    self = types[resolve(self)].args[0];
  if (decl.impl)
    unify(instantiate(program.impl(*decl.impl).self, args, span), self);
  else
    args[0] = self;
  size_t own = 0;
  while (args.size() < decl.generics.params.size()) {
    if (own < site.typeArgs.size() && !decl.generics.params[args.size()].isHidden)
      args.push_back(site.typeArgs[own++]);
    else
      args.push_back(fresh(span));
  }
  if (own < site.typeArgs.size())
    error(site.nameSpan, diag::TooManyTypeArguments, text(site.name), static_cast<int64_t>(own));
  ExprId given = receiverOf(receiver, steps, *method, at(receiver).span);
  return callFn(method->fn, std::move(args), arguments, given, hint, span, site.nameSpan);
}

void Inferer::reportUnknownMethod(TypeId type, Symbol name, Span span) {
  type = zonk(type);
  if (types[type].flags & HasError) {
    hasErrors = true;
    return;
  }
  if (types[type].kind == TypeKind::Async) {
    error(span, diag::FutureLacksMember, text(type), text(name)).help(diag::AddAwait);
    return;
  }
  std::vector<Step> steps = followSteps(type);
  frontend::Diagnostics quiet;
  auto near = meantMethod(steps, name);
  auto builder = error(span, diag::UnknownMethod, text(type), text(name), resolve::didYouMean(context.interner, near));
  resolve::offer(builder, span, context.interner, near);
  for (const Step &step : steps) {
    std::optional<AdtId> adt = adtOf(step.type);
    if (!adt || program.adt(*adt).isEnum)
      continue;
    for (const FieldDecl &field : program.adt(*adt).variants[0].fields)
      if (field.name == name)
        builder.help(diag::CallField, text(name));
  }
}

ExprId Inferer::inferPipe(ast::ExprId, const ast::Expr &expr, TypeId hint) {
  ExprId left = infer(expr.a);
  if (isError(typeAt(left)))
    return errorExpr(expr.span);
  const ast::Expr &right = tree(expr.b);
  const ast::Expr &callee = right.kind == ast::ExprKind::Call ? tree(right.a) : right;
  std::vector<Argument> arguments;
  if (right.kind == ast::ExprKind::Call)
    arguments = argumentsOf(right.list);
  if (callee.kind == ast::ExprKind::Path && (*file)[callee.path].segments.count == 1) {
    const ast::PathSegment segment = file->segments[(*file)[callee.path].segments.begin];
    std::vector<Step> steps = followSteps(typeAt(left));
    if (findMethod(steps, segment.name.symbol)) {
      MethodSite site{segment.name.symbol, segment.name.span, expr.span, {}};
      for (const ast::TypeArg &arg : ast::File::run(file->typeArgs, segment.args))
        if (arg.type.valid())
          site.typeArgs.push_back(normalize(lowerType(context, scope, arg.type), arg.span));
      return callMethod(left, std::move(site), std::move(arguments), hint);
    }
  }
  Argument first;
  first.span = at(left).span;
  first.made = left;
  arguments.insert(arguments.begin(), first);
  if (callee.kind == ast::ExprKind::Path) {
    PathTarget target = resolveValue((*file)[callee.path], callee.span);
    if (target.kind == PathTarget::Kind::Fn)
      return callFn(target.fn, std::move(target.args), std::move(arguments), std::nullopt, hint, expr.span, callee.span);
    if (target.kind == PathTarget::Kind::Variant)
      return callVariant(target, std::move(arguments), hint, expr.span);
    if (target.kind == PathTarget::Kind::Error)
      return errorExpr(expr.span);
    return callValue(pathExpr(target, callee.span, {}), std::move(arguments), hint, expr.span);
  }
  return callValue(infer(right.kind == ast::ExprKind::Call ? right.a : expr.b), std::move(arguments), hint, expr.span);
}

} // namespace async::infer
