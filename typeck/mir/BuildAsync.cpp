// BuildAsync.cpp: awaits, tasks, scopes, and the values of closures and blocks.
#include "typeck/mir/BuildContext.h"

namespace async::mir {

using EK = thir::ExprKind;

void Builder::awaitInto(const Place &to, const thir::Expr &expr) {
  const thir::Expr &of = thir[expr.a];
  Type ofType = types[of.type];
  if (of.kind == EK::Call && isAsyncCallee(FnId{of.def})) {
    Terminator made = terminator(Terminator::Kind::AwaitCall, expr.span);
    made.callee.fn = FnId{of.def};
    made.callee.args = typeArgs(of);
    made.operands = callOperands(of);
    made.place = to;
    return emitCall(std::move(made), expr.type);
  }
  if (of.kind == EK::CallValue && types[thir[of.a].type].kind == TypeKind::FnDef && isAsyncCallee(FnId{types[thir[of.a].type].index})) {
    Type callee = types[thir[of.a].type];
    if (!isSimple(of.a))
      inRegion(nullptr, of.a);
    return call(FnId{callee.index}, {callee.args.begin(), callee.args.end()}, callOperands(of), to, expr.span, true);
  }
  // In a body that is polymorphic in the mode, what is awaited may turn out to be a plain value; where it is one for certain, there is no await.
  bool isOpen = ofType.kind == TypeKind::Param || ofType.kind == TypeKind::Projection;
  if (ofType.kind != TypeKind::Async && ofType.kind != TypeKind::Ref && !isOpen)
    return into(&to, expr.a);
  Terminator made = terminator(Terminator::Kind::Await, expr.span);
  made.operands = {operand(expr.a)};
  made.place = to;
  emitCall(std::move(made), expr.type);
}

void Builder::spawnInto(const Place &to, const thir::Expr &expr) {
  Terminator made = terminator(Terminator::Kind::Spawn, expr.span);
  made.hasScope = expr.b.valid();
  const thir::Expr &future = thir[expr.a];
  std::vector<thir::ExprId> values;
  if (made.hasScope)
    values.push_back(expr.b);
  if (future.kind == EK::Call && isAsyncCallee(FnId{future.def})) {
    made.callee.fn = FnId{future.def};
    made.callee.args = typeArgs(future);
    for (thir::ExprId argument : exprList(future.list))
      values.push_back(argument);
  } else {
    values.push_back(expr.a);
  }
  made.operands = operands(values);
  // Each is a call that says it to the spawn that follows.
  for (thir::ExprId option : exprList(expr.list))
    inRegion(nullptr, option);
  if (expr.def != UINT32_MAX) {
    made.settle.fn = FnId{expr.def};
    made.settle.args = typeArgs(expr);
  }
  made.place = to;
  emitCall(std::move(made), expr.type);
}

// See std/task.async for the protocol. While the body runs, a TaskScope item stands for every other way out.
void Builder::scopeInto(const Place *to, const thir::Expr &expr) {
  Span span = expr.span;
  bool isOutcome = isResult(expr.type);
  std::optional<Place> result = to ? std::optional(*to) : std::nullopt;
  pushRegion();
  if (!result && types[expr.type].kind != TypeKind::Tuple) {
    LocalId unwanted = newLocal(expr.type, span);
    scheduleDrop(unwanted, span);
    result = placeOf(unwanted);
  }
  LocalId scope = makeLocal(ThirLocal{expr.index});
  localPlaces[expr.index] = placeOf(scope);
  Place unit = placeOf(newLocal(types.unit, span));
  storage(scope, true, span);
  scheduleStorage(scope, span);
  call(langFn("scope_open", span), {}, {integer(expr.op, types.boolean)}, placeOf(scope), span);
  call(langFn("scope_enter", span), {}, {exclusive(placeOf(scope), span)}, unit, span);
  for (thir::ExprId option : exprList(expr.list))
    inRegion(nullptr, option);

  // The value waits in a local of its own where it would be lost if the tasks' end panicked.
  Place value = result ? *result : unit;
  bool isKept = result && (isOutcome || mayNeedDrop(program, expr.type));
  if (isKept) {
    LocalId kept = newLocal(expr.type, span);
    storage(kept, true, span);
    scheduleStorage(kept, span);
    scheduleDrop(kept, span);
    value = placeOf(kept);
  }
  Scheduled item{};
  item.kind = Scheduled::Kind::TaskScope;
  item.span = span;
  item.local = scope;
  item.value = result;
  item.valueType = expr.type;
  item.behind = newBlock();
  BlockId behind = item.behind;
  schedule(std::move(item));
  inRegion(&value, expr.a);
  items.pop_back();
  if (isOutcome) {
    auto args = types[expr.type].args;
    call(langFn("scope_leave_result", span), {args.begin(), args.end()}, {exclusive(placeOf(scope), span), use(Operand::Kind::Move, value)}, *result, span,
         true);
  } else {
    call(langFn("scope_leave", span), {}, {exclusive(placeOf(scope), span)}, unit, span, true);
    if (isKept)
      assignOperand(*result, use(Operand::Kind::Move, value), expr.type, span);
  }
  jump(behind, span);
  current = behind;
  popRegion(span);
}

std::vector<Operand> Builder::captureOperands(const thir::ClosureExpr &closure, Span span) {
  const ClosureDecl &decl = program.closure(closure.decl);
  std::vector<Operand> made;
  for (size_t i = 0; i < closure.captures.size(); ++i) {
    const thir::Capture &capture = closure.captures[i];
    std::optional<Place> &known = localPlaces[capture.outer.index];
    if (!known)
      known = placeOf(makeLocal(capture.outer));
    Place place = *known;
    for (uint32_t field : capture.fields)
      place = project(std::move(place), Projection::Kind::Field, field);
    bool isReborrow = i < decl.captures.size() && decl.captures[i].type == placeType(place);
    switch (capture.mode) {
    case ClosureDecl::Capture::Mode::Copy:
    case ClosureDecl::Capture::Mode::Move:
      made.push_back(consume(std::move(place), span));
      break;
    case ClosureDecl::Capture::Mode::Ref:
      made.push_back(shared(place, span));
      break;
    case ClosureDecl::Capture::Mode::RefMut:
      made.push_back(isReborrow ? reborrow(std::move(place), span) : exclusive(place, span));
      break;
    }
  }
  return made;
}

void Builder::closureInto(const Place &to, const thir::Expr &expr) {
  const thir::ClosureExpr &closure = thir.closures[expr.index];
  Rvalue made = rvalue(expr.kind == EK::Closure ? Rvalue::Kind::Closure : Rvalue::Kind::AsyncBlock, expr.type);
  made.closure = closure.decl;
  made.operands = captureOperands(closure, expr.span);
  assign(to, std::move(made), expr.span);
}

} // namespace async::mir
