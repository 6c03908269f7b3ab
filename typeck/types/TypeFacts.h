// TypeFacts.h: what follows from a type by its structure alone. In generic code a type parameter is not copied and may need a drop.
#pragma once
#include "typeck/types/Program.h"

namespace async::typeck {

// What it takes to use a value and keep it.
enum class Usage : uint8_t {
  Copies, // its bits: scalars, `&T`, raw pointers, named functions, tuples and arrays of what copies, closures that hold only such
  Shares, // its bits, and counts: `#[shared]` types, tuples and arrays of these and of what copies
  Moves, // it cannot be kept
};
// A type that says `copy` copies or shares as its fields do, with the arguments that it is given: `Option<i64>` copies, `Option<str>` shares,
// `Option<List<i64>>` moves.
Usage usage(const Program &program, TypeId type);
inline bool isCopy(const Program &program, TypeId type) { return usage(program, type) == Usage::Copies; }
inline bool isShared(const Program &program, TypeId type) { return usage(program, type) == Usage::Shares; }
// As if every type parameter copied.
Usage usageIfArgumentsCopy(const Program &program, TypeId type);

// Whether ending its life may have to do something.
bool mayNeedDrop(const Program &program, TypeId type);
// Whether a value of it can hold a reference (by its structure, arguments included; Param and Dyn: yes).
bool mayHoldReference(const Program &program, TypeId type);

} // namespace async::typeck
