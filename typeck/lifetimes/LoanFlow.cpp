#include "typeck/lifetimes/LoanFlow.h"

#include "typeck/lifetimes/Conflicts.h"
#include "typeck/lifetimes/Fits.h"
#include "typeck/mir/Places.h"
#include "typeck/mir/Visit.h"

namespace async::lifetimes {

using mir::Operand;
using mir::Rvalue;
using mir::Statement;
using mir::Terminator;

namespace {

BitSet localsWhoseDropReads(const Program &program, const mir::Body &body) {
  BitSet result(body.locals.size());
  std::unordered_map<uint32_t, bool> known;
  for (uint32_t i = 0; i < body.locals.size(); ++i) {
    auto [at, isNew] = known.try_emplace(body.locals[i].type.index, false);
    if (isNew)
      at->second = dropReads(program, body.locals[i].type);
    result.assign(i, at->second);
  }
  return result;
}

} // namespace

LoanFlow::LoanFlow(Program &program, const frontend::Interner &interner, const mir::Body &body, const Origins &origins)
    : program(program), interner(interner), body(body), origins(origins), droppedUses(localsWhoseDropReads(program, body)),
      liveness(body, {.dropsAreUses = false, .droppedUses = &droppedUses}) {
  size_t loans = origins.loans().size();
  bits = loans + 2 * origins.tasks().size();
  holdersOf.assign(loans, BitSet(body.locals.size()));
  for (uint32_t i = 0; i < body.locals.size(); ++i) {
    auto hold = [&](size_t loan) {
      if (loan < loans)
        holdersOf[loan].set(i);
    };
    origins.outer(LocalId{i}).forEach(hold);
    origins.inner(LocalId{i}).forEach(hold);
  }
  loansOfBase.resize(body.locals.size());
  loansOfBlock.resize(body.blocks.size());
  tasksOfBlock.resize(body.blocks.size());
  for (uint32_t i = 0; i < loans; ++i) {
    loansOfBase[origins.loans()[i].place.base.index].push_back(i);
    loansOfBlock[origins.loans()[i].block.index].push_back(i);
  }
  for (uint32_t i = 0; i < origins.tasks().size(); ++i)
    tasksOfBlock[origins.tasks()[i].block.index].push_back(i);
}

const BitSet &LoanFlow::liveBefore(BlockId block, size_t index) {
  if (cachedBlock != block) {
    cachedBlock = block;
    cachedLive.resize(body.blocks[block.index].statements.size() + 1);
    liveness.backward(block, [&](size_t at, const BitSet &live) { cachedLive[at] = live; });
  }
  return cachedLive[index];
}

size_t LoanFlow::holdingTask(const BitSet &state, size_t loan) const {
  for (size_t task = 0; task < origins.tasks().size(); ++task)
    if (state.test(runs(task)) && origins.task(task).test(loan))
      return task;
  return SIZE_MAX;
}

bool LoanFlow::isHeld(const BitSet &state, size_t loan, const BitSet &live) const {
  return holdersOf[loan].intersects(live) || holdingTask(state, loan) != SIZE_MAX;
}

void LoanFlow::keepHeld(BitSet &state, const BitSet &live) {
  std::vector<size_t> ended;
  forLoans(state, [&](size_t loan) {
    if (!isHeld(state, loan, live))
      ended.push_back(loan);
  });
  for (size_t loan : ended)
    state.reset(loan);
}

// Loans of what a reference referred to end when it is given another value.
void LoanFlow::assigned(BitSet &state, const Place &place) {
  for (uint32_t loan : loansOfBase[place.base.index]) {
    const Place &borrowed = origins.loans()[loan].place;
    if (!state.test(loan) || borrowed.path.size() <= place.path.size() || !std::equal(place.path.begin(), place.path.end(), borrowed.path.begin()))
      continue;
    if (!conflicts(program, body, borrowed, place, Depth::Shallow))
      state.reset(loan);
  }
}

void LoanFlow::endTasks(BitSet &state, LocalId scope) {
  for (size_t task = 0; task < origins.tasks().size(); ++task)
    if (origins.tasks()[task].scope == scope) {
      state.reset(runs(task));
      state.reset(runsTwice(task));
    }
}

void LoanFlow::storage(BitSet &state, LocalId local) {
  for (uint32_t loan : loansOfBase[local.index])
    state.reset(loan);
  endTasks(state, local);
}

void LoanFlow::statement(BitSet &state, const Statement &statement, BlockId block, uint32_t index) {
  switch (statement.kind) {
  case Statement::Kind::StorageLive:
  case Statement::Kind::StorageDead:
    storage(state, statement.local);
    break;
  case Statement::Kind::Nop:
    return;
  case Statement::Kind::Assign:
  case Statement::Kind::TakeUnwind:
    assigned(state, statement.place);
    break;
  }
  for (uint32_t loan : loansOfBlock[block.index])
    if (origins.loans()[loan].statement == index)
      state.set(loan);
  keepHeld(state, liveBefore(block, index + 1));
}

bool LoanFlow::leavesScope(const Terminator &terminator) const {
  FnId fn = terminator.callee.fn;
  if (terminator.kind != Terminator::Kind::AwaitCall || !fn.valid() || terminator.operands.empty())
    return false;
  std::string_view lang = interner.text(program.fn(fn).lang);
  return lang == "scope_leave" || lang == "scope_leave_result" || lang == "scope_abandon";
}

// `await t` or `await t.cancel()` of a task's handle.
bool LoanFlow::endsTask(const Terminator &terminator) const {
  FnId fn = terminator.callee.fn;
  if (terminator.kind != Terminator::Kind::AwaitCall || !fn.valid() || terminator.operands.empty() || terminator.operands[0].kind != Operand::Kind::Move ||
      !terminator.operands[0].place.path.empty())
    return false;
  return mir::isLangAdt(program, interner, body.localType(terminator.operands[0].place.base), "task");
}

void LoanFlow::edge(BitSet &state, const Terminator &terminator, BlockId block, size_t successor) {
  bool isReturn = successor == 0 && !terminator.targets.empty();
  if (leavesScope(terminator)) {
    LocalId scope = origins.scopeOf(terminator.operands[0]);
    if (scope.valid())
      endTasks(state, scope);
  }
  if (isReturn && endsTask(terminator)) {
    size_t task = origins.taskOf(terminator.operands[0].place.base);
    if (task != SIZE_MAX && !state.test(runsTwice(task)))
      state.reset(runs(task));
  }
  for (uint32_t task : tasksOfBlock[block.index]) {
    if (origins.tasks()[task].isDetached || (terminator.kind == Terminator::Kind::Spawn && !isReturn))
      continue;
    if (state.test(runs(task)))
      state.set(runsTwice(task));
    state.set(runs(task));
  }
  const Place *to = mir::destination(terminator);
  if (to && isReturn)
    assigned(state, *to);
  keepHeld(state, liveness.atEntry(mir::successor(terminator, successor)));
}

} // namespace async::lifetimes
