// Fits.h: which references values of a type can hold, and whether they can come from values of another (rules.md L1).
#pragma once
#include "frontend/source/Interner.h"
#include "typeck/types/Program.h"

namespace async::lifetimes {

using namespace typeck;

// How the declared result of a function holds references of its own, that is, not through type parameters.
enum class OwnReferences : uint8_t {
  None,
  Opaque, // only behind a future, stream, sink, function value or trait object
  Direct, // `&T`, or a struct that holds one
};
OwnReferences ownReferences(const Program &program, TypeId declared);

// Whether the type tells of every reference that a value of it may hold what it points to: nothing in it is a type parameter or opaque.
bool tellsReferences(Program &program, TypeId type);

// Whether a reference in `source`, or one made from it, could lie in a value of `target`. Where the types do not tell, no.
bool fits(Program &program, TypeId source, TypeId target);

// Whether a reference into a value of `owner`, not into what that refers to, could lie in a value of `target` or behind it.
bool fitsPointerInto(Program &program, TypeId owner, TypeId target);

// Whether what lies behind an exclusive reference in it can hold references: they can be put there by whoever has the value.
bool writesReferences(Program &program, TypeId type);

// Whether `part` occurs in `whole`, as an argument, field, element or target.
bool contains(Program &program, TypeId whole, TypeId part);

// Whether ending its life may look at what its references refer to.
bool dropReads(const Program &program, TypeId type);

// Whether type parameter `index` occurs in it.
bool mentions(const Program &program, TypeId type, uint32_t index);

} // namespace async::lifetimes
