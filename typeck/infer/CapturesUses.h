// CapturesUses.h: the uses of captured locals in a body.
#pragma once
#include "typeck/infer/Thir.h"

namespace async::infer {

// From the least to the most that a place can be asked for. Read: its bits are copied, or counted.
enum class UseMode : uint8_t { Read, Borrow, Change, Move };

struct CaptureUse {
  thir::LocalId local;
  UseMode mode;
  bool isBehindMut = false; // a Change of what a `&mut` refers to, not of the place itself
  std::vector<uint32_t> fields;
  std::vector<thir::ExprId> nodes; // the expressions of the local and of each field after it; empty: the use is a capture of an inner closure
  std::vector<typeck::TypeId> types; // of the same
  uint32_t closure = 0, capture = 0; // then: which
};

// All uses of locals in the body that `isCaptured` says (by index of the local), in order of the text.
std::vector<CaptureUse> findUses(const typeck::Program &program, const thir::Body &body, const std::vector<bool> &isCaptured);

} // namespace async::infer
