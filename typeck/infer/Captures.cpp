#include "typeck/infer/Captures.h"

#include <algorithm>

#include "typeck/infer/CapturesUses.h"
#include "typeck/infer/ThirWalk.h"
#include "typeck/types/TypeFacts.h"

namespace async::infer {
namespace {

using namespace typeck;
using EK = thir::ExprKind;
using Mode = ClosureDecl::Capture::Mode;

// A captured place and all that the body does with it.
struct CapturedPlace {
  thir::LocalId local;
  std::vector<uint32_t> fields;
  TypeId type;
  UseMode mode = UseMode::Read;
  bool isOnlyBehindMut = true; // every Change is of what it refers to
};

class CaptureMaker {
public:
  CaptureMaker(Program &program, thir::Body &outer, thir::ClosureExpr &closure)
      : program(program), outer(outer), closure(closure), inner(*closure.body) {}

  void make() {
    std::vector<bool> isCaptured(inner.locals.size(), false);
    for (const thir::Capture &capture : closure.captures)
      isCaptured[capture.inner.index] = true;
    std::vector<CaptureUse> uses = findUses(program, inner, isCaptured);
    for (CaptureUse &use : uses)
      cutPath(use);
    for (const CaptureUse &use : uses)
      addPlace(use);
    // A local that is only named, and never used, is still known inside.
    for (const thir::Capture &capture : closure.captures)
      if (std::none_of(places.begin(), places.end(), [&](const CapturedPlace &place) { return place.local == capture.inner; }))
        places.push_back({capture.inner, {}, inner[capture.inner].type, UseMode::Read, true});
    for (const CaptureUse &use : uses)
      noteUse(use);
    fill(uses);
  }

private:
  // A field of a value with a destructor cannot be taken on its own.
  void cutPath(CaptureUse &use) const {
    if (use.nodes.empty())
      return;
    for (size_t i = 0; i < use.fields.size(); ++i) {
      const Type &type = program.types[use.types[i]];
      bool isOpen = type.kind == TypeKind::Tuple;
      if (type.kind == TypeKind::Adt) {
        const AdtDecl &adt = program.adt(AdtId{type.index});
        isOpen = !adt.isEnum && !adt.isShared && !adt.dropFn;
      }
      if (isOpen)
        continue;
      // What is done to the rest is done to the whole, in the least way.
      if (use.mode == UseMode::Read && !isCopy(program, use.types[i]) && !isShared(program, use.types[i]))
        use.mode = UseMode::Borrow;
      use.fields.resize(i);
      use.nodes.resize(i + 1);
      use.types.resize(i + 1);
      return;
    }
  }

  static bool isPrefix(const std::vector<uint32_t> &of, const std::vector<uint32_t> &path) {
    return of.size() <= path.size() && std::equal(of.begin(), of.end(), path.begin());
  }

  TypeId typeOf(const CaptureUse &use) const {
    if (!use.types.empty())
      return use.types.back();
    const thir::ClosureExpr &nested = inner.closures[use.closure];
    return (*nested.body)[nested.captures[use.capture].inner].type;
  }

  void addPlace(const CaptureUse &use) {
    for (const CapturedPlace &place : places)
      if (place.local == use.local && isPrefix(place.fields, use.fields))
        return;
    CapturedPlace made{use.local, use.fields, typeOf(use), UseMode::Read, true};
    // It takes the place of the first of those that lie inside it.
    auto first = places.end();
    for (auto place = places.begin(); place != places.end();) {
      if (place->local != use.local || !isPrefix(use.fields, place->fields)) {
        ++place;
      } else if (first == places.end()) {
        first = place++;
      } else {
        place = places.erase(place);
      }
    }
    if (first != places.end())
      *first = made;
    else
      places.push_back(made);
  }

  CapturedPlace *placeOf(const CaptureUse &use) {
    for (CapturedPlace &place : places)
      if (place.local == use.local && isPrefix(place.fields, use.fields))
        return &place;
    return nullptr;
  }

  void noteUse(const CaptureUse &use) {
    CapturedPlace *place = placeOf(use);
    if (!place)
      return;
    bool isWhole = place->fields.size() == use.fields.size();
    if (use.mode == UseMode::Change && !(use.isBehindMut && isWhole))
      place->isOnlyBehindMut = false;
    place->mode = std::max(place->mode, use.mode);
  }

