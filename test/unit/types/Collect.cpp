// Signatures, modules and the checks of impls.
#include <gtest/gtest.h>

#include "test/unit/types/Fixture.h"

namespace async::test {
namespace {

TEST(Signatures, AreShownAsWritten) {
  Checked checked;
  checked.add(R"(
use std::time::sleep;
struct Row<T, const N: i64> { cells: [T; N] }
async fn plain(a: i64, b: &mut List<str>) -> Result<i64, Error> { Ok(a) }
fn waits() { await sleep(5ms); }
fn nested() -> i64 { let f = async { await sleep(5ms); }; drop(f); 1 }
fn each<T: Clone + Ord, U>(xs: List<T>, f: fn(T) -> U) -> List<U> { let out = []; for x in xs { out.push(await f(x)); } out }
fn shows(x: impl Display, n: i64 = 3) -> str { "" }
fn row<const N: i64>(of: Row<i64, N>, other: Row<u8, 4>) -> &i64 from of { &of.cells[0] }
fn items<I: Iterator>(from: I) -> Option<I::Item> { from.next() }
stream fn count(to: i64) -> i64 { yield to; }
fn boxed(f: List<once fn(i64)>) -> i64? { None }
)").collect();
  EXPECT_EQ(checked.errors(), "");
  EXPECT_EQ(checked.signature("plain"), "async fn plain(a: i64, b: &mut List<str>) -> Result<i64, Error>");
  EXPECT_EQ(checked.signature("waits"), "async fn waits()");
  EXPECT_EQ(checked.signature("nested"), "fn nested() -> i64");
  EXPECT_EQ(checked.signature("each"), "async(f) fn each<T: Clone + Ord, U>(xs: List<T>, f: fn(T) -> U) -> List<U>");
  EXPECT_EQ(checked.signature("shows"), "fn shows(x: impl Display, n: i64) -> str");
  EXPECT_EQ(checked.signature("row"), "fn row<const N: i64>(of: Row<i64, N>, other: Row<u8, 4>) -> &i64");
  EXPECT_EQ(checked.signature("items"), "fn items<I: Iterator>(from: I) -> Option<I::Item>");
  EXPECT_EQ(checked.signature("count"), "stream fn count(to: i64) -> i64");
  EXPECT_EQ(checked.signature("boxed"), "fn boxed(f: List<once fn(i64)>) -> Option<i64>");
  const typeck::FnDecl &shows = checked.program.fn(checked.fn("shows"));
  ASSERT_TRUE(shows.params[1].hasDefault);
  EXPECT_EQ(checked.program.fn(shows.params[1].defaultFn).result, checked.program.types.i64);
  EXPECT_TRUE(checked.bodies.sources[shows.params[1].defaultFn.index].expr.valid());
  EXPECT_EQ(checked.program.fns.size(), checked.world.fns.size());
}

TEST(Signatures, ConstantsAndAliases) {
  Checked checked;
  checked.add(R"(
const A: i64 = B * 2 + 1;
const B: i64 = 3;
type Pair<T> = (T, Rows);
type Rows = List<[u8; A - 1]>;
fn f(x: Pair<str>) -> Rows? { None }
)").collect();
  EXPECT_EQ(checked.errors(), "");
  EXPECT_EQ(checked.signature("f"), "fn f(x: (str, List<[u8; 6]>)) -> Option<List<[u8; 6]>>");
}

TEST(Traits, MembersAreCompared) {
  Checked checked;
  checked.add(R"(
trait Source { type Item; fn next(&mut self) -> Option<Self::Item>; fn each<F: fn(Self::Item)>(self, f: F); async fn wait(&self) -> i64; }
struct One; struct Two;
impl Source for One {
    type Item = str;
    fn next(&mut self) -> Option<str> { None }
    fn each<F: fn(str)>(self, f: F) {}
    fn wait(&self) -> i64 { 1 }
}
impl Source for Two {
    type Item = i64;
    fn next(&mut self) -> Option<str> { None }
    fn each<F: fn(i64) + Clone>(self, f: F) {}
    async fn wait(&self, x: i64) -> i64 { 1 }
}
)").collect();
  EXPECT_EQ(checked.errors(), "main.async:12 T0103 `next` has the result `Option<str>`, its trait has `Option<i64>`\n"
                              "main.async:13 T0104 `each` has the bound `F: Clone`, its trait has not\n"
                              "main.async:14 T0104 `wait` has 2 parameters, its trait has 1 parameter\n");
  EXPECT_EQ(checked.signature("wait"), "async fn wait(&self) -> i64");
}

TEST(Traits, OverlapsAreFound) {
  Checked checked;
  checked.add(R"(
trait Named { fn name(&self) -> str; }
struct Point { x: i64 }
impl<T: Iterator> Named for T { fn name(&self) -> str { "iterator" } }
impl Named for Point { fn name(&self) -> str { "point" } }
impl<T> Named for List<T> { fn name(&self) -> str { "list" } }
impl Named for List<i64> { fn name(&self) -> str { "numbers" } }
impl<F: fn() -> i64> Named for F { fn name(&self) -> str { "function" } }
)").collect();
  // An iterator could be called as well, as far as headers say.
  EXPECT_EQ(checked.errors(), "main.async:7 T0105 `Named` is implemented twice for `List<i64>`\nmain.async:8 T0105 `Named` is implemented twice for `F`\n");
}

TEST(Types, RecursionIsFound) {
  Checked checked;
  checked.add(R"(
struct Pair<A> { a: A, b: A }
struct Fine { p: Pair<Pair<i64>>, next: Option<Box<Fine>>, all: List<Fine> }
struct Bad { p: Pair<Option<Bad>> }
enum A { X(B), Y } 
struct B { a: (i64, A) }
struct Grows<T> { next: Option<Grows<(T, T)>> }
)").collect();
  EXPECT_EQ(checked.errors(), "main.async:4 T0110 `Bad` contains itself without a box\nmain.async:5 T0110 `A` contains itself without a box\n"
                              "main.async:6 T0110 `B` contains itself without a box\nmain.async:7 T0110 `Grows` contains itself without a box\n");
}

TEST(Modules, NamesGoThroughFiles) {
  Checked checked;
  checked.add("use shapes::{Circle, round::*};\nuse shapes::Shape::{self, Dot};\nfn f(a: Circle, b: Big, c: Shape) -> Shape { let x: Hidden = 1; Dot }\nfn g(x: shapes::Hidden) {}")
      .add("pub struct Circle(f64);\nstruct Hidden;\npub enum Shape { Dot, Line }\npub use round::Big;", {"shapes"})
      .add("pub struct Big; fn near(x: super::Hidden, y: crate::shapes::Circle, z: shapes::Circle) {}", {"shapes", "round"})
      .collect();
  EXPECT_EQ(checked.errors(), "main.async:4 N0003 `Hidden` is private to `shapes`\n");
  EXPECT_EQ(checked.signature("f"), "fn f(a: Circle, b: Big, c: Shape) -> Shape");
  EXPECT_EQ(typeck::pathText(checked.program, checked.interner, checked.fn("near")), "shapes::round::near");
}

TEST(Modules, BlocksHaveItems) {
  Checked checked;
  checked.add(R"(
fn f() {
    struct Inner { x: Outer }
    struct Outer;
    fn g(x: Inner) -> Outer { struct Outer; fn h(x: Outer, y: Inner) {} Outer }
}
fn k(x: Inner) {}
)").collect();
  EXPECT_EQ(checked.errors(), "main.async:7 N0001 `Inner` is not known here\n");
  EXPECT_EQ(checked.signature("h"), "fn h(x: Outer, y: Inner)");
}

TEST(Hostile, NothingBreaks) {
  std::string chain = "1";
  for (int i = 0; i < 50'000; ++i)
    chain += " + 1";
  Checked checked;
  checked.add("struct Row { cells: [u8; " + chain + "] }\n").collect();
  EXPECT_EQ(checked.errors(), "");

  std::string constants = "const A0: i64 = 1;\n";
  for (int i = 1; i < 100; ++i)
    constants += "const A" + std::to_string(i) + ": i64 = A" + std::to_string(i - 1) + " - A" + std::to_string(i - 1) + " + X;\n";
  Checked many;
  many.add(constants + "struct Row { cells: [u8; A99] }\nconst C: i64 = D; const D: i64 = C; struct S { c: [u8; C] }").collect();
  EXPECT_NE(many.errors().find("T0013"), std::string::npos);

  std::string doubling = "type T0 = i64;\n";
  for (int i = 1; i < 60; ++i)
    doubling += "type T" + std::to_string(i) + " = (T" + std::to_string(i - 1) + ", T" + std::to_string(i - 1) + ");\n";
  std::string diamonds = "trait D0 { type Item; }\n";
  for (int i = 1; i < 60; ++i)
    for (const char *side : {"D", "E"})
      diamonds += std::string("trait ") + side + std::to_string(i) + ": D" + std::to_string(i - 1) + (i > 1 ? " + E" + std::to_string(i - 1) : "") + " {}\n";
  Checked large;
  large.add(doubling + diamonds + "struct S { x: T59 } copy struct C { x: T59 } fn f<T: D59 + E59>(x: T::Item, y: T::Itm, z: (T9, T10)) -> T59 { }").collect();
  EXPECT_NE(large.errors().find("T0018"), std::string::npos);

  Checked odd;
  odd.add("trait A<T: B<Self>>: A<T> { type X: A<Self::X>; } trait B<T: A<T>> { type X: B<Self::X>; }\n"
          "impl<T: A<T::X>> A<T> for T::X { type X = Self::X; }\nimpl Missing for i64 { type X = Y; fn f(self) -> Self::X {} }\n"
          "type T = List<T>; struct S<T: U::X, U: T::X>(T); use S::*; use self::*; use self as x; use *; fn main<T>(self) -> T::X::Y {}\n"
          "impl<T> Drop for T {} impl<T> for List<T> {} enum E { A, A } struct; impl S<{}> {} fn f<T, T>(f: fn(fn(T) -> U)) -> impl A {}")
      .collect();
  EXPECT_NE(odd.errors(), "");
}

// Each prefix of a program that has everything is a program with mistakes.
TEST(Hostile, PrefixesOfAProgram) {
  const std::string text = readAll(std::string(ASYNC_SOURCE_DIR) + "/runtime/std/core/iter.async") + readAll(std::string(ASYNC_SOURCE_DIR) + "/runtime/std/core/ops.async");
  for (size_t end = 0; end < text.size(); end += 97) {
    Checked(false).add(text.substr(0, end)).collect();
    Checked(false).add(text.substr(end, 1500)).collect();
  }
}

} // namespace
} // namespace async::test
