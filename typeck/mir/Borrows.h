// Borrows.h: which locals may hold a reference into which others, wherever in the body.
//
// In      MIR of one body, any stage.
// Out     for each local the set of locals that its value may refer to, directly or through others. A local whose address is taken raw counts as
//         referred to everywhere.
// How     inclusion constraints over the instructions, without regard to order, solved by iteration: references taken, values moved and copied
//         between locals whose types can hold references, arguments of calls into results and into what other arguments refer to.
// For     count elision (ElaborateDrops.h) and frames, where a local is needed while a loan of it is (rules.md L8). It never leaves a loan out; the
//         loan check, which must not find too many, has its own.
// Cost    instructions * what the arguments of calls refer to, until nothing changes. Beyond a limit everything counts as referred to.
#pragma once
#include "typeck/mir/BitSet.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

class Borrows {
public:
  Borrows(const Program &program, const Body &body);

  // Whether one of the locals `live` may refer to `local`, or anything may.
  bool isReferredTo(const BitSet &live, LocalId local) const {
    return isCoarse || exposed.test(local.index) || holders[local.index].intersects(live);
  }

private:
  bool step(const Program &program, const Body &body);
  bool include(LocalId to, LocalId from);
  bool refer(LocalId holder, const Place &place, const Program &program, const Body &body);
  bool flow(const Place &to, const Operand &from);
  bool flowCall(const std::vector<Operand> &operands, const Place *to);

  void invert();
  bool spend(size_t amount);

  bool isCoarse = false;
  size_t left; // of the work that may be done
  std::vector<BitSet> refersTo, holders; // by local; the second is the first turned round
  std::vector<bool> mayHold; // by local: its type can hold a reference or a raw pointer
  BitSet exposed;
};

} // namespace async::mir