  Mode modeOf(const CapturedPlace &place) const {
    bool copies = isCopy(program, place.type) || isShared(program, place.type);
    if (place.mode <= UseMode::Borrow && copies)
      return Mode::Copy;
    if (closure.isMove)
      return copies ? Mode::Copy : Mode::Move;
    switch (place.mode) {
    case UseMode::Read:
    case UseMode::Borrow:
      return Mode::Ref;
    case UseMode::Change:
      return Mode::RefMut;
    case UseMode::Move:
      return Mode::Move;
    }
    return Mode::Move;
  }

  bool isMutRef(TypeId type) const {
    const Type &of = program.types[type];
    return of.kind == TypeKind::Ref && static_cast<Mutability>(of.sub) == Mutability::Exclusive;
  }

  void fill(const std::vector<CaptureUse> &uses) {
    std::vector<thir::Capture> made;
    ClosureDecl &decl = program.closure(closure.decl);
    decl.captures.clear();
    decl.callKind = CallKind::Shared;
    for (const CapturedPlace &place : places) {
      thir::Capture capture = outerOf(place.local);
      capture.mode = modeOf(place);
      capture.fields.insert(capture.fields.end(), place.fields.begin(), place.fields.end());
      if (!place.fields.empty())
        capture.inner = rename(place, uses);
      TypeId type = place.type;
      if (capture.mode == Mode::Ref)
        type = program.types.reference(Mutability::Shared, type);
      else if (capture.mode == Mode::RefMut && !(isMutRef(type) && place.isOnlyBehindMut))
        type = program.types.reference(Mutability::Exclusive, type);
      decl.captures.push_back({outer[capture.outer].name, capture.mode, type});
      if (place.mode == UseMode::Move && !isMutRef(place.type))
        decl.callKind = CallKind::Once;
      else if (place.mode >= UseMode::Change && decl.callKind == CallKind::Shared)
        decl.callKind = CallKind::Exclusive;
      made.push_back(std::move(capture));
    }
    closure.captures = std::move(made);
  }

  thir::Capture outerOf(thir::LocalId local) const {
    for (const thir::Capture &capture : closure.captures)
      if (capture.inner == local)
        return capture;
    return {};
  }

  // Gives a captured field a local of its own and lets its uses name that.
  thir::LocalId rename(const CapturedPlace &place, const std::vector<CaptureUse> &uses) {
    thir::LocalId local{static_cast<uint32_t>(inner.locals.size())};
    thir::Local made = inner.locals[place.local.index];
    made.type = place.type;
    inner.locals.push_back(made);
    size_t depth = place.fields.size();
    for (const CaptureUse &use : uses) {
      if (use.local != place.local || !isPrefix(place.fields, use.fields))
        continue;
      if (use.nodes.empty()) {
        thir::Capture &nested = inner.closures[use.closure].captures[use.capture];
        nested.outer = local;
        nested.fields.erase(nested.fields.begin(), nested.fields.begin() + static_cast<ptrdiff_t>(depth));
        continue;
      }
      thir::Expr &node = inner[use.nodes[depth]];
      node.kind = EK::Local;
      node.index = local.index;
      node.a = {};
    }
    return local;
  }

  Program &program;
  thir::Body &outer;
  thir::ClosureExpr &closure;
  thir::Body &inner;
  std::vector<CapturedPlace> places;
};

// The block that the future of a `detach` is, if it is one.
void markDetached(thir::Body &body) {
  for (const thir::Expr &expr : body.exprs) {
    if (expr.kind != EK::Spawn || expr.b.valid() || !expr.a.valid())
      continue;
    thir::ExprId at = expr.a;
    while (body[at].kind == EK::Coerce)
      at = body[at].a;
    if (body[at].kind == EK::AsyncBlock)
      body.closures[body[at].index].isMove = true;
  }
}

} // namespace

void computeCaptures(Program &program, thir::Body &body) {
  if (body.hasErrors)
    return;
  markDetached(body);
  for (thir::ClosureExpr &closure : body.closures) {
    if (!closure.body)
      continue;
    computeCaptures(program, *closure.body);
    CaptureMaker(program, body, closure).make();
  }
}

} // namespace async::infer
