// BuildPatterns.cpp: the locals that patterns bind, and how.
#include "typeck/mir/BuildContext.h"
#include "typeck/mir/BuildRows.h"

namespace async::mir {

using PK = thir::PatternKind;

void Builder::collectLocals(thir::PatternId id, std::vector<ThirLocal> &into) const {
  const thir::Pattern &pattern = thir[id];
  auto list = [&](thir::List ids) {
    for (uint32_t i = 0; i < ids.count; ++i)
      collectLocals(thir.patternLists[ids.begin + i], into);
  };
  switch (pattern.kind) {
  case PK::Wildcard:
  case PK::Literal:
  case PK::Range:
    return;
  case PK::Binding:
    into.push_back(pattern.local);
    if (pattern.sub.valid())
      collectLocals(pattern.sub, into);
    return;
  case PK::Tuple:
  case PK::Variant:
    return list(pattern.list);
  case PK::Deref:
    return collectLocals(pattern.sub, into);
  case PK::Or:
    // All alternatives bind the same.
    if (pattern.list.count > 0)
      collectLocals(thir.patternLists[pattern.list.begin], into);
    return;
  case PK::Slice:
    list(pattern.list);
    if (pattern.sub.valid())
      collectLocals(pattern.sub, into);
    return list(pattern.list2);
  }
}

bool Builder::bindsByReference(thir::PatternId id) const {
  const thir::Pattern &pattern = thir[id];
  auto any = [&](thir::List ids) {
    for (uint32_t i = 0; i < ids.count; ++i)
      if (bindsByReference(thir.patternLists[ids.begin + i]))
        return true;
    return false;
  };
  switch (pattern.kind) {
  case PK::Wildcard:
  case PK::Literal:
  case PK::Range:
  case PK::Deref: // what is behind a reference is not part of the value
    return false;
  case PK::Binding:
    return pattern.mode != thir::BindingMode::Value || (pattern.sub.valid() && bindsByReference(pattern.sub));
  case PK::Tuple:
  case PK::Variant:
  case PK::Or:
    return any(pattern.list);
  case PK::Slice:
    return any(pattern.list) || any(pattern.list2) || (pattern.sub.valid() && bindsByReference(pattern.sub));
  }
  return false;
}

LocalId Builder::makeLocal(ThirLocal local) {
  const thir::Local &of = thir[local];
  return newLocal(of.type, of.span, of.isTemporary ? Symbol{} : of.name);
}

// Makes the local; its storage lasts until the region ends.
void Builder::declare(ThirLocal local, uint32_t region) {
  LocalId made = makeLocal(local);
  localPlaces[local.index] = placeOf(made);
  storage(made, true, thir[local].span);
  scheduleStorage(made, thir[local].span, region);
}

void Builder::bind(thir::PatternId id, const Place &place) {
  const thir::Pattern &pattern = thir[id];
  std::optional<Place> &known = localPlaces[pattern.local.index];
  if (!known)
    known = placeOf(makeLocal(pattern.local));
  Place to = *known;
  TypeId type = thir[pattern.local].type;
  switch (pattern.mode) {
  case thir::BindingMode::Value:
    return assignOperand(to, consume(place, pattern.span), type, pattern.span);
  case thir::BindingMode::Ref:
    return assign(to, refTo(place, Mutability::Shared, type), pattern.span);
  case thir::BindingMode::RefMut:
    return assign(to, refTo(place, Mutability::Exclusive, type), pattern.span);
  }
}

void Builder::addFields(Row &row, const Place &place, const thir::Pattern &pattern) {
  for (uint32_t i = 0; i < pattern.list.count; ++i)
    addTest(row, project(place, Projection::Kind::Field, i), thir.patternLists[pattern.list.begin + i]);
}

void Builder::addSlice(Row &row, const Place &place, const thir::Pattern &pattern) {
  uint32_t before = pattern.list.count, after = pattern.list2.count;
  for (uint32_t i = 0; i < before; ++i)
    addTest(row, project(place, Projection::Kind::ConstIndex, i), thir.patternLists[pattern.list.begin + i]);
  if (pattern.sub.valid()) {
    Place rest = project(place, Projection::Kind::Subslice, before);
    rest.path.back().fromEndCount = after;
    addTest(row, std::move(rest), pattern.sub);
  }
  for (uint32_t i = 0; i < after; ++i) {
    Place element = project(place, Projection::Kind::ConstIndex);
    element.path.back().fromEndCount = after - i;
    addTest(row, std::move(element), thir.patternLists[pattern.list2.begin + i]);
  }
}

// Adds what the pattern asks of the place: bindings, and the tests that can fail.
void Builder::addTest(Row &row, Place place, thir::PatternId id) {
  const thir::Pattern &pattern = thir[id];
  switch (pattern.kind) {
  case PK::Wildcard:
    return;
  case PK::Binding:
    row.bindings.push_back({place, id});
    if (pattern.sub.valid())
      addTest(row, std::move(place), pattern.sub);
    return;
  case PK::Tuple:
    return addFields(row, place, pattern);
  case PK::Deref:
    return addTest(row, project(std::move(place), Projection::Kind::Deref), pattern.sub);
  case PK::Variant: {
    const AdtDecl &adt = program.adt(AdtId{pattern.def});
    if (!adt.isEnum)
      return addFields(row, place, pattern);
    if (adt.variants.size() == 1)
      return addFields(row, project(std::move(place), Projection::Kind::Downcast, 0), pattern);
    break;
  }
  case PK::Slice:
    if (types[pattern.type].kind == TypeKind::Array || (pattern.hasRest && pattern.list.count + pattern.list2.count == 0))
      return addSlice(row, place, pattern);
    break;
  case PK::Literal:
    if (pattern.type == types.unit)
      return;
    // A duration is its only field.
    if (isLang(pattern.type, "duration"))
      place = project(std::move(place), Projection::Kind::Field, 0);
    break;
  case PK::Range:
  case PK::Or:
    break;
  }
  row.tests.push_back({std::move(place), id});
}

} // namespace async::mir
