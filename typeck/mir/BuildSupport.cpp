#include "typeck/mir/BuildContext.h"
#include "typeck/mir/Visit.h"

#include "frontend/diagnostics/Structure.h"

namespace async::mir {

BlockId Builder::newBlock(bool isCleanup) {
  BlockId id{static_cast<uint32_t>(out->blocks.size())};
  Block &made = out->blocks.emplace_back();
  made.isCleanup = isCleanup;
  made.terminator.kind = Terminator::Kind::Unreachable;
  made.terminator.span = out->span;
  return id;
}

BlockId Builder::newBlock() { return newBlock(inCleanup); }

void Builder::terminate(Terminator terminator) { block().terminator = std::move(terminator); }

Terminator Builder::terminator(Terminator::Kind kind, Span span) {
  Terminator made;
  made.kind = kind;
  made.span = span.known() ? span : out->span;
  // A function value may turn out to be async.
  made.isShielded = !inCleanup && shieldDepth > 0 && (isSuspension(kind) || kind == Terminator::Kind::CallValue);
  return made;
}

void Builder::jump(BlockId to, Span span) {
  Terminator made = terminator(Terminator::Kind::Goto, span);
  made.targets = {to};
  terminate(std::move(made));
}

void Builder::step(Terminator terminator) {
  BlockId next = newBlock();
  terminator.targets = {next};
  terminate(std::move(terminator));
  current = next;
}

void Builder::assign(const Place &to, Rvalue value, Span span) {
  unschedule(value.operands);
  Statement statement;
  statement.kind = Statement::Kind::Assign;
  statement.span = span.known() ? span : out->span;
  statement.place = to;
  statement.value = std::move(value);
  block().statements.push_back(std::move(statement));
}

void Builder::assignOperand(const Place &to, Operand operand, TypeId type, Span span) {
  assign(to, rvalue(Rvalue::Kind::Use, type, {std::move(operand)}), span);
}

void Builder::storage(LocalId local, bool live, Span span) {
  Statement statement;
  statement.kind = live ? Statement::Kind::StorageLive : Statement::Kind::StorageDead;
  statement.span = span.known() ? span : out->span;
  statement.local = local;
  block().statements.push_back(std::move(statement));
}

LocalId Builder::newLocal(TypeId type, Span span, Symbol name) {
  LocalId id{static_cast<uint32_t>(out->locals.size())};
  out->locals.push_back({name, type, span.known() ? span : out->span});
  return id;
}

Place Builder::project(Place place, Projection::Kind kind, uint32_t index) {
  Projection projection;
  projection.kind = kind;
  projection.index = index;
  place.path.push_back(projection);
  return place;
}

TypeId Builder::fieldType(TypeId id, uint32_t variant, uint32_t index) {
  Type type = types[id];
  switch (type.kind) {
  case TypeKind::Tuple:
    return index < type.args.size() ? type.args[index] : types.error;
  case TypeKind::Adt: {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    uint32_t of = variant == UINT32_MAX ? 0 : variant;
    if (of >= adt.variants.size() || index >= adt.variants[of].fields.size())
      return types.error;
    return substitute(types, adt.variants[of].fields[index].type, type.args);
  }
  case TypeKind::Closure: {
    const ClosureDecl &closure = program.closure(ClosureId{type.index});
    return index < closure.captures.size() ? substitute(types, closure.captures[index].type, type.args) : types.error;
  }
  default:
    return types.error;
  }
}

TypeId Builder::placeType(const Place &place) {
  TypeId type = out->localType(place.base);
  uint32_t variant = UINT32_MAX;
  for (const Projection &projection : place.path) {
    Type of = types[type];
    uint32_t in = variant;
    variant = UINT32_MAX;
    switch (projection.kind) {
    case Projection::Kind::Field:
      type = fieldType(type, in, projection.index);
      break;
    case Projection::Kind::Deref:
    case Projection::Kind::Index:
    case Projection::Kind::ConstIndex:
      type = of.args.empty() ? types.error : of.args[0];
      break;
    case Projection::Kind::Subslice:
      type = of.kind == TypeKind::Array ? types.slice(of.args[0]) : type;
      break;
    case Projection::Kind::Downcast:
      variant = projection.index;
      break;
    }
  }
  return type;
}

bool Builder::isLang(TypeId id, std::string_view name) {
  const Type &type = types[id];
  return type.kind == TypeKind::Adt && interner.text(program.adt(AdtId{type.index}).lang) == name;
}

std::vector<TypeId> Builder::typeArgs(const thir::Expr &expr) const {
  auto first = thir.typeLists.begin() + expr.typeArgs.begin;
  return {first, first + expr.typeArgs.count};
}

FnId Builder::langFn(std::string_view name, Span span) {
  auto found = program.langFns.find(interner.intern(name).index);
  if (found != program.langFns.end())
    return found->second;
  diagnostics.emit(span, frontend::diag::MissingLangItem, name);
  return {};
}

Rvalue Builder::rvalue(Rvalue::Kind kind, TypeId type, std::initializer_list<Operand> operands, uint8_t op) {
  Rvalue made{};
  made.kind = kind;
  made.op = op;
  made.type = type;
  made.operands = operands;
  return made;
}

Rvalue Builder::refTo(Place place, Mutability mutability, TypeId type) {
  Rvalue made = rvalue(Rvalue::Kind::Ref, type, {}, static_cast<uint8_t>(mutability));
  made.place = std::move(place);
  return made;
}

Operand Builder::constant(Constant::Kind kind, TypeId type, int64_t value, Symbol text) {
  Operand made;
  made.kind = Operand::Kind::Const;
  made.constant = Constant{kind, type, value, text, {}};
  return made;
}

Operand Builder::use(Operand::Kind kind, Place place) {
  Operand made;
  made.kind = kind;
  made.place = std::move(place);
  return made;
}

BlockId Builder::unreachableBlock() {
  if (inCleanup)
    return newBlock();
  if (!unreachable.valid())
    unreachable = newBlock(false);
  return unreachable;
}

} // namespace async::mir
