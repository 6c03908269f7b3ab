#include "typeck/mir/MovePaths.h"

#include "typeck/mir/Places.h"
#include "typeck/mir/Visit.h"

namespace async::mir {

namespace {

// The type of a place, step by step: only elements of arrays ask for it.
class TypeOnTheWay {
public:
  TypeOnTheWay(Program &program, const Body &body, const Place &place) : program(program) {
    for (const Projection &projection : place.path)
      isAsked |= projection.kind == Projection::Kind::ConstIndex;
    type = body.localType(place.base);
  }
  TypeId here() const { return type; }
  void follow(const Projection &projection) {
    if (!isAsked)
      return;
    type = projectedType(program, type, variant, projection);
    variant = projection.kind == Projection::Kind::Downcast ? projection.index : 0;
  }

private:
  Program &program;
  TypeId type;
  uint32_t variant = 0;
  bool isAsked = false;
};

} // namespace

MovePaths::MovePaths(Program &program, const Body &body) : program(program), body(body) {
  for (uint32_t i = 0; i < body.locals.size(); ++i)
    paths.push_back({Place{LocalId{i}, {}}, {}, {}, {}});
  auto moved = [&](const Operand &operand) {
    if (operand.kind == Operand::Kind::Move)
      add(operand.place);
  };
  for (const Block &block : body.blocks) {
    for (const Statement &statement : block.statements) {
      forEachOperand(statement, moved);
      if (const Place *to = destination(statement))
        add(*to);
    }
    forEachOperand(block.terminator, moved);
    if (const Place *to = destination(block.terminator))
      add(*to);
    if (block.terminator.kind == Terminator::Kind::Drop)
      add(block.terminator.place);
  }
}

bool MovePaths::normalise(TypeId id, Projection &projection) const {
  switch (projection.kind) {
  case Projection::Kind::Field:
  case Projection::Kind::Downcast:
    return true;
  case Projection::Kind::Deref:
  case Projection::Kind::Index:
  case Projection::Kind::Subslice:
    return false;
  case Projection::Kind::ConstIndex:
    break;
  }
  const Type &type = program.types[id];
  if (type.kind != TypeKind::Array || program.types[type.args[1]].kind != TypeKind::ConstInt)
    return false;
  if (projection.fromEndCount != 0) {
    projection.index = static_cast<uint32_t>(program.types[type.args[1]].value) - projection.fromEndCount;
    projection.fromEndCount = 0;
  }
  return true;
}

PathId MovePaths::child(PathId parent, const Projection &projection) const {
  auto found = children.find({parent.index, projection.index, projection.kind});
  return found == children.end() ? PathId{} : found->second;
}

PathId MovePaths::add(const Place &place) {
  PathId at = ofLocal(place.base);
  TypeOnTheWay type(program, body, place);
  for (Projection projection : place.path) {
    if (!normalise(type.here(), projection))
      return at;
    PathId next = child(at, projection);
    if (!next.valid()) {
      next = PathId{static_cast<uint32_t>(paths.size())};
      MovePath made{paths[at.index].place, at, {}, paths[at.index].firstChild};
      made.place.path.push_back(projection);
      paths.push_back(std::move(made));
      paths[at.index].firstChild = next;
      children.emplace(Step{at.index, projection.index, projection.kind}, next);
    }
    type.follow(projection);
    at = next;
  }
  return at;
}

MovePaths::Found MovePaths::find(const Place &place) const {
  PathId at = ofLocal(place.base);
  TypeOnTheWay type(program, body, place);
  for (Projection projection : place.path) {
    if (!normalise(type.here(), projection))
      return {at, false};
    PathId next = child(at, projection);
    if (!next.valid())
      return {at, false};
    type.follow(projection);
    at = next;
  }
  return {at, true};
}

} // namespace async::mir
