// BuildOperators.cpp: arithmetic with its checks.
#include "typeck/mir/BuildContext.h"

namespace async::mir {

using TB = thir::BinaryOp;

static BinaryOp plain(TB op) {
  switch (op) {
  case TB::Add:
  case TB::WrapAdd: return BinaryOp::Add;
  case TB::Sub:
  case TB::WrapSub: return BinaryOp::Sub;
  case TB::Mul:
  case TB::WrapMul: return BinaryOp::Mul;
  case TB::Div: return BinaryOp::Div;
  case TB::Rem: return BinaryOp::Rem;
  case TB::SatAdd: return BinaryOp::SatAdd;
  case TB::SatSub: return BinaryOp::SatSub;
  case TB::BitAnd: return BinaryOp::BitAnd;
  case TB::BitOr: return BinaryOp::BitOr;
  case TB::BitXor: return BinaryOp::BitXor;
  case TB::Shl: return BinaryOp::Shl;
  case TB::Shr: return BinaryOp::Shr;
  case TB::Eq: return BinaryOp::Eq;
  case TB::Ne: return BinaryOp::Ne;
  case TB::Lt: return BinaryOp::Lt;
  case TB::Le: return BinaryOp::Le;
  case TB::Gt: return BinaryOp::Gt;
  case TB::Ge: return BinaryOp::Ge;
  }
  return BinaryOp::Add;
}

static unsigned bitsOf(IntKind kind) {
  switch (kind) {
  case IntKind::I8:
  case IntKind::U8: return 8;
  case IntKind::I16:
  case IntKind::U16: return 16;
  case IntKind::I32:
  case IntKind::U32: return 32;
  case IntKind::I64:
  case IntKind::U64: return 64;
  }
  return 64;
}

static bool isSigned(IntKind kind) { return kind <= IntKind::I64; }
static int64_t smallest(IntKind kind) { return bitsOf(kind) == 64 ? INT64_MIN : -(int64_t{1} << (bitsOf(kind) - 1)); }

// The value in a temporary of its own.
Operand Builder::compute(Rvalue value, Span span) {
  LocalId local = newLocal(value.type, span);
  assign(placeOf(local), std::move(value), span);
  return use(Operand::Kind::Copy, placeOf(local));
}

void Builder::check(AssertKind kind, BinaryOp op, Operand condition, bool expected, Span span, std::vector<Operand> more) {
  Terminator made = terminator(Terminator::Kind::Assert, span);
  made.operands = {std::move(condition)};
  for (Operand &operand : more)
    made.operands.push_back(std::move(operand));
  made.assertKind = kind;
  made.op = op;
  made.expected = expected;
  made.unwind = cleanupChain();
  step(std::move(made));
}

void Builder::checkDivision(BinaryOp op, const Operand &a, const Operand &b, TypeId type, Span span) {
  auto kind = static_cast<IntKind>(types[type].sub);
  bool isKnown = b.kind == Operand::Kind::Const && b.constant.kind == Constant::Kind::Int;
  auto equal = [&](const Operand &left, Operand right) {
    return compute(rvalue(Rvalue::Kind::Binary, types.boolean, {left, std::move(right)}, static_cast<uint8_t>(BinaryOp::Eq)), span);
  };
  if (!isKnown || b.constant.value == 0) {
    Operand isZero = equal(b, integer(0, type));
    check(op == BinaryOp::Div ? AssertKind::DivisionByZero : AssertKind::RemainderByZero, op, isZero, false, span);
  }
  if (isSigned(kind) && (!isKnown || b.constant.value == -1)) {
    Operand byMinusOne = equal(b, integer(-1, type));
    Operand isSmallest = equal(a, integer(smallest(kind), type));
    Operand both = compute(rvalue(Rvalue::Kind::Binary, types.boolean, {byMinusOne, isSmallest}, static_cast<uint8_t>(BinaryOp::BitAnd)), span);
    check(AssertKind::DivisionOverflow, op, both, false, span);
  }
}

// A negative count is a huge one.
void Builder::checkShift(BinaryOp op, const Operand &b, TypeId type, TypeId rightType, Span span) {
  int64_t bits = bitsOf(static_cast<IntKind>(types[type].sub));
  if (b.kind == Operand::Kind::Const && b.constant.kind == Constant::Kind::Int && b.constant.value >= 0 && b.constant.value < bits)
    return;
  Operand count = rightType == types.u64 ? b : compute(rvalue(Rvalue::Kind::Cast, types.u64, {b}), span);
  Operand inside = compute(rvalue(Rvalue::Kind::Binary, types.boolean, {count, integer(bits, types.u64)}, static_cast<uint8_t>(BinaryOp::Lt)), span);
  check(AssertKind::ShiftOverflow, op, inside, true, span);
}

void Builder::arithmetic(const Place &to, TB op, Operand a, Operand b, TypeId type, TypeId rightType, Span span) {
  BinaryOp made = plain(op);
  TypeId result = made >= BinaryOp::Eq && made <= BinaryOp::Ge ? types.boolean : type;
  bool isInt = types[type].kind == TypeKind::Int;
  if (isInt && (op == TB::Add || op == TB::Sub || op == TB::Mul)) {
    BinaryOp checked = op == TB::Add ? BinaryOp::AddChecked : op == TB::Sub ? BinaryOp::SubChecked : BinaryOp::MulChecked;
    TypeId pair[] = {type, types.boolean};
    TypeId pairType = types.tuple(pair);
    LocalId both = newLocal(pairType, span);
    assign(placeOf(both), rvalue(Rvalue::Kind::Binary, pairType, {std::move(a), std::move(b)}, static_cast<uint8_t>(checked)), span);
    check(AssertKind::Overflow, made, use(Operand::Kind::Copy, project(placeOf(both), Projection::Kind::Field, 1)), false, span);
    return assignOperand(to, use(Operand::Kind::Copy, project(placeOf(both), Projection::Kind::Field, 0)), type, span);
  }
  if (isInt && (op == TB::Div || op == TB::Rem))
    checkDivision(made, a, b, type, span);
  if (isInt && (op == TB::Shl || op == TB::Shr))
    checkShift(made, b, type, rightType, span);
  assign(to, rvalue(Rvalue::Kind::Binary, result, {std::move(a), std::move(b)}, static_cast<uint8_t>(made)), span);
}

void Builder::binaryInto(const Place &to, const thir::Expr &expr) {
  std::vector<Operand> both = operands({expr.a, expr.b});
  arithmetic(to, static_cast<TB>(expr.op), both[0], both[1], thir[expr.a].type, thir[expr.b].type, expr.span);
}

void Builder::assignOp(const thir::Expr &expr) {
  Operand value = operand(expr.b);
  if (value.kind == Operand::Kind::Copy && !isSimple(expr.a))
    value = compute(rvalue(Rvalue::Kind::Use, thir[expr.b].type, {value}), expr.span);
  Place to = place(expr.a);
  TypeId type = thir[expr.a].type;
  arithmetic(to, static_cast<TB>(expr.op), use(Operand::Kind::Copy, to), std::move(value), type, thir[expr.b].type, expr.span);
}

void Builder::unaryInto(const Place &to, const thir::Expr &expr) {
  auto op = static_cast<thir::UnaryOp>(expr.op);
  Operand of = operand(expr.a);
  TypeId type = expr.type;
  bool isNegation = op == thir::UnaryOp::Neg;
  if (isNegation && types[type].kind == TypeKind::Int) {
    if (of.kind == Operand::Kind::Const && of.constant.kind == Constant::Kind::Int) {
      // `-128i8` is one constant.
      int64_t value = static_cast<int64_t>(-static_cast<uint64_t>(of.constant.value));
      return assignOperand(to, integer(value, type), type, expr.span);
    }
    Operand least = integer(smallest(static_cast<IntKind>(types[type].sub)), type);
    Operand isLeast = compute(rvalue(Rvalue::Kind::Binary, types.boolean, {of, least}, static_cast<uint8_t>(BinaryOp::Eq)), expr.span);
    check(AssertKind::NegationOverflow, BinaryOp::Sub, isLeast, false, expr.span);
  }
  UnaryOp made = isNegation ? UnaryOp::Neg : UnaryOp::Not;
  assign(to, rvalue(Rvalue::Kind::Unary, type, {std::move(of)}, static_cast<uint8_t>(made)), expr.span);
}

} // namespace async::mir
