#include "typeck/lifetimes/CheckLoans.h"

#include <fmt/format.h>

#include "frontend/diagnostics/Lifetimes.h"
#include "typeck/lifetimes/Conflicts.h"
#include "typeck/lifetimes/Fits.h"
#include "typeck/lifetimes/LoanFlow.h"
#include "typeck/mir/Places.h"
#include "typeck/mir/Print.h"
#include "typeck/mir/Visit.h"
#include "typeck/types/TypeFacts.h"

namespace async::lifetimes {
namespace {

using frontend::Diagnostics;
using frontend::Span;
using mir::Operand;
using mir::Statement;
using mir::Terminator;
using mir::UseKind;
namespace diag = frontend::diag;

class Checker {
public:
  Checker(Program &program, const frontend::Interner &interner, const mir::Body &body, Diagnostics &diagnostics)
      : program(program), interner(interner), body(body), diagnostics(diagnostics), origins(program, interner, body) {}

  void run() {
    checkShared();
    if (origins.isSolved())
      checkSignature();
    if (!origins.isSolved() || (origins.loans().empty() && origins.tasks().empty()))
      return;
    LoanFlow loanFlow(program, interner, body, origins);
    loans = &loanFlow;
    reported.assign(origins.loans().size(), false);
    mir::Flow flow = mir::solveForward(body, loanFlow);
    for (BlockId id : flow.order) {
      const mir::Block &block = body.blocks[id.index];
      if (loanFlow.isGivenUp())
        return;
      if (block.isCleanup)
        continue;
      BitSet state = flow.entry[id.index];
      for (uint32_t i = 0; i < block.statements.size(); ++i) {
        check(block.statements[i], state, id, i);
        loanFlow.statement(state, block.statements[i], id, i);
      }
      check(block.terminator, state, id);
      if (mir::destination(block.terminator) && !block.terminator.targets.empty()) {
        loanFlow.edge(state, block.terminator, id, 0);
        assign(block.terminator.place, state, block.terminator.span, nullptr);
      }
    }
  }

private:
  std::string named(const Place &place) {
    std::string text = mir::placeText(program, interner, body, place);
    return text.empty() ? "a temporary value" : "`" + text + "`";
  }

  // Changes through shared references need no loans to be wrong.
  void checkShared() {
    auto change = [&](const Place &place, Span span) {
      if (isBehindShared(program, body, place))
        diagnostics.emit(span, diag::ChangedThroughShared, named(place)).help(diag::TakeExclusively);
    };
    for (const mir::Block &block : body.blocks) {
      if (block.isCleanup)
        continue;
      for (const Statement &statement : block.statements) {
        if (const Place *to = mir::destination(statement))
          change(*to, statement.span);
        mir::visitUses(statement, [&](const Place &place, UseKind kind) {
          if (kind == UseKind::RefMut)
            change(place, statement.span);
        });
      }
      if (const Place *to = mir::destination(block.terminator))
        change(*to, block.terminator.span);
    }
  }

  // A caller trusts the signature: the result must not carry more than that says.
  void checkSignature() {
    if (body.closure.valid() || !body.fn.valid())
      return;
    const FnDecl &fn = program.fn(body.fn);
    if (ownReferences(program, fn.result) != OwnReferences::Direct)
      return;
    for (uint32_t i = 0; i < fn.params.size() && i < body.paramCount; ++i) {
      TypeId type = body.localType(LocalId{i + 1});
      size_t bit = origins.loans().size() + i + 1;
      bool isCarried = origins.outer(LocalId{0}).test(bit) || origins.inner(LocalId{0}).test(bit);
      if (!isCarried || program.types[type].kind != TypeKind::Ref || isResultSource(program, fn, i, type, fn.result))
        continue;
      std::string from = fn.fromParams.empty() && fn.self != SelfKind::None ? "`self`" : "what `from` names";
      diagnostics.emit(whereResult(bit), diag::ResultBorrowsMore, named(Place{LocalId{i + 1}, {}}), from).help(diag::NameInFrom);
    }
  }

