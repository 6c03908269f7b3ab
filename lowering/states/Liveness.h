// Liveness.h: which locals' values may still be read, backward over one body; and which locals' memory may still be reached through a loan.
//
// Loans are followed without regard to order: `pointees` of a local are the locals that a reference in it may refer to, closed over references in them.
// A local is needed where its value is live, or where a local is live that may refer to it.
// Drops that a flag guards: a local that is read only where a flag is true is live only where the flag may be (`maybe`), so what has been moved is dead
// although a drop of it still follows. A local has one such flag; what a second one guards counts as live.
#pragma once
#include "typeck/mir/BitSet.h"
#include "lowering/states/Uses.h"
#include "typeck/types/Program.h"

namespace async::states {

class Liveness {
public:
  Liveness(const typeck::Program &program, const mir::Body &body);

  // At the beginning and end of a block. The end is before the terminator's destination is written and after it has read its operands:
  // what an await keeps.
  mir::BitSet in(uint32_t block) const { return liveIn[block].all(); }
  mir::BitSet across(uint32_t block) const { return liveAcross[block].all(); }
  // The live set, and all that it may refer to.
  mir::BitSet needed(const mir::BitSet &live) const;
  mir::BitSet referredTo(const mir::BitSet &live) const;
  // What the operands of the terminator refer to: lent to the callee while it runs.
  mir::BitSet lent(const mir::Terminator &terminator) const;
  // The address was made a raw pointer: the memory stays until StorageDead.
  bool isExposed(uint32_t local) const { return exposed.test(local); }
  size_t count() const { return localCount; }

  // Goes backward over a block: what is live behind each statement, the last first, and at the beginning.
  struct Live {
    mir::BitSet always, maybe;
    mir::BitSet all() const {
      mir::BitSet both = always;
      both.unite(maybe);
      return both;
    }
  };
  Live beforeTerminator(uint32_t block) const; // its operands are live
  void step(Live &live, const mir::Statement &statement) const;

private:
  void findLoans();
  void loansOf(const mir::Rvalue &value, mir::BitSet &into) const;
  bool flow(const mir::Place &to, const mir::BitSet &loans);
  bool flowCall(const mir::Terminator &terminator);
  bool holdsLoans(size_t local) const { return carriers.test(local); }
  void addLoans(const mir::Operand &operand, mir::BitSet &into) const;
  void computeLive();
  Live blockEnd(const mir::Block &block);
  Live blockEndOfTest(const mir::Block &block, uint32_t flag);
  void guardedBy(uint32_t flag, uint32_t local, Live &live);

  const typeck::Program &program;
  const mir::Body &body;
  size_t localCount;
  mir::BitSet exposed, carriers;
  std::vector<bool> refers; // by local: it may refer to something
  std::vector<mir::BitSet> pointees;
  std::vector<bool> isFlag;
  std::vector<uint32_t> guard;                // by local: the flag
  std::vector<std::vector<uint32_t>> guarded; // by flag: the locals
  std::vector<Live> liveIn, liveAcross;
};

} // namespace async::states
