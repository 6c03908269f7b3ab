// Forward.cpp: temporaries that only carry a value from one instruction to the next are not made.
#include "lowering/opt/Optimize.h"
#include "typeck/mir/Cfg.h"
#include "typeck/mir/Visit.h"

namespace async::opt {

using mir::Block;
using mir::Body;
using mir::LocalId;
using mir::Operand;
using mir::Place;
using mir::Rvalue;
using mir::Statement;
using mir::Terminator;

namespace {

// How often a local is written whole, read whole by a move, and touched in any other way.
struct Count {
  uint32_t writes = 0, moves = 0, others = 0;
  bool carries() const { return writes == 1 && moves == 1 && others == 0; }
  bool isDead() const { return moves == 0 && others == 0; }
};

class Counter {
public:
  explicit Counter(const Body &body) : counts(body.locals.size()) {
    for (uint32_t i = 0; i <= body.paramCount && i < counts.size(); ++i)
      counts[i].others = 1; // they mean something outside
    for (const Block &block : body.blocks) {
      for (const Statement &statement : block.statements) {
        instruction(statement);
        if (statement.kind == Statement::Kind::TakeUnwind)
          counts[statement.place.base.index].others++;
      }
      instruction(block.terminator);
    }
  }
  std::vector<Count> counts;

private:
  template <typename I> void instruction(const I &made) {
    mir::visitUses(made, [&](const Place &place, mir::UseKind kind) {
      indexes(place);
      Count &count = counts[place.base.index];
      (kind == mir::UseKind::Move && place.path.empty() ? count.moves : count.others)++;
    });
    if (const Place *to = mir::destination(made)) {
      indexes(*to);
      Count &count = counts[to->base.index];
      (to->path.empty() ? count.writes : count.others)++;
    }
  }
  void indexes(const Place &place) {
    for (const mir::Projection &step : place.path)
      if (step.kind == mir::Projection::Kind::Index)
        counts[step.local.index].others++;
  }
};

bool mentions(const Place &place, LocalId local) {
  if (place.base == local)
    return true;
  for (const mir::Projection &step : place.path)
    if (step.kind == mir::Projection::Kind::Index && step.local == local)
      return true;
  return false;
}

template <typename I> bool mentions(const I &made, LocalId local) {
  bool found = false;
  mir::visitUses(made, [&](const Place &place, mir::UseKind) { found |= mentions(place, local); });
  if (const Place *to = mir::destination(made))
    found |= mentions(*to, local);
  return found;
}

bool isMoveOf(const Operand &operand, LocalId local) { return operand.kind == Operand::Kind::Move && operand.place.path.empty() && operand.place.base == local; }

template <typename I> Operand *moveOf(I &made, LocalId local) {
  Operand *found = nullptr;
  mir::forEachOperand(made, [&](Operand &operand) {
    if (isMoveOf(operand, local))
      found = &operand;
  });
  return found;
}

// Making it has no effect beside its value.
bool isPure(const Rvalue &value) { return value.kind != Rvalue::Kind::Closure && value.kind != Rvalue::Kind::AsyncBlock && value.kind != Rvalue::Kind::Future && value.kind != Rvalue::Kind::Coerce; }

class Forwarder {
public:
  explicit Forwarder(Body &body) : body(body), counter(body), before(mir::predecessors(body)) {}

  bool run() {
    for (Block &block : body.blocks) {
      for (size_t i = 0; i < block.statements.size(); ++i)
        statement(block, i);
      callInto(block);
    }
    return changed;
  }

private:
  Body &body;
  Counter counter;
  std::vector<std::vector<mir::BlockId>> before;
  bool changed = false;

  void remove(Statement &made) {
    made.kind = Statement::Kind::Nop;
    changed = true;
  }

  // The next statement that does more than say where a local's memory begins; the count if it is the terminator.
  size_t nextOf(const Block &block, size_t index, const Statement &from) const {
    for (++index; index < block.statements.size(); ++index) {
      const Statement &made = block.statements[index];
      bool isMark = made.kind == Statement::Kind::StorageLive || made.kind == Statement::Kind::StorageDead;
      if (made.kind != Statement::Kind::Nop && !(isMark && !mentions(from, made.local)))
        return index;
    }
    return index;
  }

  void statement(Block &block, size_t index) {
    Statement &made = block.statements[index];
    if (made.kind != Statement::Kind::Assign || !made.place.path.empty())
      return;
    LocalId temporary = made.place.base;
    const Count count = counter.counts[temporary.index];
    if (count.isDead() && isPure(made.value)) {
      remove(made);
      return;
    }
    if (!count.carries())
      return;
    size_t next = nextOf(block, index, made);
    if (next < block.statements.size()) {
      Statement &user = block.statements[next];
      Operand *use = moveOf(user, temporary);
      if (!use)
        return;
      if (user.value.kind == Rvalue::Kind::Use) {
        // The parts of an aggregate are written one by one: none may lie in the destination.
        if (made.value.kind != Rvalue::Kind::Use && (mir::hasDeref(user.place) || mentions(made, user.place.base)))
          return;
        auto type = user.value.type;
        user.value = std::move(made.value);
        if (!user.value.type.valid())
          user.value.type = type;
        remove(made);
      } else if (made.value.kind == Rvalue::Kind::Use) {
        *use = std::move(made.value.operands[0]);
        remove(made);
      }
      return;
    }
    if (made.value.kind != Rvalue::Kind::Use)
      return;
    Operand *use = moveOf(block.terminator, temporary);
    // A callee may write its result while it still reads what it was given by address.
    bool overlaps = mir::hasDestination(block.terminator.kind) && mentions(made, block.terminator.place.base);
    if (use && !overlaps) {
      *use = std::move(made.value.operands[0]);
      remove(made);
    }
  }

  // `tmp = call …` whose only successor begins with `x = move tmp` writes to x.
  void callInto(Block &block) {
    Terminator &call = block.terminator;
    if (!mir::hasDestination(call.kind) || call.targets.empty() || !call.place.path.empty() || !counter.counts[call.place.base.index].carries())
      return;
    uint32_t target = call.targets[0].index;
    if (before[target].size() != 1)
      return;
    LocalId temporary = call.place.base;
    for (Statement &made : body.blocks[target].statements) {
      if (made.kind == Statement::Kind::Nop || ((made.kind == Statement::Kind::StorageLive || made.kind == Statement::Kind::StorageDead) && made.local == temporary))
        continue;
      bool isCarrier = made.kind == Statement::Kind::Assign && made.value.kind == Rvalue::Kind::Use && isMoveOf(made.value.operands[0], temporary);
      if (!isCarrier || !made.place.path.empty() || mentionedBy(call, made.place.base) || body.localType(made.place.base) != body.localType(temporary))
        return;
      call.place = made.place;
      remove(made);
      return;
    }
  }

  bool mentionedBy(const Terminator &call, LocalId local) const {
    bool found = false;
    mir::visitUses(call, [&](const Place &place, mir::UseKind) { found |= mentions(place, local); });
    return found;
  }
};

} // namespace

bool forwardTemporaries(Body &body) { return Forwarder(body).run(); }

} // namespace async::opt
