#include "typeck/mir/BuildContext.h"

namespace async::mir {

using EK = thir::ExprKind;

// Whether references to temporaries directly in it are kept by the value that it gives (a `let` then keeps the temporaries).
static bool passesOn(EK kind) {
  switch (kind) {
  case EK::Ref:
  case EK::Tuple:
  case EK::Array:
  case EK::AdtLiteral:
  case EK::Coerce:
  case EK::Field:
  case EK::Deref:
    return true;
  default:
    return false;
  }
}

void Builder::unitInto(const Place *to, Span span) {
  if (to && types[placeType(*to)].kind == TypeKind::Tuple)
    assignOperand(*to, constant(Constant::Kind::Unit, types.unit), types.unit, span);
}

void Builder::literalInto(const Place &to, const thir::Expr &expr) {
  if (std::optional<Operand> value = literal(expr)) {
    assignOperand(to, *value, expr.type, expr.span);
  } else if (isLang(expr.type, "duration")) {
    Rvalue made = rvalue(Rvalue::Kind::Adt, expr.type, {integer(expr.integer, types.i64)});
    made.adt = AdtId{types[expr.type].index};
    assign(to, std::move(made), expr.span);
  }
}

void Builder::adtInto(const Place &to, const thir::Expr &expr) {
  std::vector<thir::ExprId> given, all = exprList(expr.list);
  for (thir::ExprId field : all)
    if (field.valid())
      given.push_back(field);
  std::vector<Operand> values = operands(given);
  Rvalue made = rvalue(Rvalue::Kind::Adt, expr.type);
  made.adt = AdtId{expr.def};
  made.variant = expr.index;
  std::optional<Place> base;
  size_t next = 0;
  for (size_t i = 0; i < all.size(); ++i) {
    if (all[i].valid()) {
      made.operands.push_back(std::move(values[next++]));
      continue;
    }
    if (!expr.a.valid())
      continue;
    if (!base)
      base = placeOrTemporary(expr.a);
    made.operands.push_back(consume(project(*base, Projection::Kind::Field, static_cast<uint32_t>(i)), expr.span));
  }
  assign(to, std::move(made), expr.span);
}

void Builder::constInto(const Place &to, const thir::Expr &expr) {
  const ConstDecl &decl = program.constant(ConstId{expr.def});
  if (decl.isStatic)
    assignOperand(to, consume(place(thir::ExprId{static_cast<uint32_t>(&expr - thir.exprs.data())}), expr.span), expr.type, expr.span);
  else
    call(decl.valueFn, {}, {}, to, expr.span);
}

// The value is made first; the old value is dropped right before it takes its place.
void Builder::assignExpr(const thir::Expr &expr) {
  TypeId type = thir[expr.a].type;
  bool drops = mayNeedDrop(program, type);
  if (!drops && thir[expr.a].kind == EK::Local && types[type].kind != TypeKind::Ref) {
    Place to = place(expr.a);
    into(&to, expr.b);
    return;
  }
  Operand value = operand(expr.b);
  if (value.kind == Operand::Kind::Copy && !isSimple(expr.a)) {
    LocalId kept = newLocal(type, expr.span);
    assignOperand(placeOf(kept), value, type, expr.span);
    value = use(Operand::Kind::Copy, placeOf(kept));
  } else if (value.kind == Operand::Kind::Share || (value.kind == Operand::Kind::Move && drops && isPlaceExpr(expr.b))) {
    // The drop of the old value must not come between the reading and the writing.
    LocalId kept = newLocal(type, expr.span);
    storage(kept, true, expr.span);
    scheduleStorage(kept, expr.span);
    assignOperand(placeOf(kept), std::move(value), type, expr.span);
    scheduleDrop(kept, expr.span);
    value = use(Operand::Kind::Move, placeOf(kept));
  }
  Place to = place(expr.a);
  if (drops) {
    Terminator drop = terminator(Terminator::Kind::Drop, expr.span);
    drop.place = to;
    drop.isReplace = true;
    drop.unwind = cleanupChain();
    step(std::move(drop));
  }
  assignOperand(to, std::move(value), type, expr.span);
}

// Runs it for what it does.
void Builder::effect(thir::ExprId id) { into(nullptr, id); }

void Builder::into(const Place *to, thir::ExprId id) {
  const thir::Expr &expr = thir[id];
  std::optional<uint32_t> outer = extendInto;
  if (!passesOn(expr.kind) && expr.kind != EK::Block)
    extendInto.reset();
  struct Restore {
    std::optional<uint32_t> &at, value;
    ~Restore() { at = value; }
  } restoreExtend{extendInto, outer};

  switch (expr.kind) {
  case EK::Block:
    return blockInto(to, expr);
  case EK::If:
    return ifInto(to, expr);
  case EK::Match:
    return matchInto(to, expr);
  case EK::Loop:
    return loopInto(to, expr);
  case EK::Break:
    return breakExpr(expr);
  case EK::Continue:
    return continueExpr(expr);
  case EK::Return:
    return returnExpr(expr);
  case EK::Assign:
    assignExpr(expr);
    return unitInto(to, expr.span);
  case EK::AssignOp:
    assignOp(expr);
    return unitInto(to, expr.span);
  case EK::Scope:
    return scopeInto(to, expr);
  case EK::Error:
    jump(unreachableBlock(), expr.span);
    return diverge();
  default:
    break;
  }

  if (expr.kind == EK::Coerce && static_cast<thir::CoercionKind>(expr.op) == thir::CoercionKind::NeverToAny) {
    effect(expr.a);
    jump(unreachableBlock(), expr.span);
    return diverge();
  }
  if (!to) {
    if (isPlaceExpr(id) && isCopy(program, expr.type)) {
      place(id);
      return;
    }
    // The value of a statement is dropped at the statement's end.
    temporary(id);
    return;
  }
  if (isPlaceExpr(id))
    return assignOperand(*to, consume(place(id), expr.span), expr.type, expr.span);

  switch (expr.kind) {
  case EK::Literal:
    return literalInto(*to, expr);
  case EK::FnItem:
  case EK::ConstParam:
    return assignOperand(*to, *literal(expr), expr.type, expr.span);
  case EK::Const:
    return constInto(*to, expr);
  case EK::Ref:
    return referenceInto(*to, expr);
  case EK::Unary:
    return unaryInto(*to, expr);
  case EK::Binary:
    return binaryInto(*to, expr);
  case EK::LogicalAnd:
  case EK::LogicalOr:
  case EK::Let:
    return logicalInto(*to, expr);
  case EK::Cast:
    return assign(*to, rvalue(Rvalue::Kind::Cast, expr.type, {operand(expr.a)}), expr.span);
  case EK::Coerce:
    return assign(*to, rvalue(Rvalue::Kind::Coerce, expr.type, {operand(expr.a)}, expr.op), expr.span);
  case EK::Call:
    return callInto(*to, expr);
  case EK::CallValue:
    return callValueInto(*to, expr);
  case EK::Tuple:
  case EK::Array: {
    Rvalue made = rvalue(expr.kind == EK::Tuple ? Rvalue::Kind::Tuple : Rvalue::Kind::Array, expr.type);
    made.operands = operands(exprList(expr.list));
    return assign(*to, std::move(made), expr.span);
  }
  case EK::ArrayRepeat:
    return assign(*to, rvalue(Rvalue::Kind::Repeat, expr.type, {operand(expr.a)}), expr.span);
  case EK::AdtLiteral:
    return adtInto(*to, expr);
  case EK::Closure:
  case EK::AsyncBlock:
    return closureInto(*to, expr);
  case EK::Format:
    return formatInto(*to, expr);
  case EK::Await:
    return awaitInto(*to, expr);
  case EK::Spawn:
    return spawnInto(*to, expr);
  case EK::FormatArg:
  case EK::Error:
  case EK::Local:
  case EK::Field:
  case EK::Index:
  case EK::Deref:
  case EK::Assign:
  case EK::AssignOp:
  case EK::Block:
  case EK::If:
  case EK::Match:
  case EK::Loop:
  case EK::Break:
  case EK::Continue:
  case EK::Return:
  case EK::Scope:
    return;
  }
}

} // namespace async::mir
