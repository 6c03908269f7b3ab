#include "typeck/mir/CheckMoves.h"

#include <algorithm>

#include "frontend/diagnostics/Lifetimes.h"
#include "typeck/mir/Dataflow.h"
#include "typeck/mir/MovePaths.h"
#include "typeck/mir/Places.h"
#include "typeck/mir/Visit.h"

namespace async::mir {
namespace {

using frontend::Diagnostics;
namespace diag = frontend::diag;

// One operand that moves, or the beginning of a local's storage: there it has no value.
struct Site {
  PathId path;
  Span span;
  bool isMove = true;
};

class Checker {
public:
  Checker(Program &program, const frontend::Interner &interner, const Body &body, Diagnostics &diagnostics)
      : program(program), interner(interner), body(body), diagnostics(diagnostics), paths(program, body) {
    collect();
    bits = sites.size() + body.locals.size();
    reported.assign(sites.size(), false);
  }

  void run() {
    Flow flow = solveForward(body, *this);
    isChecking = true;
    for (BlockId id : flow.order) {
      BitSet state = flow.entry[id.index];
      const Block &block = body.blocks[id.index];
      inCleanup = block.isCleanup;
      for (uint32_t i = 0; i < block.statements.size(); ++i)
        statement(state, block.statements[i], id, i);
      terminator(state, block.terminator, id);
      if (const Place *to = destination(block.terminator))
        checkAssigned(state, *to, block.terminator.span);
    }
  }

  // For Dataflow.h.
  size_t bits = 0;
  void entry(BitSet &) {}

  void statement(BitSet &state, const Statement &statement, BlockId block, uint32_t index) {
    switch (statement.kind) {
    case Statement::Kind::StorageLive:
    case Statement::Kind::StorageDead:
      forget(state, paths.ofLocal(statement.local));
      state.reset(started(statement.local));
      if (statement.kind == Statement::Kind::StorageLive)
        state.set(bitOf[siteAt(block, index)]);
      return;
    case Statement::Kind::Nop:
      return;
    case Statement::Kind::Assign:
    case Statement::Kind::TakeUnwind:
      break;
    }
    uint32_t site = siteAt(block, index);
    awaits = statement.place.path.empty() && awaited[statement.place.base.index];
    visitUses(statement, [&](const Place &place, UseKind kind) { use(state, place, kind, statement.span, site); });
    awaits = false;
    if (isChecking)
      checkAssigned(state, statement.place, statement.span);
    assigned(state, statement.place);
  }

  void terminator(BitSet &state, const Terminator &terminator, BlockId block) {
    uint32_t site = siteAt(block, body.blocks[block.index].statements.size());
    awaits = terminator.kind == Terminator::Kind::Await;
    visitUses(terminator, [&](const Place &place, UseKind kind) { use(state, place, kind, terminator.span, site); });
    awaits = false;
    if (terminator.kind == Terminator::Kind::Drop && terminator.place.path.empty())
      state.reset(started(terminator.place.base));
  }

  void edge(BitSet &state, const Terminator &terminator, BlockId, size_t successor) {
    const Place *to = destination(terminator);
    if (to && successor == 0 && !terminator.targets.empty())
      assigned(state, *to);
  }

private:
  uint32_t siteAt(BlockId block, size_t index) const { return firstSite[firstOfBlock[block.index] + index]; }
  size_t started(LocalId local) const { return sites.size() + local.index; }

  // Sites are found in order of the instructions of a block, so that a walk finds them again by counting.
  void collect() {
    auto add = [&](PathId path, Span span, bool isMove) { sites.push_back({path, span, isMove}); };
    for (uint32_t b = 0; b < body.blocks.size(); ++b) {
      firstOfBlock.push_back(static_cast<uint32_t>(firstSite.size()));
      auto here = [&] { firstSite.push_back(static_cast<uint32_t>(sites.size())); };
      auto moved = [&](Span span) {
        return [&, span](const Operand &operand) {
          if (operand.kind == Operand::Kind::Move)
            add(paths.find(operand.place).path, span, true);
        };
      };
      for (const Statement &statement : body.blocks[b].statements) {
        here();
        if (statement.kind == Statement::Kind::StorageLive)
          add(paths.ofLocal(statement.local), statement.span, false);
        forEachOperand(statement, moved(statement.span));
      }
      here();
      forEachOperand(body.blocks[b].terminator, moved(body.blocks[b].terminator.span));
    }
    numberByPath();
    collectAwaited();
  }

