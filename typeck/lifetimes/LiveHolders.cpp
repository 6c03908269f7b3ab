#include "typeck/lifetimes/LiveHolders.h"

#include <unordered_map>

#include "typeck/lifetimes/Fits.h"
#include "typeck/mir/Dataflow.h"
#include "typeck/mir/Visit.h"

namespace async::lifetimes {

using mir::Operand;
using mir::Statement;
using mir::Terminator;

namespace {

BitSet localsWhoseDropReads(const Program &program, const mir::Body &body) {
  BitSet result(body.locals.size());
  std::unordered_map<uint32_t, bool> known;
  for (uint32_t i = 0; i < body.locals.size(); ++i) {
    auto [at, isNew] = known.try_emplace(body.locals[i].type.index, false);
    if (isNew)
      at->second = dropReads(program, body.locals[i].type);
    result.assign(i, at->second);
  }
  return result;
}

// The locals that may have a value, or a part of one (for Dataflow.h). Unlike mir::Initialised, without parts: a set is as large as one of Liveness.
class Valued {
public:
  Valued(const mir::Body &body) : bits(body.locals.size()), paramCount(body.paramCount) {}

  const size_t bits;
  void entry(BitSet &state) { state.setRange(1, paramCount + 1); }
  void statement(BitSet &state, const Statement &statement, BlockId, uint32_t) {
    if (statement.kind == Statement::Kind::StorageLive || statement.kind == Statement::Kind::StorageDead)
      state.reset(statement.local.index);
    mir::forEachOperand(statement, [&](const Operand &operand) { taken(state, operand); });
    if (const mir::Place *to = mir::destination(statement))
      state.set(to->base.index);
  }
  void terminator(BitSet &state, const Terminator &terminator, BlockId) {
    mir::forEachOperand(terminator, [&](const Operand &operand) { taken(state, operand); });
    if (terminator.kind == Terminator::Kind::Drop && terminator.place.path.empty())
      state.reset(terminator.place.base.index);
  }
  void edge(BitSet &state, const Terminator &terminator, BlockId, size_t successor) {
    const mir::Place *to = mir::destination(terminator);
    if (to && successor == 0 && !terminator.targets.empty())
      state.set(to->base.index);
  }

private:
  static void taken(BitSet &state, const Operand &operand) {
    if (operand.kind == Operand::Kind::Move && operand.place.path.empty())
      state.reset(operand.place.base.index);
  }

  const uint32_t paramCount;
};

} // namespace

LiveHolders::LiveHolders(const Program &program, const mir::Body &body)
    : body(body), droppedUses(localsWhoseDropReads(program, body)), liveness(body, {.dropsAreUses = false, .droppedUses = &droppedUses}) {
  for (uint32_t i = 0; i < body.blocks.size(); ++i)
    entry.push_back(liveness.atEntry(BlockId{i}));
  if (!droppedUses.any())
    return;
  Valued analysis(body);
  valued = mir::solveForward(body, analysis).entry;
  for (uint32_t i = 0; i < body.blocks.size(); ++i) {
    BitSet empty = droppedUses;
    empty.subtract(valued[i]);
    entry[i].subtract(empty);
  }
}

const BitSet &LiveHolders::before(BlockId block, size_t index) {
  if (cachedBlock == block)
    return cached[index];
  cachedBlock = block;
  const std::vector<Statement> &statements = body.blocks[block.index].statements;
  cached.resize(statements.size() + 1);
  liveness.backward(block, [&](size_t at, const BitSet &live) { cached[at] = live; });
  if (!droppedUses.any())
    return cached[index];
  Valued analysis(body);
  BitSet state = valued[block.index];
  for (uint32_t i = 0; i <= statements.size(); ++i) {
    BitSet empty = droppedUses;
    empty.subtract(state);
    cached[i].subtract(empty);
    if (i < statements.size())
      analysis.statement(state, statements[i], block, i);
  }
  return cached[index];
}

} // namespace async::lifetimes
