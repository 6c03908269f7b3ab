#include "BuildFixture.h"

namespace async::mir::test {

using TK = Terminator::Kind;

TEST_F(BuildTest, ArithmeticIsChecked) {
  TL a = parameter("a", i64), b = parameter("b", i64);
  auto made = build(binary(thir::BinaryOp::Div, binary(thir::BinaryOp::Add, get(a), get(b), i64), get(b), i64));
  // The sum's overflow, the division by zero, and the quotient that does not fit.
  EXPECT_EQ(count(*made, TK::Assert, false), 3u) << show(*made);
  EXPECT_EQ(made->paramCount, 2u);
}

TEST_F(BuildTest, LocalsAreDroppedInReverseOnEachWayOut) {
  FnId make = fn("make", {}, noisyType);
  TL stop = parameter("stop", types.boolean), a = local("a", noisyType), b = local("b", noisyType);
  ExprId early = node(ExprKind::If, unit, get(stop), node(ExprKind::Return, types.never));
  auto made = build(block({let(a, call(make, {})), stmt(early), let(b, call(make, {})), stmt(call(make, {}))}));
  std::string text = show(*made);
  // Ordinary: a on the early way out; the temporary, b and a at the end. Unwinding: a, and b before it.
  EXPECT_EQ(count(*made, TK::Drop, false), 4u) << text;
  EXPECT_EQ(count(*made, TK::Drop, true), 2u) << text;
  EXPECT_EQ(count(*made, TK::Unwind, true), 1u) << text;
}

TEST_F(BuildTest, ArgumentsThatAreMovedNeedNoDrop) {
  FnId make = fn("make", {}, noisyType), take = fn("take", {noisyType, noisyType}, unit);
  auto made = build(call(take, {call(make, {}), call(make, {})}));
  std::string text = show(*made);
  EXPECT_EQ(count(*made, TK::Drop, false), 0u) << text;
  EXPECT_EQ(count(*made, TK::Drop, true), 1u) << text; // the first, while the second is made
}

TEST_F(BuildTest, ReceiverIsBorrowedAfterTheArguments) {
  FnId push = fn("push", {mutTo(noisyType), i64}, unit), length = fn("length", {refTo(noisyType)}, i64);
  TL x = parameter("x", noisyType);
  auto made = build(call(push, {refMut(get(x)), call(length, {ref(get(x))})}));
  std::string text = show(*made);
  EXPECT_LT(text.find("length"), text.find("mut x")) << text;
}

TEST_F(BuildTest, MatchSwitchesOnce) {
  TypeId type = optionOf(optionOf(i64)), inner = optionOf(i64);
  TL x = parameter("x", type), n = local("n", i64);
  auto made = build(match(get(x),
                          {{some(some(bind(n), inner), type), {}, get(n)},
                           {some(none(inner), type), {}, number(1)},
                           {none(type), {}, number(2)}},
                          i64));
  EXPECT_EQ(count(*made, TK::Switch, false), 2u) << show(*made);
}

TEST_F(BuildTest, GuardsFallThrough) {
  TL x = parameter("x", i64), n = local("n", i64);
  auto made = build(match(get(x),
                          {{literal(number(1)), {}, number(10)},
                           {bind(n), binary(thir::BinaryOp::Gt, get(n), number(5), types.boolean), get(n)},
                           {range(2, 4), {}, number(20)},
                           {many(thir::PatternKind::Or, i64, {literal(number(-1)), literal(number(-2))}), {}, number(30)},
                           {wild(i64), {}, number(40)}},
                          i64));
  std::string text = show(*made);
  EXPECT_EQ(count(*made, TK::Unreachable, false), 0u) << text;
  EXPECT_NE(text.find("40"), std::string::npos);
}

TEST_F(BuildTest, TextsAreComparedByEq) {
  TraitDecl eq;
  eq.name = eq.lang = symbol("eq");
  eq.module = ModuleId{0};
  FnId method = fn("eq", {refTo(param(0)), refTo(param(0))}, types.boolean, 1);
  eq.methods = {method};
  program.traits.push_back(eq);
  program.langTraits[symbol("eq").index] = TraitId{0};
  program.fn(method).trait = TraitId{0};
  TL x = parameter("x", str);
  auto made = build(match(get(x), {{literal(text("a")), {}, number(1)}, {literal(text("b")), {}, number(2)}, {wild(str), {}, number(3)}}, i64));
  EXPECT_EQ(count(*made, TK::Call, false), 2u) << show(*made);
}

TEST_F(BuildTest, BoxesAreOpenedByMoves) {
  TL x = parameter("x", boxOf(noisyType));
  auto made = build(deref(get(x)));
  EXPECT_NE(show(*made).find("box_into_inner"), std::string::npos) << show(*made);
}

TEST_F(BuildTest, LetElseAndChains) {
  TypeId type = optionOf(noisyType);
  FnId make = fn("make", {}, type), use = fn("use", {refTo(noisyType)}, types.boolean);
  TL a = local("a", noisyType), b = local("b", noisyType);
  ExprId otherwise = block({stmt(node(ExprKind::Return, types.never))});
  ExprId chain = node(ExprKind::LogicalAnd, types.boolean, letCondition(some(bind(b), type), call(make, {})), call(use, {ref(get(b))}));
  ExprId branch = node(ExprKind::If, unit, chain, block({stmt(call(use, {ref(get(b))}))}));
  auto made = build(block({let(some(bind(a), type), call(make, {}), otherwise), stmt(branch)}));
  EXPECT_GT(count(*made, TK::Drop, false), 0u) << show(*made);
}

TEST_F(BuildTest, LoopsGiveTheirValue) {
  TL i = local("i", i64);
  ExprId next = node(ExprKind::AssignOp, unit, get(i), number(1), {}, static_cast<uint8_t>(thir::BinaryOp::Add));
  ExprId stop = node(ExprKind::If, unit, binary(thir::BinaryOp::Ge, get(i), number(10), types.boolean), leave(ExprKind::Break, 0, get(i)),
                     leave(ExprKind::Continue, 0));
  auto made = build(block({let(i, number(0))}, loop(block({stmt(next), stmt(stop)}), 0, i64)));
  EXPECT_EQ(count(*made, TK::Return, false), 1u) << show(*made);
}

TEST_F(BuildTest, TextIsBuiltPieceByPiece) {
  FnId display = fn("fmt", {refTo(param(0)), mutTo(types.adt(formatter, {}))}, unit, 1);
  TL x = parameter("x", i64);
  ExprId argument = node(ExprKind::FormatArg, unit, ref(get(x)), number(8));
  body[argument].def = display.index;
  ExprId format = node(ExprKind::Format, str);
  thir::List pieces = list({text("x is "), argument});
  body[format].list = pieces;
  auto made = build(format);
  std::string text = show(*made);
  for (const char *name : {"fmt_new", "fmt_str", "fmt_spec", "fmt_finish"})
    EXPECT_NE(text.find(name), std::string::npos) << text;
  EXPECT_EQ(count(*made, TK::Drop, true), 1u) << text;
}

TEST_F(BuildTest, ScopesAreLeftOnEveryWay) {
  FnId work = fn("work", {}, unit);
  body.isAsync = true;
  TypeId type = resultOf(i64, str);
  TL scope = local("scope", types.adt(scopeAdt, {})), stop = parameter("stop", types.boolean);
  ExprId early = node(ExprKind::If, unit, get(stop), node(ExprKind::Return, types.never, make(type, 0, {number(1)})));
  ExprId inner = block({stmt(early), stmt(call(work, {}))}, make(type, 0, {number(2)}));
  ExprId whole = node(ExprKind::Scope, type, inner);
  body[whole].index = scope.index;
  auto made = build(block({}, whole));
  std::string text = show(*made);
  for (const char *name : {"scope_open", "scope_enter", "scope_leave_result", "scope_abandon", "scope_caused", "scope_forget", "scope_failure_result",
                           "take_unwind"})
    EXPECT_NE(text.find(name), std::string::npos) << text;
  EXPECT_EQ(count(*made, TK::AwaitCall, false), 2u) << text; // left at the end, abandoned by `return`
  EXPECT_EQ(count(*made, TK::AwaitCall, true), 1u) << text;
}

TEST_F(BuildTest, DefersRunOnEachWayOut) {
  FnId cleanUp = fn("clean_up", {}, unit), work = fn("work", {}, unit), undo = fn("undo", {}, unit);
  TypeId type = resultOf(unit, i64);
  auto made = build(block({defer(call(cleanUp, {})), defer(call(undo, {}), true), stmt(call(work, {}))}, make(type, 1, {number(1)})));
  std::string text = show(*made);
  EXPECT_EQ(count(*made, TK::Call, false), 3u) << text;
  EXPECT_EQ(count(*made, TK::Call, true), 2u) << text;
  EXPECT_EQ(count(*made, TK::Switch, false), 1u) << text; // whether the block gives an Err
}

TEST_F(BuildTest, ReplacedValuesAreDropped) {
  FnId make = fn("make", {}, noisyType);
  TL x = local("x", noisyType);
  auto made = build(block({let(x, call(make, {})), stmt(node(ExprKind::Assign, unit, get(x), call(make, {})))}));
  bool replaces = std::any_of(made->blocks.begin(), made->blocks.end(), [](const Block &b) { return b.terminator.kind == TK::Drop && b.terminator.isReplace; });
  EXPECT_TRUE(replaces) << show(*made);
}

} // namespace async::mir::test
