#include "lowering/states/Interference.h"

#include <numeric>

namespace async::states {

std::vector<FrameItem> Interference::parts() {
  for (size_t i = 0; i < partCount; ++i)
    items[i].conflicts = mir::BitSet(partCount);
  for (size_t i = 0; i < slotCount; ++i) {
    items[i].size = made.slots[i].size;
    items[i].align = made.slots[i].align;
  }
  for (size_t i = 0; i < made.states.size(); ++i) {
    items[childPart(i)].size = made.states[i].childSize;
    items[childPart(i)].align = made.states[i].childAlign;
  }
  items[statePart()].size = made.stateSize();
  items[statePart()].align = std::max(1u, made.stateSize());
  last = mir::BitSet(partCount);
  conflictStates();
  conflictResidents();
  for (size_t i = 0; i < partCount; ++i) {
    items[i].conflicts.reset(i);
    items[i].conflicts.forEach([&](size_t other) { items[other].conflicts.set(i); });
  }
  merge();
  return std::move(items);
}

void Interference::conflict(size_t a, size_t b) { items[a].conflicts.set(b); }

void Interference::conflictStates() {
  for (uint32_t s = 0; s < made.states.size(); ++s) {
    mir::BitSet together(partCount);
    made.states[s].slots.forEach([&](size_t slot) { together.set(slot); });
    together.set(statePart());
    items[childPart(s)].conflicts.unite(together);
    conflictChild(s);
    needTogether(std::move(together));
  }
}

// A callee runs in its frame while it reads its arguments and what it is lent.
void Interference::conflictChild(uint32_t state) {
  const mir::Terminator &terminator = body.blocks[made.states[state].block.index].terminator;
  mir::BitSet with = live.lent(terminator);
  eachUse(terminator, [&](mir::LocalId local) { with.set(local.index); });
  residentsOf(with).forEach([&](size_t slot) { conflict(slot, childPart(state)); });
}

mir::BitSet Interference::residentsOf(const mir::BitSet &needed) const {
  mir::BitSet slots(partCount);
  needed.forEach([&](size_t local) {
    if (isResident(mir::LocalId{static_cast<uint32_t>(local)}))
      slots.set(made.slotOf[local]);
  });
  return slots;
}

void Interference::needTogether(mir::BitSet slots) {
  if (slots == last)
    return;
  mir::BitSet fresh = slots;
  fresh.subtract(last);
  fresh.forEach([&](size_t slot) { items[slot].conflicts.unite(slots); });
  last = std::move(slots);
}

// While a place is written, what is there before and behind must stay whole.
void Interference::writes(const mir::Place &place, const mir::BitSet &beside) {
  if (isResident(place.base))
    items[made.slotOf[place.base.index]].conflicts.unite(beside);
}

void Interference::moves(const mir::Statement &statement) {
  if (statement.kind != mir::Statement::Kind::Assign || !statement.place.path.empty() || statement.value.kind != mir::Rvalue::Kind::Use)
    return;
  const mir::Operand &operand = statement.value.operands[0];
  bool isBitwise = operand.kind == mir::Operand::Kind::Move || operand.kind == mir::Operand::Kind::Copy;
  if (!isBitwise || !operand.place.path.empty() || !isResident(operand.place.base))
    return;
  uint32_t to = made.slotOf[statement.place.base.index], from = made.slotOf[operand.place.base.index];
  if (to != from && items[to].size == items[from].size && items[to].align == items[from].align)
    movePairs.emplace_back(to, from);
}

void Interference::conflictResidentsOf(const mir::Block &block, uint32_t index) {
  const mir::Terminator &terminator = block.terminator;
  Liveness::Live state = live.beforeTerminator(index);
  mir::BitSet behind = residentsOf(live.needed(live.across(index))), before = residentsOf(live.needed(state.all()));
  needTogether(behind);
  needTogether(before);
  if (writesPlace(terminator)) {
    writes(terminator.place, behind);
    // A call may write its result while it still reads what it was given; an await gives it when the callee is over.
    if (!isSuspension(terminator))
      writes(terminator.place, before);
  }
  for (size_t s = block.statements.size(); s-- > 0;) {
    const mir::Statement &statement = block.statements[s];
    live.step(state, statement);
    behind = before;
    before = residentsOf(live.needed(state.all()));
    needTogether(before);
    const mir::Place *to = mir::destination(statement);
    if (!to || !isResident(to->base))
      continue;
    size_t pairs = movePairs.size();
    moves(statement);
    writes(*to, behind);
    mir::BitSet beside = before;
    if (movePairs.size() > pairs)
      beside.reset(movePairs.back().second);
    writes(*to, beside);
  }
}

void Interference::conflictResidents() {
  size_t residents = 0;
  for (const Slot &slot : made.slots)
    residents += slot.kind == Slot::Kind::Resident;
  if (residents < 2)
    return;
  for (uint32_t i = 0; i < body.blocks.size(); ++i)
    if (reached[i])
      conflictResidentsOf(body.blocks[i], i);
  // At the entry all parameters are there.
  mir::BitSet params = live.needed(live.in(0));
  for (uint32_t i = 1; i <= body.paramCount; ++i)
    params.set(i);
  needTogether(residentsOf(params));
}

// What is moved from one resident to another that never lives beside it stays where it is.
void Interference::merge() {
  merged.resize(slotCount);
  std::iota(merged.begin(), merged.end(), 0);
  auto find = [&](uint32_t slot) {
    while (merged[slot] != slot)
      slot = merged[slot];
    return slot;
  };
  for (auto [first, second] : movePairs) {
    uint32_t to = find(first), from = find(second);
    if (to == from || items[to].conflicts.test(from))
      continue;
    merged[from] = to;
    items[to].conflicts.unite(items[from].conflicts);
    items[from].conflicts.forEach([&](size_t other) {
      items[other].conflicts.reset(from);
      items[other].conflicts.set(to);
    });
    items[from].conflicts.clear();
    items[from].size = 0;
  }
  for (uint32_t i = 0; i < slotCount; ++i)
    merged[i] = find(i);
}

} // namespace async::states
