// BuildScopes.cpp: regions, and the chains of blocks that leave them.
//
// A way out runs the items above its target from the top down. The block of an item and all below it is the same for every way out to that target,
// so each item keeps it. Unwinding is the same with its own chain, which skips the ends of storage.
#include "typeck/mir/BuildContext.h"

namespace async::mir {

constexpr uint32_t maxDeferDepth = 6;
constexpr size_t maxBlocks = 1 << 20;

ExitTarget Builder::target(BlockId block, std::optional<Place> value, TypeId type) {
  ExitTarget made;
  made.id = nextTarget++;
  made.block = block;
  made.depth = static_cast<uint32_t>(regions.size());
  made.value = std::move(value);
  made.valueType = type;
  return made;
}

void Builder::forgetChainsFrom(uint32_t index) {
  for (size_t i = index; i < items.size(); ++i) {
    items[i].hasCleanup = false;
    items[i].exits.clear();
  }
}

void Builder::schedule(Scheduled item, std::optional<uint32_t> region) {
  uint32_t in = region ? *region : topRegion();
  uint32_t at = in + 1 < regions.size() ? regions[in + 1] : static_cast<uint32_t>(items.size());
  items.insert(items.begin() + at, std::move(item));
  for (size_t i = in + 1; i < regions.size(); ++i)
    ++regions[i];
  forgetChainsFrom(at);
}

void Builder::scheduleStorage(LocalId local, Span span, std::optional<uint32_t> region) {
  Scheduled item{};
  item.kind = Scheduled::Kind::Storage;
  item.span = span;
  item.local = local;
  schedule(std::move(item), region);
}

void Builder::scheduleDrop(LocalId local, Span span, std::optional<uint32_t> region) {
  if (!mayNeedDrop(program, out->localType(local)))
    return;
  Scheduled item{};
  item.kind = Scheduled::Kind::Drop;
  item.span = span;
  item.local = local;
  schedule(std::move(item), region);
}

// A temporary that is moved as a whole, by the code that follows its making in a straight line, needs no drop any more.
void Builder::unschedule(const std::vector<Operand> &operands) {
  if (regions.empty())
    return;
  for (const Operand &operand : operands) {
    if (operand.kind != Operand::Kind::Move || !operand.place.path.empty() || !out->locals[operand.place.base.index].name.empty())
      continue;
    for (uint32_t i = static_cast<uint32_t>(items.size()); i > regions.back(); --i) {
      if (items[i - 1].kind != Scheduled::Kind::Drop || items[i - 1].local != operand.place.base)
        continue;
      items.erase(items.begin() + i - 1);
      forgetChainsFrom(i - 1);
      break;
    }
  }
}

void Builder::truncate(uint32_t index, Truncated &saved) {
  saved.items.assign(std::make_move_iterator(items.begin() + index), std::make_move_iterator(items.end()));
  saved.regions = regions;
  saved.current = current;
  saved.inCleanup = inCleanup;
  saved.extendInto = extendInto;
  extendInto.reset();
  items.resize(index);
  while (!regions.empty() && regions.back() > index)
    regions.pop_back();
}

// The code of the first item that is away has been built: it and the regions that begin behind it are there again.
void Builder::putBack(Truncated &saved) {
  items.push_back(std::move(saved.items[saved.next++]));
  while (regions.size() < saved.regions.size() && saved.regions[regions.size()] <= items.size())
    regions.push_back(saved.regions[regions.size()]);
}

void Builder::restore(Truncated &saved) {
  items.insert(items.end(), std::make_move_iterator(saved.items.begin() + static_cast<ptrdiff_t>(saved.next)), std::make_move_iterator(saved.items.end()));
  regions = std::move(saved.regions);
  current = saved.current;
  inCleanup = saved.inCleanup;
  extendInto = saved.extendInto;
}

// Writes what the item does on an ordinary way out; it and the items above are away meanwhile.
void Builder::runItem(const Scheduled &item, Span span, const std::optional<Place> &value, TypeId valueType) {
  switch (item.kind) {
  case Scheduled::Kind::Storage:
    storage(item.local, false, span);
    break;
  case Scheduled::Kind::Drop: {
    Terminator drop = terminator(Terminator::Kind::Drop, span);
    drop.place = placeOf(item.local);
    drop.unwind = cleanupChain();
    step(std::move(drop));
    break;
  }
  case Scheduled::Kind::Defer: {
    BlockId after;
    if (item.isErr) {
      if (!value || !isResult(valueType))
        break;
      after = newBlock();
      BlockId run = newBlock();
      Rvalue discriminant = rvalue(Rvalue::Kind::Discriminant, types.i64);
      discriminant.place = *value;
      Operand which = compute(std::move(discriminant), span);
      Terminator test = terminator(Terminator::Kind::Switch, span);
      test.operands = {which};
      test.values = {1};
      test.targets = {run, after};
      terminate(std::move(test));
      current = run;
    }
    ++deferDepth;
    ++shieldDepth;
    inRegion(nullptr, item.expr);
    --shieldDepth;
    --deferDepth;
    if (after.valid()) {
      jump(after, span);
      current = after;
    }
    break;
  }
  case Scheduled::Kind::TaskScope: {
    Place unit = placeOf(newLocal(types.unit, span));
    ++shieldDepth;
    call(langFn("scope_abandon", span), {}, {exclusive(placeOf(item.local), span)}, unit, span, true);
    --shieldDepth;
    forgetScope(item, false);
    break;
  }
  }
}

void Builder::popRegion(Span span, const ExitTarget *end) {
  std::optional<Place> value = end ? end->value : std::nullopt;
  TypeId type = end ? end->valueType : TypeId{};
  uint32_t start = regions.back();
  while (items.size() > start) {
    Truncated saved;
    truncate(static_cast<uint32_t>(items.size() - 1), saved);
    runItem(saved.items.front(), span, value, type);
    saved.current = current;
    restore(saved);
    items.pop_back();
  }
  regions.pop_back();
}

BlockId Builder::exitChain(const ExitTarget &to) {
  uint32_t start = to.depth < regions.size() ? regions[to.depth] : static_cast<uint32_t>(items.size());
  uint32_t from = static_cast<uint32_t>(items.size());
  BlockId next = to.block;
  for (; from > start; --from) {
    bool found = false;
    for (auto &[id, block] : items[from - 1].exits)
      if (id == to.id) {
        next = block;
        found = true;
      }
    if (found)
      break;
  }
  if (from == items.size())
    return next;
  Truncated saved;
  truncate(from, saved);
  while (saved.next < saved.items.size() && !isTooLarge()) {
    Scheduled &item = saved.items[saved.next];
    BlockId made = newBlock();
    current = made;
    runItem(item, item.span, to.value, to.valueType);
    jump(next, item.span);
    item.exits.emplace_back(to.id, made);
    next = made;
    putBack(saved);
  }
  restore(saved);
  return next;
}

// Blocks multiply where chains of nested `defer` are built again for each way out; what a body writes out itself is no reason.
bool Builder::isTooLarge() {
  tooLarge |= out->blocks.size() > maxBlocks + 16 * thir.exprs.size();
  return tooLarge;
}

void Builder::exitTo(const ExitTarget &to, Span span) {
  jump(exitChain(to), span);
  diverge();
}

BlockId Builder::unwindBlock() {
  if (!unwindEnd.valid()) {
    unwindEnd = newBlock(true);
    out->blocks[unwindEnd.index].terminator = terminator(Terminator::Kind::Unwind, out->span);
  }
  return unwindEnd;
}

// The first block of unwinding from here; invalid if there is nothing to clean up.
BlockId Builder::cleanupChain() {
  uint32_t from = static_cast<uint32_t>(items.size());
  while (from > 0 && !items[from - 1].hasCleanup)
    --from;
  BlockId below = from > 0 ? items[from - 1].cleanup : BlockId{};
  if (from == items.size())
    return below;
  Truncated saved;
  truncate(from, saved);
  while (saved.next < saved.items.size() && !isTooLarge()) {
    Scheduled &item = saved.items[saved.next];
    if (item.kind != Scheduled::Kind::Storage)
      below = buildCleanup(item, below, saved.inCleanup);
    item.cleanup = below;
    item.hasCleanup = true;
    putBack(saved);
  }
  restore(saved);
  return below;
}

BlockId Builder::buildCleanup(const Scheduled &item, BlockId below, bool wasInCleanup) {
  inCleanup = true;
  BlockId made = newBlock();
  current = made;
  BlockId next = below.valid() ? below : unwindBlock();
  switch (item.kind) {
  case Scheduled::Kind::Storage:
    jump(next, item.span);
    break;
  case Scheduled::Kind::Drop: {
    Terminator drop = terminator(Terminator::Kind::Drop, item.span);
    drop.place = placeOf(item.local);
    drop.targets = {next};
    terminate(std::move(drop));
    break;
  }
  case Scheduled::Kind::Defer:
    ++deferDepth;
    if (deferDepth > maxDeferDepth)
      tooLarge = true;
    else
      inRegion(nullptr, item.expr);
    --deferDepth;
    jump(next, item.span);
    break;
  case Scheduled::Kind::TaskScope:
    inCleanup = wasInCleanup;
    cleanupTaskScope(item, next);
    break;
  }
  return made;
}

// The scope gives no value: failures that its tasks left are reported.
void Builder::forgetScope(const Scheduled &item, bool unwinds) {
  TypeId error = item.value && isResult(item.valueType) ? types[item.valueType].args[1] : types.unit;
  call(langFn("scope_forget", item.span), {error}, {exclusive(placeOf(item.local), item.span), integer(unwinds, types.boolean)},
       placeOf(newLocal(types.unit, item.span)), item.span);
}

// Stops and awaits the tasks; goes on behind the scope if one of them was the reason, else outward. In cleanup code it always goes outward: what
// is unwinding already must not be lost.
void Builder::cleanupTaskScope(const Scheduled &item, BlockId next) {
  bool ordinary = !inCleanup;
  inCleanup = true;
  Place scope = placeOf(item.local);
  Place unit = placeOf(newLocal(types.unit, item.span));
  call(langFn("scope_abandon", item.span), {}, {exclusive(scope, item.span)}, unit, item.span, true);
  if (!ordinary) {
    forgetScope(item, true);
    jump(next, item.span);
    return;
  }
  LocalId caused = newLocal(types.boolean, item.span);
  call(langFn("scope_caused", item.span), {}, {exclusive(scope, item.span)}, placeOf(caused), item.span);
  BlockId taken = newBlock();
  Terminator test = terminator(Terminator::Kind::Switch, item.span);
  test.operands = {use(Operand::Kind::Copy, placeOf(caused))};
  test.values = {1};
  BlockId outward = newBlock();
  test.targets = {taken, outward};
  terminate(std::move(test));
  current = outward;
  forgetScope(item, true);
  jump(next, item.span);
  current = taken;
  TypeId words[] = {types.i64, types.i64};
  LocalId reason = newLocal(types.tuple(words), item.span);
  Statement take{};
  take.kind = Statement::Kind::TakeUnwind;
  take.span = item.span;
  take.place = placeOf(reason);
  block().statements.push_back(std::move(take));
  inCleanup = false;
  BlockId ordinaryBlock = newBlock();
  jump(ordinaryBlock, item.span);
  current = ordinaryBlock;
  if (item.value && isResult(item.valueType)) {
    auto args = types[item.valueType].args;
    call(langFn("scope_failure_result", item.span), {args.begin(), args.end()}, {exclusive(scope, item.span)}, *item.value, item.span);
    jump(item.behind, item.span);
  } else {
    Terminator failure = terminator(Terminator::Kind::Call, item.span);
    failure.callee.fn = langFn("scope_failure", item.span);
    failure.operands = {exclusive(scope, item.span)};
    failure.place = placeOf(newLocal(types.never, item.span));
    emitCall(std::move(failure), types.never);
  }
}

} // namespace async::mir