  // The bits of a path's sites stand side by side.
  void numberByPath() {
    firstBit.assign(paths.size() + 1, 0);
    for (const Site &site : sites)
      ++firstBit[site.path.index + 1];
    for (size_t i = 1; i < firstBit.size(); ++i)
      firstBit[i] += firstBit[i - 1];
    std::vector<uint32_t> next(firstBit.begin(), firstBit.end() - 1);
    std::vector<Site> sorted(sites.size());
    for (const Site &site : sites) {
      bitOf.push_back(next[site.path.index]++);
      sorted[bitOf.back()] = site;
    }
    sites = std::move(sorted);
  }

  // Temporaries that are only made to be awaited: to move a started future into one is to await it.
  void collectAwaited() {
    awaited.assign(body.locals.size(), false);
    for (const Block &block : body.blocks)
      if (block.terminator.kind == Terminator::Kind::Await && block.terminator.operands[0].kind == Operand::Kind::Move &&
          block.terminator.operands[0].place.path.empty()) {
        LocalId local = block.terminator.operands[0].place.base;
        awaited[local.index] = body.locals[local.index].name.empty();
      }
  }

  void forget(BitSet &state, PathId root) {
    paths.forSubtree(root, [&](PathId path) { state.resetRange(firstBit[path.index], firstBit[path.index + 1]); });
  }

  // f(bit) for each site of the path that reaches this point.
  template <typename F> void forSites(const BitSet &state, PathId path, F &&f) const {
    state.forEachIn(firstBit[path.index], firstBit[path.index + 1], f);
  }

  void assigned(BitSet &state, const Place &place) {
    MovePaths::Found found = paths.find(place);
    if (!found.isExact)
      return;
    forget(state, found.path);
    if (place.path.empty())
      state.reset(started(place.base));
  }

  void use(BitSet &state, const Place &place, UseKind kind, Span span, uint32_t &site) {
    if (isChecking && kind != UseKind::Drop)
      checkUse(state, place, kind, span, kind == UseKind::Move ? bitOf[site] : UINT32_MAX);
    if (kind == UseKind::RefMut && place.path.empty() && program.types[body.localType(place.base)].kind == TypeKind::Async)
      state.set(started(place.base));
    if (kind != UseKind::Move)
      return;
    MovePaths::Found found = paths.find(place);
    if (isChecking) {
      checkMove(state, place, span);
      // To move again what has been moved is one mistake, with all that follows.
      for (PathId at = found.path; at.valid(); at = paths[at].parent)
        forSites(state, at, [&](size_t other) {
          if (sites[other].isMove)
            reported[bitOf[site]] = true;
        });
    }
    if (found.isExact) {
      forget(state, found.path);
      state.set(bitOf[site]);
    }
    ++site;
  }

  // The first site that has not been reported and reaches this use; the whole chain counts as reported with it.
  const Site *reaching(const BitSet &state, PathId path) {
    const Site *found = nullptr;
    forSites(state, path, [&](size_t site) {
      if (!reported[site] && !found)
        found = &sites[site];
    });
    if (found)
      forSites(state, path, [&](size_t site) { reported[site] = true; });
    return found;
  }

  // `own`: the site of this use, if it moves.
  void checkUse(const BitSet &state, const Place &place, UseKind kind, Span span, uint32_t own) {
    MovePaths::Found found = paths.find(place);
    for (PathId at = found.path; at.valid(); at = paths[at].parent)
      if (const Site *site = reaching(state, at)) {
        report(*site, place, span, own);
        return;
      }
    if (kind == UseKind::Inspect || !found.isExact)
      return;
    const Site *below = nullptr;
    paths.forSubtree(found.path, [&](PathId path) {
      if (!below && path != found.path)
        below = reaching(state, path);
    });
    if (below)
      report(*below, place, span, own);
  }

