// Uses.h: which locals an instruction reads and which it defines as a whole; shared by the analyses of this folder.
#pragma once
#include "typeck/mir/Visit.h"

namespace async::states {

// The locals that finding the address of a place reads: its base if it is dereferenced, and its indices.
template <typename F> void eachAddressUse(const mir::Place &place, F &&use) {
  for (const mir::Projection &projection : place.path) {
    if (projection.kind == mir::Projection::Kind::Deref)
      use(place.base);
    if (projection.kind == mir::Projection::Kind::Index)
      use(projection.local);
  }
}

template <typename F> void eachUse(const mir::Place &place, F &&use) {
  use(place.base);
  eachAddressUse(place, use);
}

template <typename F> void eachUse(const mir::Operand &operand, F &&use) {
  if (operand.kind != mir::Operand::Kind::Const)
    eachUse(operand.place, use);
}

template <typename F> void eachUse(const mir::Rvalue &value, F &&use) {
  switch (value.kind) {
  case mir::Rvalue::Kind::Ref:
  case mir::Rvalue::Kind::AddressOf:
  case mir::Rvalue::Kind::Discriminant:
  case mir::Rvalue::Kind::Len:
    eachUse(value.place, use);
    return;
  case mir::Rvalue::Kind::Use:
  case mir::Rvalue::Kind::Unary:
  case mir::Rvalue::Kind::Binary:
  case mir::Rvalue::Kind::Cast:
  case mir::Rvalue::Kind::Coerce:
  case mir::Rvalue::Kind::Tuple:
  case mir::Rvalue::Kind::Array:
  case mir::Rvalue::Kind::Repeat:
  case mir::Rvalue::Kind::Adt:
  case mir::Rvalue::Kind::Closure:
  case mir::Rvalue::Kind::AsyncBlock:
  case mir::Rvalue::Kind::Future:
    for (const mir::Operand &operand : value.operands)
      eachUse(operand, use);
    return;
  }
}

// Whether the terminator writes its `place` when it goes on at targets[0].
inline bool writesPlace(const mir::Terminator &terminator) { return mir::hasDestination(terminator.kind) && !terminator.targets.empty(); }

inline bool isSuspension(const mir::Terminator &terminator) {
  return terminator.kind == mir::Terminator::Kind::AwaitCall || terminator.kind == mir::Terminator::Kind::Await;
}

// What the terminator reads before it does anything else.
template <typename F> void eachUse(const mir::Terminator &terminator, F &&use) {
  for (const mir::Operand &operand : terminator.operands)
    eachUse(operand, use);
  if (terminator.kind == mir::Terminator::Kind::Drop)
    eachUse(terminator.place, use);
  if (terminator.kind == mir::Terminator::Kind::Return)
    use(mir::LocalId{0});
}

} // namespace async::states
