// `?`, `catch`, and the error types of bodies (rules.md I4).
#include "typeck/infer/Inferer.h"
#include "frontend/diagnostics/Structure.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/TypeText.h"

namespace async::infer {

using thir::ExprKind;

ExprId Inferer::inferQuestion(const ast::Expr &expr, TypeId) {
  ExprId operand = infer(expr.a);
  Exit *exit = exits.back();
  leavesDefer(exits.size() - 1, expr.span, "?");
  if (std::optional<ExprId> made = questionOf(operand, exit, expr.span, Round::Known))
    return *made;
  ExprId result = slot(fresh(expr.span), expr.span);
  later(expr.span, typeAt(operand), [this, operand, exit, result, span = expr.span](Round round) {
    std::optional<ExprId> made = questionOf(operand, exit, span, round);
    if (!made && round != Round::Last)
      return Progress::Stuck;
    fill(result, made ? *made : cannotInfer(span));
    return Progress::Done;
  });
  return result;
}

// The body's value becomes this one: out of a scope by its block, out of anything else by return. It is the last item of a stream.
ExprId Inferer::leave(Exit *exit, ExprId value, Span span) {
  if (exit->kind == Exit::Kind::StreamBlock) {
    thir::Stmt last{};
    last.kind = thir::Stmt::Kind::Expr;
    last.span = span;
    last.expr = yieldOf(exit, value, span);
    ExprId end = node(ExprKind::Return, span, types.never);
    return blockExpr(std::span(&last, 1), end, types.never, span);
  }
  ExprId id = node(exit->kind == Exit::Kind::Scope ? ExprKind::Break : ExprKind::Return, span, types.never);
  at(id).a = value;
  if (exit->kind == Exit::Kind::Scope) {
    at(id).index = exit->label;
    exit->isLeft = true;
  }
  return id;
}

std::optional<ExprId> Inferer::questionOf(ExprId operand, Exit *exit, Span span, Round) {
  TypeId type = known(typeAt(operand));
  if (types[type].kind == TypeKind::Error)
    return errorExpr(span);
  if (types[type].kind == TypeKind::Never)
    return operand;
  if (isGeneralVar(type))
    return std::nullopt;
  bool isResult = isLangAdt(type, "result"), isOption = isLangAdt(type, "option");
  if (!isResult && !isOption) {
    auto builder = error(span, diag::QuestionOperand, text(type));
    if (types[type].kind == TypeKind::Async)
      builder.help(diag::AddAwait);
    return errorExpr(span);
  }
  AdtId adt{types[type].index};
  std::vector<TypeId> args(types[type].args.begin(), types[type].args.end());
  const TypeId given = exit->kind == Exit::Kind::StreamBlock ? exit->item : exit->result;
  TypeId result = known(given);
  if (isGeneralVar(result)) {
    std::vector<TypeId> open{fresh(span)};
    if (isResult)
      open.push_back(fresh(span));
    unify(result, types.adt(adt, open));
    result = resolve(given);
  }
  if (types[result].kind == TypeKind::Error) {
    ExprId id = errorExpr(span);
    at(id).type = args[0];
    return id;
  }
  if (adtOf(result) != adt) {
    error(span, diag::QuestionResult, isResult ? "Result" : "Option", text(result));
    ExprId id = errorExpr(span);
    at(id).type = args[0];
    return id;
  }
  LocalId value = addLocal(Symbol{}, args[0], span, true);
  PatternId good[]{bindingPattern(value, args[0], span)};
  std::optional<uint32_t> goodIndex = variantNamed(adt, isResult ? "Ok" : "Some"), badIndex = variantNamed(adt, isResult ? "Err" : "None");
  if (!goodIndex || !badIndex)
    return errorExpr(span);
  thir::Arm arms[2];
  arms[0] = {variantPattern(adt, *goodIndex, good, type, span), {}, localExpr(value, span)};
  if (isOption) {
    ExprId none = variantExpr(adt, *badIndex, {}, result, span);
    arms[1] = {variantPattern(adt, *badIndex, {}, type, span), {}, neverTo(leave(exit, none, span), args[0])};
    return matchExpr(operand, arms, args[0], span);
  }
  LocalId failure = addLocal(Symbol{}, args[1], span, true);
  exit->errors.push_back(args[1]);
  ExprId converted = convertError(localExpr(failure, span), types[result].args[1], span);
  ExprId fields[]{converted};
  ExprId bad = variantExpr(adt, *badIndex, fields, result, span);
  PatternId failed[]{bindingPattern(failure, args[1], span)};
  arms[1] = {variantPattern(adt, *badIndex, failed, type, span), {}, neverTo(leave(exit, bad, span), args[0])};
  return matchExpr(operand, arms, args[0], span);
}

ExprId Inferer::convertError(ExprId failure, TypeId to, Span span) {
  ExprId result = slot(to, span);
  auto attempt = [this, failure, result, to, span](Round round) {
    TypeId from = known(typeAt(failure)), target = known(to);
    if (isGeneralVar(from) || isGeneralVar(target)) {
      if (round != Round::Last) {
        waitsFor = isGeneralVar(from) ? resolve(from) : resolve(target);
        return Progress::Stuck;
      }
      unify(from, target);
    }
    if (isError(from) || isError(target)) {
      fill(result, errorExpr(span));
      return Progress::Done;
    }
    if (unify(target, from)) {
      fill(result, passError(failure, span));
      return Progress::Done;
    }
    std::optional<FnId> method = langMethod("from", "from");
    if (!method) {
      error(span, diag::MissingLangItem, "from");
      return Progress::Done;
    }
    if (evaluateTrait(target, TraitRef{*program.fn(*method).trait, {from}}) == Answer::No) {
      error(span, diag::QuestionConversion, text(from), text(target)).help(diag::WriteFrom, text(from), text(target));
      fill(result, errorExpr(span));
      return Progress::Done;
    }
    ExprId operands[]{failure};
    fill(result, passError(traitCall(*method, target, {from}, operands, span), span));
    return Progress::Done;
  };
  if (attempt(Round::Known) == Progress::Stuck)
    later(span, {}, attempt);
  return result;
}

// An `Error` notes where it passed.
ExprId Inferer::passError(ExprId failure, Span span) {
  if (!isLangAdt(typeAt(failure), "error") || !program.langFns.contains(symbol("error_passes").index))
    return failure;
  frontend::Location place = context.sources.locate(span.hi > span.lo ? span.hi - 1 : span.lo);
  std::string_view path = place.file.index == UINT32_MAX ? std::string_view("") : context.sources.path(place.file);
  ExprId operands[]{failure, strLiteral(symbol(pathText(program, context.interner, fn)), span), strLiteral(symbol(path), span),
                    intLiteral(place.line, types.i64, span), intLiteral(place.column, types.i64, span)};
  return langCall("error_passes", operands, span);
}

// match e { Ok(value) => value, Err(pattern) => arm, … }
ExprId Inferer::inferCatch(const ast::Expr &expr, TypeId hint) {
  ExprId operand = infer(expr.a);
  TypeId type = known(typeAt(operand));
  std::optional<AdtId> adt = langAdt("result");
  if (!adt)
    return errorExpr(expr.span);
  if (isGeneralVar(type))
    unify(type, types.adt(*adt, freshArgs(2, expr.span)));
  type = resolve(type);
  TypeId value, failure;
  if (isLangAdt(type, "result")) {
    value = types[type].args[0];
    failure = types[type].args[1];
  } else {
    if (!isError(type) && types[type].kind != TypeKind::Never)
      error(expr.span, diag::CatchOperand, text(type));
    hasErrors = true;
    value = failure = types.error;
  }
  std::optional<uint32_t> good = variantNamed(*adt, "Ok"), bad = variantNamed(*adt, "Err");
  if (!good || !bad)
    return errorExpr(expr.span);
  LocalId held = addLocal(Symbol{}, value, expr.span, true);
  PatternId goodFields[]{bindingPattern(held, value, expr.span)};
  std::vector<thir::Arm> arms;
  Join join;
  if (hint.valid() && !isGeneralVar(hint) && !isVar(value) && canUnify(hint, value))
    unify(hint, value);
  join.type = value;
  arms.push_back({variantPattern(*adt, *good, goodFields, type, expr.span), {}, localExpr(held, expr.span)});
  std::vector<ast::Arm> written;
  for (const ast::Arm &arm : ast::File::run(file->arms, expr.list))
    written.push_back(arm);
  bool before = diverges;
  for (const ast::Arm &arm : written) {
    size_t names = frame->names.size();
    PatternId fields[]{checkTopPattern(arm.pattern, failure)};
    thir::Arm made{};
    made.pattern = variantPattern(*adt, *bad, fields, type, arm.span);
    if (arm.guard.valid())
      made.guard = inferCondition(arm.guard);
    made.body = joinAdd(join, arm.body, value);
    frame->names.resize(names);
    arms.push_back(made);
  }
  diverges = before;
  joinEnd(join);
  ExprId id = matchExpr(operand, arms, value, expr.span);
  if (isError(type))
    at(id) = at(errorExpr(expr.span));
  return id;
}

} // namespace async::infer
