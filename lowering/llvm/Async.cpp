#include "lowering/llvm/Async.h"

namespace async::llvmgen {

using namespace llvm;
using states::Slot;
using TK = mir::Terminator::Kind;

void AsyncEmitter::emit() {
  entryBlock = BasicBlock::Create(context, "entry", function);
  builder.SetInsertPoint(entryBlock);
  setPlace(body.span);
  worker = function->getArg(0);
  frame = function->getArg(1);
  points.resize(lowered.states.size() + 1);
  arrivals.resize(lowered.states.size() + 1);
  reason = temporary(ArrayType::get(module.i64, 2), 16, 8, "reason");
  shield = lowered.shieldSlot == states::noSlot ? nullptr : temporary(module.i32, 4, 4, "shield");
  future = lowered.futureSlot == states::noSlot ? nullptr : temporary(module.pointer, 8, 8, "future");
  prepareLocals();
  prepareBlocks(body.blocks);
  ownSlots.resize(lowered.slots.size());
  keptSlots.resize(lowered.slots.size());
  if (isResume) {
    findKept();
    enterStates();
  } else {
    storeParameters();
    builder.CreateBr(block(mir::BlockId{0}));
  }
  emitAll();
  if (isResume && module.options.level > 0)
    separateOwnSlots();
}

void AsyncEmitter::prepareLocals() {
  localAddresses.resize(body.locals.size());
  for (uint32_t i = 0; i < body.locals.size(); ++i)
    localAddresses[i] = lowered.isResident(mir::LocalId{i}) ? byteOffset(frame, lowered.slots[lowered.slotOf[i]].offset)
                                                            : temporary(body.locals[i].type, StringRef(module.text(body.locals[i].name)));
}

void AsyncEmitter::storeParameters() {
  Function::arg_iterator argument = function->arg_begin() + 2;
  for (uint32_t i = 1; i <= body.paramCount; ++i) {
    const ValueShape &shape = module.shape(body.locals[i].type);
    if (shape.kind == ValueShape::Kind::Memory && !lowered.isResident(mir::LocalId{i})) {
      localAddresses[i] = &*argument++;
      continue;
    }
    SmallVector<Value *, 2> values;
    for (unsigned part = 0; part < shape.count(); ++part)
      values.push_back(&*argument++);
    if (!values.empty())
      storeShape(shape, values, localAddresses[i]);
  }
}

// Blocks and the ways on from awaits open each other until all that can be reached is there.
void AsyncEmitter::emitAll() {
  while (!pending.empty() || !openPoints.empty()) {
    emitPending();
    if (openPoints.empty())
      continue;
    uint32_t state = openPoints.back();
    openPoints.pop_back();
    emitGood(state);
    emitBad(state);
  }
  if (wayOut) {
    builder.SetInsertPoint(wayOut);
    Value *status = builder.CreateAlignedLoad(module.i64, reason, Align(8));
    Value *payload = builder.CreateAlignedLoad(module.i64, byteOffset(reason, 8), Align(8));
    finish(status, payload, UndefValue::get(module.i64));
  }
}

// The entry of the resume copy: by the state, loads what lives there and goes to its await, through the headers of the loops around it.
void AsyncEmitter::enterStates() {
  std::vector<uint32_t> blocksOfStates;
  for (const states::State &state : lowered.states)
    blocksOfStates.push_back(state.block.index);
  loops = loopsAround(body, blocksOfStates);
  statesOfLoop.resize(body.blocks.size());
  bool anyLoop = false;
  for (uint32_t i = 0; i < lowered.states.size(); ++i)
    for (uint32_t header : loops[i]) {
      statesOfLoop[header].push_back(i + 1);
      anyLoop = true;
    }
  if (anyLoop)
    selector = temporary(module.i32, 4, 4, "sel");
  SmallVector<BasicBlock *, 8> loads;
  for (uint32_t i = 0; i < lowered.states.size(); ++i)
    loads.push_back(BasicBlock::Create(context, "load" + Twine(i + 1), function));
  enterByState(loads);
  for (uint32_t i = 0; i < lowered.states.size(); ++i) {
    builder.SetInsertPoint(loads[i]);
    setPlace(lowered.states[i].span);
    if (selector)
      builder.CreateAlignedStore(builder.getInt32(i + 1), selector, Align(4));
    lowered.states[i].slots.forEach([&](size_t slot) { loadSlot(lowered.slots[slot]); });
    builder.CreateBr(next(i + 1, 0));
  }
}

void AsyncEmitter::enterByState(ArrayRef<BasicBlock *> loads) {
  unsigned bits = lowered.stateSize() * 8;
  if (bits == 0) {
    loads.empty() ? static_cast<void>(builder.CreateUnreachable()) : static_cast<void>(builder.CreateBr(loads[0]));
    return;
  }
  Value *state = builder.CreateAlignedLoad(builder.getIntNTy(bits), byteOffset(frame, lowered.stateOffset), Align(bits / 8), "state");
  BasicBlock *impossible = BasicBlock::Create(context, "impossible", function);
  SwitchInst *choice = builder.CreateSwitch(state, impossible, static_cast<unsigned>(loads.size()));
  for (unsigned i = 0; i < loads.size(); ++i)
    choice->addCase(builder.getIntN(bits, i + 1), loads[i]);
  builder.SetInsertPoint(impossible);
  builder.CreateUnreachable();
}

BasicBlock *AsyncEmitter::next(uint32_t state, size_t depth) {
  const std::vector<uint32_t> &around = loops[state - 1];
  return depth < around.size() ? block(mir::BlockId{around[depth]}) : arrival(state);
}

// Behind the await of a state: `status`, `v0`, `v1` are its outcome.
BasicBlock *AsyncEmitter::arrival(uint32_t state) {
  BasicBlock *&known = arrivals[state];
  if (known)
    return known;
  known = BasicBlock::Create(context, "at" + Twine(state), function);
  IRBuilder<>::InsertPointGuard guard(builder);
  builder.SetInsertPoint(known);
  setPlace(lowered.states[state - 1].span);
  if (selector)
    builder.CreateAlignedStore(builder.getInt32(0), selector, Align(4));
  Point &to = point(state);
  Value *status = function->getArg(2);
  MDNode *likely = MDBuilder(context).createLikelyBranchWeights();
  builder.CreateCondBr(builder.CreateICmpEQ(status, word(0)), to.good, to.bad, likely);
  connect(to, known, status, function->getArg(3), function->getArg(4));
  return known;
}

void AsyncEmitter::emitBlock(uint32_t index) {
  currentBlock = index;
  if (isResume && !statesOfLoop[index].empty())
    emitDispatch(index);
  FunctionEmitter::emitBlock(index);
}

// The header of a loop with awaits: goes on towards the state that was entered, or begins an iteration.
void AsyncEmitter::emitDispatch(uint32_t header) {
  const std::vector<uint32_t> &within = statesOfLoop[header];
  Value *selected = builder.CreateAlignedLoad(module.i32, selector, Align(4), "sel");
  BasicBlock *iteration = BasicBlock::Create(context, "iteration", function);
  SwitchInst *choice = builder.CreateSwitch(selected, iteration, static_cast<unsigned>(within.size()));
  for (uint32_t state : within) {
    const std::vector<uint32_t> &around = loops[state - 1];
    size_t depth = 0;
    while (around[depth] != header)
      ++depth;
    choice->addCase(builder.getInt32(state), next(state, depth + 1));
  }
  builder.SetInsertPoint(iteration);
  // Said again, so that LLVM need not find out that no iteration after the first is entered in its middle.
  builder.CreateAlignedStore(builder.getInt32(0), selector, Align(4));
}

void AsyncEmitter::saveSlot(const Slot &slot) {
  Value *at = byteOffset(frame, slot.offset);
  switch (slot.kind) {
  case Slot::Kind::Saved:
    copyValue(body.localType(slot.local), at, localAddress(slot.local));
    return;
  case Slot::Kind::Resident:
    return;
  case Slot::Kind::Unwind:
    builder.CreateMemCpy(at, Align(8), reason, Align(8), 16);
    return;
  case Slot::Kind::Shield:
    builder.CreateAlignedStore(builder.CreateAlignedLoad(module.i32, shield, Align(4)), at, Align(4));
    return;
  case Slot::Kind::Future:
    builder.CreateAlignedStore(builder.CreateAlignedLoad(module.pointer, future, Align(8)), at, Align(8));
    return;
  }
}

void AsyncEmitter::loadSlot(const Slot &slot) {
  Value *at = byteOffset(frame, slot.offset);
  switch (slot.kind) {
  case Slot::Kind::Saved:
    copyValue(body.localType(slot.local), localAddress(slot.local), at);
    return;
  case Slot::Kind::Resident:
    return;
  case Slot::Kind::Unwind:
    builder.CreateMemCpy(reason, Align(8), at, Align(8), 16);
    return;
  case Slot::Kind::Shield:
    builder.CreateAlignedStore(builder.CreateAlignedLoad(module.i32, at, Align(4)), shield, Align(4));
    return;
  case Slot::Kind::Future:
    builder.CreateAlignedStore(builder.CreateAlignedLoad(module.pointer, at, Align(8)), future, Align(8));
    return;
  }
}

// A local that may be loaded at the entry has no beginning that all ways pass.
void AsyncEmitter::emitStorage(mir::LocalId local, bool live) {
  if (!isResume || lowered.slotOf[local.index] == states::noSlot)
    FunctionEmitter::emitStorage(local, live);
}

void AsyncEmitter::emitReturn() {
  auto [first, second] = encodeWords(body.locals[0].type, localAddresses[0]);
  finish(word(0), first, second);
}

void AsyncEmitter::finish(Value *status, Value *v0, Value *v1) {
  if (isResume) {
    module.continueWith(builder, worker, frame, status, v0, v1);
    return;
  }
  Value *all = PoisonValue::get(module.outcome);
  all = builder.CreateInsertValue(all, status, 0);
  all = builder.CreateInsertValue(all, v0, 1);
  builder.CreateRet(builder.CreateInsertValue(all, v1, 2));
}

BasicBlock *AsyncEmitter::unwindTarget(mir::BlockId unwind) {
  if (unwind.valid())
    return block(unwind);
  if (!wayOut)
    wayOut = BasicBlock::Create(context, "unwind.out", function);
  return wayOut;
}

void AsyncEmitter::keepReason(Value *status, Value *payload) {
  builder.CreateAlignedStore(status, reason, Align(8));
  builder.CreateAlignedStore(payload, byteOffset(reason, 8), Align(8));
}

void AsyncEmitter::emitUnwind() { builder.CreateBr(unwindTarget({})); }

void AsyncEmitter::takeUnwind(const mir::Place &to) {
  PlaceValue target = place(to);
  for (uint32_t i = 0; i < 2; ++i) {
    Value *part = builder.CreateAlignedLoad(module.i64, byteOffset(reason, i * 8), Align(8));
    storeRegister(part, byteOffset(target.address, module.fieldOffset(target.type, UINT32_MAX, i)), 8);
  }
}

// Nothing leaves the body as an exception.
BasicBlock *AsyncEmitter::unwindDestination(mir::BlockId unwind) { return landingPad(unwind); }

BasicBlock *AsyncEmitter::landingPad(mir::BlockId target) {
  BasicBlock *&pad = target.valid() ? landingPads[target.index] : padOut;
  if (pad)
    return pad;
  pad = BasicBlock::Create(context, "caught", function);
  stopsUnwinding = true;
  BasicBlock *made = pad;
  IRBuilder<>::InsertPointGuard guard(builder);
  builder.SetInsertPoint(made);
  Value *payload = builder.CreateCall(module.cFunction("async_catch", module.i64, {module.pointer}), {catchException()});
  keepReason(word(3), payload);
  builder.CreateBr(unwindTarget(target));
  return made;
}

} // namespace async::llvmgen
