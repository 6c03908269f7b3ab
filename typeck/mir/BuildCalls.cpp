#include "typeck/mir/BuildContext.h"

#include "frontend/diagnostics/Structure.h"

namespace async::mir {

using EK = thir::ExprKind;

bool Builder::isAsyncCallee(FnId fn) const { return fn.index < program.fns.size() && (program.fn(fn).isAsync || program.fn(fn).abi == Abi::Leaf); }

Operand Builder::exclusive(const Place &place, Span span) {
  TypeId type = types.reference(Mutability::Exclusive, placeType(place));
  LocalId local = newLocal(type, span);
  assign(placeOf(local), refTo(place, Mutability::Exclusive, type), span);
  return use(Operand::Kind::Move, placeOf(local));
}

Operand Builder::shared(const Place &place, Span span) {
  TypeId type = types.reference(Mutability::Shared, placeType(place));
  LocalId local = newLocal(type, span);
  assign(placeOf(local), refTo(place, Mutability::Shared, type), span);
  return use(Operand::Kind::Copy, placeOf(local));
}

// Completes a call-like instruction; the code goes on behind it, if it returns.
void Builder::emitCall(Terminator made, TypeId result) {
  unschedule(made.operands);
  made.unwind = cleanupChain();
  if (types[result].kind != TypeKind::Never)
    return step(std::move(made));
  terminate(std::move(made));
  diverge();
}

void Builder::call(FnId fn, std::vector<TypeId> args, std::vector<Operand> values, const Place &to, Span span, bool awaits) {
  Terminator made = terminator(awaits ? Terminator::Kind::AwaitCall : Terminator::Kind::Call, span);
  made.callee.fn = fn;
  made.callee.args = std::move(args);
  made.operands = std::move(values);
  made.place = to;
  emitCall(std::move(made), placeType(to));
}

// A reference to a literal among the arguments is kept in the frame only if the result could hold it.
std::vector<Operand> Builder::callOperands(const thir::Expr &expr) {
  bool outer = refKeepsLiteral;
  refKeepsLiteral = mayHoldReference(program, expr.type);
  std::vector<Operand> made = operands(exprList(expr.list));
  refKeepsLiteral = outer;
  return made;
}

void Builder::callInto(const Place &to, const thir::Expr &expr) {
  FnId fn{expr.def};
  std::vector<Operand> values = callOperands(expr);
  if (isAsyncCallee(fn) && types[expr.type].kind == TypeKind::Async) {
    Rvalue made = rvalue(Rvalue::Kind::Future, expr.type);
    made.callee.fn = fn;
    made.callee.args = typeArgs(expr);
    made.operands = std::move(values);
    return assign(to, std::move(made), expr.span);
  }
  Terminator made = terminator(Terminator::Kind::Call, expr.span);
  made.callee.fn = fn;
  made.callee.args = typeArgs(expr);
  made.operands = std::move(values);
  made.place = to;
  emitCall(std::move(made), expr.type);
}

void Builder::callValueInto(const Place &to, const thir::Expr &expr) {
  Type callee = types[thir[expr.a].type];
  if (callee.kind == TypeKind::FnDef) {
    // The function is known: its value holds nothing.
    if (!isSimple(expr.a))
      inRegion(nullptr, expr.a);
    std::vector<Operand> values = callOperands(expr);
    FnId fn{callee.index};
    std::vector<TypeId> args(callee.args.begin(), callee.args.end());
    if (isAsyncCallee(fn) && types[expr.type].kind == TypeKind::Async) {
      Rvalue made = rvalue(Rvalue::Kind::Future, expr.type);
      made.callee.fn = fn;
      made.callee.args = std::move(args);
      made.operands = std::move(values);
      return assign(to, std::move(made), expr.span);
    }
    return call(fn, std::move(args), std::move(values), to, expr.span);
  }
  Terminator made = terminator(Terminator::Kind::CallValue, expr.span);
  made.callKind = static_cast<CallKind>(expr.op);
  Place at = placeOrTemporary(expr.a);
  while (types[placeType(at)].kind == TypeKind::Ref)
    at = project(std::move(at), Projection::Kind::Deref);
  // Of a closure it is known only since its captures are.
  Type called = types[placeType(at)];
  if (called.kind == TypeKind::Closure)
    made.callKind = program.closure(ClosureId{called.index}).callKind;
  Operand function;
  if (made.callKind == CallKind::Once)
    function = consume(at, expr.span);
  std::vector<Operand> values = callOperands(expr);
  if (made.callKind != CallKind::Once)
    function = made.callKind == CallKind::Shared ? shared(at, expr.span) : exclusive(at, expr.span);
  made.operands.push_back(std::move(function));
  for (Operand &value : values)
    made.operands.push_back(std::move(value));
  made.place = to;
  emitCall(std::move(made), expr.type);
}

// A formatter lives while the pieces are written; each piece is evaluated, written and dropped before the next.
void Builder::formatInto(const Place &to, const thir::Expr &expr) {
  std::vector<thir::ExprId> pieces = exprList(expr.list);
  if (pieces.empty())
    return assignOperand(to, constant(Constant::Kind::Str, expr.type), expr.type, expr.span);
  if (pieces.size() == 1 && thir[pieces[0]].kind == EK::Literal)
    return assignOperand(to, *literal(thir[pieces[0]]), expr.type, expr.span);
  auto adt = program.langAdts.find(interner.intern("formatter").index);
  if (adt == program.langAdts.end()) {
    diagnostics.emit(expr.span, frontend::diag::MissingLangItem, "formatter");
    return;
  }
  pushRegion();
  LocalId formatter = newLocal(types.adt(adt->second, {}), expr.span);
  storage(formatter, true, expr.span);
  scheduleStorage(formatter, expr.span);
  call(langFn("fmt_new", expr.span), {}, {}, placeOf(formatter), expr.span);
  scheduleDrop(formatter, expr.span);
  bool isPlain = true;
  for (thir::ExprId piece : pieces)
    formatPiece(thir[piece], placeOf(formatter), isPlain);
  call(langFn("fmt_finish", expr.span), {}, {use(Operand::Kind::Move, placeOf(formatter))}, to, expr.span);
  popRegion(expr.span);
}

// `isPlain`: the formatter's specification is the one that it began with.
void Builder::formatPiece(const thir::Expr &piece, const Place &formatter, bool &isPlain) {
  Place unit = placeOf(newLocal(types.unit, piece.span));
  if (piece.kind == EK::Literal) {
    LocalId text = newLocal(piece.type, piece.span);
    assignOperand(placeOf(text), *literal(piece), piece.type, piece.span);
    Operand to = exclusive(formatter, piece.span);
    return call(langFn("fmt_str", piece.span), {}, {to, shared(placeOf(text), piece.span)}, unit, piece.span);
  }
  if (piece.kind != EK::FormatArg)
    return;
  bool outer = refKeepsLiteral;
  refKeepsLiteral = false;
  pushRegion();
  Operand value = operand(piece.a);
  bool hasSpec = piece.integer != 0 || piece.b.valid() || piece.c.valid();
  if (hasSpec || !isPlain) {
    Operand width = piece.b.valid() ? operand(piece.b) : integer(-1, types.i64);
    Operand precision = piece.c.valid() ? operand(piece.c) : integer(-1, types.i64);
    call(langFn("fmt_spec", piece.span), {}, {exclusive(formatter, piece.span), integer(piece.integer, types.i64), width, precision}, unit, piece.span);
    isPlain = !hasSpec;
  }
  call(FnId{piece.def}, typeArgs(piece), {value, exclusive(formatter, piece.span)}, unit, piece.span);
  popRegion(piece.span);
  refKeepsLiteral = outer;
}

} // namespace async::mir
