// Glue.cpp: dropping, retaining, and the functions around function values and main.
#include <algorithm>

#include "lowering/mono/Maker.h"
#include "typeck/types/TypeFacts.h"

namespace async::mono {

using mir::BlockId;
using mir::LocalId;
using mir::Operand;
using mir::Place;
using mir::Terminator;

namespace {

// Drops the fields in order of declaration; if one panics the rest are dropped while unwinding. Ends with a jump to `done`.
void dropFields(Maker &maker, TypeId type, const Place &of, uint32_t variant, BlockId done, BlockId unwound) {
  std::vector<Place> places;
  const std::vector<TypeId> fields = maker.fieldTypes(type, variant);
  for (uint32_t i = 0; i < fields.size(); ++i)
    if (maker.layouts.needsDrop(fields[i]))
      places.push_back(maker.fieldOf(type, of, variant, i));
  BlockId start = maker.current;
  std::vector<BlockId> cleanup(places.size() + 1, unwound);
  for (size_t i = places.size(); i-- > 1;) {
    maker.current = cleanup[i] = maker.block(true);
    Terminator &drop = maker.end(Terminator::Kind::Drop);
    drop.place = places[i];
    drop.targets = {cleanup[i + 1]};
  }
  maker.current = start;
  for (size_t i = 0; i < places.size(); ++i)
    maker.drop(places[i], cleanup[i + 1]);
  maker.jump(done);
}

// Goes by the variant. For those with a field that `concerns`, `make` writes what happens, up to a jump to `done`; the others go there at once.
template <class Concerns, class Make> void forVariants(Maker &maker, TypeId type, const Place &of, BlockId done, Concerns concerns, Make make) {
  LocalId which = maker.discriminant(of);
  BlockId from = maker.current;
  std::vector<int64_t> values;
  std::vector<BlockId> targets;
  for (uint32_t i = 0; i < maker.variantCount(type); ++i) {
    const std::vector<TypeId> fields = maker.fieldTypes(type, i);
    if (std::none_of(fields.begin(), fields.end(), concerns))
      continue;
    maker.current = maker.block(maker.body->blocks[from.index].isCleanup);
    values.push_back(i);
    targets.push_back(maker.current);
    make(i);
  }
  targets.push_back(done);
  maker.current = from;
  Terminator &choose = maker.end(Terminator::Kind::Switch);
  choose.operands = {Maker::copy(Maker::place(which))};
  choose.values = std::move(values);
  choose.targets = std::move(targets);
}

void dropVariants(Maker &maker, TypeId type, const Place &of, BlockId done, BlockId unwound) {
  if (!maker.isEnum(type)) {
    dropFields(maker, type, of, 0, done, unwound);
    return;
  }
  forVariants(
      maker, type, of, done, [&](TypeId field) { return maker.layouts.needsDrop(field); },
      [&](uint32_t variant) { dropFields(maker, type, of, variant, done, unwound); });
}

void dropElements(Maker &maker, const Place &of, BlockId unwound) {
  mir::Rvalue length;
  length.kind = mir::Rvalue::Kind::Len;
  length.place = of;
  length.type = maker.program.types.i64;
  LocalId count = maker.local(length.type);
  maker.assign(Maker::place(count), std::move(length));
  Maker::Loop loop = maker.beginLoop(Maker::copy(Maker::place(count)));
  BlockId inLoop = maker.current;
  // After a panic: the elements behind this one.
  BlockId cleanup = maker.block(true), rest = maker.block(true);
  maker.current = cleanup;
  LocalId next = maker.binary(mir::BinaryOp::Add, maker.program.types.i64, Maker::copy(Maker::place(loop.index)), maker.integer(maker.program.types.i64, 1));
  maker.assign(Maker::place(loop.index), Maker::copy(Maker::place(next)));
  LocalId inside = maker.binary(mir::BinaryOp::Lt, maker.program.types.boolean, Maker::copy(Maker::place(loop.index)), Maker::copy(Maker::place(count)));
  Terminator &choose = maker.end(Terminator::Kind::Switch);
  choose.operands = {Maker::copy(Maker::place(inside))};
  choose.values = {0};
  choose.targets = {unwound, rest};
  maker.current = rest;
  Terminator &drop = maker.end(Terminator::Kind::Drop);
  drop.place = Maker::element(of, loop.index);
  drop.targets = {cleanup};
  maker.current = inLoop;
  maker.drop(Maker::element(of, loop.index), cleanup);
  maker.endLoop(loop);
  maker.ret();
}

} // namespace

std::unique_ptr<mir::Body> makeDropGlue(Maker &maker, TypeId id) {
  Program &program = maker.program;
  maker.signature(program.types.unit, {program.types.pointer(Mutability::Exclusive, id)});
  Place value = Maker::deref(LocalId{1});
  BlockId entry = maker.current, done = maker.block(), unwound = maker.block(true);
  maker.current = done;
  maker.ret();
  maker.current = unwound;
  maker.end(Terminator::Kind::Unwind);
  maker.current = entry;
  const Type type = program.types[id];
  if (type.kind == TypeKind::Array || type.kind == TypeKind::Slice) {
    dropElements(maker, value, unwound);
    return std::move(maker.body);
  }
  if (type.kind == TypeKind::Stream || type.kind == TypeKind::Sink) {
    LocalId self = maker.reference(value, id, Mutability::Exclusive);
    maker.call(type.kind == TypeKind::Stream ? maker.lang.streamDrop : maker.lang.sinkDrop, {type.args.begin(), type.args.end()},
               {Maker::copy(Maker::place(self))}, Maker::place(maker.local(program.types.unit)), unwound);
    maker.jump(done);
    return std::move(maker.body);
  }
  FnId dropFn;
  if (type.kind == TypeKind::Adt)
    dropFn = program.adt(AdtId{type.index}).dropFn.value_or(FnId{});
  if (dropFn.valid() && program.fn(dropFn).impl) {
    BlockId cleanup = maker.block(true);
    maker.current = cleanup;
    dropVariants(maker, id, value, unwound, unwound);
    maker.current = entry;
    std::vector<TypeId> args = maker.layouts.select.matchSelf(*program.fn(dropFn).impl, id).value_or(std::vector<TypeId>{});
    LocalId self = maker.reference(value, id, Mutability::Exclusive);
    maker.call(dropFn, std::move(args), {Maker::copy(Maker::place(self))}, Maker::place(maker.local(program.types.unit)), cleanup);
  }
  dropVariants(maker, id, value, done, unwound);
  return std::move(maker.body);
}

namespace {

void retainFields(Maker &maker, TypeId type, const Place &of, uint32_t variant) {
  const std::vector<TypeId> fields = maker.fieldTypes(type, variant);
  for (uint32_t i = 0; i < fields.size(); ++i)
    if (isShared(maker.program, fields[i]))
      maker.assign(Maker::place(maker.local(fields[i])), Maker::use(Operand::Kind::Share, maker.fieldOf(type, of, variant, i)));
}

void retainVariants(Maker &maker, TypeId type, const Place &of) {
  BlockId done = maker.block();
  forVariants(
      maker, type, of, done, [&](TypeId field) { return isShared(maker.program, field); },
      [&](uint32_t variant) {
        retainFields(maker, type, of, variant);
        maker.jump(done);
      });
  maker.current = done;
}

} // namespace

std::unique_ptr<mir::Body> makeRetainGlue(Maker &maker, TypeId id) {
  Program &program = maker.program;
  maker.signature(program.types.unit, {program.types.reference(Mutability::Shared, id)});
  Place value = Maker::deref(LocalId{1});
  const Type type = program.types[id];
  // A counted copy that nobody drops.
  if (type.kind == TypeKind::Array) {
    Maker::Loop loop = maker.beginLoop(maker.integer(program.types.i64, static_cast<int64_t>(maker.layouts.arrayLength(id))));
    LocalId copy = maker.local(type.args[0]);
    maker.assign(Maker::place(copy), Maker::use(Operand::Kind::Share, Maker::element(value, loop.index)));
    maker.endLoop(loop);
  } else if (maker.isEnum(id)) {
    retainVariants(maker, id, value);
  } else {
    retainFields(maker, id, value, 0);
  }
  maker.ret();
  return std::move(maker.body);
}

namespace {

void callValue(Maker &maker, CallKind kind, Operand callable, uint32_t firstArgument, LocalId to) {
  BlockId next = maker.block();
  Terminator &call = maker.end(Terminator::Kind::CallValue);
  call.callKind = kind;
  call.operands.push_back(std::move(callable));
  for (uint32_t i = firstArgument; i <= maker.body->paramCount; ++i)
    call.operands.push_back(Maker::move(Maker::place(LocalId{i})));
  call.place = Maker::place(to);
  call.targets = {next};
  maker.current = next;
  maker.ret();
}

} // namespace

std::unique_ptr<mir::Body> makeBoxedCall(Maker &maker, TypeId callable, TypeId fn) {
  const Type type = maker.program.types[fn];
  std::vector<TypeId> params{maker.program.types.pointer(Mutability::Exclusive, callable)};
  params.insert(params.end(), type.args.begin(), type.args.end() - 1);
  maker.signature(type.args.back(), std::move(params));
  Place data = Maker::deref(LocalId{1});
  if (static_cast<CallKind>(type.sub) == CallKind::Once) {
    callValue(maker, CallKind::Once, Maker::move(data), 2, LocalId{0});
  } else {
    LocalId self = maker.reference(data, callable, Mutability::Exclusive);
    callValue(maker, CallKind::Exclusive, Maker::copy(Maker::place(self)), 2, LocalId{0});
  }
  return std::move(maker.body);
}

std::unique_ptr<mir::Body> makeOwningCall(Maker &maker, TypeId closure, std::vector<TypeId> params, TypeId result) {
  params.insert(params.begin(), closure);
  maker.body->isAsync = true;
  maker.signature(result, std::move(params));
  callValue(maker, CallKind::Once, Maker::move(Maker::place(LocalId{1})), 2, LocalId{0});
  return std::move(maker.body);
}

std::unique_ptr<mir::Body> makeAsyncWrapper(Maker &maker, std::vector<TypeId> params, TypeId result, uint32_t instance, bool isLeaf) {
  maker.body->isAsync = true;
  maker.signature(result, std::move(params));
  BlockId next = maker.block();
  Terminator &call = maker.end(isLeaf ? Terminator::Kind::AwaitCall : Terminator::Kind::Call);
  call.callee.instance = instance;
  for (uint32_t i = 1; i <= maker.body->paramCount; ++i)
    call.operands.push_back(Maker::move(Maker::place(LocalId{i})));
  call.place = Maker::place(LocalId{0});
  call.targets = {next};
  maker.current = next;
  maker.ret();
  return std::move(maker.body);
}

std::unique_ptr<mir::Body> makeMainReport(Maker &maker, TypeId result) {
  Program &program = maker.program;
  maker.signature(program.types.i32, {program.types.u64, program.types.u64});
  const Type type = program.types[result];
  bool isResult = type.kind == TypeKind::Adt && AdtId{type.index} == maker.lang.result && maker.lang.mainError.valid() && maker.lang.decodeResult.valid();
  if (!isResult) {
    maker.assign(Maker::place(LocalId{0}), maker.integer(program.types.i32, 0));
    maker.ret();
    return std::move(maker.body);
  }
  LocalId value = maker.local(result);
  maker.call(maker.lang.decodeResult, {result}, {Maker::copy(Maker::place(LocalId{1})), Maker::copy(Maker::place(LocalId{2}))}, Maker::place(value));
  uint32_t err = 1;
  const AdtDecl &adt = program.adt(AdtId{type.index});
  for (uint32_t i = 0; i < adt.variants.size(); ++i)
    if (!adt.variants[i].fields.empty() && program.types[adt.variants[i].fields[0].type].kind == TypeKind::Param && program.types[adt.variants[i].fields[0].type].index == 1)
      err = i;
  LocalId which = maker.discriminant(Maker::place(value));
  LocalId failed = maker.binary(mir::BinaryOp::Eq, program.types.boolean, Maker::copy(Maker::place(which)), maker.integer(program.types.i64, err));
  BlockId good = maker.block(), end = maker.block();
  maker.unlessZero(Maker::copy(Maker::place(failed)), good);
  LocalId error = maker.reference(Maker::field(Maker::variant(Maker::place(value), err), 0), type.args[1]);
  maker.callVoid(maker.lang.mainError, {type.args[1]}, {Maker::copy(Maker::place(error))});
  maker.assign(Maker::place(LocalId{0}), maker.integer(program.types.i32, 1));
  maker.jump(end);
  maker.current = good;
  maker.assign(Maker::place(LocalId{0}), maker.integer(program.types.i32, 0));
  maker.jump(end);
  maker.current = end;
  maker.drop(Maker::place(value));
  maker.ret();
  return std::move(maker.body);
}

} // namespace async::mono
