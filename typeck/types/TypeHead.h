// TypeHead.h: what two types must share to be unified: their kind, and which of it. By it impls and members are found (infer/Lookup.h) and compared (Coherence.cpp).
#pragma once
#include "typeck/types/Types.h"

namespace async::typeck {

using Head = uint64_t;
constexpr Head anyHead = UINT64_MAX; // of a variable or projection: what it is, is not known

Head headOf(const Type &type);
// The same of the type that an impl is for: a parameter may be anything.
Head headInImpl(const Type &type);

} // namespace async::typeck
