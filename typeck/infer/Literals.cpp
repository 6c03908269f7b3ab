// Numbers, characters, texts, durations, tuples, arrays and ranges.
#include <charconv>
#include <bit>
#include <cstdlib>

#include "typeck/infer/Inferer.h"

#include "frontend/resolve/AstWalk.h"
#include "frontend/diagnostics/Structure.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/Lowering.h"

namespace async::infer {

using thir::ExprKind;

namespace {

std::optional<TypeId> suffixType(const Types &types, std::string_view suffix) {
  struct Entry {
    std::string_view name;
    TypeId type;
  };
  const Entry all[] = {{"i8", types.i8},   {"i16", types.i16}, {"i32", types.i32}, {"i64", types.i64}, {"u8", types.u8},
                       {"u16", types.u16}, {"u32", types.u32}, {"u64", types.u64}, {"f32", types.f32}, {"f64", types.f64}};
  for (const Entry &entry : all)
    if (entry.name == suffix)
      return entry.type;
  return std::nullopt;
}

} // namespace

ExprId Inferer::inferLiteral(const ast::Expr &expr, TypeId hint, bool negative) {
  using Kind = ast::ExprKind;
  switch (expr.kind) {
  case Kind::Int:
  case Kind::Float: {
    Symbol suffix = expr.kind == Kind::Int ? expr.name : expr.name2;
    TypeId type;
    if (!suffix.empty()) {
      std::optional<TypeId> found = suffixType(types, context.interner.text(suffix));
      if (!found || (expr.kind == Kind::Float && types[*found].kind == TypeKind::Int))
        return errorExpr(expr.span); // reported by the parser
      type = *found;
    } else if (hint.valid() && kindOf(hint) == (expr.kind == Kind::Int ? TypeKind::Int : TypeKind::Float)) {
      type = resolve(hint);
    } else {
      type = fresh(expr.span, expr.kind == Kind::Int ? VarKind::Int : VarKind::Float);
    }
    ExprId id = node(ExprKind::Literal, expr.span, type);
    if (expr.kind == Kind::Int) {
      if (types[resolve(type)].kind == TypeKind::Float) { // 1f64
        double value = static_cast<double>(static_cast<uint64_t>(expr.integer));
        at(id).integer = std::bit_cast<int64_t>(negative ? -value : value);
        return id;
      }
      at(id).integer = negative ? static_cast<int64_t>(-static_cast<uint64_t>(expr.integer)) : expr.integer;
      atEnd.push_back([this, id, negative, owner = frame] { checkLiteralRange(owner, id, negative); });
    } else {
      std::string digits(context.interner.text(expr.name));
      double value = std::strtod(digits.c_str(), nullptr);
      at(id).integer = std::bit_cast<int64_t>(negative ? -value : value);
    }
    return id;
  }
  case Kind::Bool:
    return intLiteral(expr.integer, types.boolean, expr.span);
  case Kind::Char:
    return intLiteral(expr.integer, types.character, expr.span);
  case Kind::Str:
    return strLiteral(expr.name, expr.span);
  case Kind::ByteStr: {
    ExprId id = node(ExprKind::Literal, expr.span, langType("bytes", {}, expr.span));
    at(id).text = expr.name;
    return id;
  }
  case Kind::Duration:
    return intLiteral(expr.integer, langType("duration", {}, expr.span), expr.span);
  default:
    return errorExpr(expr.span);
  }
}

void Inferer::checkLiteralRange(BodyFrame *owner, ExprId literal, bool negative) {
  const thir::Expr &expr = (*owner->body)[literal];
  const Type &type = typeOf(expr.type);
  if (type.kind != TypeKind::Int)
    return;
  auto kind = static_cast<IntKind>(type.sub);
  bool isSigned = kind <= IntKind::I64;
  uint32_t bits = 8u << (static_cast<uint32_t>(kind) % 4);
  uint64_t magnitude = negative ? -static_cast<uint64_t>(expr.integer) : static_cast<uint64_t>(expr.integer);
  uint64_t limit;
  if (isSigned)
    limit = (uint64_t{1} << (bits - 1)) - (negative ? 0 : 1);
  else
    limit = negative ? 0 : bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1;
  if (magnitude > limit)
    error(expr.span, diag::LiteralRange, text(expr.type));
}

ExprId Inferer::inferTuple(const ast::Expr &expr, TypeId hint) {
  auto elements = ast::File::run(file->exprLists, expr.list);
  if (elements.empty())
    return unitExpr(expr.span);
  std::vector<TypeId> hints;
  if (hint.valid() && kindOf(hint) == TypeKind::Tuple && typeOf(hint).args.size() == elements.size())
    hints.assign(typeOf(hint).args.begin(), typeOf(hint).args.end());
  std::vector<ExprId> made;
  std::vector<TypeId> parts;
  for (size_t i = 0; i < elements.size(); ++i) {
    ExprId value = hints.empty() || isGeneralVar(hints[i]) ? infer(elements[i], hints.empty() ? TypeId{} : hints[i]) : check(elements[i], hints[i]);
    made.push_back(value);
    parts.push_back(typeAt(value));
  }
  ExprId id = node(ExprKind::Tuple, expr.span, types.tuple(parts));
  thir::List list = exprList(made);
  at(id).list = list;
  return id;
}

namespace {

// What is expected behind `&[…]`, `Array`: an array or slice.
bool wantsArray(Inferer &inferer, TypeId hint) {
  if (!hint.valid())
    return false;
  TypeKind kind = inferer.kindOf(hint);
  return kind == TypeKind::Array || kind == TypeKind::Slice;
}

TypeId elementHint(Inferer &inferer, TypeId hint) {
  if (!hint.valid())
    return {};
  const Type &type = inferer.typeOf(hint);
  if (type.kind == TypeKind::Array || type.kind == TypeKind::Slice || (inferer.isLangAdt(hint, "list") && !type.args.empty()))
    return type.args[0];
  return {};
}

} // namespace

ExprId Inferer::inferArray(const ast::Expr &expr, TypeId hint) {
  TypeId expected = elementHint(*this, hint);
  TypeId element = expected.valid() ? expected : fresh(expr.span);
  std::vector<ExprId> made;
  std::vector<ast::ExprId> elements;
  for (ast::ExprId id : ast::File::run(file->exprLists, expr.list))
    elements.push_back(id);
  for (ast::ExprId id : elements) {
    made.push_back(check(id, element));
    if (made.size() == 2 && !expected.valid() && at(made[1]).kind == ExprKind::Error)
      element = types.error; // either of the two may be the wrong one
  }
  TypeId arrayType = types.array(element, types.constInt(static_cast<int64_t>(made.size())));
  ExprId array = node(ExprKind::Array, expr.span, arrayType);
  thir::List list = exprList(made);
  at(array).list = list;
  if (wantsArray(*this, hint))
    return array;
  ExprId operands[]{array};
  return langCall("list_from_array", operands, expr.span);
}

// Of a name in it, a local hides a constant; then it is none.
std::optional<TypeId> Inferer::constantLength(ast::ExprId id) {
  const bool isConstant = resolve::walk(*file, {id}, {}, [this](const ast::Expr &expr) {
    if (expr.kind != ast::ExprKind::Path || !expr.path.valid())
      return resolve::Into::Exprs;
    const ast::Path &path = (*file)[expr.path];
    return path.segments.count == 1 && findLocal(file->segments[path.segments.begin].name.symbol) ? resolve::Into::Stop : resolve::Into::Exprs;
  });
  if (!isConstant)
    return std::nullopt;
  return lengthOf(context, scope, id);
}

ExprId Inferer::inferRepeat(const ast::Expr &expr, TypeId hint) {
  TypeId expected = elementHint(*this, hint);
  ExprId value = expected.valid() ? check(expr.a, expected) : infer(expr.a);
  if (wantsArray(*this, hint)) {
    std::optional<TypeId> length = constantLength(expr.b);
    if (!length || types[*length].value < 0) {
      error(tree(expr.b).span, diag::LengthNotConstant);
      return errorExpr(expr.span);
    }
    ExprId array = node(ExprKind::ArrayRepeat, expr.span, types.array(typeAt(value), *length));
    at(array).a = value;
    return array;
  }
  std::optional<AdtId> list = langAdt("list");
  ExprId count = check(expr.b, types.i64);
  std::optional<FnId> filled;
  lookup.inherent(symbol("filled")).forEach(anyHead, [&](const InherentMember &member) {
    const Type &self = types[program.impl(member.impl).self];
    if (list && self.kind == TypeKind::Adt && self.index == list->index)
      filled = member.fn;
    return !filled;
  });
  if (filled) {
    TypeId element = typeAt(value);
    TypeId args[]{element};
    requireAll(program.fn(*filled).generics.predicates, args, expr.span);
    ExprId operands[]{value, count};
    return callExpr(*filled, args, operands, types.adt(*list, args), expr.span);
  }
  error(expr.span, diag::MissingLangItem, "List::filled");
  return errorExpr(expr.span);
}

ExprId Inferer::inferRange(const ast::Expr &expr, TypeId hint) {
  bool hasLow = expr.a.valid(), hasHigh = expr.b.valid(), inclusive = expr.flag;
  TypeId bound = fresh(expr.span);
  if (hint.valid() && kindOf(hint) == TypeKind::Adt && typeOf(hint).args.size() == 1 && (isLangAdt(hint, "range") || isLangAdt(hint, "range_inclusive")))
    bound = typeOf(hint).args[0];
  ExprId low, high;
  auto end = [&](ast::ExprId id) {
    ExprId made = peelScalar(infer(id, bound));
    return coerce(made, bound);
  };
  if (hasLow)
    low = end(expr.a);
  if (hasHigh)
    high = end(expr.b);
  if (hasLow && hasHigh && inclusive) {
    ExprId operands[]{low, high};
    return langCall("range_inclusive_new", operands, expr.span);
  }
  std::string_view name = hasLow ? (hasHigh ? "range" : "range_from") : hasHigh ? (inclusive ? "range_to_inclusive" : "range_to") : "range_full";
  std::vector<TypeId> args;
  std::vector<ExprId> fields;
  if (hasLow)
    fields.push_back(low);
  if (hasHigh)
    fields.push_back(high);
  if (!fields.empty())
    args.push_back(bound);
  std::optional<AdtId> adt = langAdt(name);
  TypeId type = langType(name, args, expr.span);
  return adt && !isError(type) ? variantExpr(*adt, 0, fields, type, expr.span) : errorExpr(expr.span);
}

// `0..*n` without the star: a reference to a number counts as the number where numbers are meant.
ExprId Inferer::peelScalar(ExprId expr) {
  TypeId type = known(typeAt(expr));
  if (types[type].kind != TypeKind::Ref)
    return expr;
  TypeKind inner = kindOf(types[type].args[0]);
  return inner == TypeKind::Int || inner == TypeKind::Float || inner == TypeKind::Char ? peel(expr) : expr;
}

} // namespace async::infer
