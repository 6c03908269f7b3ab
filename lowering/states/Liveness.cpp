#include "lowering/states/Liveness.h"

#include "typeck/types/TypeFacts.h"

namespace async::states {

using RK = mir::Rvalue::Kind;
using SK = mir::Statement::Kind;
using TK = mir::Terminator::Kind;

Liveness::Liveness(const typeck::Program &program, const mir::Body &body)
    : program(program), body(body), localCount(body.locals.size()), exposed(localCount), carriers(localCount),
      pointees(localCount, mir::BitSet(localCount)) {
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
    for (uint32_t i = 0; i < localCount; ++i) {
      mir::BitSet before = pointees[i];
      before.forEach([&](size_t target) { changed |= pointees[i].unite(pointees[target]); });
    }
  }
  for (uint32_t i = 0; i < localCount; ++i)
    if (program.types[body.locals[i].type].kind == typeck::TypeKind::Pointer)
      exposed.unite(pointees[i]);
}

mir::BitSet Liveness::lent(const mir::Terminator &terminator) const {
  mir::BitSet loans(localCount);
  for (const mir::Operand &operand : terminator.operands)
    addLoans(operand, loans);
  return loans;
}

mir::BitSet Liveness::referredTo(const mir::BitSet &live) const {
  mir::BitSet all(localCount);
  live.forEach([&](size_t local) { all.unite(pointees[local]); });
  return all;
}

mir::BitSet Liveness::needed(const mir::BitSet &live) const {
  mir::BitSet all = referredTo(live);
  all.unite(live);
  return all;
}

void Liveness::step(mir::BitSet &live, const mir::Statement &statement) const {
  auto use = [&](mir::LocalId local) { live.set(local.index); };
  switch (statement.kind) {
  case SK::Assign:
  case SK::TakeUnwind:
    if (statement.place.path.empty())
      live.reset(statement.place.base.index);
    eachAddressUse(statement.place, use);
    if (statement.kind == SK::Assign)
      eachUse(statement.value, use);
    return;
  case SK::StorageLive:
    live.reset(statement.local.index);
    return;
  case SK::StorageDead:
    if (exposed.test(statement.local.index))
      live.set(statement.local.index);
    else
      live.reset(statement.local.index);
    return;
  case SK::Nop:
    return;
  }
}

mir::BitSet Liveness::blockEnd(const mir::Block &block) const {
  const mir::Terminator &terminator = block.terminator;
  mir::BitSet live(localCount);
  for (mir::BlockId target : terminator.targets)
    live.unite(liveIn[target.index]);
  if (writesPlace(terminator)) {
    if (terminator.place.path.empty())
      live.reset(terminator.place.base.index);
    eachAddressUse(terminator.place, [&](mir::LocalId local) { live.set(local.index); });
  }
  if (terminator.unwind.valid())
    live.unite(liveIn[terminator.unwind.index]);
  return live;
}

void Liveness::computeLive() {
  liveIn.assign(body.blocks.size(), mir::BitSet(localCount));
  liveAcross = liveIn;
  bool changed = true;
  while (changed) {
    changed = false;
    for (size_t i = body.blocks.size(); i-- > 0;) {
      const mir::Block &block = body.blocks[i];
      mir::BitSet live = blockEnd(block);
      liveAcross[i] = live;
      eachUse(block.terminator, [&](mir::LocalId local) { live.set(local.index); });
      for (size_t s = block.statements.size(); s-- > 0;)
        step(live, block.statements[s]);
      changed |= liveIn[i].unite(live);
    }
  }
}

} // namespace async::states
