// Patterns against the type of what they match, with the binding modes of references that are looked through.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"
#include "frontend/resolve/Names.h"

namespace async::infer {

using ast::PatternKind;
using thir::BindingMode;

PatternId Inferer::checkTopPattern(ast::PatternId id, TypeId type) {
  patternNames.emplace_back();
  PatternId made = checkPattern(id, type, BindingMode::Value);
  patternNames.pop_back();
  return made;
}

PatternId Inferer::wildcard(TypeId type, Span span) {
  thir::Pattern pattern{};
  pattern.kind = thir::PatternKind::Wildcard;
  pattern.span = span;
  pattern.type = type;
  return addPattern(pattern);
}

PatternId Inferer::errorPattern(TypeId type, Span span) {
  hasErrors = true;
  return wildcard(type, span);
}

// What the pattern looks at is behind references that it does not write.
PatternId Inferer::checkPattern(ast::PatternId id, TypeId type, BindingMode mode) {
  const ast::Pattern &pattern = (*file)[id];
  bool looksThrough = false;
  switch (pattern.kind) {
  case PatternKind::Literal:
  case PatternKind::Range:
  case PatternKind::Tuple:
  case PatternKind::Slice:
  case PatternKind::Path:
  case PatternKind::TupleStruct:
  case PatternKind::Struct:
    looksThrough = true;
    break;
  case PatternKind::Binding:
    looksThrough = !pattern.a.valid() && namesConstant(pattern.name.symbol);
    break;
  case PatternKind::Error:
  case PatternKind::Wildcard:
  case PatternKind::Rest:
  case PatternKind::Ref:
  case PatternKind::Or:
    break;
  }
  type = known(type);
  if (!looksThrough || types[type].kind != TypeKind::Ref)
    return patternHere(id, type, mode);
  bool shared = static_cast<Mutability>(types[type].sub) == Mutability::Shared;
  BindingMode inner = shared || mode == BindingMode::Ref ? BindingMode::Ref : BindingMode::RefMut;
  PatternId sub = checkPattern(id, types[type].args[0], inner);
  thir::Pattern deref{};
  deref.kind = thir::PatternKind::Deref;
  deref.span = pattern.span;
  deref.type = type;
  deref.sub = sub;
  return addPattern(deref);
}

PatternId Inferer::patternHere(ast::PatternId id, TypeId type, BindingMode mode) {
  const ast::Pattern pattern = (*file)[id];
  switch (pattern.kind) {
  case PatternKind::Error:
    return errorPattern(type, pattern.span);
  case PatternKind::Wildcard:
    return wildcard(type, pattern.span);
  case PatternKind::Rest:
    error(pattern.span, diag::RestPattern);
    return errorPattern(type, pattern.span);
  case PatternKind::Binding:
    return bindName(pattern, type, mode);
  case PatternKind::Literal:
    return literalPattern(pattern, type);
  case PatternKind::Range:
    return rangePattern(pattern, type);
  case PatternKind::Ref: {
    TypeId target = fresh(pattern.span);
    TypeId reference = types.reference(pattern.flag ? Mutability::Exclusive : Mutability::Shared, target);
    if (!unify(type, reference)) {
      mismatch(pattern.span, type, reference);
      return errorPattern(type, pattern.span);
    }
    PatternId sub = checkPattern(pattern.a, target, BindingMode::Value);
    thir::Pattern deref{};
    deref.kind = thir::PatternKind::Deref;
    deref.span = pattern.span;
    deref.type = type;
    deref.sub = sub;
    return addPattern(deref);
  }
  case PatternKind::Tuple:
    return tuplePattern(pattern, type, mode);
  case PatternKind::Slice:
    return slicePattern(pattern, type, mode);
  case PatternKind::Path:
    return targetPattern(pattern, resolveValue((*file)[pattern.path], pattern.span, false), type, mode);
  case PatternKind::TupleStruct:
    return targetPattern(pattern, resolveValue((*file)[pattern.path], (*file)[pattern.path].span, false), type, mode);
  case PatternKind::Struct:
    return structPattern(pattern, type, mode);
  case PatternKind::Or:
    return orPattern(pattern, type, mode);
  }
  return errorPattern(type, pattern.span);
}

bool Inferer::namesConstant(Symbol name) {
  resolve::Def def = resolve::lookup(context.world, context.interner, module, name, resolve::Namespace::Values);
  if (def.kind == resolve::DefKind::Const)
    return true;
  if (def.kind == resolve::DefKind::Variant)
    return program.adt(AdtId{def.index}).variants[def.variant].shape == VariantDecl::Shape::Unit;
  return def.kind == resolve::DefKind::Adt && !program.adt(AdtId{def.index}).isEnum &&
         program.adt(AdtId{def.index}).variants[0].shape == VariantDecl::Shape::Unit;
}

PatternId Inferer::bindName(const ast::Pattern &pattern, TypeId type, BindingMode mode) {
  Symbol name = pattern.name.symbol;
  if (!pattern.a.valid() && namesConstant(name)) {
    resolve::Def def = resolve::lookup(context.world, context.interner, module, name, resolve::Namespace::Values);
    PathTarget target;
    if (def.kind == resolve::DefKind::Const) {
      target.kind = PathTarget::Kind::Const;
      target.constant = ConstId{def.index};
    } else {
      target.kind = PathTarget::Kind::Variant;
      target.adt = AdtId{def.index};
      target.index = def.kind == resolve::DefKind::Variant ? def.variant : 0;
      target.args = freshArgs(program.adt(target.adt).generics.params.size(), pattern.span);
    }
    return targetPattern(pattern, target, type, mode);
  }
  TypeId bound = type;
  if (mode != BindingMode::Value)
    bound = types.reference(mode == BindingMode::Ref ? Mutability::Shared : Mutability::Exclusive, type);
  LocalId local;
  std::unordered_map<uint32_t, LocalId> *shared = orNames.empty() ? nullptr : orNames.back();
  auto known = shared ? shared->find(name.index) : std::unordered_map<uint32_t, LocalId>::iterator{};
  if (shared && known != shared->end()) {
    local = known->second;
    if (!unify(body()[local].type, bound))
      mismatch(pattern.name.span, body()[local].type, bound);
    orSeen.back().push_back(name.index);
  } else {
    auto [before, isNew] = patternNames.back().try_emplace(name.index, pattern.name.span);
    if (!isNew)
      error(pattern.name.span, diag::BoundTwice, text(name)).label(before->second, diag::FirstBinding);
    local = addLocal(name, bound, pattern.name.span);
    frame->names.push_back({name, local});
    if (shared) {
      (*shared)[name.index] = local;
      orSeen.back().push_back(name.index);
    }
  }
  PatternId sub;
  if (pattern.a.valid())
    sub = checkPattern(pattern.a, type, mode);
  thir::Pattern made{};
  made.kind = thir::PatternKind::Binding;
  made.mode = mode;
  made.span = pattern.span;
  made.type = type;
  made.local = local;
  made.sub = sub;
  return addPattern(made);
}

ExprId Inferer::patternConstant(ast::ExprId id, TypeId type) {
  const ast::Expr &expr = tree(id);
  bool negated = expr.kind == ast::ExprKind::Unary && static_cast<ast::UnaryOp>(expr.op) == ast::UnaryOp::Neg;
  ExprId value;
  if (negated && (tree(expr.a).kind == ast::ExprKind::Int || tree(expr.a).kind == ast::ExprKind::Float)) {
    value = inferLiteral(tree(expr.a), type, true);
  } else if (expr.kind == ast::ExprKind::Path || expr.kind <= ast::ExprKind::Duration) {
    value = infer(id, type);
    thir::ExprKind kind = at(value).kind;
    if (kind != thir::ExprKind::Literal && kind != thir::ExprKind::Const && kind != thir::ExprKind::Error) {
      error(expr.span, diag::PatternNotConstant);
      return errorExpr(expr.span);
    }
  } else {
    error(expr.span, diag::PatternNotConstant);
    return errorExpr(expr.span);
  }
  if (!unify(type, typeAt(value)))
    mismatch(expr.span, type, typeAt(value));
  return value;
}

PatternId Inferer::literalPattern(const ast::Pattern &pattern, TypeId type) {
  ExprId value = patternConstant(pattern.expr, type);
  thir::Pattern made{};
  made.kind = thir::PatternKind::Literal;
  made.span = pattern.span;
  made.type = type;
  made.lo = value;
  return addPattern(made);
}

PatternId Inferer::rangePattern(const ast::Pattern &pattern, TypeId type) {
  ExprId low, high;
  if (pattern.lo.valid())
    low = patternConstant(pattern.lo, type);
  if (pattern.hi.valid())
    high = patternConstant(pattern.hi, type);
  atEnd.push_back([this, type, span = pattern.span] {
    TypeKind kind = kindOf(type);
    if (kind != TypeKind::Int && kind != TypeKind::Float && kind != TypeKind::Char && kind != TypeKind::Error)
      error(span, diag::RangePatternType, text(type));
  });
  thir::Pattern made{};
  made.kind = thir::PatternKind::Range;
  made.span = pattern.span;
  made.type = type;
  made.lo = low;
  made.hi = high;
  made.inclusive = pattern.flag;
  return addPattern(made);
}

bool Inferer::spread(std::span<const ast::PatternId> written, size_t count, std::vector<ast::PatternId> &out) {
  size_t rests = 0, restAt = 0;
  for (size_t i = 0; i < written.size(); ++i)
    if ((*file)[written[i]].kind == PatternKind::Rest) {
      ++rests;
      restAt = i;
    }
  if (rests > 1) {
    error((*file)[written[restAt]].span, diag::RestPattern);
    for (ast::PatternId id : written)
      if ((*file)[id].kind != PatternKind::Rest && out.size() < count)
        out.push_back(id);
    out.resize(count);
    return true;
  }
  if ((rests == 0 && written.size() != count) || (rests == 1 && written.size() - 1 > count))
    return false;
  for (size_t i = 0; i < written.size(); ++i) {
    if (rests == 1 && i == restAt)
      out.resize(out.size() + count + 1 - written.size());
    else
      out.push_back(written[i]);
  }
  return true;
}

PatternId Inferer::tuplePattern(const ast::Pattern &pattern, TypeId type, BindingMode mode) {
  std::vector<ast::PatternId> written;
  for (ast::PatternId id : ast::File::run(file->patternLists, pattern.list))
    written.push_back(id);
  if (isGeneralVar(type)) {
    for (ast::PatternId id : written)
      if ((*file)[id].kind == PatternKind::Rest)
        return cannotInfer(pattern.span), errorPattern(type, pattern.span);
    unify(type, types.tuple(freshArgs(written.size(), pattern.span)));
  }
  type = resolve(type);
  std::vector<ast::PatternId> parts;
  if (types[type].kind != TypeKind::Tuple || !spread(written, types[type].args.size(), parts)) {
    if (types[type].kind != TypeKind::Error)
      mismatch(pattern.span, type, types.tuple(freshArgs(written.size(), pattern.span)));
    for (ast::PatternId id : written)
      if ((*file)[id].kind != PatternKind::Rest)
        checkPattern(id, types.error, mode);
    return errorPattern(type, pattern.span);
  }
  std::vector<PatternId> made;
  for (size_t i = 0; i < parts.size(); ++i)
    made.push_back(parts[i].valid() ? checkPattern(parts[i], types[type].args[i], mode) : wildcard(types[type].args[i], pattern.span));
  thir::Pattern tuple{};
  tuple.kind = thir::PatternKind::Tuple;
  tuple.span = pattern.span;
  tuple.type = type;
  tuple.list = patternList(made);
  return addPattern(tuple);
}

PatternId Inferer::slicePattern(const ast::Pattern &pattern, TypeId type, BindingMode mode) {
  type = known(type);
  TypeId element, rest;
  if (types[type].kind == TypeKind::Array || types[type].kind == TypeKind::Slice) {
    element = types[type].args[0];
    rest = types.slice(element);
  } else {
    if (types[type].kind != TypeKind::Error)
      error(pattern.span, diag::SlicePatternType, text(type));
    element = rest = types.error;
  }
  std::vector<PatternId> before, after;
  PatternId restPattern;
  bool hasRest = false;
  std::vector<ast::PatternId> written;
  for (ast::PatternId id : ast::File::run(file->patternLists, pattern.list))
    written.push_back(id);
  for (ast::PatternId id : written) {
    const ast::Pattern part = (*file)[id];
    bool isNamedRest = part.kind == PatternKind::Binding && part.a.valid() && (*file)[part.a].kind == PatternKind::Rest;
    if (part.kind == PatternKind::Rest || isNamedRest) {
      if (hasRest)
        error(part.span, diag::RestPattern);
      hasRest = true;
      if (isNamedRest) {
        ast::Pattern name = part;
        name.a = {};
        restPattern = bindName(name, rest, mode == BindingMode::Value ? BindingMode::Ref : mode);
      }
      continue;
    }
    (hasRest ? after : before).push_back(checkPattern(id, element, mode));
  }
  thir::Pattern slice{};
  slice.kind = thir::PatternKind::Slice;
  slice.span = pattern.span;
  slice.type = type;
  slice.hasRest = hasRest;
  slice.sub = restPattern;
  slice.list = patternList(before);
  slice.list2 = patternList(after);
  return addPattern(slice);
}

PatternId Inferer::orPattern(const ast::Pattern &pattern, TypeId type, BindingMode mode) {
  std::vector<ast::PatternId> written;
  for (ast::PatternId id : ast::File::run(file->patternLists, pattern.list))
    written.push_back(id);
  std::unordered_map<uint32_t, LocalId> names;
  std::unordered_map<uint32_t, LocalId> *outer = orNames.empty() ? nullptr : orNames.back();
  if (outer)
    names = *outer;
  std::vector<PatternId> made;
  std::vector<uint32_t> first;
  for (size_t i = 0; i < written.size(); ++i) {
    orNames.push_back(&names);
    orSeen.emplace_back();
    made.push_back(checkPattern(written[i], type, mode));
    std::vector<uint32_t> seen = std::move(orSeen.back());
    orSeen.pop_back();
    orNames.pop_back();
    std::sort(seen.begin(), seen.end());
    if (i == 0)
      first = seen;
    else if (seen != first)
      error((*file)[written[i]].span, diag::OrBindings);
  }
  if (outer) {
    *outer = names;
    orSeen.back().insert(orSeen.back().end(), first.begin(), first.end());
  }
  thir::Pattern all{};
  all.kind = thir::PatternKind::Or;
  all.span = pattern.span;
  all.type = type;
  all.list = patternList(made);
  return addPattern(all);
}

PatternId Inferer::targetPattern(const ast::Pattern &pattern, const PathTarget &target, TypeId type, BindingMode mode) {
  std::vector<ast::PatternId> written;
  if (pattern.kind == PatternKind::TupleStruct)
    for (ast::PatternId id : ast::File::run(file->patternLists, pattern.list))
      written.push_back(id);
  auto broken = [&] {
    for (ast::PatternId id : written)
      if ((*file)[id].kind != PatternKind::Rest)
        checkPattern(id, types.error, mode);
    return errorPattern(type, pattern.span);
  };
  switch (target.kind) {
  case PathTarget::Kind::Error:
    return broken();
  case PathTarget::Kind::ConstMember:
  case PathTarget::Kind::Const: {
    if (pattern.kind == PatternKind::TupleStruct || (target.kind == PathTarget::Kind::Const && program.constant(target.constant).isStatic))
      break;
    ExprId value = pathExpr(target, pattern.span, {});
    if (!unify(type, typeAt(value)))
      mismatch(pattern.span, type, typeAt(value));
    thir::Pattern made{};
    made.kind = thir::PatternKind::Literal;
    made.span = pattern.span;
    made.type = type;
    made.lo = value;
    return addPattern(made);
  }
  case PathTarget::Kind::Variant: {
    TypeId adtType = types.adt(target.adt, target.args);
    if (!unify(type, adtType)) {
      mismatch(pattern.span, type, adtType);
      return broken();
    }
    const VariantDecl &variant = program.adt(target.adt).variants[target.index];
    std::vector<ast::PatternId> parts;
    bool isTuple = variant.shape == VariantDecl::Shape::Tuple;
    if (isTuple != (pattern.kind == PatternKind::TupleStruct) || !spread(written, isTuple ? variant.fields.size() : 0, parts)) {
      if (variant.shape == VariantDecl::Shape::Named)
        error(pattern.span, diag::NeedsFields, text(variant.name));
      else
        error(pattern.span, diag::PatternFields, text(variant.name), static_cast<int64_t>(variant.fields.size()), static_cast<int64_t>(written.size()))
            .label(variant.span, diag::CalleeDeclared, text(variant.name));
      return broken();
    }
    std::vector<PatternId> made;
    for (size_t i = 0; i < parts.size(); ++i) {
      const FieldDecl &field = variant.fields[i];
      if (parts[i].valid() && !program.adt(target.adt).isEnum && !isVisible(field.isPublic, program.adt(target.adt).module))
        error((*file)[parts[i]].span, diag::PrivateField, text(field.name), text(variant.name));
      TypeId fieldType = instantiate(field.type, typeOf(adtType).args, pattern.span);
      made.push_back(parts[i].valid() ? checkPattern(parts[i], fieldType, mode) : wildcard(fieldType, pattern.span));
    }
    return variantPattern(target.adt, target.index, made, type, pattern.span);
  }
  case PathTarget::Kind::ErrorKind:
    return errorKindPattern(pattern, target, type, mode);
  case PathTarget::Kind::Local:
  case PathTarget::Kind::Fn:
  case PathTarget::Kind::ConstParam:
    break;
  }
  error(pattern.span, diag::PatternNotConstant);
  return broken();
}

PatternId Inferer::structPattern(const ast::Pattern &pattern, TypeId type, BindingMode mode) {
  std::vector<ast::PatternField> written;
  for (const ast::PatternField &field : ast::File::run(file->patternFields, pattern.list))
    written.push_back(field);
  auto named = structPath((*file)[pattern.path], (*file)[pattern.path].span);
  bool fits = named && unify(type, named->first);
  if (named && !fits)
    mismatch(pattern.span, type, named->first);
  if (!fits) {
    for (const ast::PatternField &field : written)
      checkPattern(field.pattern, types.error, mode);
    return errorPattern(type, pattern.span);
  }
  AdtId adt = *adtOf(named->first);
  const AdtDecl &decl = program.adt(adt);
  const VariantDecl &variant = decl.variants[named->second];
  std::vector<TypeId> args(typeOf(named->first).args.begin(), typeOf(named->first).args.end());
  std::vector<PatternId> made(variant.fields.size());
  for (const ast::PatternField &field : written) {
    size_t at = 0;
    while (at < variant.fields.size() && variant.fields[at].name != field.name.symbol)
      ++at;
    if (at == variant.fields.size()) {
      auto near = meantField(variant, field.name.symbol);
      error(field.name.span, diag::UnknownField, text(variant.name), text(field.name.symbol), resolve::didYouMean(context.interner, near));
      checkPattern(field.pattern, types.error, mode);
      continue;
    }
    if (made[at].valid())
      error(field.name.span, diag::FieldTwice, text(field.name.symbol));
    if (!decl.isEnum && !isVisible(variant.fields[at].isPublic, decl.module))
      error(field.name.span, diag::PrivateField, text(field.name.symbol), text(decl.name));
    made[at] = checkPattern(field.pattern, instantiate(variant.fields[at].type, args, field.name.span), mode);
  }
  std::string missing;
  for (size_t i = 0; i < made.size(); ++i)
    if (!made[i].valid()) {
      missing += (missing.empty() ? "`" : ", `") + text(variant.fields[i].name) + "`";
      made[i] = wildcard(instantiate(variant.fields[i].type, args, pattern.span), pattern.span);
    }
  if (!missing.empty() && !pattern.flag)
    error(pattern.span, diag::PatternMissesFields, missing, text(variant.name)).help(diag::AddRest);
  return variantPattern(adt, named->second, made, type, pattern.span);
}

} // namespace async::infer
