// What a path in an expression or pattern names: locals, functions, variants, constants, and members of types and traits.
#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"
#include "frontend/resolve/Names.h"
#include "typeck/infer/Inferer.h"

namespace async::infer {

using resolve::DefKind;
using resolve::Namespace;
using thir::ExprKind;

bool Inferer::isVisible(bool isPublic, ModuleId owner) const { return isPublic || resolve::canSee(context.world, module, owner.index); }

namespace {

ast::Path prefixOf(const ast::Path &path, size_t count) {
  ast::Path prefix = path;
  prefix.segments.count = static_cast<uint32_t>(count);
  return prefix;
}

} // namespace

TypeId Inferer::typeOfPrefix(const ast::Path &path, size_t count) { return normalize(lowerTypePath(context, scope, prefixOf(path, count)), path.span); }

std::optional<uint32_t> Inferer::genericParam(Symbol name) const {
  if (scope.generics)
    for (size_t i = scope.generics->params.size(); i-- > 0;)
      if (scope.generics->params[i].name == name && !scope.generics->params[i].isHidden)
        return static_cast<uint32_t>(i);
  return std::nullopt;
}

PathTarget Inferer::fnTarget(FnId callee, std::vector<TypeId> parentArgs, const ast::PathSegment &segment) {
  PathTarget target;
  target.kind = program.fn(callee).isConst ? PathTarget::Kind::ConstMember : PathTarget::Kind::Fn;
  target.fn = callee;
  const Generics &generics = program.fn(callee).generics;
  auto skip = static_cast<uint32_t>(parentArgs.size());
  target.args = std::move(parentArgs);
  if (segment.hasArgs)
    for (TypeId arg : lowerArgs(context, scope, segment, generics, skip))
      if (target.args.size() < generics.params.size())
        target.args.push_back(normalize(arg, segment.name.span));
  while (target.args.size() < generics.params.size())
    target.args.push_back(fresh(segment.name.span));
  return target;
}

PathTarget Inferer::variantTarget(AdtId adt, uint32_t variant, const ast::Path &path, size_t at) {
  PathTarget target;
  target.kind = PathTarget::Kind::Variant;
  target.adt = adt;
  target.index = variant;
  const Generics &generics = program.adt(adt).generics;
  // The arguments stand behind the enum's name or the variant's.
  for (size_t i = at + 1; i-- > 0 && i + 2 > at;) {
    const ast::PathSegment &segment = file->segments[path.segments.begin + i];
    if (!segment.hasArgs)
      continue;
    for (TypeId arg : lowerArgs(context, scope, segment, generics, 0))
      if (target.args.size() < generics.params.size())
        target.args.push_back(normalize(arg, segment.name.span));
    break;
  }
  while (target.args.size() < generics.params.size())
    target.args.push_back(fresh(path.span));
  return target;
}

PathTarget Inferer::memberOf(TypeId type, const ast::PathSegment &segment, Span span) {
  type = known(type);
  Symbol name = segment.name.symbol;
  if (isError(type))
    return {};
  if (std::optional<AdtId> adt = adtOf(type); adt && program.adt(*adt).isEnum) {
    if (std::optional<uint32_t> variant = program.adt(*adt).variantNamed(name)) {
      PathTarget target;
      target.kind = PathTarget::Kind::Variant;
      target.adt = *adt;
      target.index = *variant;
      target.args.assign(types[type].args.begin(), types[type].args.end());
      return target;
    }
  }
  std::optional<InherentMember> chosen;
  bool isPrivate = false;
  lookup.inherent(name).forEach(headOf(typeOf(type)), [&](const InherentMember &member) {
    const ImplDecl &impl = program.impl(member.impl);
    std::vector<TypeId> args = freshArgs(impl.generics.params.size(), span);
    if (!canUnify(instantiate(impl.self, args, span), type))
      return true;
    if (!isVisible(program.fn(member.fn).isPublic, program.fn(member.fn).module))
      isPrivate = true;
    else if (!chosen)
      chosen = member;
    return true;
  });
  if (chosen) {
    std::vector<TypeId> args = freshArgs(program.impl(chosen->impl).generics.params.size(), span);
    unify(instantiate(program.impl(chosen->impl).self, args, span), type);
    return fnTarget(chosen->fn, std::move(args), segment);
  }
  std::optional<TraitMember> ofTrait;
  Answer best = Answer::No;
  lookup.ofTraits(name).forEach(traitHead(type), [&](const TraitMember &member) {
    TraitRef wanted{member.trait, freshArgs(program.trait(member.trait).generics.params.size() - 1, span)};
    Answer answer = evaluateTrait(type, wanted);
    if (answer > best) {
      best = answer;
      ofTrait = member;
    }
    return true;
  });
  if (ofTrait) {
    std::vector<TypeId> args{type};
    while (args.size() < program.trait(ofTrait->trait).generics.params.size())
      args.push_back(fresh(span));
    return fnTarget(ofTrait->fn, std::move(args), segment);
  }
  if (isPrivate)
    error(segment.name.span, diag::PrivateMember, text(name), text(type));
  else
    error(segment.name.span, diag::NoMember, text(type), text(name));
  return {};
}

PathTarget Inferer::memberOfTrait(TraitId trait, const ast::Path &path, size_t at, Span span) {
  const ast::PathSegment &segment = file->segments[path.segments.begin + at];
  const ast::PathSegment &named = file->segments[path.segments.begin + at - 1];
  std::optional<FnId> method = traitMethod(trait, context.interner.text(segment.name.symbol));
  if (!method) {
    error(segment.name.span, diag::NoMember, text(program.trait(trait).name), text(segment.name.symbol));
    return {};
  }
  std::vector<TypeId> args{fresh(span)};
  if (named.hasArgs)
    for (TypeId arg : lowerArgs(context, scope, named, program.trait(trait).generics, 1))
      if (args.size() < program.trait(trait).generics.params.size())
        args.push_back(normalize(arg, named.name.span));
  while (args.size() < program.trait(trait).generics.params.size())
    args.push_back(fresh(span));
  return fnTarget(*method, std::move(args), segment);
}

PathTarget Inferer::ofType(TypeId type, Span span) {
  std::optional<AdtId> adt = adtOf(type);
  if (!adt || program.adt(*adt).isEnum) {
    if (!isError(type))
      error(span, diag::TypeAsValue, text(type));
    hasErrors = true;
    return {};
  }
  PathTarget target;
  target.kind = PathTarget::Kind::Variant;
  target.adt = *adt;
  target.args.assign(types[resolve(type)].args.begin(), types[resolve(type)].args.end());
  return target;
}

PathTarget Inferer::resolveValue(const ast::Path &path, Span span, bool locals) {
  size_t count = path.segments.count;
  if (count == 0)
    return {};
  const ast::PathSegment first = file->segments[path.segments.begin];
  const ast::PathSegment last = file->segments[path.segments.begin + count - 1];
  PathTarget target;
  if (count == 1 && locals)
    if (std::optional<LocalId> local = findLocal(first.name.symbol)) {
      target.kind = PathTarget::Kind::Local;
      target.local = *local;
      return target;
    }
  std::optional<uint32_t> param = genericParam(first.name.symbol);
  if (count == 1 && param && scope.generics->params[*param].isConst) {
    target.kind = PathTarget::Kind::ConstParam;
    target.index = *param;
    return target;
  }
  if (context.interner.text(first.name.symbol) == "Self" || param) {
    TypeId type = typeOfPrefix(path, count == 1 ? 1 : count - 1);
    return count == 1 ? ofType(type, span) : memberOf(type, last, span);
  }
  size_t before = context.diagnostics.errorCount();
  resolve::ResolvedPath found = resolve::resolvePath(context.world, context.interner, *file, module, path, Namespace::Values, context.diagnostics);
  hasErrors |= context.diagnostics.errorCount() != before;
  switch (found.def.kind) {
  case DefKind::Error:
    hasErrors = true;
    return {};
  case DefKind::Fn:
    return fnTarget(FnId{found.def.index}, {}, last);
  case DefKind::Variant:
    if (found.used < count)
      break;
    return variantTarget(AdtId{found.def.index}, found.def.variant, path, count - 1);
  case DefKind::Const:
    target.kind = PathTarget::Kind::Const;
    target.constant = ConstId{found.def.index};
    return target;
  case DefKind::Adt:
  case DefKind::Primitive:
  case DefKind::Alias: {
    if (found.used == count)
      return ofType(typeOfPrefix(path, count), span);
    TypeId type = typeOfPrefix(path, count - 1);
    if (!locals) // a pattern
      if (std::optional<PathTarget> kind = errorKindTarget(type, last.name.symbol))
        return *kind;
    return memberOf(type, last, span);
  }
  case DefKind::Trait:
    if (found.used + 1 == count)
      return memberOfTrait(TraitId{found.def.index}, path, count - 1, span);
    break;
  case DefKind::None:
  case DefKind::Module:
  case DefKind::AssocType:
    break;
  }
  if (context.diagnostics.errorCount() != before)
    return {};
  if (count == 1 && !unknownNames.insert(last.name.symbol).second) {
    hasErrors = true;
    return {};
  }
  std::optional<resolve::Meant> near = count == 1 ? meantLocal(last.name.symbol) : std::nullopt;
  if (!near)
    near = resolve::suggest(context.world, context.interner, module, last.name.symbol, Namespace::Values);
  const Span place = count == 1 ? span : last.name.span;
  resolve::offer(error(place, diag::UnknownName, text(last.name.symbol), resolve::didYouMean(context.interner, near)), last.name.span, context.interner, near);
  return {};
}

ExprId Inferer::inferPath(ast::ExprId, const ast::Expr &expr, TypeId hint) { return pathExpr(resolveValue((*file)[expr.path], expr.span), expr.span, hint); }

// A variant with fields as a function: a closure that makes it.
ExprId Inferer::constructorClosure(const PathTarget &target, TypeId type, Span span) {
  std::vector<TypeId> fields;
  for (const FieldDecl &field : program.adt(target.adt).variants[target.index].fields)
    fields.push_back(instantiate(field.type, target.args, span));
  ClosureId closure = declareClosure(ClosureDecl::Kind::Closure, span);
  BodySave save = enterBody(Exit::Kind::Closure, type);
  std::vector<ExprId> values;
  for (TypeId field : fields) {
    LocalId local = addLocal(Symbol{}, field, span, true);
    body().locals[local.index].isParam = true;
    thir::Param param{bindingPattern(local, field, span), field};
    body().params.push_back(param);
    values.push_back(localExpr(local, span));
  }
  ExprId value = variantExpr(target.adt, target.index, values, type, span);
  return finishClosure(save, closure, ClosureDecl::Kind::Closure, false, value, type, fields, span);
}

void Inferer::requireMember(const PathTarget &target, Span span) {
  const FnDecl &member = program.fn(target.fn);
  requireAll(member.generics.predicates, target.args, span);
  if (!member.trait || target.args.empty())
    return;
  const size_t count = program.trait(*member.trait).generics.params.size();
  requireTrait(target.args[0], *member.trait, {target.args.begin() + 1, target.args.begin() + static_cast<ptrdiff_t>(count)}, span);
}

ExprId Inferer::pathExpr(const PathTarget &target, Span span, TypeId hint) {
  switch (target.kind) {
  case PathTarget::Kind::Error:
  case PathTarget::Kind::ErrorKind: // in patterns only
    return errorExpr(span);
  case PathTarget::Kind::Local:
    return localExpr(target.local, span);
  case PathTarget::Kind::ConstParam: {
    ExprId id = node(ExprKind::ConstParam, span, types.i64);
    at(id).index = target.index;
    return id;
  }
  case PathTarget::Kind::Const: {
    ExprId id = node(ExprKind::Const, span, program.constant(target.constant).type);
    at(id).def = target.constant.index;
    return id;
  }
  case PathTarget::Kind::ConstMember: {
    requireMember(target, span);
    const TypeId type = normalize(instantiate(program.fn(target.fn).result, target.args, span), span);
    if (hint.valid() && !isGeneralVar(hint))
      unify(hint, type); // may decide Self; what does not fit is reported by who asked
    return callExpr(target.fn, target.args, {}, type, span);
  }
  case PathTarget::Kind::Fn: {
    requireMember(target, span);
    ExprId id = node(ExprKind::FnItem, span, types.fnDef(target.fn, target.args));
    thir::List args = typeList(target.args);
    at(id).def = target.fn.index;
    at(id).typeArgs = args;
    return id;
  }
  case PathTarget::Kind::Variant: {
    TypeId type = types.adt(target.adt, target.args);
    const VariantDecl &variant = program.adt(target.adt).variants[target.index];
    switch (variant.shape) {
    case VariantDecl::Shape::Unit:
      if (hint.valid() && !isGeneralVar(hint))
        unify(hint, type);
      return variantExpr(target.adt, target.index, {}, type, span);
    case VariantDecl::Shape::Tuple:
      return constructorClosure(target, type, span);
    case VariantDecl::Shape::Named:
      error(span, diag::NeedsFields, text(variant.name));
      return errorExpr(span);
    }
    return errorExpr(span);
  }
  }
  return errorExpr(span);
}

std::optional<std::pair<TypeId, uint32_t>> Inferer::structPath(const ast::Path &path, Span span) {
  size_t count = path.segments.count;
  if (count == 0)
    return std::nullopt;
  const ast::PathSegment first = file->segments[path.segments.begin];
  const ast::PathSegment last = file->segments[path.segments.begin + count - 1];
  auto structOf = [&](TypeId type) -> std::optional<std::pair<TypeId, uint32_t>> {
    std::optional<AdtId> adt = adtOf(type);
    if (adt && !program.adt(*adt).isEnum)
      return std::pair{type, 0u};
    hasErrors = true;
    if (!isError(type))
      error(span, diag::NotAStruct, text(type));
    return std::nullopt;
  };
  auto variantOf = [&](const PathTarget &target) -> std::optional<std::pair<TypeId, uint32_t>> {
    if (target.kind == PathTarget::Kind::Variant)
      return std::pair{types.adt(target.adt, target.args), target.index};
    if (target.kind != PathTarget::Kind::Error)
      error(span, diag::NotAStruct, text(last.name.symbol));
    return std::nullopt;
  };
  if (context.interner.text(first.name.symbol) == "Self" || genericParam(first.name.symbol)) {
    if (count == 1)
      return structOf(typeOfPrefix(path, 1));
    return variantOf(memberOf(typeOfPrefix(path, count - 1), last, span));
  }
  frontend::Diagnostics quiet;
  resolve::ResolvedPath value = resolve::resolvePath(context.world, context.interner, *file, module, path, Namespace::Values, quiet);
  if (value.def.kind == DefKind::Variant && value.used == count)
    return variantOf(variantTarget(AdtId{value.def.index}, value.def.variant, path, count - 1));
  if ((value.def.kind == DefKind::Adt || value.def.kind == DefKind::Alias) && value.used + 1 == count)
    return variantOf(memberOf(typeOfPrefix(path, count - 1), last, span));
  size_t before = context.diagnostics.errorCount();
  TypeId type = typeOfPrefix(path, count);
  hasErrors |= context.diagnostics.errorCount() != before;
  return structOf(type);
}

} // namespace async::infer
