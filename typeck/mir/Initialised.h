// Initialised.h: where each move path may be initialised, and where it may be not (a forward analysis for Dataflow.h).
//
// Bit 2p: path p may be initialised; bit 2p + 1: it may be uninitialised. To move a part of a path away does not change the path itself.
#pragma once
#include "typeck/mir/Dataflow.h"
#include "typeck/mir/MovePaths.h"

namespace async::mir {

class Initialised {
public:
  Initialised(const Body &body, const MovePaths &paths) : bits(2 * paths.size()), body(body), paths(paths) {}

  const size_t bits;
  void entry(BitSet &state);
  void statement(BitSet &state, const Statement &statement, BlockId, uint32_t);
  void terminator(BitSet &state, const Terminator &terminator, BlockId);
  void edge(BitSet &state, const Terminator &terminator, BlockId, size_t successor);

  // The part of `terminator` that happens before its own work: its operands are taken.
  void operands(BitSet &state, const Terminator &terminator);

  static size_t mayBeBit(PathId path) { return size_t{2} * path.index; }
  static size_t mayNotBeBit(PathId path) { return size_t{2} * path.index + 1; }
  bool mayBe(const BitSet &state, PathId path) const { return state.test(mayBeBit(path)); }
  bool mayNotBe(const BitSet &state, PathId path) const { return state.test(mayNotBeBit(path)); }

private:
  void set(BitSet &state, PathId path, bool isInitialised);
  void moved(BitSet &state, const Operand &operand);
  void assigned(BitSet &state, const Place &place);

  const Body &body;
  const MovePaths &paths;
};

} // namespace async::mir