  // The first instruction that puts something into the result that the bit is in.
  Span whereResult(size_t bit) {
    auto has = [&](const Place &place) { return origins.outer(place.base).test(bit) || origins.inner(place.base).test(bit); };
    auto gives = [&](const auto &instruction) {
      const Place *to = mir::destination(instruction);
      bool found = false;
      if (to && to->base.index == 0)
        mir::visitUses(instruction, [&](const Place &place, UseKind) { found |= has(place); });
      return found;
    };
    for (const mir::Block &block : body.blocks) {
      for (const Statement &statement : block.statements)
        if (gives(statement))
          return statement.span;
      if (gives(block.terminator))
        return block.terminator.span;
    }
    return body.span;
  }

  // The first loan that the access conflicts with; it is rejected and counts no more.
  size_t conflict(const BitSet &state, const Place &place, Depth depth, bool isWrite, const BitSet *live) {
    size_t found = SIZE_MAX;
    loans->forLoansOf(state, place.base, [&](size_t index) {
      const Loan &loan = origins.loans()[index];
      if (found != SIZE_MAX || reported[index] || (!isWrite && loan.mutability == Mutability::Shared))
        return;
      if (conflicts(program, body, loan.place, place, depth) && (!live || loans->isHeld(state, index, *live)))
        found = index;
    });
    if (found != SIZE_MAX)
      reported[found] = true;
    return found;
  }

  template <typename Diag> void report(const Diag &diag, size_t loan, const BitSet &state, const Place &place, Span span) {
    bool isTask = loans->holdingTask(state, loan) != SIZE_MAX;
    diagnostics.emit(span, diag, named(place)).label(origins.loans()[loan].span, isTask ? diag::BorrowedByTask : diag::BorrowedHere);
  }

  void doesNotLive(size_t loan, Span end) {
    const Loan &made = origins.loans()[loan];
    diagnostics.emit(made.span, diag::DoesNotLiveLongEnough, named(made.place)).label(end, diag::DroppedHere);
  }

  void use(const Place &place, UseKind kind, const BitSet &state, Span span) {
    switch (kind) {
    case UseKind::Copy:
    case UseKind::Share:
    case UseKind::Inspect:
    case UseKind::Ref:
      if (size_t loan = conflict(state, place, Depth::Deep, false, nullptr); loan != SIZE_MAX)
        report(diag::UsedWhileBorrowed, loan, state, place, span);
      return;
    case UseKind::Move:
      if (size_t loan = conflict(state, place, Depth::Deep, true, nullptr); loan != SIZE_MAX)
        report(diag::MovedWhileBorrowed, loan, state, place, span);
      return;
    case UseKind::RefMut:
      if (size_t loan = conflict(state, place, Depth::Deep, true, nullptr); loan != SIZE_MAX)
        report(diag::BorrowedTwice, loan, state, place, span);
      return;
    case UseKind::Address:
    case UseKind::Drop:
      return;
    }
  }

  // `live`: what is read behind the assignment; loans that only its own value was made of do not count.
  void assign(const Place &place, const BitSet &state, Span span, const BitSet *live) {
    if (size_t loan = conflict(state, place, Depth::Shallow, true, live); loan != SIZE_MAX)
      report(diag::ChangedWhileBorrowed, loan, state, place, span);
  }

  void check(const Statement &statement, const BitSet &state, BlockId block, uint32_t index) {
    switch (statement.kind) {
    case Statement::Kind::StorageDead:
      endOfStorage(statement.local, state, statement.span);
      return;
    case Statement::Kind::StorageLive:
    case Statement::Kind::Nop:
      return;
    case Statement::Kind::Assign:
    case Statement::Kind::TakeUnwind:
      break;
    }
    mir::visitUses(statement, [&](const Place &place, UseKind kind) { use(place, kind, state, statement.span); });
    assign(statement.place, state, statement.span, &loans->liveBefore(block, index + 1));
  }

  void endOfStorage(LocalId local, const BitSet &state, Span span) {
    loans->forLoansOf(state, local, [&](size_t index) {
      const Place &place = origins.loans()[index].place;
      if (reported[index] || isBehindReference(program, body, place))
        return;
      reported[index] = true;
      doesNotLive(index, span);
    });
  }

