// RewriteCalls.cpp: the terminators: calls, function values, awaits, drops.
#include <fmt/format.h>

#include "lowering/mono/Rewriter.h"

namespace async::mono {

using mir::BlockId;
using mir::Operand;
using mir::Place;
using mir::Rvalue;
using mir::Terminator;

Rewriter::Callable Rewriter::callableOf(const Operand &operand, CallKind kind) {
  Callable found;
  found.type = operandType(operand);
  found.at = operand.place;
  if (operand.kind == Operand::Kind::Const)
    return found;
  unsigned references = 0;
  while (types[found.type].kind == TypeKind::Ref) {
    found.at.path.push_back(Maker::step(mir::Projection::Kind::Deref));
    found.type = targetOf(found.type);
    ++references;
  }
  found.isDirect = references == 1;
  found.isOwned = references == 0 && kind == CallKind::Once && operand.kind == Operand::Kind::Move;
  return found;
}

// Mode-polymorphic calls (rules.md I1): the callee is async, and what is expected is the value.
void Rewriter::findAwaited() {
  awaited.assign(body.locals.size(), false);
  for (const mir::Block &block : body.blocks) {
    const Terminator &end = block.terminator;
    if (end.kind != Terminator::Kind::CallValue || end.operands.empty() || !end.place.path.empty())
      continue;
    Operand operand = end.operands[0];
    if (operand.kind == Operand::Kind::Const)
      operand.constant.type = close(operand.constant.type);
    Callable callable = callableOf(operand, end.callKind);
    std::optional<Signature> signature = collector.select.signature(callable.type);
    if (signature && types[signature->result].kind == TypeKind::Async && signature->result != body.localType(end.place.base))
      awaited[end.place.base.index] = true;
  }
}

BlockId Rewriter::dropThen(const Place &place, bool isCleanup, BlockId then, frontend::Span span) {
  if (!then.valid()) {
    then = newBlock(true, span);
    body.blocks[then.index].terminator.kind = Terminator::Kind::Unwind;
  }
  BlockId made = newBlock(isCleanup, span);
  Terminator &drop = body.blocks[made.index].terminator;
  drop.kind = Terminator::Kind::Drop;
  drop.place = place;
  drop.targets = {then};
  return made;
}

// The function value was given away to the call: it is dropped behind it, on both ways.
void Rewriter::dropAfter(Terminator &end, const Callable &callable) {
  if (!callable.isOwned || !layouts.needsDrop(callable.type))
    return;
  collector.dropGlue(callable.type, end.span);
  if (!here().isCleanup || end.unwind.valid())
    end.unwind = dropThen(callable.at, true, end.unwind, end.span);
  if (!end.targets.empty())
    end.targets[0] = dropThen(callable.at, here().isCleanup, end.targets[0], end.span);
}

// The call gives a future, which is awaited at once.
void Rewriter::awaitResult(Terminator call, TypeId futureType) {
  mir::LocalId future = newLocal(futureType, call.span);
  Terminator await;
  await.kind = Terminator::Kind::Await;
  await.span = call.span;
  await.operands = {Maker::move(Maker::place(future))};
  await.place = std::move(call.place);
  await.targets = call.targets;
  await.unwind = call.unwind;
  await.isShielded = call.isShielded;
  BlockId next = newBlock(here().isCleanup, call.span);
  call.place = Maker::place(future);
  call.targets = {next};
  finish(std::move(call));
  current = next.index;
  finish(std::move(await));
}

void Rewriter::callValue(Terminator end) {
  if (end.operands.empty())
    return finish(std::move(end));
  Callable callable = callableOf(end.operands[0], end.callKind);
  std::optional<Signature> signature = collector.select.signature(callable.type);
  if (!signature) {
    collector.internalError(fmt::format("`{}` calls a value that is no function", name));
    return finish(std::move(end));
  }
  TypeId destination = placeType(end.place);
  bool isAsync = types[signature->result].kind == TypeKind::Async;
  bool awaitsHere = isAsync && signature->result != destination;
  const Type type = types[callable.type];
  std::vector<Operand> operands(std::make_move_iterator(end.operands.begin() + 1), std::make_move_iterator(end.operands.end()));

  if (isAsync && !awaitsHere && callable.isOwned && isBorrowedByCall(type) && layouts.of(callable.type).size > 0) {
    // The future outlives this call, so it takes the function value with it.
    uint32_t instance = collector.owningCall(callable.type, signature->params, types[signature->result].args[0], end.span);
    operands.insert(operands.begin(), Maker::move(callable.at));
    return makeFuture(std::move(end), instance, std::move(operands));
  }
  if (type.kind == TypeKind::Fn) {
    bool takes = static_cast<CallKind>(type.sub) == CallKind::Once;
    if (takes) {
      operands.insert(operands.begin(), Maker::use(callable.isOwned ? Operand::Kind::Move : Operand::Kind::Copy, callable.at));
    } else {
      operands.insert(operands.begin(), Maker::copy(Maker::place(reference(callable.at, callable.type, Mutability::Exclusive, end.span))));
      dropAfter(end, callable);
    }
    end.callKind = takes ? CallKind::Once : CallKind::Exclusive;
    end.operands = std::move(operands);
    return awaitsHere ? awaitResult(std::move(end), signature->result) : finish(std::move(end));
  }

  // Any other body that gives a future makes it itself.
  bool bodyIsAsync = type.kind == TypeKind::FnDef ? program.fn(FnId{type.index}).isAsync : program.closure(ClosureId{type.index}).kind == ClosureDecl::Kind::AsyncClosure;
  uint32_t instance = UINT32_MAX;
  if (type.kind == TypeKind::FnDef) {
    instance = collector.function(FnId{type.index}, {type.args.begin(), type.args.end()}, end.span);
  } else {
    ClosureId id{type.index};
    const ClosureDecl &decl = program.closure(id);
    instance = collector.closure(id, {type.args.begin(), type.args.end()}, end.span);
    if (decl.callKind == CallKind::Once) {
      operands.insert(operands.begin(), Maker::use(callable.isOwned ? Operand::Kind::Move : Operand::Kind::Copy, callable.at));
    } else {
      Mutability mutability = decl.callKind == CallKind::Exclusive ? Mutability::Exclusive : Mutability::Shared;
      operands.insert(operands.begin(), Maker::copy(Maker::place(reference(callable.at, callable.type, mutability, end.span))));
      dropAfter(end, callable);
    }
  }
  if (bodyIsAsync && !awaitsHere)
    return makeFuture(std::move(end), instance, std::move(operands));
  end.callee.instance = instance;
  end.operands = std::move(operands);
  if (!bodyIsAsync) {
    end.kind = Terminator::Kind::Call;
    return awaitsHere ? awaitResult(std::move(end), signature->result) : finish(std::move(end));
  }
  end.kind = Terminator::Kind::AwaitCall;
  finish(std::move(end));
}

// Whether a call takes a reference to the function value, and not the value itself.
bool Rewriter::isBorrowedByCall(const Type &callable) const {
  if (callable.kind == TypeKind::Closure)
    return program.closure(ClosureId{callable.index}).callKind != CallKind::Once;
  return callable.kind == TypeKind::Fn && static_cast<CallKind>(callable.sub) != CallKind::Once;
}

// Calling an async body makes its future.
void Rewriter::makeFuture(Terminator call, uint32_t instance, std::vector<Operand> operands) {
  collector.futureOf(instance, call.span);
  Rvalue future;
  future.kind = Rvalue::Kind::Future;
  future.type = placeType(call.place);
  future.callee = call.callee;
  future.callee.instance = instance;
  future.operands = std::move(operands);
  assign(call.place, std::move(future), call.span);
  if (!call.targets.empty())
    finish(jump(call.targets[0], call.span));
}

// `await &mut f` (rules.md L6): the future is taken out of its place and driven to its end; what is left there is none, which drops as nothing.
void Rewriter::takeStarted(Operand &reference, frontend::Span span) {
  TypeId future = types[operandType(reference)].args[0];
  Place from = reference.place;
  from.path.push_back(Maker::step(mir::Projection::Kind::Deref));
  mir::LocalId taken = newLocal(future, span);
  auto use = [](TypeId type, Operand operand) {
    Rvalue value;
    value.kind = Rvalue::Kind::Use;
    value.type = type;
    value.operands = {std::move(operand)};
    return value;
  };
  assign(Maker::place(taken), use(future, Maker::move(from)), span);
  Operand none;
  none.constant.kind = mir::Constant::Kind::Int;
  none.constant.type = future;
  assign(std::move(from), use(future, std::move(none)), span);
  reference = Maker::move(Maker::place(taken));
}

void Rewriter::await(Terminator end) {
  if (end.operands.empty())
    return finish(std::move(end));
  Operand &operand = end.operands[0];
  const Type type = types[operandType(operand)];
  if (type.kind == TypeKind::Ref && operand.kind != Operand::Kind::Const && types[type.args[0]].kind == TypeKind::Async && operandType(operand) != placeType(end.place)) {
    takeStarted(operand, end.span);
    return finish(std::move(end));
  }
  bool isValue = types[operandType(operand)].kind != TypeKind::Async ||
                 (operand.kind != Operand::Kind::Const && operand.place.path.empty() && operand.place.base.index < awaited.size() && awaited[operand.place.base.index]);
  if (!isValue)
    return finish(std::move(end));
  Rvalue value;
  value.kind = Rvalue::Kind::Use;
  value.type = operandType(operand);
  value.operands = {operand};
  assign(end.place, std::move(value), end.span);
  if (!end.targets.empty())
    finish(jump(end.targets[0], end.span));
}

void Rewriter::call(Terminator &end) {
  uint32_t index = callee(end.callee, end.span);
  if (index == UINT32_MAX)
    return;
  const Instance &instance = collector.mono.instance(index);
  if (instance.kind != Instance::Kind::Intrinsic || instance.args.empty())
    return;
  // Intrinsics that end the life of a value of their argument.
  std::string_view intrinsic = collector.interner.text(program.fn(instance.fn).name);
  if (intrinsic == "drop_in_place")
    collector.dropGlue(TypeId(instance.args[0]), end.span);
}

void Rewriter::spawn(Terminator &end) {
  if (end.callee.fn.valid()) {
    callee(end.callee, end.span);
    for (size_t i = end.hasScope ? 1 : 0; i < end.operands.size(); ++i)
      collector.dropGlue(operandType(end.operands[i]), end.span);
    collector.futureOf(end.callee.instance, end.span);
  }
  if (end.settle.fn.valid())
    callee(end.settle, end.span);
}

// In async code the end of a stream or sink waits until its body has ended. Where a cut ends the waiting, the drop and what is behind it are still due.
void Rewriter::stopBeforeDrop(const Terminator &drop, TypeId type) {
  const Type of = types[type];
  if (!body.isAsync || (of.kind != TypeKind::Stream && of.kind != TypeKind::Sink))
    return;
  const Lang &lang = collector.lang;
  Terminator stop;
  stop.kind = Terminator::Kind::AwaitCall;
  stop.span = drop.span;
  stop.callee.instance = collector.function(of.kind == TypeKind::Stream ? lang.streamStop : lang.sinkStop, {of.args.begin(), of.args.end()}, drop.span);
  stop.operands = {Maker::copy(Maker::place(reference(drop.place, type, Mutability::Exclusive, drop.span)))};
  stop.place = Maker::place(newLocal(types.unit, drop.span));
  bool goesOn = here().isCleanup && !drop.unwind.valid();
  stop.unwind = dropThen(drop.place, true, goesOn ? drop.targets[0] : drop.unwind, drop.span);
  stop.isShielded = true;
  BlockId next = newBlock(here().isCleanup, drop.span);
  stop.targets = {next};
  finish(std::move(stop));
  current = next.index;
}

void Rewriter::terminator(Terminator end) {
  for (Operand &operand : end.operands)
    closeConstants(operand, end.span);
  retainShares(end.operands, end.span);
  switch (end.kind) {
  case Terminator::Kind::Goto:
  case Terminator::Kind::Switch:
  case Terminator::Kind::Return:
  case Terminator::Kind::Unwind:
  case Terminator::Kind::Unreachable:
  case Terminator::Kind::Assert:
    break;
  case Terminator::Kind::Drop: {
    TypeId type = placeType(end.place);
    if (!layouts.needsDrop(type))
      return finish(jump(end.targets[0], end.span));
    collector.dropGlue(type, end.span);
    stopBeforeDrop(end, type);
    break;
  }
  case Terminator::Kind::Call:
  case Terminator::Kind::AwaitCall:
    call(end);
    break;
  case Terminator::Kind::CallValue:
    return callValue(std::move(end));
  case Terminator::Kind::Await:
    return await(std::move(end));
  case Terminator::Kind::Spawn:
    spawn(end);
    break;
  }
  finish(std::move(end));
}

} // namespace async::mono
