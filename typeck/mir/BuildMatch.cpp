// BuildMatch.cpp: `match` and other patterns as decision trees.
//
// Rows are tried in order. A test at a place splits the rows: those that can match if it holds, with what is left of them, and those that can match
// if it does not. A leaf is a row with nothing left: it binds, asks its guard (if that fails, the rows below go on), and goes to its arm's body,
// which is built once. The size is limited: patterns with alternatives can multiply.
#include <algorithm>

#include "typeck/infer/ThirWalk.h"
#include "frontend/diagnostics/Structure.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/mir/BuildRows.h"

namespace async::mir {

using PK = thir::PatternKind;

constexpr uint32_t maxNodes = 20000;
constexpr size_t maxRows = 4096;

void Builder::matchPattern(thir::PatternId pattern, const Place &place, BlockId otherwise) {
  Match match;
  match.span = thir[pattern].span;
  match.none = otherwise.valid() ? otherwise : unreachableBlock();
  match.arms.emplace_back();
  match.arms[0].body = newBlock();
  Row row;
  addTest(row, place, pattern);
  decide(match, {row});
  current = match.arms[0].body;
}

void Builder::guardLocals(thir::ExprId guard, std::vector<ThirLocal> &into) const {
  const thir::Expr &expr = thir[guard];
  if (expr.kind == thir::ExprKind::Let)
    return collectLocals(thir::PatternId{expr.index}, into);
  if (expr.kind == thir::ExprKind::LogicalAnd) {
    guardLocals(expr.a, into);
    guardLocals(expr.b, into);
  }
}

void Builder::matchInto(const Place *to, const thir::Expr &expr) {
  Place from = placeOrTemporary(expr.a);
  Match match;
  match.span = expr.span;
  match.none = unreachableBlock();
  BlockId join = newBlock();
  std::vector<Row> rows;
  for (uint32_t i = 0; i < expr.list.count; ++i) {
    const thir::Arm &arm = thir.arms[expr.list.begin + i];
    MatchArm &made = match.arms.emplace_back();
    made.guard = arm.guard;
    made.body = newBlock();
    collectLocals(arm.pattern, made.locals);
    if (arm.guard.valid()) {
      guardLocals(arm.guard, made.locals);
      checkGuard(expr, arm);
    }
    for (ThirLocal local : made.locals)
      localPlaces[local.index] = placeOf(makeLocal(local));
    Row row;
    row.arm = i;
    addTest(row, from, arm.pattern);
    rows.push_back(std::move(row));
  }
  decide(match, std::move(rows));
  for (uint32_t i = 0; i < expr.list.count; ++i) {
    const thir::Arm &arm = thir.arms[expr.list.begin + i];
    current = match.arms[i].body;
    pushRegion();
    for (ThirLocal local : match.arms[i].locals)
      scheduleStorage(localPlaces[local.index]->base, thir[local].span);
    for (ThirLocal local : match.arms[i].locals)
      scheduleDrop(localPlaces[local.index]->base, thir[local].span);
    inRegion(to, arm.body);
    popRegion(thir[arm.body].span);
    jump(join, thir[arm.body].span);
  }
  current = join;
}

void Builder::decide(Match &match, std::vector<Row> rows) {
  if (rows.empty())
    return jump(match.none, match.span);
  if (++match.nodes > maxNodes || rows.size() > maxRows) {
    tooLarge = true;
    return jump(match.none, match.span);
  }
  if (rows[0].tests.empty())
    return leaf(match, std::move(rows));
  // The test of the first row that most rows share.
  size_t best = 0, bestCount = 0;
  for (size_t i = 0; i < rows[0].tests.size(); ++i) {
    size_t count = 0;
    for (const Row &row : rows)
      count += row.testOf(rows[0].tests[i].place) != nullptr;
    if (count > bestCount) {
      best = i;
      bestCount = count;
    }
  }
  PatternAt test = rows[0].tests[best];
  if (std::any_of(rows.begin(), rows.end(), [&](const Row &row) {
        const PatternAt *other = row.testOf(test.place);
        return other && thir[other->pattern].kind == PK::Or;
      }))
    return decide(match, expandOr(rows, test.place));
  switch (thir[test.pattern].kind) {
  case PK::Variant:
    return switchVariants(match, std::move(rows), test.place);
  case PK::Literal:
    if (isConstantLiteral(test.pattern))
      return switchLiterals(match, std::move(rows), test.place);
    return testOne(match, std::move(rows), test.place, test.pattern);
  case PK::Range:
  case PK::Slice:
    return testOne(match, std::move(rows), test.place, test.pattern);
  case PK::Wildcard:
  case PK::Binding:
  case PK::Tuple:
  case PK::Deref:
  case PK::Or:
    return; // none is ever a test
  }
}

void Builder::bindRow(const Row &row) {
  bool outer = sharesBoxes;
  std::vector<std::pair<Place, LocalId>> outerMoves;
  std::swap(outerMoves, boxMoves);
  sharesBoxes = true;
  pushRegion();
  for (const PatternAt &binding : row.bindings)
    bind(binding.pattern, binding.place);
  popRegion(thir[row.bindings.front().pattern].span);
  sharesBoxes = outer;
  std::swap(outerMoves, boxMoves);
}

void Builder::leaf(Match &match, std::vector<Row> rows) {
  MatchArm &arm = match.arms[rows[0].arm];
  if (!arm.guard.valid())
    for (auto &[bindings, block] : arm.leaves)
      if (bindings == rows[0].bindings)
        return jump(block, match.span);
  BlockId made = newBlock();
  jump(made, match.span);
  current = made;
  for (ThirLocal local : arm.locals)
    storage(localPlaces[local.index]->base, true, thir[local].span);
  if (arm.guard.valid()) {
    Row row = rows[0];
    rows.erase(rows.begin());
    return guard(match, row, std::move(rows));
  }
  arm.leaves.emplace_back(rows[0].bindings, made);
  if (!rows[0].bindings.empty())
    bindRow(rows[0]);
  jump(arm.body, match.span);
}

// While the guard runs, a name that will be moved stands for the place it will be moved from.
void Builder::guard(Match &match, const Row &row, std::vector<Row> rest) {
  BlockId body = match.arms[row.arm].body;
  thir::ExprId condition = match.arms[row.arm].guard;
  std::vector<ThirLocal> locals = match.arms[row.arm].locals;
  ExitTarget failed = target(newBlock());
  std::vector<std::pair<uint32_t, Place>> aliased;
  Row later{{}, {}, row.arm};
  for (const PatternAt &binding : row.bindings) {
    const thir::Pattern &pattern = thir[binding.pattern];
    if (pattern.mode != thir::BindingMode::Value || isCopy(program, thir[pattern.local].type)) {
      bind(binding.pattern, binding.place);
      continue;
    }
    aliased.emplace_back(pattern.local.index, *localPlaces[pattern.local.index]);
    localPlaces[pattern.local.index] = binding.place;
    later.bindings.push_back(binding);
  }
  std::vector<ThirLocal> own;
  guardLocals(condition, own);
  pushRegion();
  bool outer = inGuard;
  inGuard = true;
  this->condition(condition, failed);
  inGuard = outer;
  // What the guard's own patterns have bound goes on living in the arm.
  for (ThirLocal local : own)
    for (uint32_t i = static_cast<uint32_t>(items.size()); i > regions.back(); --i)
      if (items[i - 1].kind == Scheduled::Kind::Drop && items[i - 1].local == localPlaces[local.index]->base) {
        items.erase(items.begin() + i - 1);
        forgetChainsFrom(i - 1);
      }
  popRegion(thir[condition].span);
  for (auto &[local, place] : aliased)
    localPlaces[local] = place;
  if (!later.bindings.empty())
    bindRow(later);
  jump(body, match.span);
  current = failed.block;
  for (size_t i = locals.size(); i > 0; --i)
    storage(localPlaces[locals[i - 1].index]->base, false, match.span);
  decide(match, std::move(rest));
}

std::vector<Row> Builder::expandOr(const std::vector<Row> &rows, const Place &place) {
  std::vector<Row> result;
  for (const Row &row : rows) {
    const PatternAt *test = row.testOf(place);
    if (!test || thir[test->pattern].kind != PK::Or || result.size() > maxRows) {
      result.push_back(row);
      continue;
    }
    thir::List list = thir[test->pattern].list;
    std::vector<Row> alternatives;
    for (uint32_t i = 0; i < list.count; ++i) {
      // The tests of the place come first, so that nested alternatives are seen at once.
      Row made{{}, row.bindings, row.arm};
      addTest(made, place, thir.patternLists[list.begin + i]);
      for (const PatternAt &other : row.without(place).tests)
        made.tests.push_back(other);
      alternatives.push_back(std::move(made));
    }
    for (Row &made : expandOr(alternatives, place))
      result.push_back(std::move(made));
  }
  return result;
}

void Builder::switchVariants(Match &match, std::vector<Row> rows, const Place &place) {
  const AdtDecl &adt = program.adt(AdtId{thir[rows[0].testOf(place)->pattern].def});
  Rvalue discriminant = rvalue(Rvalue::Kind::Discriminant, types.i64);
  discriminant.place = place;
  Operand which = compute(std::move(discriminant), match.span);
  Terminator made = terminator(Terminator::Kind::Switch, match.span);
  made.operands = {which};
  for (const Row &row : rows)
    if (const PatternAt *test = row.testOf(place)) {
      int64_t variant = thir[test->pattern].index;
      if (std::find(made.values.begin(), made.values.end(), variant) == made.values.end())
        made.values.push_back(variant);
    }
  bool isComplete = made.values.size() == adt.variants.size();
  for (size_t i = 0; i < made.values.size(); ++i)
    made.targets.push_back(newBlock());
  made.targets.push_back(isComplete ? unreachableBlock() : newBlock());
  std::vector<int64_t> values = made.values;
  std::vector<BlockId> targets = made.targets;
  terminate(std::move(made));
  for (size_t i = 0; i < values.size(); ++i) {
    std::vector<Row> chosen;
    for (const Row &row : rows) {
      const PatternAt *test = row.testOf(place);
      if (test && thir[test->pattern].index != values[i])
        continue;
      if (!test) {
        chosen.push_back(row);
        continue;
      }
      Row rest = row.without(place);
      addFields(rest, project(place, Projection::Kind::Downcast, static_cast<uint32_t>(values[i])), thir[test->pattern]);
      chosen.push_back(std::move(rest));
    }
    current = targets[i];
    decide(match, std::move(chosen));
  }
  if (isComplete)
    return;
  std::erase_if(rows, [&](const Row &row) { return row.testOf(place) != nullptr; });
  current = targets.back();
  decide(match, std::move(rows));
}

// Whether it is an integer, bool, char or duration that is known here.
bool Builder::isConstantLiteral(thir::PatternId id) {
  const thir::Pattern &pattern = thir[id];
  if (pattern.kind != PK::Literal || thir[pattern.lo].kind != thir::ExprKind::Literal)
    return false;
  TypeKind kind = types[pattern.type].kind;
  return kind == TypeKind::Int || kind == TypeKind::Bool || kind == TypeKind::Char || isLang(pattern.type, "duration");
}

static bool isLess(const Type &type, int64_t a, int64_t b) {
  bool isUnsigned = type.kind == TypeKind::Int && static_cast<IntKind>(type.sub) > IntKind::I64;
  return isUnsigned ? static_cast<uint64_t>(a) < static_cast<uint64_t>(b) : a < b;
}

// Nothing if it is not known here.
static std::optional<bool> rangeHolds(const thir::Body &thir, const Type &type, const thir::Pattern &range, int64_t value) {
  for (thir::ExprId bound : {range.lo, range.hi})
    if (bound.valid() && thir[bound].kind != thir::ExprKind::Literal)
      return std::nullopt;
  if (range.lo.valid() && isLess(type, value, thir[range.lo].integer))
    return false;
  if (!range.hi.valid())
    return true;
  int64_t high = thir[range.hi].integer;
  return isLess(type, value, high) || (range.inclusive && value == high);
}

void Builder::switchLiterals(Match &match, std::vector<Row> rows, const Place &place) {
  Type type = types[placeType(place)];
  Terminator made = terminator(Terminator::Kind::Switch, match.span);
  made.operands = {use(Operand::Kind::Copy, place)};
  for (const Row &row : rows) {
    const PatternAt *test = row.testOf(place);
    if (!test || !isConstantLiteral(test->pattern))
      continue;
    int64_t value = thir[thir[test->pattern].lo].integer;
    if (std::find(made.values.begin(), made.values.end(), value) == made.values.end())
      made.values.push_back(value);
  }
  bool isComplete = type.kind == TypeKind::Bool && made.values.size() == 2;
  for (size_t i = 0; i < made.values.size(); ++i)
    made.targets.push_back(newBlock());
  made.targets.push_back(isComplete ? unreachableBlock() : newBlock());
  std::vector<int64_t> values = made.values;
  std::vector<BlockId> targets = made.targets;
  terminate(std::move(made));
  for (size_t i = 0; i < values.size(); ++i) {
    std::vector<Row> chosen;
    for (const Row &row : rows) {
      const PatternAt *test = row.testOf(place);
      std::optional<bool> holds;
      if (test && isConstantLiteral(test->pattern))
        holds = thir[thir[test->pattern].lo].integer == values[i];
      else if (test && thir[test->pattern].kind == PK::Range)
        holds = rangeHolds(thir, type, thir[test->pattern], values[i]);
      if (!test || !holds)
        chosen.push_back(row);
      else if (*holds)
        chosen.push_back(row.without(place));
    }
    current = targets[i];
    decide(match, std::move(chosen));
  }
  if (isComplete)
    return;
  std::erase_if(rows, [&](const Row &row) {
    const PatternAt *test = row.testOf(place);
    return test && isConstantLiteral(test->pattern);
  });
  current = targets.back();
  decide(match, std::move(rows));
}

Operand Builder::equals(const Place &place, thir::ExprId id) {
  const thir::Expr &expr = thir[id];
  TypeKind kind = types[expr.type].kind;
  if (kind == TypeKind::Int || kind == TypeKind::Float || kind == TypeKind::Bool || kind == TypeKind::Char) {
    Operand value = operand(id);
    return compute(rvalue(Rvalue::Kind::Binary, types.boolean, {use(Operand::Kind::Copy, place), value}, static_cast<uint8_t>(BinaryOp::Eq)), expr.span);
  }
  auto trait = program.langTraits.find(interner.intern("eq").index);
  if (trait == program.langTraits.end() || program.trait(trait->second).methods.empty()) {
    diagnostics.emit(expr.span, frontend::diag::MissingLangItem, "eq");
    return integer(0, types.boolean);
  }
  LocalId value = newLocal(expr.type, expr.span);
  Place at = placeOf(value);
  into(&at, id);
  LocalId result = newLocal(types.boolean, expr.span);
  call(program.trait(trait->second).methods[0], {expr.type}, {shared(place, expr.span), shared(at, expr.span)}, placeOf(result), expr.span);
  return use(Operand::Kind::Copy, placeOf(result));
}

Operand Builder::testValue(const Place &place, const thir::Pattern &pattern) {
  auto compare = [&](BinaryOp op, Operand a, Operand b) {
    return compute(rvalue(Rvalue::Kind::Binary, types.boolean, {std::move(a), std::move(b)}, static_cast<uint8_t>(op)), pattern.span);
  };
  if (pattern.kind == PK::Literal)
    return equals(place, pattern.lo);
  if (pattern.kind == PK::Slice) {
    Rvalue len = rvalue(Rvalue::Kind::Len, types.i64);
    len.place = place;
    Operand length = compute(std::move(len), pattern.span);
    return compare(pattern.hasRest ? BinaryOp::Ge : BinaryOp::Eq, length, integer(pattern.list.count + pattern.list2.count, types.i64));
  }
  std::optional<Operand> low, high;
  if (pattern.lo.valid())
    low = compare(BinaryOp::Ge, use(Operand::Kind::Copy, place), operand(pattern.lo));
  if (pattern.hi.valid())
    high = compare(pattern.inclusive ? BinaryOp::Le : BinaryOp::Lt, use(Operand::Kind::Copy, place), operand(pattern.hi));
  if (low && high)
    return compare(BinaryOp::BitAnd, *low, *high);
  return low ? *low : high ? *high : integer(1, types.boolean);
}

// What the outcome of `tested` says about `other`, at the same place: true, false, or nothing.
static std::optional<bool> implied(const thir::Body &thir, const thir::Pattern &tested, const thir::Pattern &other, bool held) {
  if (tested.kind == PK::Slice && other.kind == PK::Slice) {
    uint32_t n = tested.list.count + tested.list2.count, m = other.list.count + other.list2.count;
    if (held && !tested.hasRest)
      return other.hasRest ? m <= n : m == n;
    if (held) {
      if (other.hasRest)
        return m <= n ? std::optional(true) : std::nullopt;
      return m < n ? std::optional(false) : std::nullopt;
    }
    if (!tested.hasRest)
      return !other.hasRest && m == n ? std::optional(false) : std::nullopt;
    return m >= n ? std::optional(false) : std::nullopt;
  }
  if (tested.kind == PK::Literal && other.kind == PK::Literal) {
    const thir::Expr &a = thir[tested.lo], &b = thir[other.lo];
    if (a.kind != thir::ExprKind::Literal || b.kind != thir::ExprKind::Literal)
      return std::nullopt;
    bool isSame = a.text == b.text && a.integer == b.integer;
    if (held)
      return isSame;
    return isSame ? std::optional(false) : std::nullopt;
  }
  return std::nullopt;
}

void Builder::testOne(Match &match, std::vector<Row> rows, const Place &place, thir::PatternId id) {
  const thir::Pattern &tested = thir[id];
  Operand value = testValue(place, tested);
  BlockId holds = newBlock(), fails = newBlock();
  Terminator made = terminator(Terminator::Kind::Switch, match.span);
  made.operands = {value};
  made.values = {1};
  made.targets = {holds, fails};
  terminate(std::move(made));
  for (bool held : {true, false}) {
    std::vector<Row> chosen;
    for (const Row &row : rows) {
      const PatternAt *test = row.testOf(place);
      std::optional<bool> known;
      if (test)
        known = test->pattern == id ? std::optional(held) : implied(thir, tested, thir[test->pattern], held);
      if (!test || !known) {
        chosen.push_back(row);
      } else if (*known) {
        Row rest = row.without(place);
        if (thir[test->pattern].kind == PK::Slice)
          addSlice(rest, place, thir[test->pattern]);
        chosen.push_back(std::move(rest));
      }
    }
    current = held ? holds : fails;
    decide(match, std::move(chosen));
  }
}

// A guard that changed what is matched would make the tests before it untrue.
void Builder::checkGuard(const thir::Expr &expr, const thir::Arm &arm) {
  thir::ExprId root = expr.a;
  auto rootOf = [&](thir::ExprId id) {
    for (;;) {
      const thir::Expr &at = thir[id];
      if (at.kind == thir::ExprKind::Local)
        return std::optional(at.index);
      if (at.kind != thir::ExprKind::Field && at.kind != thir::ExprKind::Index && at.kind != thir::ExprKind::Deref)
        return std::optional<uint32_t>();
      id = at.a;
    }
  };
  std::optional<uint32_t> local = rootOf(root);
  if (!local)
    return;
  std::vector<thir::ExprId> pending{arm.guard};
  while (!pending.empty()) {
    thir::ExprId id = pending.back();
    pending.pop_back();
    const thir::Expr &at = thir[id];
    bool writes = at.kind == thir::ExprKind::Assign || at.kind == thir::ExprKind::AssignOp ||
                  (at.kind == thir::ExprKind::Ref && static_cast<Mutability>(at.op) == Mutability::Exclusive);
    if (writes && rootOf(at.a) == local)
      diagnostics.emit(at.span, frontend::diag::GuardChangesMatched, interner.text(thir[ThirLocal{*local}].name));
    thir::forEachChild(thir, id, [&](thir::ExprId child) { pending.push_back(child); });
  }
}

} // namespace async::mir