  void check(const Terminator &terminator, const BitSet &state, BlockId block) {
    if (terminator.kind == Terminator::Kind::Drop)
      return drop(terminator, state);
    if (terminator.kind == Terminator::Kind::Return)
      return leave(terminator, state);
    mir::visitUses(terminator, [&](const Place &place, UseKind kind) { use(place, kind, state, terminator.span); });
    if (terminator.kind == Terminator::Kind::Spawn && !terminator.hasScope)
      detach(terminator, block);
  }

  void drop(const Terminator &terminator, const BitSet &state) {
    if (!mayNeedDrop(program, mir::placeType(program, body, terminator.place)))
      return;
    size_t loan = conflict(state, terminator.place, Depth::Drop, true, nullptr);
    if (loan == SIZE_MAX)
      return;
    if (terminator.isReplace)
      report(diag::ChangedWhileBorrowed, loan, state, terminator.place, terminator.span);
    else
      doesNotLive(loan, terminator.span);
  }

  // What the result holds, tasks of scopes of the caller, and what lies behind its references must not refer to this body's own locals.
  void leave(const Terminator &terminator, const BitSet &state) {
    loans->forLoans(state, [&](size_t index) {
      size_t task = loans->holdingTask(state, index);
      bool outlives = loans->holders(index).test(0) || origins.given().test(index) || (task != SIZE_MAX && !origins.tasks()[task].scope.valid());
      if (!outlives || reported[index] || isBehindReference(program, body, origins.loans()[index].place))
        return;
      reported[index] = true;
      doesNotLive(index, terminator.span);
    });
  }

  void detach(const Terminator &terminator, BlockId block) {
    for (size_t task = 0; task < origins.tasks().size(); ++task) {
      if (!origins.tasks()[task].isDetached || origins.tasks()[task].block != block)
        continue;
      std::string what;
      Span span;
      origins.task(task).forEach([&](size_t bit) {
        if (!what.empty())
          return;
        if (bit < origins.loans().size()) {
          what = named(origins.loans()[bit].place);
          span = origins.loans()[bit].span;
          reported[bit] = true;
          return;
        }
        LocalId param{static_cast<uint32_t>(bit - origins.loans().size())};
        if (program.types[body.localType(param)].kind == TypeKind::Ref)
          what = named(Place{param, {}});
      });
      if (!what.empty())
        diagnostics.emit(terminator.span, diag::DetachedBorrows, what).label(span, diag::BorrowedHere);
    }
  }

  Program &program;
  const frontend::Interner &interner;
  const mir::Body &body;
  Diagnostics &diagnostics;
  Origins origins;
  LoanFlow *loans = nullptr;
  std::vector<bool> reported; // by loan
};

} // namespace

void checkLoans(Program &program, const frontend::Interner &interner, const mir::Body &body, Diagnostics &diagnostics) {
  Checker(program, interner, body, diagnostics).run();
}

std::string loansText(Program &program, const frontend::Interner &interner, const mir::Body &body) {
  Origins origins(program, interner, body);
  if (!origins.isSolved())
    return "too large\n";
  std::vector<std::string> names = mir::localNames(interner, body);
  auto list = [&](const BitSet &set) {
    std::string text;
    set.forEach([&](size_t bit) {
      size_t loans = origins.loans().size();
      text += bit < loans ? fmt::format(" L{}", bit) : fmt::format(" {}", names[bit - loans]);
    });
    return text;
  };
  std::string out;
  for (size_t i = 0; i < origins.loans().size(); ++i) {
    const Loan &loan = origins.loans()[i];
    std::string place = mir::placeText(program, interner, body, loan.place);
    out += fmt::format("L{} {}{} in bb{}\n", i, loan.mutability == Mutability::Exclusive ? "&mut " : "&", place.empty() ? names[loan.place.base.index] : place,
                       loan.block.index);
  }
  for (uint32_t i = 0; i < body.locals.size(); ++i) {
    std::string outer = list(origins.outer(LocalId{i})), inner = list(origins.inner(LocalId{i}));
    if (!outer.empty())
      out += fmt::format("{} is{}\n", names[i], outer);
    if (!inner.empty())
      out += fmt::format("{} holds{}\n", names[i], inner);
  }
  for (size_t i = 0; i < origins.tasks().size(); ++i)
    out += fmt::format("task of bb{} holds{}\n", origins.tasks()[i].block.index, list(origins.task(i)));
  return out;
}

} // namespace async::lifetimes
