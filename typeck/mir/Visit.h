// Visit.h: what an instruction reads and writes, without a switch at each place that asks.
#pragma once
#include "typeck/mir/Mir.h"

namespace async::mir {

enum class UseKind : uint8_t {
  Copy, Share, Move, // operands
  Ref, RefMut, // a reference is taken
  Address, // a raw pointer is taken
  Inspect, // the discriminant or length is read
  Drop,
};

// f(const Operand &), in order of evaluation.
template <typename F> void forEachOperand(const Statement &statement, F &&f) {
  if (statement.kind == Statement::Kind::Assign)
    for (const Operand &operand : statement.value.operands)
      f(operand);
}
template <typename F> void forEachOperand(const Terminator &terminator, F &&f) {
  for (const Operand &operand : terminator.operands)
    f(operand);
}
template <typename F> void forEachOperand(Statement &statement, F &&f) {
  if (statement.kind == Statement::Kind::Assign)
    for (Operand &operand : statement.value.operands)
      f(operand);
}
template <typename F> void forEachOperand(Terminator &terminator, F &&f) {
  for (Operand &operand : terminator.operands)
    f(operand);
}

template <typename F> void visitOperand(const Operand &operand, F &&f) {
  switch (operand.kind) {
  case Operand::Kind::Copy:
    f(operand.place, UseKind::Copy);
    break;
  case Operand::Kind::Share:
    f(operand.place, UseKind::Share);
    break;
  case Operand::Kind::Move:
    f(operand.place, UseKind::Move);
    break;
  case Operand::Kind::Const:
    break;
  }
}

inline bool readsPlace(Rvalue::Kind kind) {
  return kind == Rvalue::Kind::Ref || kind == Rvalue::Kind::AddressOf || kind == Rvalue::Kind::Discriminant || kind == Rvalue::Kind::Len;
}

// f(const Place &, UseKind) for each place that is read or borrowed, not for destinations.
template <typename F> void visitUses(const Statement &statement, F &&f) {
  if (statement.kind != Statement::Kind::Assign)
    return;
  const Rvalue &value = statement.value;
  if (value.kind == Rvalue::Kind::Ref)
    f(value.place, static_cast<Mutability>(value.op) == Mutability::Exclusive ? UseKind::RefMut : UseKind::Ref);
  else if (value.kind == Rvalue::Kind::AddressOf)
    f(value.place, UseKind::Address);
  else if (readsPlace(value.kind))
    f(value.place, UseKind::Inspect);
  for (const Operand &operand : value.operands)
    visitOperand(operand, f);
}
template <typename F> void visitUses(const Terminator &terminator, F &&f) {
  for (const Operand &operand : terminator.operands)
    visitOperand(operand, f);
  if (terminator.kind == Terminator::Kind::Drop)
    f(terminator.place, UseKind::Drop);
}

inline bool hasDestination(Terminator::Kind kind) {
  switch (kind) {
  case Terminator::Kind::Call:
  case Terminator::Kind::CallValue:
  case Terminator::Kind::AwaitCall:
  case Terminator::Kind::Await:
  case Terminator::Kind::Spawn:
    return true;
  case Terminator::Kind::Goto:
  case Terminator::Kind::Switch:
  case Terminator::Kind::Return:
  case Terminator::Kind::Unwind:
  case Terminator::Kind::Unreachable:
  case Terminator::Kind::Drop:
  case Terminator::Kind::Assert:
    return false;
  }
  return false;
}

// Whether the task can wait there.
inline bool isSuspension(Terminator::Kind kind) {
  return kind == Terminator::Kind::AwaitCall || kind == Terminator::Kind::Await;
}

// What is written; null: nothing. A terminator writes only on the edge to targets[0].
inline const Place *destination(const Statement &statement) {
  bool writes = statement.kind == Statement::Kind::Assign || statement.kind == Statement::Kind::TakeUnwind;
  return writes ? &statement.place : nullptr;
}
inline const Place *destination(const Terminator &terminator) { return hasDestination(terminator.kind) ? &terminator.place : nullptr; }

inline bool hasDeref(const Place &place) {
  for (const Projection &projection : place.path)
    if (projection.kind == Projection::Kind::Deref)
      return true;
  return false;
}

} // namespace async::mir
