#include "lowering/states/Liveness.h"

#include "typeck/mir/Cfg.h"
#include "typeck/mir/Flags.h"
#include "typeck/types/TypeFacts.h"

namespace async::states {

using RK = mir::Rvalue::Kind;
using SK = mir::Statement::Kind;
using TK = mir::Terminator::Kind;

Liveness::Liveness(const typeck::Program &program, const mir::Body &body)
    : program(program), body(body), localCount(body.locals.size()), exposed(localCount), carriers(localCount), refers(localCount), pointees(localCount, mir::BitSet(localCount)) {
  for (uint32_t i = 0; i < localCount; ++i)
    if (program.types[body.locals[i].type].kind == typeck::TypeKind::Pointer || typeck::mayHoldReference(program, body.locals[i].type))
      carriers.set(i);
  findLoans();
  computeLive();
}

void Liveness::addLoans(const mir::Operand &operand, mir::BitSet &into) const {
  if (operand.kind != mir::Operand::Kind::Const)
    into.unite(pointees[operand.place.base.index]);
}

// The loans that a value carries.
void Liveness::loansOf(const mir::Rvalue &value, mir::BitSet &into) const {
  if (value.kind == RK::Ref || value.kind == RK::AddressOf) {
    into.unite(pointees[value.place.base.index]);
    if (!mir::hasDeref(value.place))
      into.set(value.place.base.index);
    return;
  }
  for (const mir::Operand &operand : value.operands)
    addLoans(operand, into);
}

// Loans that are written to a place; through a reference they reach all that it may refer to.
bool Liveness::flow(const mir::Place &to, const mir::BitSet &loans) {
  bool grown = false;
  uint32_t base = to.base.index;
  if (holdsLoans(base))
    grown |= pointees[base].unite(loans);
  if (mir::hasDeref(to))
    mir::BitSet(pointees[base]).forEach([&](size_t target) {
      if (holdsLoans(target))
        grown |= pointees[target].unite(loans);
    });
  return grown;
}

// A callee may keep what it is lent in its result and in all that it can reach.
bool Liveness::flowCall(const mir::Terminator &terminator) {
  mir::BitSet loans = lent(terminator);
  bool grown = flow(terminator.place, loans);
  bool isScope = terminator.kind == TK::Spawn && terminator.hasScope;
  loans.forEach([&](size_t target) {
    if (holdsLoans(target))
      grown |= pointees[target].unite(loans);
  });
  // The loans of a task belong to its scope.
  if (isScope && terminator.operands[0].kind != mir::Operand::Kind::Const) {
    uint32_t scope = terminator.operands[0].place.base.index;
    grown |= pointees[scope].unite(loans);
    mir::BitSet(pointees[scope]).forEach([&](size_t target) { grown |= pointees[target].unite(loans); });
  }
  return grown;
}

void Liveness::findLoans() {
  bool changed = true;
  while (changed) {
    changed = false;
    for (const mir::Block &block : body.blocks) {
      for (const mir::Statement &statement : block.statements) {
        if (statement.kind != SK::Assign)
          continue;
        mir::BitSet loans(localCount);
        loansOf(statement.value, loans);
        changed |= flow(statement.place, loans);
      }
      if (writesPlace(block.terminator))
        changed |= flowCall(block.terminator);
    }
    // What is referred to may itself refer to something.
    carriers.forEach([&](size_t local) {
      mir::BitSet before = pointees[local];
      before.forEach([&](size_t target) { changed |= pointees[local].unite(pointees[target]); });
    });
  }
  for (uint32_t i = 0; i < localCount; ++i) {
    refers[i] = pointees[i].any();
    if (program.types[body.locals[i].type].kind == typeck::TypeKind::Pointer)
      exposed.unite(pointees[i]);
  }
}

mir::BitSet Liveness::lent(const mir::Terminator &terminator) const {
  mir::BitSet loans(localCount);
  for (const mir::Operand &operand : terminator.operands)
    addLoans(operand, loans);
  return loans;
}

mir::BitSet Liveness::referredTo(const mir::BitSet &live) const {
  mir::BitSet all(localCount);
  live.forEach([&](size_t local) {
    if (refers[local])
      all.unite(pointees[local]);
  });
  return all;
}

mir::BitSet Liveness::needed(const mir::BitSet &live) const {
  mir::BitSet all = referredTo(live);
  all.unite(live);
  return all;
}

namespace {

void makeLive(Liveness::Live &live, size_t local) {
  live.always.set(local);
  live.maybe.reset(local);
}

void makeDead(Liveness::Live &live, size_t local) {
  live.always.reset(local);
  live.maybe.reset(local);
}

} // namespace

void Liveness::step(Live &live, const mir::Statement &statement) const {
  auto use = [&](mir::LocalId local) { makeLive(live, local.index); };
  switch (statement.kind) {
  case SK::Assign:
  case SK::TakeUnwind: {
    uint32_t to = statement.place.base.index;
    if (statement.place.path.empty())
      makeDead(live, to);
    if (isFlag[to])
      for (uint32_t local : guarded[to])
        if (live.maybe.test(local))
          mir::assignedFlag(statement) ? makeLive(live, local) : makeDead(live, local);
    eachAddressUse(statement.place, use);
    if (statement.kind == SK::Assign)
      eachUse(statement.value, use);
    return;
  }
  case SK::StorageLive:
    makeDead(live, statement.local.index);
    return;
  case SK::StorageDead:
    if (exposed.test(statement.local.index))
      makeLive(live, statement.local.index);
    else
      makeDead(live, statement.local.index);
    return;
  case SK::Nop:
    return;
  }
}

void Liveness::guardedBy(uint32_t flag, uint32_t local, Live &live) {
  if (guard[local] == UINT32_MAX) {
    guard[local] = flag;
    guarded[flag].push_back(local);
  }
  if (guard[local] == flag)
    live.maybe.set(local);
  else
    live.always.set(local);
}

// What only the way of the set flag needs is needed only if it is set.
Liveness::Live Liveness::blockEndOfTest(const mir::Block &block, uint32_t flag) {
  Live live{mir::BitSet(localCount), mir::BitSet(localCount)}, ifSet = live;
  const mir::Terminator &terminator = block.terminator;
  for (size_t edge = 0; edge < terminator.targets.size(); ++edge) {
    const Live &next = liveIn[terminator.targets[edge].index];
    int value = mir::valueOnEdge(terminator, edge);
    Live &into = value == 1 ? ifSet : live;
    into.always.unite(next.always);
    mir::BitSet maybe = next.maybe;
    if (value == 0)
      for (uint32_t local : guarded[flag])
        maybe.reset(local);
    into.maybe.unite(maybe);
  }
  ifSet.always.subtract(live.always);
  ifSet.always.forEach([&](size_t local) { guardedBy(flag, static_cast<uint32_t>(local), live); });
  live.maybe.unite(ifSet.maybe);
  live.maybe.subtract(live.always);
  return live;
}

Liveness::Live Liveness::blockEnd(const mir::Block &block) {
  const mir::Terminator &terminator = block.terminator;
  const mir::Operand *tested = mir::testedLocal(terminator);
  if (tested && isFlag[tested->place.base.index])
    return blockEndOfTest(block, tested->place.base.index);
  Live live{mir::BitSet(localCount), mir::BitSet(localCount)};
  auto add = [&](mir::BlockId next) {
    live.always.unite(liveIn[next.index].always);
    live.maybe.unite(liveIn[next.index].maybe);
  };
  for (mir::BlockId target : terminator.targets)
    add(target);
  if (writesPlace(terminator)) {
    if (terminator.place.path.empty())
      makeDead(live, terminator.place.base.index);
    eachAddressUse(terminator.place, [&](mir::LocalId local) { makeLive(live, local.index); });
  }
  if (terminator.unwind.valid())
    add(terminator.unwind);
  live.maybe.subtract(live.always);
  return live;
}

Liveness::Live Liveness::beforeTerminator(uint32_t block) const {
  Live live = liveAcross[block];
  eachUse(body.blocks[block].terminator, [&](mir::LocalId local) { makeLive(live, local.index); });
  return live;
}

void Liveness::computeLive() {
  isFlag = mir::findFlags(body);
  guard.assign(localCount, UINT32_MAX);
  guarded.resize(localCount);
  liveIn.assign(body.blocks.size(), {mir::BitSet(localCount), mir::BitSet(localCount)});
  liveAcross = liveIn;
  std::vector<mir::BlockId> order = mir::reversePostorder(body);
  for (bool changed = true; changed;) {
    changed = false;
    for (size_t i = order.size(); i-- > 0;) {
      uint32_t at = order[i].index;
      const mir::Block &block = body.blocks[at];
      liveAcross[at] = blockEnd(block);
      Live live = beforeTerminator(at);
      for (size_t s = block.statements.size(); s-- > 0;)
        step(live, block.statements[s]);
      changed |= liveIn[at].always.unite(live.always);
      live.maybe.subtract(liveIn[at].always);
      changed |= liveIn[at].maybe.unite(live.maybe);
      liveIn[at].maybe.subtract(liveIn[at].always);
    }
  }
}

} // namespace async::states
