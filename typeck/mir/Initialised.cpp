#include "typeck/mir/Initialised.h"

#include "typeck/mir/Visit.h"

namespace async::mir {

void Initialised::set(BitSet &state, PathId root, bool isInitialised) {
  paths.forSubtree(root, [&](PathId path) {
    state.assign(mayBeBit(path), isInitialised);
    state.assign(mayNotBeBit(path), !isInitialised);
  });
}

void Initialised::moved(BitSet &state, const Operand &operand) {
  if (operand.kind != Operand::Kind::Move)
    return;
  MovePaths::Found found = paths.find(operand.place);
  if (found.isExact)
    set(state, found.path, false);
}

void Initialised::assigned(BitSet &state, const Place &place) {
  MovePaths::Found found = paths.find(place);
  if (found.isExact)
    set(state, found.path, true);
}

void Initialised::entry(BitSet &state) {
  for (uint32_t i = 0; i < paths.size(); ++i)
    state.set(mayNotBeBit(PathId{i}));
  for (uint32_t i = 1; i <= body.paramCount; ++i)
    set(state, paths.ofLocal(LocalId{i}), true);
}

void Initialised::statement(BitSet &state, const Statement &statement, BlockId, uint32_t) {
  switch (statement.kind) {
  case Statement::Kind::StorageLive:
  case Statement::Kind::StorageDead:
    set(state, paths.ofLocal(statement.local), false);
    break;
  case Statement::Kind::Nop:
    break;
  case Statement::Kind::Assign:
  case Statement::Kind::TakeUnwind:
    forEachOperand(statement, [&](const Operand &operand) { moved(state, operand); });
    assigned(state, statement.place);
    break;
  }
}

void Initialised::operands(BitSet &state, const Terminator &terminator) {
  forEachOperand(terminator, [&](const Operand &operand) { moved(state, operand); });
}

void Initialised::terminator(BitSet &state, const Terminator &terminator, BlockId) {
  operands(state, terminator);
  if (terminator.kind != Terminator::Kind::Drop)
    return;
  MovePaths::Found found = paths.find(terminator.place);
  if (found.isExact)
    set(state, found.path, false);
}

void Initialised::edge(BitSet &state, const Terminator &terminator, BlockId, size_t successor) {
  const Place *to = destination(terminator);
  if (to && successor == 0 && !terminator.targets.empty())
    assigned(state, *to);
}

} // namespace async::mir
