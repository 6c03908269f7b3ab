#include "typeck/mir/BuildContext.h"

namespace async::mir {

using EK = thir::ExprKind;

// Evaluates in a region of its own: its temporaries die at its end.
void Builder::inRegion(const Place *to, thir::ExprId id) {
  bool outer = refKeepsLiteral;
  refKeepsLiteral = true;
  pushRegion();
  into(to, id);
  popRegion(thir[id].span);
  refKeepsLiteral = outer;
}

void Builder::blockInto(const Place *to, const thir::Expr &expr) {
  bool outerLiteral = refKeepsLiteral;
  std::optional<uint32_t> extend = extendInto;
  extendInto.reset();
  refKeepsLiteral = true;
  bool isTarget = expr.index != UINT32_MAX;
  // Decides `errdefer` at the block's end, too.
  ExitTarget end;
  if (to) {
    end.value = *to;
    end.valueType = expr.type;
  }
  if (isTarget) {
    end = target(newBlock(), end.value, expr.type);
    breakables.push_back({expr.index, end, {}});
  }
  pushRegion();
  for (uint32_t i = 0; i < expr.list.count; ++i)
    statement(thir.stmts[expr.list.begin + i]);
  if (expr.a.valid()) {
    pushRegion();
    extendInto = extend;
    into(to, expr.a);
    extendInto.reset();
    popRegion(thir[expr.a].span);
  } else if (types[expr.type].kind != TypeKind::Never) {
    unitInto(to, expr.span);
  }
  popRegion(expr.span, &end);
  if (isTarget) {
    jump(end.block, expr.span);
    current = end.block;
    breakables.pop_back();
  }
  extendInto = extend;
  refKeepsLiteral = outerLiteral;
}

void Builder::statement(const thir::Stmt &stmt) {
  switch (stmt.kind) {
  case thir::Stmt::Kind::Expr:
    return inRegion(nullptr, stmt.expr);
  case thir::Stmt::Kind::Let:
    return letStatement(stmt);
  case thir::Stmt::Kind::Defer: {
    Scheduled item{};
    item.kind = Scheduled::Kind::Defer;
    item.span = stmt.span;
    item.expr = stmt.expr;
    item.isErr = stmt.isErr;
    return schedule(std::move(item));
  }
  }
}

void Builder::letStatement(const thir::Stmt &stmt) {
  uint32_t region = topRegion();
  const thir::Pattern &pattern = thir[stmt.pattern];
  if (!stmt.expr.valid()) {
    std::vector<ThirLocal> locals;
    collectLocals(stmt.pattern, locals);
    for (ThirLocal local : locals) {
      declare(local, region);
      scheduleDrop(localPlaces[local.index]->base, stmt.span, region);
    }
    return;
  }
  bool isName = pattern.kind == thir::PatternKind::Binding && pattern.mode == thir::BindingMode::Value && !pattern.sub.valid();
  if (isName) {
    // Shadowing: the initialiser still sees what the name stood for, which is another local.
    declare(pattern.local, region);
    Place to = *localPlaces[pattern.local.index];
    if (!stmt.isHead)
      pushRegion();
    extendInto = region;
    into(&to, stmt.expr);
    extendInto.reset();
    scheduleDrop(to.base, pattern.span, region);
    if (!stmt.isHead)
      popRegion(stmt.span);
    return;
  }
  std::vector<ThirLocal> locals;
  collectLocals(stmt.pattern, locals);
  for (ThirLocal local : locals)
    declare(local, region);
  pushRegion();
  extendInto = region;
  Place from = isPlaceExpr(stmt.expr) ? place(stmt.expr)
                                      : placeOf(temporary(stmt.expr, bindsByReference(stmt.pattern) ? std::optional(region) : std::nullopt, true));
  extendInto.reset();
  BlockId otherwise;
  ExitTarget failed;
  if (stmt.elseBlock.valid()) {
    failed = target(newBlock());
    failed.depth = region + 1;
    otherwise = exitChain(failed);
  }
  matchPattern(stmt.pattern, from, otherwise);
  size_t before = items.size();
  for (ThirLocal local : locals)
    scheduleDrop(localPlaces[local.index]->base, stmt.span, region);
  auto count = static_cast<ptrdiff_t>(items.size() - before);
  popRegion(stmt.span);
  if (!stmt.elseBlock.valid())
    return;
  // Where the pattern does not match, its locals hold nothing.
  std::vector<Scheduled> drops(std::make_move_iterator(items.end() - count), std::make_move_iterator(items.end()));
  items.resize(items.size() - drops.size());
  BlockId behind = current;
  current = failed.block;
  inRegion(nullptr, stmt.elseBlock);
  jump(unreachableBlock(), stmt.span);
  current = behind;
  items.insert(items.end(), std::make_move_iterator(drops.begin()), std::make_move_iterator(drops.end()));
}

// Goes on where the condition holds, with what it binds; leaves to `otherwise` where it does not.
void Builder::condition(thir::ExprId id, const ExitTarget &otherwise) {
  const thir::Expr &expr = thir[id];
  if (expr.kind == EK::LogicalAnd) {
    condition(expr.a, otherwise);
    return condition(expr.b, otherwise);
  }
  if (expr.kind == EK::Let) {
    thir::PatternId pattern{expr.index};
    Place from = placeOrTemporary(expr.a);
    std::vector<ThirLocal> locals;
    collectLocals(pattern, locals);
    // The locals of a guard belong to the arm.
    if (!inGuard)
      for (ThirLocal local : locals)
        declare(local, topRegion());
    matchPattern(pattern, from, exitChain(otherwise));
    for (ThirLocal local : locals)
      scheduleDrop(localPlaces[local.index]->base, expr.span);
    return;
  }
  // The temporaries of a plain condition die right after it.
  LocalId value = newLocal(types.boolean, expr.span);
  Place at = placeOf(value);
  std::optional<Operand> known;
  if (isSimple(id))
    known = operand(id);
  else
    inRegion(&at, id);
  Terminator test = terminator(Terminator::Kind::Switch, expr.span);
  test.operands = {known ? *known : use(Operand::Kind::Copy, at)};
  test.values = {1};
  BlockId holds = newBlock();
  test.targets = {holds, exitChain(otherwise)};
  terminate(std::move(test));
  current = holds;
}

void Builder::ifInto(const Place *to, const thir::Expr &expr) {
  BlockId join = newBlock();
  ExitTarget otherwise = target(newBlock());
  pushRegion();
  bool outer = refKeepsLiteral;
  refKeepsLiteral = true;
  condition(expr.a, otherwise);
  inRegion(to, expr.b);
  refKeepsLiteral = outer;
  popRegion(expr.span);
  jump(join, expr.span);
  current = otherwise.block;
  if (expr.c.valid())
    inRegion(to, expr.c);
  else
    unitInto(to, expr.span);
  jump(join, expr.span);
  current = join;
}

// `&&` and `||` (and a condition used as a value).
void Builder::logicalInto(const Place &to, const thir::Expr &expr) {
  thir::ExprId id{static_cast<uint32_t>(&expr - thir.exprs.data())};
  BlockId join = newBlock();
  ExitTarget otherwise = target(newBlock());
  bool isOr = expr.kind == EK::LogicalOr;
  pushRegion();
  condition(isOr ? expr.a : id, otherwise);
  assignOperand(to, integer(1, types.boolean), types.boolean, expr.span);
  popRegion(expr.span);
  jump(join, expr.span);
  current = otherwise.block;
  if (isOr)
    inRegion(&to, expr.b);
  else
    assignOperand(to, integer(0, types.boolean), types.boolean, expr.span);
  jump(join, expr.span);
  current = join;
}

void Builder::loopInto(const Place *to, const thir::Expr &expr) {
  BlockId head = newBlock();
  jump(head, expr.span);
  ExitTarget onBreak = target(newBlock(), to ? std::optional(*to) : std::nullopt, expr.type);
  breakables.push_back({expr.index, onBreak, target(head)});
  current = head;
  inRegion(nullptr, expr.a);
  jump(head, expr.span);
  breakables.pop_back();
  current = onBreak.block;
}

void Builder::breakExpr(const thir::Expr &expr) {
  for (size_t i = breakables.size(); i > 0; --i) {
    if (breakables[i - 1].label != expr.index)
      continue;
    ExitTarget to = breakables[i - 1].onBreak;
    const Place *value = to.value ? &*to.value : nullptr;
    if (expr.a.valid())
      into(value, expr.a);
    else
      unitInto(value, expr.span);
    return exitTo(to, expr.span);
  }
  jump(unreachableBlock(), expr.span);
  diverge();
}

void Builder::continueExpr(const thir::Expr &expr) {
  for (size_t i = breakables.size(); i > 0; --i)
    if (breakables[i - 1].label == expr.index && breakables[i - 1].onContinue)
      return exitTo(*breakables[i - 1].onContinue, expr.span);
  jump(unreachableBlock(), expr.span);
  diverge();
}

void Builder::returnExpr(const thir::Expr &expr) {
  if (expr.a.valid())
    into(&*returnTarget.value, expr.a);
  else
    unitInto(&*returnTarget.value, expr.span);
  exitTo(returnTarget, expr.span);
}

} // namespace async::mir
