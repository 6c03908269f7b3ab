#include "test/unit/llvm/Fixture.h"

namespace async::test {
namespace {

using mir::BinaryOp;

using Async = LlvmTest;
INSTANTIATE_TEST_SUITE_P(Levels, Async, testing::Values(0u, 1u, 2u, 3u));

// sum = 0; i = 0; while i < n { sum += await callee(i); i += 1 }; sum
uint32_t summing(LlvmTest &t, const std::string &name, uint32_t callee) {
  Fn f = t.fn(name, t.types.i64, {t.types.i64}, true);
  uint32_t self = t.last();
  uint32_t i = f.local(t.types.i64), less = f.local(t.types.boolean), x = f.local(t.types.i64);
  f.assign(0, at(0), use(number(t.types.i64, 0)));
  f.assign(0, at(i), use(number(t.types.i64, 0)));
  f.jump(0, 1);
  f.assign(1, at(less), binary(BinaryOp::Lt, copy(i), copy(1)));
  f.branch(1, copy(less), 0, 4, 2);
  f.call(2, TK::AwaitCall, callee, {copy(i)}, x, 3);
  f.assign(3, at(0), binary(BinaryOp::Add, copy(0), copy(x)));
  f.assign(3, at(i), binary(BinaryOp::Add, copy(i), number(t.types.i64, 1)));
  f.jump(3, 1);
  f.leave(4);
  return self;
}

uint32_t mainThat(LlvmTest &t, uint32_t callee, std::vector<mir::Operand> operands) {
  Fn f = t.fn("main", t.types.i64, {}, true);
  uint32_t self = t.last();
  f.call(0, TK::AwaitCall, callee, std::move(operands), 0, 1);
  f.leave(1);
  return self;
}

TEST_P(Async, AValueThatIsReady) {
  runtimeLog().waits = false;
  EXPECT_EQ(run(mainThat(*this, later, {number(types.i64, 42)}), GetParam()), 42);
  EXPECT_EQ(runtimeLog().suspensions, 0);
}

TEST_P(Async, AValueThatComesLater) {
  EXPECT_EQ(run(mainThat(*this, later, {number(types.i64, 42)}), GetParam()), 42);
  EXPECT_EQ(runtimeLog().suspensions, 1);
}

TEST_P(Async, ALoopGoesOnWhereItWaited) {
  EXPECT_EQ(run(mainThat(*this, summing(*this, "sum", later), {number(types.i64, 10)}), GetParam()), 45);
  EXPECT_EQ(runtimeLog().suspensions, 10);
}

TEST_P(Async, NestedLoopsAreEnteredThroughBothHeaders) {
  uint32_t inner = summing(*this, "inner", later), outer = summing(*this, "outer", inner);
  // inner(i) = 0 + … + i - 1
  EXPECT_EQ(run(mainThat(*this, outer, {number(types.i64, 6)}), GetParam()), 0 + 0 + 1 + 3 + 6 + 10);
}

// for i in 0..n { for k in 0..n { sum += await later(i * k) } }
TEST_P(Async, LoopsInOneBody) {
  Fn f = fn("grid", types.i64, {types.i64}, true);
  uint32_t self = last();
  uint32_t i = f.local(types.i64), k = f.local(types.i64), less = f.local(types.boolean), x = f.local(types.i64), product = f.local(types.i64);
  TypeId word = types.i64;
  f.assign(0, at(0), use(number(word, 0)));
  f.assign(0, at(i), use(number(word, 0)));
  f.jump(0, 1);
  f.assign(1, at(less), binary(BinaryOp::Lt, copy(i), copy(1)));
  f.branch(1, copy(less), 0, 7, 2);
  f.assign(2, at(k), use(number(word, 0)));
  f.jump(2, 3);
  f.assign(3, at(less), binary(BinaryOp::Lt, copy(k), copy(1)));
  f.branch(3, copy(less), 0, 6, 4);
  f.assign(4, at(product), binary(BinaryOp::Mul, copy(i), copy(k)));
  f.call(4, TK::AwaitCall, later, {copy(product)}, x, 5);
  f.assign(5, at(0), binary(BinaryOp::Add, copy(0), copy(x)));
  f.assign(5, at(k), binary(BinaryOp::Add, copy(k), number(word, 1)));
  f.jump(5, 3);
  f.call(6, TK::AwaitCall, later, {number(word, 1)}, x, 8);
  f.assign(8, at(i), binary(BinaryOp::Add, copy(i), copy(x)));
  f.jump(8, 1);
  f.leave(7);
  EXPECT_EQ(run(mainThat(*this, self, {number(word, 4)}), GetParam()), 36);
  EXPECT_EQ(runtimeLog().suspensions, 20);
}

TEST_P(Async, RecursionHasItsFramesOnTheHeap) {
  Fn f = fn("fib", types.i64, {types.i64}, true);
  uint32_t self = last();
  uint32_t less = f.local(types.boolean), n = f.local(types.i64), a = f.local(types.i64), b = f.local(types.i64);
  f.assign(0, at(less), binary(BinaryOp::Lt, copy(1), number(types.i64, 2)));
  f.branch(0, copy(less), 0, 1, 5);
  f.assign(1, at(n), binary(BinaryOp::Sub, copy(1), number(types.i64, 1)));
  f.call(1, TK::AwaitCall, self, {copy(n)}, a, 2);
  f.assign(2, at(n), binary(BinaryOp::Sub, copy(1), number(types.i64, 2)));
  f.call(2, TK::AwaitCall, self, {copy(n)}, b, 3);
  f.assign(3, at(0), binary(BinaryOp::Add, copy(a), copy(b)));
  f.leave(3);
  f.call(5, TK::AwaitCall, later, {copy(1)}, 0, 6);
  f.leave(6);
  EXPECT_EQ(run(mainThat(*this, self, {number(types.i64, 10)}), GetParam()), 55);
  EXPECT_EQ(runtimeLog().framesMade, runtimeLog().framesFreed);
  EXPECT_GT(runtimeLog().framesMade, 100);
}

TEST_P(Async, LargeValuesPassThroughFrames) {
  TypeId word = types.i64;
  std::vector<TypeId> four(4, word);
  TypeId wide = types.tuple(four);
  Fn make = fn("make", wide, {word}, true);
  uint32_t callee = last(), x = make.local(word);
  make.call(0, TK::AwaitCall, later, {copy(1)}, x, 1);
  make.assign(1, at(0), aggregate(RK::Tuple, {copy(x), number(word, 10), number(word, 100), copy(1)}));
  make.leave(1);
  Fn main = fn("main", word, {}, true);
  uint32_t self = last(), a = main.local(wide), b = main.local(wide);
  main.call(0, TK::AwaitCall, callee, {number(word, 3)}, a, 1);
  main.call(1, TK::AwaitCall, callee, {number(word, 4)}, b, 2);
  main.assign(2, at(0), binary(BinaryOp::Add, copy(at(a, {field(0)})), copy(at(b, {field(3)}))));
  main.assign(2, at(0), binary(BinaryOp::Add, copy(0), copy(at(a, {field(2)}))));
  main.leave(2);
  EXPECT_EQ(run(self, GetParam()), 107);
}

TEST_P(Async, LargeArgumentsSurviveTheWait) {
  TypeId word = types.i64;
  std::vector<TypeId> four(4, word);
  TypeId wide = types.tuple(four);
  Fn last4 = fn("last", word, {wide, word}, true);
  uint32_t callee = last(), x = last4.local(word);
  last4.call(0, TK::AwaitCall, later, {copy(2)}, x, 1);
  last4.assign(1, at(0), binary(BinaryOp::Add, copy(x), copy(at(1, {field(3)}))));
  last4.leave(1);
  Fn main = fn("main", word, {}, true);
  uint32_t self = last(), a = main.local(wide);
  main.assign(0, at(a), aggregate(RK::Tuple, {number(word, 1), number(word, 2), number(word, 3), number(word, 40)}));
  main.call(0, TK::AwaitCall, callee, {move(a), number(word, 2)}, 0, 1);
  main.leave(1);
  EXPECT_EQ(run(self, GetParam()), 42);
}

TEST_P(Async, ALentLocalStaysWhereItIs) {
  TypeId word = types.i64, reference = types.reference(Mutability::Exclusive, word);
  Fn add = fn("add", types.unit, {reference, word}, true);
  uint32_t callee = last(), x = add.local(word);
  add.call(0, TK::AwaitCall, later, {copy(2)}, x, 1);
  add.assign(1, at(1, {deref()}), binary(BinaryOp::Add, copy(at(1, {deref()})), copy(x)));
  add.leave(1);
  Fn main = fn("main", word, {}, true);
  uint32_t self = last(), total = main.local(word), lent = main.local(reference), unit = main.local(types.unit);
  main.assign(0, at(total), use(number(word, 40)));
  main.assign(0, at(lent), ref(at(total), Mutability::Exclusive));
  main.call(0, TK::AwaitCall, callee, {move(lent), number(word, 2)}, unit, 1);
  main.assign(1, at(0), use(copy(total)));
  main.leave(1);
  EXPECT_EQ(run(self, GetParam()), 42);
}

TEST_P(Async, FuturesStartWhenTheyAreAwaited) {
  TypeId word = types.i64, future = types.async(word);
  uint32_t callee = summing(*this, "sum", later);
  Fn main = fn("main", word, {}, true);
  uint32_t self = last(), f = main.local(future), unit = main.local(types.unit), unused = main.local(future);
  mir::Rvalue made = aggregate(RK::Future, {number(word, 5)});
  made.callee.instance = callee;
  main.assign(0, at(f), made);
  main.assign(0, at(unused), made);
  main.call(0, TK::Call, note, {number(word, 7)}, unit, 1);
  main.call(1, TK::Await, UINT32_MAX, {move(f)}, 0, 2);
  main.end(2, TK::Drop, {3}).place = at(unused);
  main.leave(3);
  EXPECT_EQ(run(self, GetParam()), 10);
  EXPECT_EQ(runtimeLog().noteCount, 1);
  EXPECT_EQ(runtimeLog().framesMade, 2);
  EXPECT_EQ(runtimeLog().framesFreed, 2);
}

// A cleanup block that waits before it goes on.
uint32_t withCleanup(LlvmTest &t, uint32_t inside) {
  TypeId word = t.types.i64;
  Fn f = t.fn("guarded", word, {}, true);
  uint32_t self = t.last(), unit = f.local(t.types.unit), x = f.local(word);
  bool isLeaf = t.mono.instance(inside).kind == mono::Instance::Kind::Leaf;
  f.call(0, isLeaf ? TK::AwaitCall : TK::Call, inside, {number(word, 5)}, 0, 1).unwind = BlockId{2};
  f.leave(1);
  f.call(2, TK::Call, t.note, {number(word, 1)}, unit, 3);
  f.call(3, TK::AwaitCall, t.later, {number(word, 2)}, x, 4);
  f.call(4, TK::Call, t.note, {copy(x)}, unit, 5);
  f.end(5, TK::Unwind);
  for (uint32_t i = 2; i <= 5; ++i)
    f.block(i).isCleanup = true;
  return self;
}

TEST_P(Async, CleanupOfACancelledBodyMayWait) {
  runtimeLog().cancelNext = true;
  run(mainThat(*this, withCleanup(*this, later), {}), GetParam());
  EXPECT_EQ(runtimeLog().status, 2);
  EXPECT_EQ(runtimeLog().noteCount, 2);
  EXPECT_EQ(runtimeLog().noted[1], 2);
  EXPECT_EQ(runtimeLog().shielded, 1);
  EXPECT_EQ(runtimeLog().shieldDepth, 0);
}

TEST_P(Async, APanicOfACalleeBecomesAStatus) {
  run(mainThat(*this, withCleanup(*this, throws), {}), GetParam());
  EXPECT_EQ(runtimeLog().status, 3);
  EXPECT_EQ(runtimeLog().payload, 5u);
  EXPECT_EQ(runtimeLog().noteCount, 2);
}

TEST_P(Async, APanicCanBeTaken) {
  TypeId word = types.i64;
  TypeId pair[] = {word, word};
  TypeId both = types.tuple(pair);
  Fn f = fn("caught", word, {}, true);
  uint32_t self = last(), unit = f.local(types.unit), why = f.local(both), x = f.local(word);
  f.call(0, TK::AwaitCall, later, {number(word, 1)}, x, 1);
  f.call(1, TK::Call, throws, {number(word, 9)}, unit, 2).unwind = BlockId{3};
  f.leave(2);
  mir::Statement take{};
  take.kind = mir::Statement::Kind::TakeUnwind;
  take.place = at(why);
  f.block(3).statements.push_back(take);
  f.block(3).isCleanup = true;
  f.jump(3, 4);
  f.assign(4, at(0), binary(BinaryOp::Mul, copy(at(why, {field(0)})), number(word, 10)));
  f.assign(4, at(0), binary(BinaryOp::Add, copy(0), copy(at(why, {field(1)}))));
  f.leave(4);
  EXPECT_EQ(run(mainThat(*this, self, {}), GetParam()), 39);
}

// A task of a function and one of a future; what they give is noted by the function that settles them.
uint32_t spawning(LlvmTest &t, uint32_t callee) {
  TypeId word = t.types.i64, handle = t.types.pointer(Mutability::Exclusive, t.types.u8);
  Fn settle = t.fn("settle", handle, {t.types.u64, t.types.u64});
  uint32_t settler = t.last(), value = settle.local(word), unit = settle.local(t.types.unit);
  settle.assign(0, at(value), aggregate(RK::Cast, {copy(1)}));
  settle.call(0, TK::Call, t.note, {copy(value)}, unit, 1);
  settle.assign(1, at(0), use(number(handle, 0)));
  settle.leave(1);
  Fn main = t.fn("main", word, {}, true);
  uint32_t self = t.last(), a = main.local(handle), b = main.local(handle), future = main.local(t.types.async(word));
  mir::Rvalue made = aggregate(RK::Future, {number(word, 4)});
  made.callee.instance = callee;
  main.assign(0, at(future), made);
  main.call(0, TK::Spawn, callee, {number(word, 5)}, a, 1).settle.instance = settler;
  main.call(1, TK::Spawn, UINT32_MAX, {move(future)}, b, 2).settle.instance = settler;
  main.call(2, TK::AwaitCall, t.later, {number(word, 1)}, 0, 3);
  main.call(3, TK::AwaitCall, t.later, {number(word, 2)}, 0, 4);
  main.call(4, TK::AwaitCall, t.later, {number(word, 3)}, 0, 5);
  main.call(5, TK::AwaitCall, t.later, {number(word, 4)}, 0, 6);
  main.call(6, TK::AwaitCall, t.later, {number(word, 5)}, 0, 7);
  main.leave(7);
  return self;
}

TEST_P(Async, TasksOfFunctionsAndOfFutures) {
  EXPECT_EQ(run(spawning(*this, summing(*this, "sum", later)), GetParam()), 5);
  EXPECT_EQ(runtimeLog().tasksEnded, 2);
  ASSERT_EQ(runtimeLog().noteCount, 2);
  EXPECT_EQ(runtimeLog().noted[0] + runtimeLog().noted[1], 10 + 6);
  EXPECT_EQ(runtimeLog().framesMade, runtimeLog().framesFreed);
}

TEST_P(Async, TasksThatAreStoppedBeforeTheyStart) {
  runtimeLog().cancelTasks = true;
  EXPECT_EQ(run(spawning(*this, summing(*this, "sum", later)), GetParam()), 5);
  EXPECT_EQ(runtimeLog().tasksEnded, 2);
  EXPECT_EQ(runtimeLog().noteCount, 0);
  EXPECT_EQ(runtimeLog().framesMade, runtimeLog().framesFreed);
}

TEST_P(Async, TheSameProgramGivesTheSameBytes) {
  frontend::FileId file = *sources.add("folder/sum.async", "async fn sum\nline two\n");
  uint32_t callee = summing(*this, "sum", later);
  mir::Body &body = *mono.instance(callee).body;
  body.span = {sources.start(file), sources.start(file) + 5};
  body.blocks[2].terminator.span = {sources.start(file) + 14, sources.start(file) + 18};
  finishProgram(mainThat(*this, callee, {number(types.i64, 10)}));
  llvmgen::Result first = generate(llvmgen::Form::Object, GetParam(), true);
  EXPECT_EQ(first.errors, "");
  EXPECT_FALSE(first.bytes.empty());
  EXPECT_EQ(first.bytes, generate(llvmgen::Form::Object, GetParam(), true).bytes);
  EXPECT_NE(generate(llvmgen::Form::Ir, GetParam(), true).bytes.find("sum.async"), std::string::npos);
  EXPECT_NE(generate(llvmgen::Form::Ir, GetParam()).bytes.find("musttail call preserve_none"), std::string::npos);
  EXPECT_NE(generate(llvmgen::Form::Assembly, GetParam()).bytes.find("main:"), std::string::npos);
}

} // namespace
} // namespace async::test
