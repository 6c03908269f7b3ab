#include "lowering/mono/Rewriter.h"

#include <fmt/format.h>

#include "typeck/infer/Thir.h"

namespace async::mono {

using mir::Constant;
using mir::Operand;
using mir::Place;
using mir::Rvalue;
using mir::Statement;
using mir::Terminator;

void rewriteBody(Collector &collector, Instance &instance, std::vector<TypeId> args) { Rewriter(collector, instance, std::move(args)).run(); }

TypeId Rewriter::close(TypeId type) {
  if (!type.valid() || !(types[type].flags & (HasParam | HasProjection)))
    return type;
  auto [slot, isNew] = closedTypes.emplace(type.index, TypeId{});
  if (isNew) {
    TypeId made = collector.select.closed(type, args);
    slot = closedTypes.find(type.index);
    slot->second = made;
  }
  return slot->second;
}

std::vector<TypeId> Rewriter::close(const std::vector<TypeId> &from) {
  std::vector<TypeId> made;
  made.reserve(from.size());
  for (TypeId type : from)
    made.push_back(close(type));
  return made;
}

TypeId Rewriter::targetOf(TypeId type) const {
  const Type &of = types[type];
  return of.args.empty() ? types.error : of.args[0];
}

TypeId Rewriter::placeType(const Place &place) {
  TypeId type = body.localType(place.base);
  uint32_t variant = 0;
  for (const mir::Projection &step : place.path)
    switch (step.kind) {
    case mir::Projection::Kind::Field:
      type = layouts.fieldType(type, variant, step.index);
      variant = 0;
      break;
    case mir::Projection::Kind::Deref:
    case mir::Projection::Kind::Index:
    case mir::Projection::Kind::ConstIndex:
      type = targetOf(type);
      break;
    case mir::Projection::Kind::Subslice:
      if (types[type].kind != TypeKind::Slice)
        type = types.slice(targetOf(type));
      break;
    case mir::Projection::Kind::Downcast:
      variant = step.index;
      break;
    }
  return type;
}

TypeId Rewriter::operandType(const Operand &operand) { return operand.kind == Operand::Kind::Const ? operand.constant.type : placeType(operand.place); }

mir::LocalId Rewriter::newLocal(TypeId type, Span span) {
  body.locals.push_back({{}, type, span});
  return mir::LocalId{static_cast<uint32_t>(body.locals.size() - 1)};
}

mir::BlockId Rewriter::newBlock(bool isCleanup, Span span) {
  mir::Block &made = body.blocks.emplace_back();
  made.isCleanup = isCleanup;
  made.terminator.kind = Terminator::Kind::Unreachable;
  made.terminator.span = span;
  return mir::BlockId{static_cast<uint32_t>(body.blocks.size() - 1)};
}

void Rewriter::assign(Place to, Rvalue value, Span span) {
  Statement &made = here().statements.emplace_back();
  made.kind = Statement::Kind::Assign;
  made.span = span;
  made.place = std::move(to);
  made.value = std::move(value);
}

mir::LocalId Rewriter::reference(Place to, TypeId type, Mutability mutability, Span span) {
  Rvalue made;
  made.kind = Rvalue::Kind::Ref;
  made.op = static_cast<uint8_t>(mutability);
  made.place = std::move(to);
  made.type = types.reference(mutability, type);
  mir::LocalId local = newLocal(made.type, span);
  assign(Maker::place(local), std::move(made), span);
  return local;
}

Terminator Rewriter::jump(mir::BlockId to, Span span) const {
  Terminator made;
  made.kind = Terminator::Kind::Goto;
  made.span = span;
  made.targets = {to};
  return made;
}

void Rewriter::callHere(uint32_t instance, std::vector<Operand> operands, Span span) {
  Place to = Maker::place(newLocal(types.unit, span));
  mir::BlockId next = newBlock(here().isCleanup, span);
  Terminator made;
  made.kind = Terminator::Kind::Call;
  made.span = span;
  made.callee.instance = instance;
  made.operands = std::move(operands);
  made.place = std::move(to);
  made.targets = {next};
  finish(std::move(made));
  current = next.index;
}

void Rewriter::retainShares(std::vector<Operand> &operands, Span span) {
  for (Operand &operand : operands) {
    if (operand.kind != Operand::Kind::Share)
      continue;
    operand.kind = Operand::Kind::Copy;
    TypeId type = placeType(operand.place);
    if (!layouts.needsDrop(type))
      continue;
    mir::LocalId at = reference(operand.place, type, Mutability::Shared, span);
    callHere(collector.retain(type, span), {Maker::copy(Maker::place(at))}, span);
  }
}

void Rewriter::closeConstants(Operand &operand, Span span) {
  if (operand.kind != Operand::Kind::Const)
    return;
  Constant &constant = operand.constant;
  constant.type = close(constant.type);
  if (constant.kind == Constant::Kind::ConstParam) {
    auto at = static_cast<uint64_t>(constant.value);
    bool known = at < args.size() && types[args[at]].kind == TypeKind::ConstInt;
    constant.kind = Constant::Kind::Int;
    constant.value = known ? types[args[at]].value : 0;
  }
  if (constant.kind == Constant::Kind::Static)
    collector.useStatic(constant.item, span);
}

uint32_t Rewriter::callee(mir::Callee &callee, Span span) {
  if (callee.instance != UINT32_MAX)
    return callee.instance;
  callee.args = close(callee.args);
  return callee.instance = collector.function(callee.fn, callee.args, span);
}

void Rewriter::coercion(Statement &made) {
  Rvalue &value = made.value;
  switch (static_cast<thir::CoercionKind>(value.op)) {
  case thir::CoercionKind::NeverToAny:
  case thir::CoercionKind::ArrayToSlice:
    return;
  case thir::CoercionKind::ClosureToFn:
    if (!value.operands.empty() && types[value.type].kind == TypeKind::Fn)
      value.variant = collector.table(operandType(value.operands[0]), value.type, made.span);
    return;
  case thir::CoercionKind::ToDyn:
    return collector.unsupported(made.span, "`dyn`");
  }
}

void Rewriter::rvalue(Statement &made) {
  Rvalue &value = made.value;
  value.type = close(value.type);
  for (Operand &operand : value.operands)
    closeConstants(operand, made.span);
  retainShares(value.operands, made.span);
  if (value.kind == Rvalue::Kind::Coerce)
    coercion(made);
  if (value.kind == Rvalue::Kind::Future)
    collector.futureOf(callee(value.callee, made.span), made.span);
  if (value.kind == Rvalue::Kind::AsyncBlock) {
    value.callee.instance = collector.closure(value.closure, args, made.span);
    for (const Operand &operand : value.operands)
      collector.dropGlue(operandType(operand), made.span);
    collector.futureOf(value.callee.instance, made.span);
  }
}

void Rewriter::statement(Statement &made) {
  if (made.kind == Statement::Kind::Assign)
    rvalue(made);
  here().statements.push_back(std::move(made));
}

void Rewriter::block(uint32_t index) {
  current = index;
  std::vector<Statement> statements = std::move(here().statements);
  Terminator end = std::move(here().terminator);
  here().statements.clear();
  for (Statement &made : statements)
    statement(made);
  terminator(std::move(end));
}

void Rewriter::run() {
  for (mir::Local &local : body.locals)
    local.type = close(local.type);
  for (uint32_t i = 0; i < body.locals.size(); ++i)
    collector.checkSize(body.locals[i].type, body.locals[i].span);
  findAwaited();
  for (uint32_t i = 0, count = static_cast<uint32_t>(body.blocks.size()); i < count; ++i)
    block(i);
  body.stage = mir::Stage::Mono;
}

} // namespace async::mono
