#include "typeck/infer/Captures.h"

#include "ThirFixture.h"

namespace async::thir::test {

using Mode = ClosureDecl::Capture::Mode;

class CapturesTest : public ThirTest {
protected:
  // Makes a closure whose body is written by `write`, which gets the locals that stand for `captured`.
  template <typename Write> const ClosureDecl &closure(std::vector<TL> captured, Write write, bool isMove = false) {
    ClosureExpr made;
    made.decl = ClosureId{static_cast<uint32_t>(program.closures.size())};
    made.isMove = isMove;
    made.body = std::make_unique<Body>();
    ClosureDecl decl;
    decl.owner = body.fn;
    program.closures.push_back(decl);
    std::vector<TL> inner;
    for (TL outer : captured) {
      Capture capture;
      capture.outer = outer;
      capture.inner = TL{static_cast<uint32_t>(made.body->locals.size())};
      made.body->locals.push_back(body.locals[outer.index]);
      inner.push_back(capture.inner);
      made.captures.push_back(capture);
    }
    std::swap(body, *made.body);
    body.value = write(inner);
    std::swap(body, *made.body);
    body.closures.push_back(std::move(made));
    ExprId value = node(ExprKind::Closure, unit);
    body[value].index = static_cast<uint32_t>(body.closures.size() - 1);
    body.value = value;
    infer::computeCaptures(program, body);
    return program.closures.back();
  }
};

TEST_F(CapturesTest, WhatIsOnlyReadIsCopiedOrBorrowed) {
  TL n = local("n", i64), x = local("x", noisyType), s = local("s", str);
  FnId look = fn("look", {refTo(noisyType)}, unit);
  const ClosureDecl &made = closure({n, x, s}, [&](std::vector<TL> in) {
    return block({stmt(binary(BinaryOp::Add, get(in[0]), number(1), i64)), stmt(call(look, {ref(get(in[1]))})), stmt(ref(get(in[2])))});
  });
  ASSERT_EQ(made.captures.size(), 3u);
  EXPECT_EQ(made.captures[0].mode, Mode::Copy);
  EXPECT_EQ(made.captures[1].mode, Mode::Ref);
  EXPECT_EQ(made.captures[1].type, refTo(noisyType));
  EXPECT_EQ(made.captures[2].mode, Mode::Copy);
  EXPECT_EQ(made.callKind, CallKind::Shared);
}

TEST_F(CapturesTest, WhatIsChangedIsBorrowedExclusively) {
  TL n = local("n", i64);
  const ClosureDecl &made = closure({n}, [&](std::vector<TL> in) {
    return node(ExprKind::AssignOp, unit, get(in[0]), number(1), {}, static_cast<uint8_t>(BinaryOp::Add));
  });
  EXPECT_EQ(made.captures[0].mode, Mode::RefMut);
  EXPECT_EQ(made.captures[0].type, mutTo(i64));
  EXPECT_EQ(made.callKind, CallKind::Exclusive);
}

TEST_F(CapturesTest, TargetsOfReferencesAreLentOn) {
  TL r = local("r", mutTo(i64));
  const ClosureDecl &made =
      closure({r}, [&](std::vector<TL> in) { return node(ExprKind::Assign, unit, deref(get(in[0])), number(1)); });
  EXPECT_EQ(made.captures[0].mode, Mode::RefMut);
  EXPECT_EQ(made.captures[0].type, mutTo(i64));
}

TEST_F(CapturesTest, WhatIsGivenAwayIsMoved) {
  TL x = local("x", noisyType);
  const ClosureDecl &made = closure({x}, [&](std::vector<TL> in) { return get(in[0]); });
  EXPECT_EQ(made.captures[0].mode, Mode::Move);
  EXPECT_EQ(made.callKind, CallKind::Once);
}

TEST_F(CapturesTest, MoveMovesAll) {
  TL x = local("x", noisyType), r = local("r", refTo(noisyType));
  const ClosureDecl &made =
      closure({x, r}, [&](std::vector<TL> in) { return block({stmt(ref(get(in[0]))), stmt(ref(deref(get(in[1]))))}); }, true);
  EXPECT_EQ(made.captures[0].mode, Mode::Move);
  EXPECT_EQ(made.captures[0].type, noisyType);
  EXPECT_EQ(made.captures[1].mode, Mode::Copy);
  EXPECT_EQ(made.callKind, CallKind::Shared);
}

TEST_F(CapturesTest, FieldsAreCapturedApart) {
  TL p = local("p", pairType);
  const ClosureDecl &made = closure({p}, [&](std::vector<TL> in) {
    return block({stmt(ref(field(get(in[0]), 0, noisyType)))}, field(get(in[0]), 1, noisyType));
  });
  ASSERT_EQ(made.captures.size(), 2u);
  EXPECT_EQ(made.captures[0].mode, Mode::Ref);
  EXPECT_EQ(made.captures[1].mode, Mode::Move);
  const ClosureExpr &expr = body.closures[0];
  EXPECT_EQ(expr.captures[1].fields, std::vector<uint32_t>{1});
  EXPECT_NE(expr.captures[0].inner, expr.captures[1].inner);
  EXPECT_EQ((*expr.body)[expr.captures[1].inner].type, noisyType);
}

TEST_F(CapturesTest, UseOfTheWholeCapturesTheWhole) {
  TL p = local("p", pairType);
  const ClosureDecl &made = closure({p}, [&](std::vector<TL> in) {
    return block({stmt(refMut(field(get(in[0]), 0, noisyType))), stmt(ref(get(in[0])))});
  });
  ASSERT_EQ(made.captures.size(), 1u);
  EXPECT_EQ(made.captures[0].mode, Mode::RefMut);
}

} // namespace async::thir::test
