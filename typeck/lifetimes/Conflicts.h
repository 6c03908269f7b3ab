// Conflicts.h: whether an access touches what a loan refers to.
#pragma once
#include "typeck/mir/Mir.h"

namespace async::lifetimes {

enum class Depth : uint8_t {
  Shallow, // the place itself, not what it refers to: assigned, or its storage ends
  Drop, // and what it owns
  Deep, // and what it refers to
};

bool conflicts(typeck::Program &program, const mir::Body &body, const mir::Place &borrowed, const mir::Place &accessed, Depth depth);

// Whether the place lies behind a reference or raw pointer, and so outlives its base.
bool isBehindReference(typeck::Program &program, const mir::Body &body, const mir::Place &place);

// Whether a shared reference lies between the place and its owner.
bool isBehindShared(typeck::Program &program, const mir::Body &body, const mir::Place &place);

} // namespace async::lifetimes
