// Loops and jumps. `while` and `for` become `loop`.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Structure.h"
#include "frontend/diagnostics/Types.h"

namespace async::infer {

using thir::ExprKind;

namespace {

ExprId jump(Inferer &inferer, ExprKind kind, uint32_t label, ExprId value, Span span) {
  ExprId id = inferer.node(kind, span, inferer.types.never);
  inferer.at(id).index = label;
  inferer.at(id).a = value;
  return id;
}

ExprId loopExpr(Inferer &inferer, uint32_t label, ExprId body, TypeId type, Span span) {
  ExprId id = inferer.node(ExprKind::Loop, span, type);
  inferer.at(id).index = label;
  inferer.at(id).a = body;
  return id;
}

} // namespace

ExprId Inferer::inferLoop(const ast::Expr &expr, TypeId hint) {
  uint32_t label = frame->labels++;
  TypeId result = hint.valid() ? hint : fresh(expr.span);
  targets.push_back({frame, expr.label.symbol, label, result, true, false});
  bool before = diverges;
  ExprId inner = checkBlock(expr.block, types.unit, (*file)[expr.block].span);
  diverges = before;
  bool hasBreak = targets.back().hasBreak;
  targets.pop_back();
  return loopExpr(*this, label, inner, hasBreak ? result : types.never, expr.span);
}

ExprId Inferer::inferWhile(const ast::Expr &expr) {
  uint32_t label = frame->labels++;
  size_t names = frame->names.size();
  bool before = diverges;
  ExprId condition = inferCondition(expr.a);
  targets.push_back({frame, expr.label.symbol, label, {}, true, false});
  ExprId inner = checkBlock(expr.block, types.unit, (*file)[expr.block].span);
  targets.pop_back();
  diverges = before;
  frame->names.resize(names);
  ExprId stop = neverTo(jump(*this, ExprKind::Break, label, {}, expr.span), types.unit);
  ExprId choice = node(ExprKind::If, expr.span, types.unit);
  at(choice).a = condition;
  at(choice).b = inner;
  at(choice).c = stop;
  return loopExpr(*this, label, choice, types.unit, expr.span);
}

// { let iterator = into_iter(e); loop { match next(&mut iterator) { Some(pattern) => body, None => break } } }
ExprId Inferer::inferFor(const ast::Expr &expr) {
  Span headSpan = tree(expr.a).span;
  ExprId source = infer(expr.a);
  std::optional<AdtId> option = langAdt("option");
  std::optional<FnId> next = expr.flag ? langMethod("async_iterator", "next") : langMethod("iterator", "next");
  std::optional<FnId> intoIter = langMethod("into_iterator", "into_iter");
  std::optional<TraitId> iterable = langTrait("into_iterator"), iterator = langTrait(expr.flag ? "async_iterator" : "iterator");
  if (!option || !next || !intoIter || !iterable || !iterator) {
    error(expr.span, diag::MissingLangItem, "iterator");
    return errorExpr(expr.span);
  }
  TypeId sourceType = known(typeAt(source));
  if (types[sourceType].kind == TypeKind::Error || types[sourceType].kind == TypeKind::Never)
    sourceType = types.error;
  TypeId iteratorType, item;
  if (isError(sourceType)) {
    iteratorType = item = types.error;
  } else if (expr.flag) {
    iteratorType = sourceType;
    if (!isGeneralVar(sourceType) && !implements(sourceType, *iterator)) {
      error(headSpan, diag::NotAStream, text(sourceType));
      iteratorType = item = types.error;
    } else {
      requireTrait(sourceType, *iterator, {}, headSpan);
      item = projectionOf(sourceType, *iterator, "Item", {}, headSpan);
    }
  } else if (types[sourceType].kind == TypeKind::Stream) {
    error(headSpan, diag::StreamNeedsAwait, text(sourceType));
    iteratorType = item = types.error;
  } else if (!isGeneralVar(sourceType) && evaluateTrait(sourceType, TraitRef{*iterable, {}}) == Answer::No) {
    error(headSpan, diag::NotIterable, text(sourceType));
    iteratorType = item = types.error;
  } else {
    iteratorType = projectionOf(sourceType, *iterable, "Iter", {}, headSpan);
    ExprId operands[]{source};
    source = traitCall(*intoIter, sourceType, {}, operands, headSpan);
    at(source).type = iteratorType;
    item = projectionOf(sourceType, *iterable, "Item", {}, headSpan);
  }
  LocalId held = addLocal(Symbol{}, iteratorType, headSpan, true);
  uint32_t label = frame->labels++;
  TypeId optionType = types.adt(*option, std::span(&item, 1));
  ExprId step;
  if (isError(iteratorType)) {
    step = errorExpr(headSpan);
  } else {
    ExprId operands[]{refExpr(Mutability::Exclusive, localExpr(held, headSpan), headSpan)};
    step = traitCall(*next, iteratorType, {}, operands, headSpan);
    TypeId given = typeAt(step);
    TypeId wanted = expr.flag ? types.async(optionType) : optionType;
    if (!unify(given, wanted))
      mismatch(headSpan, wanted, given);
    if (expr.flag) {
      ExprId awaited = node(ExprKind::Await, headSpan, optionType);
      at(awaited).a = step;
      step = awaited;
    }
  }
  size_t names = frame->names.size();
  bool before = diverges;
  PatternId pattern = checkTopPattern(expr.pattern, item);
  targets.push_back({frame, expr.label.symbol, label, {}, true, false});
  ExprId inner = checkBlock(expr.block, types.unit, (*file)[expr.block].span);
  targets.pop_back();
  diverges = before;
  frame->names.resize(names);

  std::optional<uint32_t> some = variantNamed(*option, "Some"), none = variantNamed(*option, "None");
  if (!some || !none)
    return errorExpr(expr.span);
  PatternId fields[]{pattern};
  thir::Arm arms[2];
  arms[0] = {variantPattern(*option, *some, fields, optionType, headSpan), {}, inner};
  arms[1] = {variantPattern(*option, *none, {}, optionType, headSpan), {}, neverTo(jump(*this, ExprKind::Break, label, {}, headSpan), types.unit)};
  ExprId loop = loopExpr(*this, label, matchExpr(step, arms, types.unit, expr.span), types.unit, expr.span);
  thir::Stmt let{};
  let.kind = thir::Stmt::Kind::Let;
  let.isHead = true;
  let.span = headSpan;
  let.pattern = bindingPattern(held, iteratorType, headSpan);
  let.expr = source;
  return blockExpr(std::span(&let, 1), loop, types.unit, expr.span);
}

std::optional<uint32_t> Inferer::variantNamed(AdtId adt, std::string_view name) const { return program.adt(adt).variantNamed(symbol(name)); }

Target *Inferer::findTarget(const ast::Name &label, bool needsLoop) {
  for (size_t i = targets.size(); i-- > 0;) {
    Target &target = targets[i];
    if (target.frame != frame)
      break;
    if (label.symbol.empty() ? target.isLoop : target.name == label.symbol && (target.isLoop || !needsLoop))
      return &target;
  }
  return nullptr;
}

ExprId Inferer::inferBreak(const ast::Expr &expr) {
  Target *target = findTarget(expr.label, false);
  auto nowhere = [&] {
    ExprId id = errorExpr(expr.span);
    at(id).type = types.never;
    return id;
  };
  if (!target) {
    if (expr.a.valid())
      infer(expr.a);
    if (expr.label.symbol.empty())
      error(expr.span, diag::JumpOutside, "break");
    else
      error(expr.label.span, diag::UnknownLabel, text(expr.label.symbol));
    return nowhere();
  }
  if (!defers.empty() && static_cast<size_t>(target - targets.data()) < defers.back().targets) {
    error(expr.span, diag::LeavesDefer, "break");
    return nowhere();
  }
  target->hasBreak = true;
  // Making the value may move the targets.
  uint32_t label = target->label;
  TypeId result = target->result;
  ExprId value;
  if (expr.a.valid()) {
    if (result.valid()) {
      value = check(expr.a, result);
    } else {
      infer(expr.a);
      error(tree(expr.a).span, diag::BreakValue);
    }
  } else if (result.valid() && !unify(result, types.unit)) {
    mismatch(expr.span, result, types.unit);
  }
  return jump(*this, ExprKind::Break, label, value, expr.span);
}

ExprId Inferer::inferContinue(const ast::Expr &expr) {
  Target *target = findTarget(expr.label, true);
  if (target && !defers.empty() && static_cast<size_t>(target - targets.data()) < defers.back().targets)
    error(expr.span, diag::LeavesDefer, "continue");
  if (target)
    return jump(*this, ExprKind::Continue, target->label, {}, expr.span);
  if (expr.label.symbol.empty())
    error(expr.span, diag::JumpOutside, "continue");
  else
    error(expr.label.span, diag::UnknownLabel, text(expr.label.symbol));
  ExprId id = errorExpr(expr.span);
  at(id).type = types.never;
  return id;
}

// rules.md O7.
void Inferer::leavesDefer(size_t exit, Span span, const char *word) {
  if (!defers.empty() && exit < defers.back().exits)
    error(span, diag::LeavesDefer, word);
}

ExprId Inferer::inferReturn(const ast::Expr &expr) {
  Exit *exit = nullptr;
  for (size_t i = exits.size(); i-- > 0 && !exit;)
    if (exits[i]->kind != Exit::Kind::Scope) {
      exit = exits[i];
      leavesDefer(i, expr.span, "return");
    }
  TypeId result = exit ? exit->result : types.unit;
  ExprId value;
  if (expr.a.valid())
    value = check(expr.a, result);
  else if (!unify(result, types.unit))
    mismatch(expr.span, result, types.unit);
  ExprId id = node(ExprKind::Return, expr.span, types.never);
  at(id).a = value;
  return id;
}

} // namespace async::infer
