// LoanFlow.h: which loans are live at each point, for Dataflow.h.
//
// Bits: first the loans; then two for each start of a task: it may run; more than one of it may run.
#pragma once
#include "typeck/lifetimes/LiveHolders.h"
#include "typeck/lifetimes/Origins.h"
#include "typeck/mir/Dataflow.h"

namespace async::lifetimes {

class LoanFlow {
public:
  LoanFlow(Program &program, const frontend::Interner &interner, const mir::Body &body, const Origins &origins);

  size_t bits = 0;
  void entry(BitSet &) {}
  void statement(BitSet &state, const mir::Statement &statement, BlockId block, uint32_t index);
  void terminator(BitSet &, const mir::Terminator &, BlockId) {}
  void edge(BitSet &state, const mir::Terminator &terminator, BlockId block, size_t successor);

  // Whether one of `live`, a task that may run or the caller holds the loan.
  bool isHeld(const BitSet &state, size_t loan, const BitSet &live) const;
  // A task that may run and holds the loan; SIZE_MAX if none.
  size_t holdingTask(const BitSet &state, size_t loan) const;
  bool mayRun(const BitSet &state, size_t task) const { return state.test(runs(task)); }
  const BitSet &holders(size_t loan) const { return holdersOf[loan]; }

  // What is live before the statement (or, at the number of statements, the terminator).
  const BitSet &liveBefore(BlockId block, size_t index) { return liveHolders.before(block, index); }

  template <typename F> void forLoans(const BitSet &state, F &&f) const { state.forEachIn(0, origins.loans().size(), f); }
  // Those of places of one local.
  template <typename F> void forLoansOf(const BitSet &state, LocalId local, F &&f) const {
    auto [first, end] = origins.loansOf(local);
    state.forEachIn(first, end, f);
  }

  // The work was more than is worth it: nothing is known about this body.
  bool isGivenUp() const { return left == 0; }

private:
  size_t runs(size_t task) const { return origins.loans().size() + 2 * task; }
  size_t runsTwice(size_t task) const { return runs(task) + 1; }
  void assigned(BitSet &state, const Place &place);
  void storage(BitSet &state, LocalId local, const BitSet &live);
  void endTask(BitSet &state, size_t task, const BitSet &live);
  void endTasks(BitSet &state, LocalId scope, const BitSet &live);
  void recheck(BitSet &state, const BitSet &loans, const BitSet &live);
  void keepHeld(BitSet &state, const BitSet &before, const BitSet &live);
  bool endsTask(const mir::Terminator &terminator) const;
  bool leavesScope(const mir::Terminator &terminator) const;

  Program &program;
  const frontend::Interner &interner;
  const mir::Body &body;
  const Origins &origins;
  LiveHolders liveHolders;
  std::vector<BitSet> holdersOf; // by loan
  std::vector<BitSet> tasksOf; // by loan: the bits of the tasks that hold it
  std::vector<std::vector<uint32_t>> tasksOfBlock, tasksOfScope;
  size_t left; // of the work that may be done
};

} // namespace async::lifetimes
