// Borrows.h: which locals may hold a reference into which others, wherever in the body.
//
// In      MIR of one body, any stage.
// Out     for each local the set of locals that its value may refer to, directly or through others. A local whose address is taken raw counts as
//         referred to everywhere.
// How     inclusion constraints over the instructions, without regard to order, solved by iteration: references taken, values moved and copied
//         between locals whose types can hold references, arguments of calls into results and into what other arguments refer to.
// For     count elision (ElaborateDrops.h) and frames, where a local is needed while a loan of it is (rules.md L8). It never leaves a loan out; the
//         loan check, which must not find too many, has its own.
// Cost    locals * instructions in the worst case. Bodies with more than 4096 locals are not looked at: there everything counts as referred to.
#pragma once
#include "typeck/mir/BitSet.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

class Borrows {
public:
  Borrows(const Program &program, const Body &body);

  // Adds to a set of live locals those that live ones may refer to.
  void close(BitSet &live) const;
  // Whether `holder` may refer to `local`.
  bool refers(LocalId holder, LocalId local) const;
  // Whether its address is taken at all.
  bool isBorrowed(LocalId local) const { return isCoarse || borrowed.test(local.index); }

private:
  bool step(const Program &program, const Body &body);
  bool include(LocalId to, LocalId from);
  bool refer(LocalId holder, const Place &place, const Program &program, const Body &body);
  bool flow(const Place &to, const Operand &from);
  bool flowCall(const std::vector<Operand> &operands, const Place *to);

  bool isCoarse = false;
  size_t count = 0; // of locals
  std::vector<BitSet> refersTo; // by local
  std::vector<bool> mayHold; // by local: its type can hold a reference or a raw pointer
  BitSet exposed, borrowed;
};

} // namespace async::mir
