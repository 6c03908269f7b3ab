// BuildOperands.cpp: places and the values that instructions take.
#include "typeck/infer/ThirWalk.h"
#include "typeck/mir/BuildContext.h"

namespace async::mir {

using EK = thir::ExprKind;

bool Builder::isPlaceExpr(thir::ExprId id) const {
  const thir::Expr &expr = thir[id];
  switch (expr.kind) {
  case EK::Local:
  case EK::Index:
  case EK::Deref:
    return true;
  case EK::Field:
    return true;
  case EK::Const:
    return program.constant(ConstId{expr.def}).isStatic;
  default:
    return false;
  }
}

// Evaluating it does nothing but read locals.
bool Builder::isSimple(thir::ExprId id) const {
  for (;;) {
    const thir::Expr &expr = thir[id];
    switch (expr.kind) {
    case EK::Literal:
    case EK::Local:
    case EK::FnItem:
    case EK::ConstParam:
      return true;
    case EK::Field:
    case EK::Deref:
    case EK::Ref:
      id = expr.a;
      continue;
    default:
      return false;
    }
  }
}

std::vector<thir::ExprId> Builder::exprList(thir::List list) const {
  auto first = thir.exprLists.begin() + list.begin;
  return {first, first + list.count};
}

Place Builder::place(thir::ExprId id) {
  const thir::Expr &expr = thir[id];
  switch (expr.kind) {
  case EK::Local: {
    std::optional<Place> &known = localPlaces[expr.index];
    if (!known)
      known = placeOf(makeLocal(ThirLocal{expr.index}));
    return *known;
  }
  case EK::Field:
    return project(placeOrTemporary(expr.a), Projection::Kind::Field, expr.index);
  case EK::Deref:
    return project(placeOrTemporary(expr.a), Projection::Kind::Deref);
  case EK::Index:
    return indexPlace(expr);
  case EK::Const: {
    TypeId address = types.pointer(Mutability::Exclusive, expr.type);
    LocalId at = newLocal(address, expr.span);
    Operand item = constant(Constant::Kind::Static, address);
    item.constant.item = ConstId{expr.def};
    assignOperand(placeOf(at), item, address, expr.span);
    return project(placeOf(at), Projection::Kind::Deref);
  }
  default:
    return placeOf(temporary(id, {}, true));
  }
}

Place Builder::placeOrTemporary(thir::ExprId id, std::optional<uint32_t> region) {
  return isPlaceExpr(id) ? place(id) : placeOf(temporary(id, region ? region : extendInto, true));
}

Place Builder::indexPlace(const thir::Expr &expr) {
  Place base = placeOrTemporary(expr.a);
  LocalId index = newLocal(types.i64, thir[expr.b].span);
  Place indexAt = placeOf(index);
  into(&indexAt, expr.b);
  Rvalue len = rvalue(Rvalue::Kind::Len, types.i64);
  len.place = base;
  Operand length = compute(std::move(len), expr.span);
  Operand at = use(Operand::Kind::Copy, indexAt);
  // A negative index is a huge one.
  Operand a = compute(rvalue(Rvalue::Kind::Cast, types.u64, {at}), expr.span);
  Operand b = compute(rvalue(Rvalue::Kind::Cast, types.u64, {length}), expr.span);
  Operand inside = compute(rvalue(Rvalue::Kind::Binary, types.boolean, {a, b}, static_cast<uint8_t>(BinaryOp::Lt)), expr.span);
  check(AssertKind::Bounds, BinaryOp::Lt, inside, true, expr.span, {at, length});
  Projection projection;
  projection.kind = Projection::Kind::Index;
  projection.local = index;
  base.path.push_back(projection);
  return base;
}

// `marked`: its storage ends with the region, so that loans of it are checked.
LocalId Builder::temporary(thir::ExprId id, std::optional<uint32_t> region, bool marked) {
  const thir::Expr &expr = thir[id];
  LocalId local = newLocal(expr.type, expr.span);
  if (marked || mayNeedDrop(program, expr.type)) {
    storage(local, true, expr.span);
    scheduleStorage(local, expr.span, region);
  }
  Place at = placeOf(local);
  std::optional<uint32_t> outer = extendInto;
  if (!region)
    extendInto.reset();
  into(&at, id);
  extendInto = outer;
  scheduleDrop(local, expr.span, region);
  return local;
}

std::optional<Operand> Builder::literal(const thir::Expr &expr) {
  if (expr.kind == EK::FnItem)
    return constant(Constant::Kind::FnItem, expr.type);
  if (expr.kind == EK::ConstParam)
    return constant(Constant::Kind::ConstParam, expr.type, expr.index);
  if (expr.kind != EK::Literal)
    return std::nullopt;
  const Type &type = types[expr.type];
  switch (type.kind) {
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int:
    return integer(expr.integer, expr.type);
  case TypeKind::Float:
    return constant(Constant::Kind::Float, expr.type, expr.integer);
  case TypeKind::Tuple:
    return constant(Constant::Kind::Unit, expr.type);
  default:
    break;
  }
  if (isLang(expr.type, "str"))
    return constant(Constant::Kind::Str, expr.type, 0, expr.text);
  if (isLang(expr.type, "bytes"))
    return constant(Constant::Kind::Bytes, expr.type, 0, expr.text);
  return std::nullopt;
}

Operand Builder::operand(thir::ExprId id) {
  const thir::Expr &expr = thir[id];
  if (std::optional<Operand> constant = literal(expr))
    return *constant;
  if (isPlaceExpr(id))
    return consume(place(id), expr.span);
  if (expr.kind == EK::Ref)
    return reference(expr);
  Place at = placeOf(temporary(id));
  return use(isCopy(program, expr.type) ? Operand::Kind::Copy : Operand::Kind::Move, at);
}

// A `&mut` that is used as a value is lent on, unless it lies behind something that may only be read.
bool Builder::canReborrow(const Place &place) {
  Place prefix = placeOf(place.base);
  for (const Projection &projection : place.path) {
    if (projection.kind == Projection::Kind::Deref) {
      const Type &type = types[placeType(prefix)];
      bool exclusive = type.kind == TypeKind::Ref && static_cast<Mutability>(type.sub) == Mutability::Exclusive;
      if (!exclusive && type.kind != TypeKind::Adt)
        return false;
    }
    prefix.path.push_back(projection);
  }
  return true;
}

Operand Builder::reborrow(Place place, Span span) {
  TypeId type = placeType(place);
  LocalId local = newLocal(type, span);
  assign(placeOf(local), refTo(project(std::move(place), Projection::Kind::Deref), Mutability::Exclusive, type), span);
  return use(Operand::Kind::Move, placeOf(local));
}

Operand Builder::consume(Place place, Span span) {
  TypeId type = placeType(place);
  if (isCopy(program, type))
    return use(Operand::Kind::Copy, std::move(place));
  if (isShared(program, type))
    return use(Operand::Kind::Share, std::move(place));
  bool isTemporary = place.path.empty() && out->locals[place.base.index].name.empty();
  if (types[type].kind == TypeKind::Ref && !isTemporary && canReborrow(place))
    return reborrow(std::move(place), span);
  for (size_t i = place.path.size(); i > 0; --i)
    if (place.path[i - 1].kind == Projection::Kind::Deref) {
      Place owner{place.base, {place.path.begin(), place.path.begin() + static_cast<ptrdiff_t>(i) - 1}};
      if (isBox(placeType(owner)))
        return openBox(place, i - 1, span);
      break;
    }
  return use(Operand::Kind::Move, std::move(place));
}

// Moves what a box holds out of it; the box is used up and the rest of its content lives on in a temporary.
Operand Builder::openBox(const Place &place, size_t deref, Span span) {
  Place owner{place.base, {place.path.begin(), place.path.begin() + static_cast<ptrdiff_t>(deref)}};
  LocalId content;
  for (auto &[opened, local] : boxMoves)
    if (opened == owner)
      content = local;
  if (!content.valid()) {
    TypeId inner = types[placeType(owner)].args[0];
    Operand box = consume(owner, span);
    content = newLocal(inner, span);
    storage(content, true, span);
    scheduleStorage(content, span);
    call(langFn("box_into_inner", span), {inner}, {std::move(box)}, placeOf(content), span);
    scheduleDrop(content, span);
    if (sharesBoxes)
      boxMoves.emplace_back(owner, content);
  }
  Place rest = placeOf(content);
  rest.path.assign(place.path.begin() + static_cast<ptrdiff_t>(deref) + 1, place.path.end());
  return consume(std::move(rest), span);
}

// A reference to a literal that may be kept for long: the literal lies in the frame from the start.
Place Builder::literalPlace(const thir::Expr &expr) {
  LocalId local = newLocal(expr.type, expr.span);
  Statement statement{};
  statement.kind = Statement::Kind::Assign;
  statement.span = expr.span.known() ? expr.span : out->span;
  statement.place = placeOf(local);
  statement.value = rvalue(Rvalue::Kind::Use, expr.type, {*literal(expr)});
  prologue.push_back(std::move(statement));
  return placeOf(local);
}

void Builder::referenceInto(const Place &to, const thir::Expr &expr) {
  auto mutability = static_cast<Mutability>(expr.op);
  const thir::Expr &of = thir[expr.a];
  Place at;
  if (of.kind == EK::Literal && mutability == Mutability::Shared && literal(of)) {
    if (refKeepsLiteral) {
      at = literalPlace(of);
    } else {
      // A constant text owns nothing: no drop.
      LocalId local = newLocal(of.type, of.span);
      storage(local, true, of.span);
      scheduleStorage(local, of.span);
      assignOperand(placeOf(local), *literal(of), of.type, of.span);
      at = placeOf(local);
    }
  } else {
    at = placeOrTemporary(expr.a);
  }
  assign(to, refTo(std::move(at), mutability, expr.type), expr.span);
}

Operand Builder::reference(const thir::Expr &expr) {
  LocalId local = newLocal(expr.type, expr.span);
  referenceInto(placeOf(local), expr);
  bool isShared = static_cast<Mutability>(expr.op) == Mutability::Shared;
  return use(isShared ? Operand::Kind::Copy : Operand::Kind::Move, placeOf(local));
}

// Whether an exclusive borrow of `place` may be taken after the operands behind it: they must not change which place that is.
bool Builder::mayBeLate(const std::vector<thir::ExprId> &exprs, size_t at, const Place &place) const {
  bool followed = false, indexed = false;
  for (const Projection &projection : place.path) {
    followed |= projection.kind == Projection::Kind::Deref;
    indexed |= projection.kind == Projection::Kind::Index;
  }
  if (!followed || !indexed)
    return true;
  for (size_t i = at + 1; i < exprs.size(); ++i)
    if (!isSimple(exprs[i]))
      return false;
  return true;
}

// In order. What is only read is read in place if nothing behind it can change it; exclusive borrows are taken last, so that `x.push(x.len())` works.
std::vector<Operand> Builder::operands(const std::vector<thir::ExprId> &exprs) {
  size_t lastEffect = 0; // operands before it must be read into temporaries
  for (size_t i = 0; i < exprs.size(); ++i)
    if (!isSimple(exprs[i]))
      lastEffect = i;
  struct Late {
    size_t at;
    Place place;
    TypeId type;
    Span span;
  };
  std::vector<Late> late;
  std::vector<Operand> made(exprs.size());
  for (size_t i = 0; i < exprs.size(); ++i) {
    const thir::Expr &expr = thir[exprs[i]];
    bool isMut = types[expr.type].kind == TypeKind::Ref && static_cast<Mutability>(types[expr.type].sub) == Mutability::Exclusive;
    if (isMut && expr.kind == EK::Ref && i < lastEffect && isPlaceExpr(expr.a)) {
      Place of = place(expr.a);
      if (mayBeLate(exprs, i, of)) {
        late.push_back({i, std::move(of), expr.type, expr.span});
      } else {
        LocalId local = newLocal(expr.type, expr.span);
        assign(placeOf(local), refTo(std::move(of), Mutability::Exclusive, expr.type), expr.span);
        made[i] = use(Operand::Kind::Move, placeOf(local));
      }
      continue;
    }
    if (isPlaceExpr(exprs[i]) && i < lastEffect) {
      Place of = place(exprs[i]);
      if (isMut && canReborrow(of)) {
        late.push_back({i, project(std::move(of), Projection::Kind::Deref), expr.type, expr.span});
        continue;
      }
      LocalId local = newLocal(expr.type, expr.span);
      bool drops = mayNeedDrop(program, expr.type);
      if (drops) {
        storage(local, true, expr.span);
        scheduleStorage(local, expr.span);
      }
      assignOperand(placeOf(local), consume(std::move(of), expr.span), expr.type, expr.span);
      scheduleDrop(local, expr.span);
      made[i] = use(isCopy(program, expr.type) ? Operand::Kind::Copy : Operand::Kind::Move, placeOf(local));
      continue;
    }
    made[i] = operand(exprs[i]);
  }
  for (Late &borrow : late) {
    LocalId local = newLocal(borrow.type, borrow.span);
    assign(placeOf(local), refTo(std::move(borrow.place), Mutability::Exclusive, borrow.type), borrow.span);
    made[borrow.at] = use(Operand::Kind::Move, placeOf(local));
  }
  return made;
}

} // namespace async::mir
