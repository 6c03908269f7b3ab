#include "typeck/lifetimes/LoanFlow.h"

#include "typeck/lifetimes/Conflicts.h"
#include "typeck/mir/Places.h"
#include "typeck/mir/Visit.h"

namespace async::lifetimes {

using mir::Operand;
using mir::Rvalue;
using mir::Statement;
using mir::Terminator;

namespace {

constexpr size_t maxWork = size_t{1} << 27;

} // namespace

LoanFlow::LoanFlow(Program &program, const frontend::Interner &interner, const mir::Body &body, const Origins &origins)
    : program(program), interner(interner), body(body), origins(origins), liveHolders(program, body), left(maxWork) {
  size_t loans = origins.loans().size(), tasks = origins.tasks().size();
  bits = loans + 2 * tasks;
  holdersOf.assign(loans, BitSet(body.locals.size()));
  for (uint32_t i = 0; i < body.locals.size(); ++i) {
    auto hold = [&](size_t loan) {
      if (loan < loans)
        holdersOf[loan].set(i);
    };
    origins.outer(LocalId{i}).forEach(hold);
    origins.inner(LocalId{i}).forEach(hold);
  }
  tasksOf.assign(loans, BitSet(bits));
  tasksOfBlock.resize(body.blocks.size());
  tasksOfScope.resize(body.locals.size());
  for (uint32_t i = 0; i < tasks; ++i) {
    tasksOfBlock[origins.tasks()[i].block.index].push_back(i);
    if (LocalId scope = origins.tasks()[i].scope; scope.valid())
      tasksOfScope[scope.index].push_back(i);
    origins.task(i).forEachIn(0, loans, [&](size_t loan) { tasksOf[loan].set(runs(i)); });
  }
}

size_t LoanFlow::holdingTask(const BitSet &state, size_t loan) const {
  size_t found = SIZE_MAX;
  tasksOf[loan].forEach([&](size_t bit) {
    if (found == SIZE_MAX && state.test(bit))
      found = (bit - origins.loans().size()) / 2;
  });
  return found;
}

bool LoanFlow::isHeld(const BitSet &state, size_t loan, const BitSet &live) const {
  return origins.given().test(loan) || holdersOf[loan].intersects(live) || tasksOf[loan].intersects(state);
}

// Takes out those of `loans` that nobody holds any more.
void LoanFlow::recheck(BitSet &state, const BitSet &loans, const BitSet &live) {
  if (!state.intersects(loans))
    return;
  std::vector<size_t> ended;
  loans.forEachIn(0, origins.loans().size(), [&](size_t loan) {
    left -= left > 0 ? 1 : 0;
    if (left > 0 && state.test(loan) && !isHeld(state, loan, live))
      ended.push_back(loan);
  });
  for (size_t loan : ended)
    state.reset(loan);
}

// Of the loans that were held by what was live before, those stay that are held by what is live now.
void LoanFlow::keepHeld(BitSet &state, const BitSet &before, const BitSet &live) {
  before.forEachWithout(live, [&](size_t local) {
    LocalId died{static_cast<uint32_t>(local)};
    recheck(state, origins.outer(died), live);
    recheck(state, origins.inner(died), live);
  });
}

// Loans of what a reference referred to end when it is given another value.
void LoanFlow::assigned(BitSet &state, const Place &place) {
  std::vector<size_t> ended;
  forLoansOf(state, place.base, [&](size_t loan) {
    const Place &borrowed = origins.loans()[loan].place;
    if (borrowed.path.size() > place.path.size() && std::equal(place.path.begin(), place.path.end(), borrowed.path.begin()) &&
        !conflicts(program, body, borrowed, place, Depth::Shallow))
      ended.push_back(loan);
  });
  for (size_t loan : ended)
    state.reset(loan);
}

void LoanFlow::endTask(BitSet &state, size_t task, const BitSet &live) {
  if (!state.test(runs(task)))
    return;
  state.resetRange(runs(task), runsTwice(task) + 1);
  recheck(state, origins.task(task), live);
}

void LoanFlow::endTasks(BitSet &state, LocalId scope, const BitSet &live) {
  for (uint32_t task : tasksOfScope[scope.index])
    endTask(state, task, live);
}

void LoanFlow::storage(BitSet &state, LocalId local, const BitSet &live) {
  auto [first, end] = origins.loansOf(local);
  state.resetRange(first, end);
  endTasks(state, local, live);
}

void LoanFlow::statement(BitSet &state, const Statement &statement, BlockId block, uint32_t index) {
  const BitSet &live = liveBefore(block, index + 1);
  switch (statement.kind) {
  case Statement::Kind::StorageLive:
  case Statement::Kind::StorageDead:
    storage(state, statement.local, live);
    break;
  case Statement::Kind::Nop:
    return;
  case Statement::Kind::Assign:
  case Statement::Kind::TakeUnwind:
    assigned(state, statement.place);
    break;
  }
  if (size_t loan = origins.loanAt(block, index); loan != SIZE_MAX && isHeld(state, loan, live))
    state.set(loan);
  keepHeld(state, liveBefore(block, index), live);
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
  const BitSet &live = liveHolders.atEntry(mir::successor(terminator, successor));
  if (leavesScope(terminator)) {
    LocalId scope = origins.scopeOf(terminator.operands[0]);
    if (scope.valid())
      endTasks(state, scope, live);
  }
  if (isReturn && endsTask(terminator)) {
    size_t task = origins.taskOf(terminator.operands[0].place.base);
    if (task != SIZE_MAX && !state.test(runsTwice(task)))
      endTask(state, task, live);
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
  keepHeld(state, liveBefore(block, body.blocks[block.index].statements.size()), live);
}

} // namespace async::lifetimes
