#include "typeck/mir/Borrows.h"

#include "typeck/mir/Visit.h"
#include "typeck/types/TypeFacts.h"

namespace async::mir {

constexpr size_t maxWork = size_t{1} << 26;

namespace {

bool isReference(const Program &program, TypeId type) {
  TypeKind kind = program.types[type].kind;
  return kind == TypeKind::Ref || kind == TypeKind::Pointer;
}

} // namespace

Borrows::Borrows(const Program &program, const Body &body) : left(maxWork) {
  size_t count = body.locals.size();
  refersTo.assign(count, BitSet(count));
  exposed = BitSet(count);
  for (const Local &local : body.locals)
    mayHold.push_back(mayHoldReference(program, local.type) || isReference(program, local.type));
  while (!isCoarse && step(program, body)) {
  }
  if (!isCoarse)
    invert();
}

void Borrows::invert() {
  holders.assign(refersTo.size(), BitSet(refersTo.size()));
  for (size_t holder = 0; holder < refersTo.size() && !isCoarse; ++holder)
    refersTo[holder].forEach([&](size_t local) {
      if (spend(1))
        holders[local].set(holder);
    });
}

bool Borrows::spend(size_t amount) {
  isCoarse |= amount > left;
  left -= isCoarse ? 0 : amount;
  return !isCoarse;
}

bool Borrows::include(LocalId to, LocalId from) {
  return to != from && mayHold[to.index] && refersTo[to.index].unite(refersTo[from.index]);
}

bool Borrows::refer(LocalId holder, const Place &place, const Program &program, const Body &body) {
  bool changed = include(holder, place.base);
  // Behind a reference lies another's memory; what a box owns counts as its owner's.
  bool isBehind = hasDeref(place) && isReference(program, body.localType(place.base));
  if (isBehind)
    return changed;
  if (!refersTo[holder.index].test(place.base.index)) {
    refersTo[holder.index].set(place.base.index);
    changed = true;
  }
  return changed;
}

bool Borrows::flow(const Place &to, const Operand &from) {
  if (from.kind == Operand::Kind::Const)
    return false;
  bool changed = include(to.base, from.place.base);
  if (hasDeref(to)) {
    BitSet targets = refersTo[to.base.index];
    targets.forEach([&](size_t target) {
      if (spend(1))
        changed |= include(LocalId{static_cast<uint32_t>(target)}, from.place.base);
    });
  }
  return changed;
}

bool Borrows::flowCall(const std::vector<Operand> &operands, const Place *to) {
  bool changed = false;
  for (const Operand &operand : operands) {
    if (operand.kind == Operand::Kind::Const)
      continue;
    if (to)
      changed |= flow(*to, operand);
    BitSet targets = refersTo[operand.place.base.index];
    targets.forEach([&](size_t target) {
      if (!spend(operands.size()))
        return;
      for (const Operand &other : operands)
        if (other.kind != Operand::Kind::Const)
          changed |= include(LocalId{static_cast<uint32_t>(target)}, other.place.base);
    });
  }
  return changed;
}

bool Borrows::step(const Program &program, const Body &body) {
  bool changed = false;
  for (const Block &block : body.blocks) {
    if (!spend(block.statements.size() + 1))
      return false;
    for (const Statement &statement : block.statements) {
      if (statement.kind != Statement::Kind::Assign)
        continue;
      const Rvalue &value = statement.value;
      if (value.kind == Rvalue::Kind::Ref || value.kind == Rvalue::Kind::AddressOf)
        changed |= refer(statement.place.base, value.place, program, body);
      if (value.kind == Rvalue::Kind::AddressOf)
        exposed.unite(refersTo[statement.place.base.index]);
      for (const Operand &operand : value.operands) {
        changed |= flow(statement.place, operand);
        // A reference that becomes a raw pointer may go anywhere.
        if (value.kind == Rvalue::Kind::Cast && operand.kind != Operand::Kind::Const)
          changed |= exposed.unite(refersTo[operand.place.base.index]);
      }
    }
    const Terminator &terminator = block.terminator;
    if (hasDestination(terminator.kind))
      changed |= flowCall(terminator.operands, &terminator.place);
  }
  return changed;
}

} // namespace async::mir
