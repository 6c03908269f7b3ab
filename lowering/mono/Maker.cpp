#include "lowering/mono/Maker.h"

namespace async::mono {

using mir::BlockId;
using mir::LocalId;
using mir::Operand;
using mir::Place;
using mir::Rvalue;
using mir::Terminator;

Maker::Maker(Layouts &layouts, Program &program, const Lang &lang, Span span)
    : layouts(layouts), program(program), lang(lang), body(std::make_unique<mir::Body>()), span(span) {
  body->stage = mir::Stage::Elaborated;
  body->span = span;
}

void Maker::signature(TypeId result, std::vector<TypeId> params) {
  local(result);
  for (TypeId param : params)
    local(param);
  body->paramCount = static_cast<uint32_t>(params.size());
  current = block();
}

LocalId Maker::local(TypeId type) {
  body->locals.push_back({{}, type, span});
  return LocalId{static_cast<uint32_t>(body->locals.size() - 1)};
}

BlockId Maker::block(bool isCleanup) {
  mir::Block &made = body->blocks.emplace_back();
  made.isCleanup = isCleanup;
  made.terminator.kind = Terminator::Kind::Unreachable;
  made.terminator.span = span;
  return BlockId{static_cast<uint32_t>(body->blocks.size() - 1)};
}

Place Maker::field(Place of, uint32_t index) {
  of.path.push_back(step(mir::Projection::Kind::Field, index));
  return of;
}

Place Maker::variant(Place of, uint32_t index) {
  of.path.push_back(step(mir::Projection::Kind::Downcast, index));
  return of;
}

Place Maker::element(Place of, LocalId index) {
  of.path.push_back(step(mir::Projection::Kind::Index, 0, index));
  return of;
}

Operand Maker::use(Operand::Kind kind, Place place) {
  Operand operand;
  operand.kind = kind;
  operand.place = std::move(place);
  return operand;
}

Operand Maker::integer(TypeId type, int64_t value) {
  Operand operand;
  operand.kind = Operand::Kind::Const;
  operand.constant.kind = mir::Constant::Kind::Int;
  operand.constant.type = type;
  operand.constant.value = value;
  return operand;
}

void Maker::assign(Place to, Rvalue value) {
  mir::Statement &made = body->blocks[current.index].statements.emplace_back();
  made.kind = mir::Statement::Kind::Assign;
  made.span = span;
  made.place = std::move(to);
  made.value = std::move(value);
}

void Maker::assign(Place to, Operand value) {
  Rvalue made;
  made.kind = Rvalue::Kind::Use;
  made.type = value.kind == Operand::Kind::Const ? value.constant.type : TypeId{};
  made.operands.push_back(std::move(value));
  if (!made.type.valid())
    made.type = to.path.empty() ? body->localType(to.base) : program.types.error;
  assign(std::move(to), std::move(made));
}

LocalId Maker::reference(Place to, TypeId type, Mutability mutability) {
  Rvalue made;
  made.kind = Rvalue::Kind::Ref;
  made.op = static_cast<uint8_t>(mutability);
  made.place = std::move(to);
  made.type = program.types.reference(mutability, type);
  LocalId result = local(made.type);
  assign(place(result), std::move(made));
  return result;
}

LocalId Maker::binary(mir::BinaryOp op, TypeId type, Operand a, Operand b) {
  Rvalue made;
  made.kind = Rvalue::Kind::Binary;
  made.op = static_cast<uint8_t>(op);
  made.type = type;
  made.operands.push_back(std::move(a));
  made.operands.push_back(std::move(b));
  LocalId result = local(type);
  assign(place(result), std::move(made));
  return result;
}

LocalId Maker::discriminant(Place of) {
  Rvalue made;
  made.kind = Rvalue::Kind::Discriminant;
  made.place = std::move(of);
  made.type = program.types.i64;
  LocalId result = local(made.type);
  assign(place(result), std::move(made));
  return result;
}

Rvalue Maker::aggregate(TypeId type, uint32_t variant, Operands operands) {
  Rvalue made;
  const Type &of = program.types[type];
  made.kind = of.kind == TypeKind::Adt ? Rvalue::Kind::Adt : Rvalue::Kind::Tuple;
  if (of.kind == TypeKind::Adt)
    made.adt = AdtId{of.index};
  made.variant = variant;
  made.type = type;
  made.operands = std::move(operands);
  return made;
}

Terminator &Maker::end(Terminator::Kind kind) {
  Terminator &made = body->blocks[current.index].terminator;
  made = {};
  made.kind = kind;
  made.span = span;
  return made;
}

void Maker::jump(BlockId to) { end(Terminator::Kind::Goto).targets = {to}; }

void Maker::unlessZero(Operand value, BlockId zero) {
  BlockId next = block();
  Terminator &made = end(Terminator::Kind::Switch);
  made.operands.push_back(std::move(value));
  made.values = {0};
  made.targets = {zero, next};
  current = next;
}

void Maker::call(FnId fn, std::vector<TypeId> args, Operands operands, Place to, BlockId unwind) {
  BlockId next = block(body->blocks[current.index].isCleanup);
  Terminator &made = end(Terminator::Kind::Call);
  made.callee.fn = fn;
  made.callee.args = std::move(args);
  made.operands = std::move(operands);
  made.place = std::move(to);
  made.targets = {next};
  made.unwind = unwind;
  current = next;
}

void Maker::callVoid(FnId fn, std::vector<TypeId> args, Operands operands) {
  call(fn, std::move(args), std::move(operands), place(local(program.types.unit)));
}

void Maker::drop(Place place, BlockId unwind) {
  BlockId next = block(body->blocks[current.index].isCleanup);
  Terminator &made = end(Terminator::Kind::Drop);
  made.place = std::move(place);
  made.targets = {next};
  made.unwind = unwind;
  current = next;
}

Maker::Loop Maker::beginLoop(Operand length, bool isCleanup) {
  Loop loop{local(program.types.i64), block(isCleanup), {}};
  assign(place(loop.index), integer(program.types.i64, 0));
  jump(loop.head);
  loop.after = block(isCleanup);
  current = loop.head;
  LocalId inside = binary(mir::BinaryOp::Lt, program.types.boolean, copy(place(loop.index)), std::move(length));
  BlockId next = block(isCleanup);
  Terminator &made = end(Terminator::Kind::Switch);
  made.operands.push_back(copy(place(inside)));
  made.values = {0};
  made.targets = {loop.after, next};
  current = next;
  return loop;
}

void Maker::endLoop(const Loop &loop) {
  LocalId next = binary(mir::BinaryOp::Add, program.types.i64, copy(place(loop.index)), integer(program.types.i64, 1));
  assign(place(loop.index), copy(place(next)));
  jump(loop.head);
  current = loop.after;
}

bool Maker::isEnum(TypeId id) const {
  const Type &type = program.types[id];
  return type.kind == TypeKind::Adt && program.adt(AdtId{type.index}).isEnum;
}

uint32_t Maker::variantCount(TypeId id) const {
  const Type &type = program.types[id];
  return isEnum(id) ? static_cast<uint32_t>(program.adt(AdtId{type.index}).variants.size()) : 1;
}

const std::vector<TypeId> &Maker::fieldTypes(TypeId type, uint32_t variant) {
  static const std::vector<TypeId> none;
  const Layout &layout = layouts.of(type);
  return variant < layout.variants.size() ? layout.variants[variant].fields : none;
}

Place Maker::fieldOf(TypeId type, Place of, uint32_t at, uint32_t index) const {
  return field(isEnum(type) ? variant(std::move(of), at) : std::move(of), index);
}

} // namespace async::mono
