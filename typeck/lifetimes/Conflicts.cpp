#include "typeck/lifetimes/Conflicts.h"

#include "typeck/mir/Places.h"

namespace async::lifetimes {

using mir::DerefKind;
using mir::Place;
using mir::Projection;

namespace {

// Whether two steps from the same place can never meet.
bool areApart(const Projection &a, const Projection &b) {
  using Kind = Projection::Kind;
  if (a.kind == Kind::Field && b.kind == Kind::Field)
    return a.index != b.index;
  if (a.kind == Kind::ConstIndex && b.kind == Kind::ConstIndex && !a.fromEndCount == !b.fromEndCount)
    return a.fromEndCount ? a.fromEndCount != b.fromEndCount : a.index != b.index;
  if (a.kind == Kind::ConstIndex && b.kind == Kind::Subslice && !a.fromEndCount)
    return a.index < b.index;
  if (a.kind == Kind::Subslice && b.kind == Kind::ConstIndex && !b.fromEndCount)
    return b.index < a.index;
  return false;
}

} // namespace

bool conflicts(typeck::Program &program, const mir::Body &body, const Place &borrowed, const Place &accessed, Depth depth) {
  if (borrowed.base != accessed.base)
    return false;
  size_t common = std::min(borrowed.path.size(), accessed.path.size());
  for (size_t i = 0; i < common; ++i) {
    if (areApart(borrowed.path[i], accessed.path[i]))
      return false;
    // Elements are not told apart beyond that, nor variants.
    if (borrowed.path[i].kind != accessed.path[i].kind)
      return true;
  }
  for (size_t i = common; i < borrowed.path.size(); ++i) {
    if (borrowed.path[i].kind != Projection::Kind::Deref)
      continue;
    DerefKind kind = mir::derefKind(program, mir::placeType(program, body, borrowed, i));
    bool isOwned = kind == DerefKind::Owner;
    if (depth == Depth::Shallow || (depth == Depth::Drop && !isOwned))
      return false;
    // A shared reference may be copied and moved while what it refers to is borrowed.
    if (kind == DerefKind::Reference || kind == DerefKind::Pointer)
      return false;
  }
  return true;
}

bool isBehindReference(typeck::Program &program, const mir::Body &body, const Place &place) {
  for (size_t i = 0; i < place.path.size(); ++i)
    if (place.path[i].kind == Projection::Kind::Deref && mir::derefKind(program, mir::placeType(program, body, place, i)) != DerefKind::Owner)
      return true;
  return false;
}

bool isBehindShared(typeck::Program &program, const mir::Body &body, const Place &place) {
  for (size_t i = place.path.size(); i-- > 0;) {
    if (place.path[i].kind != Projection::Kind::Deref)
      continue;
    DerefKind kind = mir::derefKind(program, mir::placeType(program, body, place, i));
    if (kind == DerefKind::Reference)
      return true;
    if (kind == DerefKind::Pointer)
      return false;
  }
  return false;
}

} // namespace async::lifetimes
