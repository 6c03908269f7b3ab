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

// What patterns that multiply may come to beyond what is written: tests, and rows that are looked at.
constexpr size_t maxNodes = 20000;
constexpr size_t maxWork = size_t{1} << 24;

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
  match.work += rows.size();
  if (++match.nodes > maxNodes + 4 * match.arms.size() || match.work > maxWork) {
    tooLarge = true;
    return jump(match.none, match.span);
  }
  if (rows[0].tests.empty())
    return leaf(match, std::move(rows));
  // The test of the first row that most rows share.
  size_t best = 0, bestCount = 0;
  for (size_t i = 0; i < rows[0].tests.size() && rows[0].tests.size() > 1; ++i) {
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
    return decide(match, expandOr(match, rows, test.place));
  switch (thir[test.pattern].kind) {
  case PK::Variant:
    return switchVariants(match, std::move(rows), test.place);
  case PK::Literal:
    if (isConstantLiteral(test.pattern))
      return switchLiterals(match, std::move(rows), test.place);
    if (isTextLiteral(test.pattern))
      return testTexts(match, std::move(rows), test.place);
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

std::vector<Row> Builder::expandOr(Match &match, const std::vector<Row> &rows, const Place &place) {
  std::vector<Row> result;
  for (const Row &row : rows) {
    const PatternAt *test = row.testOf(place);
    if (!test || thir[test->pattern].kind != PK::Or || ++match.work > maxWork) {
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
    for (Row &made : expandOr(match, alternatives, place))
      result.push_back(std::move(made));
  }
  return result;
}

// A switch over the values, and the block for the rest, which is unreachable if they are all there are.
std::vector<BlockId> Builder::switchOn(Match &match, Operand value, const std::vector<int64_t> &values, bool isComplete) {
  Terminator made = terminator(Terminator::Kind::Switch, match.span);
  made.operands = {std::move(value)};
  made.values = values;
  for (size_t i = 0; i < values.size(); ++i)
    made.targets.push_back(newBlock());
  made.targets.push_back(isComplete ? unreachableBlock() : newBlock());
  std::vector<BlockId> targets = made.targets;
  terminate(std::move(made));
  return targets;
}

// Those that test nothing at the place by a point.
std::vector<Row> Builder::otherRows(const Points &points, std::vector<Row> &rows) {
  std::vector<Row> result;
  for (uint32_t index : points.others)
    result.push_back(std::move(rows[index]));
  return result;
}

void Builder::switchVariants(Match &match, std::vector<Row> rows, const Place &place) {
  const AdtDecl &adt = program.adt(AdtId{thir[rows[0].testOf(place)->pattern].def});
  size_t variants = adt.variants.size();
  Rvalue discriminant = rvalue(Rvalue::Kind::Discriminant, types.i64);
  discriminant.place = place;
  Operand which = compute(std::move(discriminant), match.span);
  Points points;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const PatternAt *test = rows[i].testOf(place);
    points.add(test ? std::optional<int64_t>(thir[test->pattern].index) : std::nullopt, i);
  }
  bool isComplete = points.values.size() == variants;
  std::vector<BlockId> targets = switchOn(match, which, points.values, isComplete);
  for (size_t i = 0; i < points.values.size(); ++i) {
    std::vector<Row> chosen;
    for (uint32_t index : points.rowsOf(points.values[i])) {
      const PatternAt *test = rows[index].testOf(place);
      chosen.push_back(test ? rows[index].without(place) : rows[index]);
      if (test)
        addFields(chosen.back(), project(place, Projection::Kind::Downcast, static_cast<uint32_t>(points.values[i])), thir[test->pattern]);
    }
    current = targets[i];
    decide(match, std::move(chosen));
  }
  if (isComplete)
    return;
  current = targets.back();
  decide(match, otherRows(points, rows));
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
  Points points;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const PatternAt *test = rows[i].testOf(place);
    bool isPoint = test && isConstantLiteral(test->pattern);
    points.add(isPoint ? std::optional(thir[thir[test->pattern].lo].integer) : std::nullopt, i);
  }
  bool isComplete = type.kind == TypeKind::Bool && points.values.size() == 2;
  std::vector<BlockId> targets = switchOn(match, use(Operand::Kind::Copy, place), points.values, isComplete);
  for (size_t i = 0; i < points.values.size(); ++i) {
    std::vector<Row> chosen;
    for (uint32_t index : points.rowsOf(points.values[i])) {
      const PatternAt *test = rows[index].testOf(place);
      std::optional<bool> holds;
      if (test && isConstantLiteral(test->pattern))
        holds = true;
      else if (test && thir[test->pattern].kind == PK::Range)
        holds = rangeHolds(thir, type, thir[test->pattern], points.values[i]);
      if (!test || !holds)
        chosen.push_back(rows[index]);
      else if (*holds)
        chosen.push_back(rows[index].without(place));
    }
    current = targets[i];
    decide(match, std::move(chosen));
  }
  if (isComplete)
    return;
  current = targets.back();
  decide(match, otherRows(points, rows));
}

// Whether it is a text that is known here.
bool Builder::isTextLiteral(thir::PatternId id) {
  const thir::Pattern &pattern = thir[id];
  return pattern.kind == PK::Literal && thir[pattern.lo].kind == thir::ExprKind::Literal && (isLang(pattern.type, "str") || isLang(pattern.type, "bytes"));
}

// One comparison after another, each text once.
void Builder::testTexts(Match &match, std::vector<Row> rows, const Place &place) {
  Points points;
  for (uint32_t i = 0; i < rows.size(); ++i) {
    const PatternAt *test = rows[i].testOf(place);
    bool isPoint = test && isTextLiteral(test->pattern);
    points.add(isPoint ? std::optional<int64_t>(thir[thir[test->pattern].lo].text.index) : std::nullopt, i);
  }
  for (int64_t value : points.values) {
    const thir::Pattern &tested = thir[rows[points.rows[value].front()].testOf(place)->pattern];
    std::vector<BlockId> targets = switchOn(match, testValue(place, tested), {1}, false);
    std::vector<Row> chosen;
    for (uint32_t index : points.rowsOf(value)) {
      const PatternAt *test = rows[index].testOf(place);
      chosen.push_back(test && isTextLiteral(test->pattern) ? rows[index].without(place) : rows[index]);
    }
    current = targets[0];
    decide(match, std::move(chosen));
    current = targets[1];
  }
  decide(match, otherRows(points, rows));
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
  std::vector<BlockId> targets = switchOn(match, value, {1}, false);
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
    current = targets[held ? 0 : 1];
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
