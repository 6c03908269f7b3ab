#include "typeck/lifetimes/Fits.h"

#include <algorithm>

#include "typeck/types/Hidden.h"
#include "typeck/types/TypeFacts.h"

namespace async::lifetimes {
namespace {

// Types that are looked at are listed, so that recursive ones end; polymorphic recursion ends by their number.
constexpr size_t maxSeen = 256;

struct Seen {
  std::vector<TypeId> types;
  bool enter(TypeId type) {
    if (types.size() >= maxSeen || std::find(types.begin(), types.end(), type) != types.end())
      return false;
    types.push_back(type);
    return true;
  }
};

// How far a value is looked into: only at what it owns, or behind its references, too.
enum class Reach : uint8_t { Owned, Referred };

// The parts of a type: arguments, and fields or captures with their parameters replaced. To own is to have it to give away: not the lengths and
// other private fields of containers.
template <typename F> void forParts(Program &program, TypeId id, Reach reach, F &&f) {
  const Type &type = program.types[id];
  for (TypeId arg : type.args)
    f(arg);
  if (type.kind == TypeKind::Adt)
    for (const VariantDecl &variant : program.adt(AdtId{type.index}).variants)
      for (const FieldDecl &field : variant.fields)
        if (reach == Reach::Referred || field.isPublic || type.args.empty())
          f(substitute(program.types, field.type, type.args));
  if (type.kind == TypeKind::Closure)
    for (size_t i = 0; i < program.closure(ClosureId{type.index}).captures.size(); ++i)
      f(substitute(program.types, program.closure(ClosureId{type.index}).captures[i].type, type.args));
}

OwnReferences own(const Program &program, TypeId id, Seen &seen) {
  if (!id.valid() || !seen.enter(id))
    return OwnReferences::None;
  const Type &type = program.types[id];
  OwnReferences found = OwnReferences::None;
  switch (type.kind) {
  case TypeKind::Ref:
    return OwnReferences::Direct;
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Fn:
  case TypeKind::Dyn:
  case TypeKind::Closure:
    found = OwnReferences::Opaque;
    break;
  case TypeKind::Adt:
    for (const VariantDecl &variant : program.adt(AdtId{type.index}).variants)
      for (const FieldDecl &field : variant.fields)
        found = std::max(found, own(program, field.type, seen));
    break;
  case TypeKind::Projection: {
    const AssocTypeDecl &assoc = program.assocType(AssocTypeId{type.index});
    if (!assoc.hides.valid())
      return found;
    if (assoc.hidden.valid())
      found = own(program, assoc.hidden, seen);
    break;
  }
  default:
    break;
  }
  if (type.kind != TypeKind::FnDef)
    for (TypeId arg : type.args)
      found = std::max(found, own(program, arg, seen));
  return found;
}

bool search(Program &program, TypeId whole, TypeId part, Reach reach, Seen &seen) {
  whole = revealed(program, whole);
  if (whole == part)
    return true;
  if (!seen.enter(whole) || (reach == Reach::Owned && program.types[whole].kind == TypeKind::Ref))
    return false;
  bool found = false;
  forParts(program, whole, reach, [&](TypeId inner) { found = found || search(program, inner, part, reach, seen); });
  return found;
}

bool occurs(Program &program, TypeId whole, TypeId part, Reach reach) {
  Seen seen;
  return search(program, whole, part, reach, seen);
}

// Whether memory of type `target` can be found from a value of type `source`.
bool reaches(Program &program, TypeId source, TypeId target, Reach reach) {
  if (occurs(program, source, target, reach))
    return true;
  const Type &type = program.types[target];
  // A slice is made of a list or an array of the same elements.
  if (type.kind == TypeKind::Slice)
    return occurs(program, source, type.args[0], reach);
  if (type.kind == TypeKind::Tuple && !type.args.empty())
    return occurs(program, source, type.args[0], reach);
  return type.kind == TypeKind::Dyn;
}

bool fitsInto(Program &program, TypeId source, TypeId target, Reach reach, Seen &seen) {
  source = revealed(program, source);
  target = revealed(program, target);
  if (!seen.enter(target))
    return false;
  const Type &type = program.types[target];
  switch (type.kind) {
  case TypeKind::Ref:
    if (reaches(program, source, type.args[0], reach))
      return true;
    break;
  case TypeKind::Fn:
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Dyn:
    return true;
  case TypeKind::Closure:
  case TypeKind::Param:
  case TypeKind::Projection:
    if (lifetimes::contains(program, source, target))
      return true;
    break;
  default:
    break;
  }
  bool found = false;
  forParts(program, target, Reach::Referred, [&](TypeId part) { found = found || fitsInto(program, source, part, reach, seen); });
  return found;
}

bool tells(Program &program, TypeId id, Seen &seen) {
  id = revealed(program, id);
  if (std::find(seen.types.begin(), seen.types.end(), id) != seen.types.end())
    return true;
  if (!seen.enter(id))
    return false;
  switch (program.types[id].kind) {
  case TypeKind::Fn:
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Dyn:
  case TypeKind::Closure:
  case TypeKind::Param:
  case TypeKind::Projection:
  case TypeKind::Var:
  case TypeKind::Error:
    return false;
  default:
    break;
  }
  bool all = true;
  forParts(program, id, Reach::Referred, [&](TypeId part) { all = all && tells(program, part, seen); });
  return all;
}

bool writes(Program &program, TypeId id, Seen &seen) {
  if (!id.valid() || !seen.enter(id))
    return false;
  const Type &type = program.types[id];
  if (type.kind == TypeKind::Ref && static_cast<Mutability>(type.sub) == Mutability::Exclusive && mayHoldReference(program, type.args[0]))
    return true;
  bool found = false;
  forParts(program, id, Reach::Referred, [&](TypeId part) { found = found || writes(program, part, seen); });
  return found;
}

bool reads(const Program &program, TypeId id, Seen &seen) {
  if (!id.valid() || !seen.enter(id))
    return false;
  const Type &type = program.types[id];
  bool found = false;
  switch (type.kind) {
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
    return true;
  case TypeKind::Ref:
  case TypeKind::Pointer:
  case TypeKind::FnDef:
  case TypeKind::Param:
  case TypeKind::Projection:
    return false;
  case TypeKind::Adt: {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    for (const VariantDecl &variant : adt.variants)
      for (const FieldDecl &field : variant.fields) {
        Seen inner;
        found = found || (adt.dropFn && own(program, field.type, inner) != OwnReferences::None) || reads(program, field.type, seen);
      }
    break;
  }
  case TypeKind::Closure:
    for (const ClosureDecl::Capture &capture : program.closure(ClosureId{type.index}).captures)
      found = found || reads(program, capture.type, seen);
    break;
  default:
    break;
  }
  for (TypeId arg : type.args)
    found = found || reads(program, arg, seen);
  return found;
}

} // namespace

OwnReferences ownReferences(const Program &program, TypeId declared) {
  Seen seen;
  return own(program, declared, seen);
}

bool tellsReferences(Program &program, TypeId type) {
  Seen seen;
  return tells(program, type, seen);
}

bool fits(Program &program, TypeId source, TypeId target) {
  Seen seen;
  return fitsInto(program, source, target, Reach::Referred, seen);
}

bool fitsPointerInto(Program &program, TypeId owner, TypeId target) {
  Seen seen;
  return fitsInto(program, owner, target, Reach::Owned, seen);
}

bool writesReferences(Program &program, TypeId type) {
  Seen seen;
  return writes(program, type, seen);
}

bool contains(Program &program, TypeId whole, TypeId part) { return occurs(program, whole, part, Reach::Referred); }

bool dropReads(const Program &program, TypeId type) {
  if (!mayHoldReference(program, type))
    return false;
  Seen seen;
  return reads(program, type, seen);
}

bool mentions(const Program &program, TypeId id, uint32_t index) {
  if (!id.valid())
    return false;
  const Type &type = program.types[id];
  if (type.kind == TypeKind::Param)
    return type.index == index;
  if (!(type.flags & (HasParam | HasProjection)))
    return false;
  for (TypeId arg : type.args)
    if (mentions(program, arg, index))
      return true;
  return false;
}

} // namespace async::lifetimes
