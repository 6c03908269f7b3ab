#include "typeck/mir/Liveness.h"

#include "typeck/mir/Visit.h"

namespace async::mir {

Liveness::Liveness(const Body &body, LivenessOptions options) : body(body), options(options) {
  entry.assign(body.blocks.size(), BitSet(body.locals.size()));
  std::vector<BlockId> order = reversePostorder(body);
  std::vector<std::vector<BlockId>> from = predecessors(body);
  std::vector<bool> dirty(body.blocks.size(), true);
  for (bool again = true; again;) {
    again = false;
    for (size_t i = order.size(); i-- > 0;) {
      uint32_t at = order[i].index;
      if (!dirty[at])
        continue;
      dirty[at] = false;
      BitSet state = atExit(order[i]);
      const Block &block = body.blocks[at];
      before(block.terminator, state);
      for (size_t k = block.statements.size(); k-- > 0;)
        before(block.statements[k], state);
      if (!entry[at].unite(state))
        continue;
      again = true;
      for (BlockId before : from[at])
        dirty[before.index] = true;
    }
  }
}

BitSet Liveness::atExit(BlockId block) const {
  const Terminator &terminator = body.blocks[block.index].terminator;
  BitSet state(body.locals.size());
  const Place *written = destination(terminator);
  for (size_t i = 0; i < successorCount(terminator); ++i) {
    BlockId to = successor(terminator, i);
    if (i == 0 && !terminator.targets.empty() && written && written->path.empty()) {
      BitSet without = entry[to.index];
      without.reset(written->base.index);
      state.unite(without);
    } else {
      state.unite(entry[to.index]);
    }
  }
  return state;
}

void Liveness::useIndexes(const Place &place, BitSet &state) const {
  for (const Projection &projection : place.path)
    if (projection.kind == Projection::Kind::Index)
      state.set(projection.local.index);
}

void Liveness::use(const Place &place, BitSet &state) const {
  state.set(place.base.index);
  useIndexes(place, state);
}

void Liveness::before(const Statement &statement, BitSet &state) const {
  switch (statement.kind) {
  case Statement::Kind::StorageLive:
  case Statement::Kind::StorageDead:
    state.reset(statement.local.index);
    return;
  case Statement::Kind::Nop:
    return;
  case Statement::Kind::Assign:
  case Statement::Kind::TakeUnwind:
    break;
  }
  const Place &to = statement.place;
  if (to.path.empty())
    state.reset(to.base.index);
  else if (hasDeref(to))
    state.set(to.base.index);
  useIndexes(to, state);
  visitUses(statement, [&](const Place &place, UseKind) { use(place, state); });
}

void Liveness::before(const Terminator &terminator, BitSet &state) const {
  if (const Place *to = destination(terminator)) {
    if (hasDeref(*to))
      state.set(to->base.index);
    useIndexes(*to, state);
  }
  visitUses(terminator, [&](const Place &place, UseKind kind) {
    bool isCounted = options.dropsAreUses || (options.droppedUses && options.droppedUses->test(place.base.index));
    if (kind != UseKind::Drop || isCounted || hasDeref(place))
      use(place, state);
  });
  if (terminator.kind == Terminator::Kind::Return)
    state.set(0);
}

} // namespace async::mir