  std::string named(const Place &place) {
    std::string text = placeText(program, interner, body, place);
    return text.empty() ? "the value" : "`" + text + "`";
  }

  void report(const Site &site, const Place &place, Span span, uint32_t own) {
    if (inCleanup && !site.isMove)
      return;
    std::string used = named(place);
    std::string moved = named(paths[site.path].place);
    if (!site.isMove) {
      if (!body.locals[place.base.index].name.empty())
        diagnostics.emit(span, diag::UseBeforeValue, used).label(site.span, diag::DeclaredWithoutValue);
      return;
    }
    bool isPart = paths[site.path].place.path.size() > place.path.size();
    auto made = isPart ? diagnostics.emit(span, diag::UseAfterPartMove, used, moved) : diagnostics.emit(span, diag::UseAfterMove, used);
    if (own == static_cast<uint32_t>(&site - sites.data()))
      made.label(site.span, diag::MovedInPreviousIteration);
    else
      made.label(site.span, diag::MovedHere, moved);
    made.help(diag::CloneInstead, moved);
  }

  void checkMove(const BitSet &state, const Place &place, Span span) {
    if (place.path.empty()) {
      if (!awaits && state.test(started(place.base)))
        diagnostics.emit(span, diag::MoveStarted, named(place)).help(diag::AwaitInPlace);
      return;
    }
    TypeId type = body.localType(place.base);
    uint32_t variant = 0;
    for (size_t i = 0; i < place.path.size(); ++i) {
      Projection step = place.path[i];
      switch (step.kind) {
      case Projection::Kind::Deref:
        diagnostics.emit(span, diag::MoveOutOfReference, named(place)).help(diag::CloneOrTake);
        return;
      case Projection::Kind::Index:
      case Projection::Kind::Subslice:
      case Projection::Kind::ConstIndex:
        if (!paths.normalise(type, step)) {
          diagnostics.emit(span, diag::MoveOutOfIndex, named(place)).help(diag::CloneOrRemove);
          return;
        }
        break;
      case Projection::Kind::Field:
      case Projection::Kind::Downcast:
        if (hasDestructor(type)) {
          diagnostics.emit(span, diag::MoveOutOfDrop, named(place));
          return;
        }
        break;
      }
      type = projectedType(program, type, variant, step);
      variant = step.kind == Projection::Kind::Downcast ? step.index : 0;
    }
  }

  bool hasDestructor(TypeId id) const {
    const Type &type = program.types[id];
    return type.kind == TypeKind::Adt && program.adt(AdtId{type.index}).dropFn.has_value();
  }

  // A part of what has been moved away cannot be given a value.
  void checkAssigned(const BitSet &state, const Place &place, Span span) {
    if (place.path.empty())
      return;
    PathId at = paths.find(place).path;
    if (paths.find(place).isExact)
      at = paths[at].parent;
    for (; at.valid(); at = paths[at].parent)
      if (const Site *site = reaching(state, at)) {
        std::string whole = named(paths[site->path].place);
        if (site->isMove)
          diagnostics.emit(span, diag::AssignPartOfMoved, whole).label(site->span, diag::MovedHere, whole);
        else if (!body.locals[place.base.index].name.empty())
          diagnostics.emit(span, diag::UseBeforeValue, whole).label(site->span, diag::DeclaredWithoutValue);
        return;
      }
  }

  Program &program;
  const frontend::Interner &interner;
  const Body &body;
  Diagnostics &diagnostics;
  MovePaths paths;
  std::vector<Site> sites; // by bit
  std::vector<uint32_t> bitOf; // by number in order of the instructions
  std::vector<uint32_t> firstBit; // by path, and the end
  std::vector<uint32_t> firstSite; // by instruction, the terminator of a block last
  std::vector<uint32_t> firstOfBlock; // in firstSite
  std::vector<bool> reported, awaited;
  bool isChecking = false, inCleanup = false, awaits = false;
};

} // namespace

void checkMoves(Program &program, const frontend::Interner &interner, const Body &body, Diagnostics &diagnostics) {
  Checker(program, interner, body, diagnostics).run();
}

} // namespace async::mir
