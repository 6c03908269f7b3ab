// Struct literals, fields, indexes and `*x`.
#include "frontend/diagnostics/Types.h"
#include "frontend/resolve/Names.h"
#include "typeck/infer/Inferer.h"

namespace async::infer {

using thir::ExprKind;

ExprId Inferer::inferStructLiteral(const ast::Expr &expr, TypeId hint) {
  std::vector<ast::FieldInit> inits;
  for (const ast::FieldInit &init : ast::File::run(file->fieldInits, expr.list))
    inits.push_back(init);
  auto named = structPath((*file)[expr.path], (*file)[expr.path].span);
  if (!named) {
    for (const ast::FieldInit &init : inits)
      infer(init.value);
    if (expr.a.valid())
      infer(expr.a);
    return errorExpr(expr.span);
  }
  auto [type, variantIndex] = *named;
  AdtId adt = *adtOf(type);
  if (hint.valid() && !isGeneralVar(hint) && kindOf(hint) == TypeKind::Adt)
    unify(type, hint);
  type = resolve(type);
  const AdtDecl &decl = program.adt(adt);
  const VariantDecl &variant = decl.variants[variantIndex];
  std::vector<TypeId> args(types[type].args.begin(), types[type].args.end());
  std::vector<ExprId> fields(variant.fields.size());
  std::vector<bool> given(variant.fields.size());
  bool failed = false;
  for (const ast::FieldInit &init : inits) {
    size_t at = 0;
    while (at < variant.fields.size() && variant.fields[at].name != init.name.symbol)
      ++at;
    if (at == variant.fields.size()) {
      auto near = meantField(variant, init.name.symbol);
      auto built = error(init.name.span, diag::UnknownField, text(decl.isEnum ? variant.name : decl.name), text(init.name.symbol), resolve::didYouMean(context.interner, near));
      resolve::offer(built, init.name.span, context.interner, near);
      infer(init.value);
      failed = true;
      continue;
    }
    const FieldDecl &field = variant.fields[at];
    if (!decl.isEnum && !isVisible(field.isPublic, decl.module))
      error(init.name.span, diag::PrivateField, text(field.name), text(decl.name));
    if (given[at])
      error(init.name.span, diag::FieldTwice, text(field.name));
    given[at] = true;
    fields[at] = check(init.value, instantiate(field.type, args, init.name.span));
  }
  ExprId base;
  if (expr.a.valid()) {
    base = check(expr.a, type);
  } else {
    std::string missing;
    for (size_t i = 0; i < variant.fields.size(); ++i)
      if (!given[i])
        missing += (missing.empty() ? "`" : ", `") + text(variant.fields[i].name) + "`";
    if (!missing.empty()) {
      if (!failed)
        error(expr.span, diag::MissingFields, missing, text(decl.isEnum ? variant.name : decl.name));
      failed = true;
    }
  }
  if (failed) {
    ExprId id = errorExpr(expr.span);
    at(id).type = type;
    return id;
  }
  ExprId id = variantExpr(adt, variantIndex, fields, type, expr.span);
  at(id).a = base;
  return id;
}

ExprId Inferer::inferField(ast::ExprId, const ast::Expr &expr) {
  ExprId receiver = infer(expr.a);
  if (std::optional<ExprId> made = fieldOf(receiver, expr.name, expr.span2, expr.span))
    return *made;
  ExprId result = slot(fresh(expr.span), expr.span);
  later(expr.span, followSteps(typeAt(receiver)).back().type, [this, receiver, result, name = expr.name, nameSpan = expr.span2, span = expr.span](Round round) {
    std::optional<ExprId> made = fieldOf(receiver, name, nameSpan, span);
    if (!made && round != Round::Last)
      return Progress::Stuck;
    if (!made)
      made = cannotInfer(at(receiver).span);
    fill(result, *made);
    return Progress::Done;
  });
  return result;
}

ExprId Inferer::cannotInfer(Span span) {
  if (!hasErrors && !reportedUnknown) {
    reportedUnknown = true;
    error(span, diag::CannotInfer).help(diag::GiveType);
  }
  return errorExpr(span);
}

std::optional<ExprId> Inferer::fieldOf(ExprId receiver, Symbol name, Span nameSpan, Span span) {
  std::vector<Step> steps = followSteps(typeAt(receiver));
  bool isPrivate = false;
  for (size_t i = 0; i < steps.size(); ++i) {
    TypeId type = steps[i].type;
    const Type &found = types[type];
    if (found.kind == TypeKind::Error)
      return errorExpr(span);
    if (found.kind == TypeKind::Tuple) {
      uint32_t index = 0;
      std::string_view digits = context.interner.text(name);
      bool isNumber = !digits.empty() && digits.size() < 6 && digits.find_first_not_of("0123456789") == std::string_view::npos;
      if (isNumber)
        index = static_cast<uint32_t>(std::stoul(std::string(digits)));
      if (isNumber && index < found.args.size()) {
        ExprId place = followTo(receiver, steps, i);
        ExprId id = node(ExprKind::Field, span, found.args[index]);
        at(id).a = place;
        at(id).index = index;
        return id;
      }
    }
    if (found.kind != TypeKind::Adt || program.adt(AdtId{found.index}).isEnum)
      continue;
    const AdtDecl &decl = program.adt(AdtId{found.index});
    for (size_t f = 0; f < decl.variants[0].fields.size(); ++f) {
      const FieldDecl &field = decl.variants[0].fields[f];
      if (field.name != name)
        continue;
      if (!isVisible(field.isPublic, decl.module)) {
        isPrivate = true;
        continue;
      }
      ExprId place = followTo(receiver, steps, i);
      ExprId id = node(ExprKind::Field, span, instantiate(field.type, found.args, span));
      at(id).a = place;
      at(id).index = static_cast<uint32_t>(f);
      return id;
    }
  }
  if (types[steps.back().type].kind == TypeKind::Var)
    return std::nullopt;
  TypeId type = zonk(typeAt(receiver));
  if (types[type].flags & HasError)
    return errorExpr(span);
  if (isPrivate) {
    error(nameSpan, diag::PrivateField, text(name), text(type));
  } else if (types[type].kind == TypeKind::Async) {
    error(nameSpan, diag::FutureLacksMember, text(type), text(name)).help(diag::AddAwait);
  } else {
    auto near = meantField(steps, name);
    auto builder = error(nameSpan, diag::UnknownField, text(type), text(name), resolve::didYouMean(context.interner, near));
    resolve::offer(builder, nameSpan, context.interner, near);
    std::vector<Argument> none;
    if (findMethod(steps, name))
      builder.help(diag::CallMethod);
  }
  return errorExpr(span);
}

ExprId Inferer::inferIndex(const ast::Expr &expr) {
  ExprId receiver = infer(expr.a);
  ExprId index = infer(expr.b);
  if (std::optional<ExprId> made = indexOf(receiver, index, expr.span, Round::Known))
    return *made;
  ExprId result = slot(fresh(expr.span), expr.span);
  later(expr.span, {}, [this, receiver, index, result, span = expr.span](Round round) {
    std::optional<ExprId> made = indexOf(receiver, index, span, round);
    if (!made && round != Round::Last)
      return Progress::Stuck;
    fill(result, made ? *made : cannotInfer(span));
    return Progress::Done;
  });
  return result;
}

std::optional<ExprId> Inferer::indexOf(ExprId receiver, ExprId index, Span span, Round) {
  std::vector<Step> steps = followSteps(typeAt(receiver));
  TypeId indexType = known(typeAt(index));
  std::optional<TraitId> trait = langTrait("index");
  std::optional<FnId> method = langMethod("index", "index");
  for (size_t i = 0; i < steps.size(); ++i) {
    TypeId type = steps[i].type;
    if (types[type].kind == TypeKind::Error)
      return errorExpr(span);
    if (types[type].kind == TypeKind::Var) {
      waitsFor = type;
      return std::nullopt;
    }
    if (types[type].kind == TypeKind::Array || types[type].kind == TypeKind::Slice) {
      ExprId plain = peelScalar(index);
      TypeKind kind = kindOf(typeAt(plain));
      if (isGeneralVar(typeAt(plain))) {
        waitsFor = resolve(typeAt(plain));
        return std::nullopt;
      }
      if (kind == TypeKind::Int || isIntVar(typeAt(plain))) {
        plain = coerce(plain, types.i64);
        ExprId place = followTo(receiver, steps, i);
        ExprId id = node(ExprKind::Index, span, types[type].args[0]);
        at(id).a = place;
        at(id).b = plain;
        return id;
      }
    }
    if (!trait || !method || types[type].kind == TypeKind::Ref)
      continue;
    TypeId wanted;
    for (ExprId candidate : {index, peelScalar(index)}) {
      TypeId given = typeAt(candidate);
      if (!isGeneralVar(given) && evaluateTrait(type, TraitRef{*trait, {given}}) != Answer::No) {
        index = candidate;
        wanted = given;
        break;
      }
    }
    if (!wanted.valid()) {
      // One implementation alone says what it takes.
      TypeId open = fresh(span);
      Choice choice;
      TraitRef any{*trait, {open}};
      if (evaluateTrait(type, any, &choice) == Answer::No || choice.kind == Choice::Kind::None)
        continue;
      if (!confirm(choice, type, any, span))
        continue;
      wanted = open;
    }
    ExprId key = coerce(index, wanted);
    ExprId place = followTo(receiver, steps, i);
    TypeId output = projectionOf(type, *trait, "Output", {wanted}, span);
    ExprId operands[]{refExpr(Mutability::Shared, place, span), key};
    requireTrait(type, *trait, {wanted}, span);
    TypeId args[]{type, wanted};
    ExprId call = callExpr(*method, args, operands, types.reference(Mutability::Shared, output), span);
    return derefExpr(call, output, span);
  }
  if (isGeneralVar(indexType))
    return std::nullopt;
  TypeId type = zonk(typeAt(receiver));
  if (!((types[type].flags | types[zonk(indexType)].flags) & HasError))
    error(span, diag::CannotIndex, text(type), text(indexType));
  return errorExpr(span);
}

ExprId Inferer::inferDeref(const ast::Expr &expr, TypeId) {
  ExprId operand = infer(expr.a);
  if (std::optional<ExprId> made = derefOf(operand, expr.span))
    return *made;
  ExprId result = slot(fresh(expr.span), expr.span);
  later(expr.span, typeAt(operand), [this, operand, result, span = expr.span](Round round) {
    std::optional<ExprId> made = derefOf(operand, span);
    if (!made && round != Round::Last)
      return Progress::Stuck;
    fill(result, made ? *made : cannotInfer(span));
    return Progress::Done;
  });
  return result;
}

std::optional<ExprId> Inferer::derefOf(ExprId operand, Span span) {
  TypeId type = known(typeAt(operand));
  if (types[type].kind == TypeKind::Error)
    return errorExpr(span);
  if (isGeneralVar(type))
    return std::nullopt;
  if (types[type].kind == TypeKind::Pointer) {
    if (unsafeDepth == 0)
      error(span, diag::NeedsUnsafe, "following a raw pointer");
    return derefExpr(operand, types[type].args[0], span);
  }
  std::optional<Step> step = types[type].kind == TypeKind::Array ? std::nullopt : followStep(type);
  if (!step) {
    error(span, diag::CannotFollow, text(type));
    return errorExpr(span);
  }
  ExprId made = follow(operand, *step);
  at(made).span = span;
  return made;
}

} // namespace async::infer
