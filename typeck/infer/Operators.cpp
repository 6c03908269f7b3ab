// Operators: of scalars built in, of other types calls of the traits of std; assignments, casts and references.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Structure.h"
#include "frontend/diagnostics/Types.h"

namespace async::infer {

using ast::BinaryOp;
using thir::ExprKind;

namespace {

std::string_view spelling(BinaryOp op) {
  switch (op) {
  case BinaryOp::Add:
    return "+";
  case BinaryOp::Sub:
    return "-";
  case BinaryOp::Mul:
    return "*";
  case BinaryOp::Div:
    return "/";
  case BinaryOp::Rem:
    return "%";
  case BinaryOp::WrapAdd:
    return "+%";
  case BinaryOp::WrapSub:
    return "-%";
  case BinaryOp::WrapMul:
    return "*%";
  case BinaryOp::SatAdd:
    return "+|";
  case BinaryOp::SatSub:
    return "-|";
  case BinaryOp::BitAnd:
    return "&";
  case BinaryOp::BitOr:
    return "|";
  case BinaryOp::BitXor:
    return "^";
  case BinaryOp::Shl:
    return "<<";
  case BinaryOp::Shr:
    return ">>";
  case BinaryOp::Eq:
    return "==";
  case BinaryOp::Ne:
    return "!=";
  case BinaryOp::Lt:
    return "<";
  case BinaryOp::Le:
    return "<=";
  case BinaryOp::Gt:
    return ">";
  case BinaryOp::Ge:
    return ">=";
  case BinaryOp::And:
    return "&&";
  case BinaryOp::Or:
    return "||";
  }
  return "?";
}

bool isComparison(BinaryOp op) { return op >= BinaryOp::Eq && op <= BinaryOp::Ge; }
bool isShift(BinaryOp op) { return op == BinaryOp::Shl || op == BinaryOp::Shr; }
bool isBitwise(BinaryOp op) { return op >= BinaryOp::BitAnd && op <= BinaryOp::BitXor; }
bool isFloatOp(BinaryOp op) { return op <= BinaryOp::Rem; }

// The names up to Ge stand in the same order in both.
thir::BinaryOp thirOp(BinaryOp op) { return static_cast<thir::BinaryOp>(op); }
static_assert(static_cast<int>(BinaryOp::Ge) == static_cast<int>(thir::BinaryOp::Ge) &&
              static_cast<int>(BinaryOp::Shr) == static_cast<int>(thir::BinaryOp::Shr));

} // namespace

bool Inferer::isNumber(TypeId type) const {
  TypeKind kind = kindOf(type);
  return kind == TypeKind::Int || kind == TypeKind::Float || isIntVar(type) || isFloatVar(type);
}

ExprId Inferer::inferUnary(ast::ExprId, const ast::Expr &expr, TypeId hint) {
  auto op = static_cast<ast::UnaryOp>(expr.op);
  if (op == ast::UnaryOp::Deref)
    return inferDeref(expr, hint);
  const ast::Expr &inner = tree(expr.a);
  if (op == ast::UnaryOp::Neg && (inner.kind == ast::ExprKind::Int || inner.kind == ast::ExprKind::Float)) {
    ExprId literal = inferLiteral(inner, hint, true);
    at(literal).span = expr.span;
    return literal;
  }
  ExprId operand = infer(expr.a, hint);
  if (std::optional<ExprId> made = unaryOf(expr.op, operand, expr.span, Round::Known))
    return *made;
  ExprId result = slot(fresh(expr.span), expr.span);
  later(expr.span, typeAt(operand), [this, operand, result, which = expr.op, span = expr.span](Round round) {
    std::optional<ExprId> made = unaryOf(which, operand, span, round);
    if (!made && round != Round::Last)
      return Progress::Stuck;
    fill(result, made ? *made : cannotInfer(span));
    return Progress::Done;
  });
  return result;
}

std::optional<ExprId> Inferer::unaryOf(uint8_t which, ExprId operand, Span span, Round) {
  auto op = static_cast<ast::UnaryOp>(which);
  operand = peel(operand);
  TypeId type = known(typeAt(operand));
  if (types[type].kind == TypeKind::Error)
    return errorExpr(span);
  if (types[type].kind == TypeKind::Never)
    return operand;
  if (isGeneralVar(type))
    return std::nullopt;
  if (std::optional<ExprId> made = overloadedUnary(op == ast::UnaryOp::Neg ? "neg" : "not", operand, span))
    return made;
  bool fits = op == ast::UnaryOp::Neg ? isNumber(type) : types[type].kind == TypeKind::Bool || types[type].kind == TypeKind::Int || isIntVar(type);
  if (!fits) {
    error(span, diag::UnaryOperand, op == ast::UnaryOp::Neg ? "-" : "!", text(type));
    return errorExpr(span);
  }
  ExprId id = node(ExprKind::Unary, span, type);
  at(id).a = operand;
  at(id).op = static_cast<uint8_t>(op == ast::UnaryOp::Neg ? thir::UnaryOp::Neg : thir::UnaryOp::Not);
  return id;
}

ExprId Inferer::inferBinary(const ast::Expr &expr, TypeId hint) {
  auto op = static_cast<BinaryOp>(expr.op);
  if (op == BinaryOp::And || op == BinaryOp::Or) {
    ExprId left = check(expr.a, types.boolean);
    bool before = diverges;
    ExprId right = check(expr.b, types.boolean);
    diverges = before;
    ExprId id = node(op == BinaryOp::And ? ExprKind::LogicalAnd : ExprKind::LogicalOr, expr.span, types.boolean);
    at(id).a = left;
    at(id).b = right;
    return id;
  }
  TypeId operandHint = isComparison(op) || isShift(op) ? TypeId{} : hint;
  ExprId left = infer(expr.a, operandHint);
  TypeId leftType = known(typeAt(peelScalar(left)));
  bool number = types[leftType].kind == TypeKind::Int || types[leftType].kind == TypeKind::Float;
  ExprId right = infer(expr.b, isShift(op) ? TypeId{} : number ? leftType : kindOf(leftType) == TypeKind::Adt ? leftType : operandHint);
  if (std::optional<ExprId> made = binaryOf(op, left, right, expr.span, Round::Known))
    return *made;
  ExprId result = slot(isComparison(op) ? types.boolean : fresh(expr.span), expr.span);
  later(expr.span, {}, [this, op, left, right, result, span = expr.span](Round round) {
    std::optional<ExprId> made = binaryOf(op, left, right, span, round);
    if (!made && round != Round::Last)
      return Progress::Stuck;
    fill(result, made ? *made : cannotInfer(span));
    return Progress::Done;
  });
  return result;
}

std::optional<ExprId> Inferer::binaryOf(BinaryOp op, ExprId left, ExprId right, Span span, Round round) {
  const ExprId wholeLeft = left, wholeRight = right;
  left = peel(left);
  right = peel(right);
  TypeId a = known(typeAt(left)), b = known(typeAt(right));
  a = resolve(a);
  if (isError(a) || isError(b)) {
    ExprId id = errorExpr(span);
    if (isComparison(op))
      at(id).type = types.boolean;
    return id;
  }
  if (types[a].kind == TypeKind::Never)
    return left;
  if (types[b].kind == TypeKind::Never) {
    // The left operand is evaluated first, then the right one leaves.
    thir::Stmt first{};
    first.kind = thir::Stmt::Kind::Expr;
    first.span = span;
    first.expr = left;
    return blockExpr(std::span(&first, 1), right, types.never, span);
  }
  if (isGeneralVar(a) || isGeneralVar(b)) {
    if (round == Round::Known) {
      waitsFor = isGeneralVar(a) ? a : b;
      return std::nullopt;
    }
    if (isShift(op) || !unify(a, b))
      return std::nullopt;
    a = resolve(a);
    b = resolve(b);
    if (isGeneralVar(a))
      return std::nullopt;
  }
  if (isComparison(op))
    return comparisonOf(op, left, right, span, round);
  auto make = [&](TypeId type) {
    ExprId id = node(ExprKind::Binary, span, type);
    at(id).a = left;
    at(id).b = right;
    at(id).op = static_cast<uint8_t>(thirOp(op));
    return id;
  };
  auto refuse = [&] {
    if (types[a].kind == TypeKind::Async || types[b].kind == TypeKind::Async) {
      error(span, diag::FutureOperand, spelling(op), text(types[a].kind == TypeKind::Async ? a : b)).help(diag::AddAwait);
    } else {
      error(span, diag::BinaryOperands, spelling(op), text(a), text(b));
    }
    return errorExpr(span);
  };
  if (types[a].kind == TypeKind::Async && types[b].kind == TypeKind::Async && (op == BinaryOp::BitAnd || op == BinaryOp::BitOr)) {
    ExprId operands[]{left, right};
    return op == BinaryOp::BitAnd ? langCall("future_both", operands, span) : eitherOf(left, right, span);
  }
  bool bothInts = (types[a].kind == TypeKind::Int || isIntVar(a)) && (types[b].kind == TypeKind::Int || isIntVar(b));
  if (isShift(op)) {
    if (!bothInts)
      return refuse();
    if (isIntVar(b))
      unify(b, a);
    return make(a);
  }
  if (isNumber(a) && isNumber(b)) {
    bool isFloat = types[a].kind == TypeKind::Float || isFloatVar(a);
    if (isFloat && !isFloatOp(op))
      return refuse();
    if (!unify(a, b)) {
      mismatch(at(right).span, a, b);
      return errorExpr(span);
    }
    return make(resolve(a));
  }
  if (isBitwise(op) && types[a].kind == TypeKind::Bool && types[b].kind == TypeKind::Bool)
    return make(a);
  if (op == BinaryOp::Add && isLangAdt(a, "str")) {
    if (!isLangAdt(b, "str")) {
      mismatch(at(right).span, a, b);
      return errorExpr(span);
    }
    ExprId operands[]{left, right};
    return langCall("str_concat", operands, span);
  }
  for (auto [first, second] : {std::pair(wholeLeft, wholeRight), std::pair(left, wholeRight), std::pair(wholeLeft, right), std::pair(left, right)})
    if (std::optional<ExprId> made = overloadedBinary(op, first, second, span))
      return made;
  if (isNumber(a)) {
    mismatch(at(right).span, a, b);
    return errorExpr(span);
  }
  return refuse();
}

std::optional<ExprId> Inferer::comparisonOf(BinaryOp op, ExprId left, ExprId right, Span span, Round) {
  TypeId a = resolve(typeAt(left)), b = resolve(typeAt(right));
  if (!unify(a, b)) {
    mismatch(at(right).span, a, b);
    ExprId id = errorExpr(span);
    at(id).type = types.boolean;
    return id;
  }
  a = resolve(a);
  const Type &type = types[a];
  bool equality = op == BinaryOp::Eq || op == BinaryOp::Ne;
  if (isNumber(a) || type.kind == TypeKind::Bool || type.kind == TypeKind::Char || (type.kind == TypeKind::Pointer && equality)) {
    ExprId id = node(ExprKind::Binary, span, types.boolean);
    at(id).a = left;
    at(id).b = right;
    at(id).op = static_cast<uint8_t>(thirOp(op));
    return id;
  }
  std::optional<FnId> method = equality ? langMethod("eq", "eq") : langMethod("ord", "cmp");
  if (!method) {
    error(span, diag::MissingLangItem, equality ? "eq" : "ord");
    return errorExpr(span);
  }
  ExprId operands[]{refExpr(Mutability::Shared, left, at(left).span), refExpr(Mutability::Shared, right, at(right).span)};
  ExprId call = traitCall(*method, a, {}, operands, span);
  if (op == BinaryOp::Eq)
    return call;
  if (op == BinaryOp::Ne) {
    ExprId id = node(ExprKind::Unary, span, types.boolean);
    at(id).a = call;
    at(id).op = static_cast<uint8_t>(thir::UnaryOp::Not);
    return id;
  }
  std::string_view test = op == BinaryOp::Lt ? "ordering_lt" : op == BinaryOp::Le ? "ordering_le" : op == BinaryOp::Gt ? "ordering_gt" : "ordering_ge";
  ExprId order[]{call};
  return langCall(test, order, span);
}

ExprId Inferer::inferAssign(const ast::Expr &expr) {
  const ast::Expr &target = tree(expr.a);
  if (target.kind == ast::ExprKind::Path && (*file)[target.path].segments.count == 1 &&
      context.interner.text(file->segments[(*file)[target.path].segments.begin].name.symbol) == "_") {
    ExprId value = infer(expr.b);
    thir::Stmt stmt{};
    stmt.kind = thir::Stmt::Kind::Expr;
    stmt.span = expr.span;
    stmt.expr = value;
    return blockExpr(std::span(&stmt, 1), {}, types.unit, expr.span);
  }
  ExprId place = infer(expr.a);
  ExprId value = check(expr.b, typeAt(place));
  useMutably(place, target.span, true);
  ExprId id = node(ExprKind::Assign, expr.span, types.unit);
  at(id).a = place;
  at(id).b = value;
  return id;
}

ExprId Inferer::inferAssignOp(const ast::Expr &expr) {
  auto op = static_cast<BinaryOp>(expr.op);
  ExprId place = infer(expr.a);
  TypeId placeType = known(typeAt(place));
  ExprId value = infer(expr.b, isShift(op) || kindOf(placeType) == TypeKind::Adt ? TypeId{} : placeType);
  useMutably(place, tree(expr.a).span, true);
  ExprId result = slot(types.unit, expr.span);
  auto attempt = [this, op, place, value, result, span = expr.span](Round round) {
    ExprId operand = peel(value);
    TypeId a = known(typeAt(place)), b = known(typeAt(operand));
    a = resolve(a);
    if (isError(a) || isError(b)) {
      fill(result, errorExpr(span));
      return Progress::Done;
    }
    if (isGeneralVar(a) || isGeneralVar(b)) {
      if (round == Round::Known || isShift(op) || !unify(a, b) || isGeneralVar(a)) {
        if (round != Round::Last) {
          waitsFor = isGeneralVar(a) ? resolve(a) : resolve(b);
          return Progress::Stuck;
        }
        fill(result, cannotInfer(span));
        return Progress::Done;
      }
      a = resolve(a);
      b = resolve(b);
    }
    if (std::optional<ExprId> made = overloadedAssign(op, place, operand, value, span)) {
      fill(result, *made);
      return Progress::Done;
    }
    bool fits = (isNumber(a) && isNumber(b)) || (isBitwise(op) && types[a].kind == TypeKind::Bool && types[b].kind == TypeKind::Bool);
    bool isFloat = types[a].kind == TypeKind::Float || isFloatVar(a);
    if (!fits || (isFloat && !isFloatOp(op))) {
      if (isNumber(a) && !isNumber(b))
        mismatch(at(operand).span, a, b);
      else
        error(span, diag::BinaryOperands, std::string(spelling(op)) + "=", text(a), text(b));
      fill(result, errorExpr(span));
      return Progress::Done;
    }
    if (isShift(op) ? isIntVar(b) && !unify(b, a) : !unify(a, b)) {
      mismatch(at(operand).span, a, b);
      fill(result, errorExpr(span));
      return Progress::Done;
    }
    ExprId id = node(ExprKind::AssignOp, span, types.unit);
    at(id).a = place;
    at(id).b = operand;
    at(id).op = static_cast<uint8_t>(thirOp(op));
    fill(result, id);
    return Progress::Done;
  };
  if (attempt(Round::Known) == Progress::Stuck)
    later(expr.span, {}, attempt);
  return result;
}

ExprId Inferer::inferRef(const ast::Expr &expr, TypeId hint) {
  TypeId inner;
  if (hint.valid() && kindOf(hint) == TypeKind::Ref)
    inner = typeOf(hint).args[0];
  ExprId place = infer(expr.a, inner);
  if (kindOf(typeAt(place)) == TypeKind::Never)
    return place;
  Mutability mutability = expr.flag ? Mutability::Exclusive : Mutability::Shared;
  if (expr.flag)
    useMutably(place, tree(expr.a).span, false);
  return refExpr(mutability, place, expr.span);
}

ExprId Inferer::inferCast(const ast::Expr &expr) {
  TypeId to = normalize(lowerType(context, scope, expr.type), expr.span);
  ExprId value = infer(expr.a);
  TypeId from = known(typeAt(value));
  if (types[from].kind == TypeKind::Never)
    return value;
  // A literal is of the type that it is made; what merely has no type yet keeps its own.
  bool isLiteral = tree(expr.a).kind == ast::ExprKind::Int || tree(expr.a).kind == ast::ExprKind::Float;
  if (isLiteral && ((isIntVar(from) && kindOf(to) == TypeKind::Int) || (isFloatVar(from) && kindOf(to) == TypeKind::Float)))
    unify(from, to);
  if (isGeneralVar(to))
    unify(to, from);
  ExprId id = node(ExprKind::Cast, expr.span, to);
  at(id).a = value;
  atEnd.push_back([this, id, owner = frame] { checkCast(owner, id); });
  return id;
}

void Inferer::checkCast(BodyFrame *owner, ExprId cast) {
  const thir::Expr &expr = (*owner->body)[cast];
  TypeId fromId = zonk((*owner->body)[expr.a].type), toId = zonk(expr.type);
  const Type &from = types[fromId], &to = types[toId];
  if ((from.flags | to.flags) & HasError)
    return;
  auto kind = [](const Type &type, TypeKind wanted) { return type.kind == wanted; };
  bool fits = fromId == toId;
  if (kind(to, TypeKind::Int))
    fits |=
        kind(from, TypeKind::Int) || kind(from, TypeKind::Float) || kind(from, TypeKind::Bool) || kind(from, TypeKind::Char) || kind(from, TypeKind::Pointer);
  if (kind(to, TypeKind::Float))
    fits |= kind(from, TypeKind::Int) || kind(from, TypeKind::Float);
  if (kind(to, TypeKind::Char))
    fits |= kind(from, TypeKind::Int) && from.sub == static_cast<uint8_t>(IntKind::U8);
  if (kind(to, TypeKind::Pointer))
    fits |= kind(from, TypeKind::Pointer) || kind(from, TypeKind::Ref) || (kind(from, TypeKind::Int) && from.sub == static_cast<uint8_t>(IntKind::U64));
  if (kind(to, TypeKind::Int) && kind(from, TypeKind::Adt)) {
    // An enum without fields: its discriminant.
    const AdtDecl &adt = program.adt(AdtId{from.index});
    bool plain = adt.isEnum;
    for (const VariantDecl &variant : adt.variants)
      plain &= variant.fields.empty();
    fits |= plain;
  }
  if (!fits)
    error(expr.span, diag::InvalidCast, text(fromId), text(toId));
}

} // namespace async::infer
