// TypeFacts.h: what follows from a type by its structure alone. In generic code a type parameter is not copied and may need a drop.
#pragma once
#include "typeck/types/Program.h"

namespace async::typeck {

// Using it copies its bits: scalars, `&T`, raw pointers, named functions, `copy` types, tuples and arrays of such, closures that hold only such.
bool isCopy(const Program &program, TypeId type);
// Using it copies its bits and counts: `#[shared]` types, and tuples and arrays of these and of what copies.
bool isShared(const Program &program, TypeId type);
// Whether ending its life may have to do something.
bool mayNeedDrop(const Program &program, TypeId type);
// Whether a value of it can hold a reference (by its structure, arguments included; Param and Dyn: yes).
bool mayHoldReference(const Program &program, TypeId type);

} // namespace async::typeck
