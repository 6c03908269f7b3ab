// Rules G1 to G11 as trees.
#include <gtest/gtest.h>

#include "test/unit/syntax/Fixture.h"

namespace async::syntax::test {

namespace {

// The tree of a function's body on one line, with a dot for each level.
std::string expression(const std::string &text) {
  const Parsed plain("fn f() { " + text + " }");
  EXPECT_EQ(plain.errors(), "") << text;
  std::string tree = plain.tree(), out;
  const std::string head = "Function f\n  body: Block\n";
  EXPECT_TRUE(tree.starts_with(head)) << tree;
  tree.erase(0, std::min(head.size(), tree.size()));
  for (size_t at = 0; at < tree.size();) {
    const size_t end = tree.find('\n', at);
    size_t blanks = 0;
    while (tree[at + blanks] == ' ')
      ++blanks;
    out += (out.empty() ? "" : " ") + std::string(blanks / 2 - 2, '.') + tree.substr(at + blanks, end - at - blanks);
    at = end + 1;
  }
  return out;
}

std::string codes(const std::string &text) { return Parsed("fn f() { " + text + " }").codes(); }

} // namespace

TEST(G1, TypeArguments) {
  EXPECT_EQ(expression("parse<i64>(t)"), "Call .Path parse<i64> .Path t");
  EXPECT_EQ(expression("t.parse<List<i64>>()"), "MethodCall parse <List<i64>> .Path t");
  EXPECT_EQ(expression("f(a < b, c > (d))"), "Call .Path f .Call ..Path a<b, c> ..Path d");
  EXPECT_EQ(expression("f((a < b), c > d)"), "Call .Path f .Binary < ..Path a ..Path b .Binary > ..Path c ..Path d");
  EXPECT_EQ(expression("a < b"), "Binary < .Path a .Path b");
  EXPECT_EQ(expression("Ring<i64, 3>::new()"), "Call .Path Ring<i64, 3>::new");
  EXPECT_EQ(expression("x as i64 < y"), "Binary < .Cast i64 ..Path x .Path y");
  EXPECT_EQ(expression("x as List<i64>"), "Cast List<i64> .Path x");
  EXPECT_EQ(expression("a >> b >= c"), "Binary >= .Binary >> ..Path a ..Path b .Path c");
}

TEST(G2, Await) {
  EXPECT_EQ(expression("await f()?.len()"), "MethodCall len .Question ..Await ...Call ....Path f");
  EXPECT_EQ(expression("-await x"), "Unary - .Await ..Path x");
  EXPECT_EQ(expression("await spawn f()"), "Await .Spawn ..Call ...Path f");
  EXPECT_EQ(expression("await a & b"), "Binary & .Await ..Path a .Path b");
  EXPECT_EQ(expression("await x as i64"), "Cast i64 .Await ..Path x");
  EXPECT_EQ(expression("await &mut f"), "Await .Ref mut ..Path f");
  EXPECT_EQ(codes("await !f()"), "P0030");
}

TEST(G3, Catch) {
  EXPECT_EQ(expression("-await f() catch { e => 0 } as u8 + 1"),
            "Binary + .Cast u8 ..Catch ...Unary - ....Await .....Call ......Path f ...Arm e ....body: Int 0 .Int 1");
}

TEST(G4, Statements) {
  EXPECT_EQ(expression("if a { } -1"), "If .if: Path a .then: Block ..Block Unary - .Int 1");
  EXPECT_EQ(codes("match x { }.f()"), "P0001");
  EXPECT_EQ(expression("(match x { }).f()"), "MethodCall f .Match ..Path x");
  EXPECT_EQ(expression("let Some(x) = a else { return };"), "Let Some(x) .Path a .else: Block ..Return");
}

TEST(G5, Words) {
  EXPECT_EQ(expression("stream { yield 1 }"), "Stream .Block ..Yield ...Int 1");
  EXPECT_EQ(expression("for x in stream { }"), "For x .Path stream .Block");
  EXPECT_EQ(expression("test.copy + sink(once)"), "Binary + .Field copy ..Path test .Call ..Path sink ..Path once");
  EXPECT_EQ(expression("a.match.type()"), "MethodCall type .Field match ..Path a");
  EXPECT_EQ(expression("if let P { x } = p { }"), "If .if: LetCondition P { x: x } ..Path p .then: Block ..Block");
  EXPECT_EQ(expression("'a: loop { break 'a 1 }"), "Loop 'a .Block ..Break 'a ...Int 1");
}

TEST(G6, Numbers) {
  EXPECT_EQ(expression("x.0.1"), "Field 1 .Field 0 ..Path x");
  EXPECT_EQ(expression("1..2"), "Range .. .Int 1 .Int 2");
  EXPECT_EQ(expression("1e9"), "Float 1e9");
  EXPECT_EQ(expression("1.5e-3f32"), "Float 1.5e-3f32");
  EXPECT_EQ(expression("0xffu8"), "Int 255u8");
  EXPECT_EQ(expression("18446744073709551615"), "Int 18446744073709551615");
  EXPECT_EQ(expression("1.5s"), "Duration 1500000000ns");
  EXPECT_EQ(expression("3min"), "Duration 180000000000ns");
  EXPECT_EQ(codes("5sec"), "P0023");
  EXPECT_EQ(codes("9223372036854775808ns"), "P0024");
}

TEST(G7, Interpolation) {
  EXPECT_EQ(expression(R"("{x:>8.2}")"), "Interpolated .Value '>' width 8 precision 2 ..Path x");
  EXPECT_EQ(expression(R"("{{{x:?}}}")"), "Interpolated .Text \"{\" .Value type ? ..Path x .Text \"}\"");
  EXPECT_EQ(expression(R"("{x:0>{w}.{p}}")"), "Interpolated .Value fill U+0030 '>' ..Path x ..width: Path w ..precision: Path p");
  EXPECT_EQ(expression(R"("{m["a:b"]}")"), "Interpolated .Value ..Index ...Path m ...Str \"a:b\"");
  EXPECT_EQ(expression(R"("{(|a: i64| a)(1):3}")"), "Interpolated .Value width 3 ..Call ...Closure |a: i64| ....Path a ...Int 1");
  EXPECT_EQ(expression(R"("{a | b:3}")"), "Interpolated .Value width 3 ..Binary | ...Path a ...Path b");
  EXPECT_EQ(expression("\"a\r\nb\\\r\n   c\""), "Str \"a\\nbc\"");
  EXPECT_EQ(codes(R"("{}")"), "P0017");
  EXPECT_EQ(codes(R"("}")"), "P0018");
  EXPECT_EQ(codes(R"("{x:"<8}")").substr(0, 5), "P0019");
}

TEST(G8, Greedy) {
  EXPECT_EQ(expression("s |> |x| x |> f()"), "Pipe .Path s .Closure |x| ..Pipe ...Path x ...Call ....Path f");
  EXPECT_EQ(expression("a || return 1 + 2"), "Binary || .Path a .Return ..Binary + ...Int 1 ...Int 2");
  EXPECT_EQ(expression("move async || f()"), "Closure move async || .Call ..Path f");
}

TEST(G9, Options) {
  EXPECT_EQ(expression("spawn(name: \"a\") f()"), "Spawn .Call ..Path f .option: Named name ..Str \"a\"");
  EXPECT_EQ(expression("spawn (f)()"), "Spawn .Call ..Path f");
  EXPECT_EQ(expression("scope(deadline: 5s) s { }"), "Scope s .option: Named deadline ..Duration 5000000000ns .Block");
}

TEST(G10, Arms) {
  EXPECT_EQ(expression("select { x = f(), if a => b, else => { } }"),
            "Select .Arm x ..of: Call ...Path f ..guard: Path a ..body: Path b .Arm else ..body: Block ...Block");
  EXPECT_EQ(expression("match x { 1 => { } (a, _) => a }"), "Match .Path x .Arm 1 ..body: Block ...Block .Arm (a, _) ..body: Path a");
}

TEST(G11, Operators) {
  EXPECT_EQ(expression("a +% b *% c"), "Binary +% .Path a .Binary *% ..Path b ..Path c");
  EXPECT_EQ(expression("a = b |> f()"), "Assign .Path a .Pipe ..Path b ..Call ...Path f");
  EXPECT_EQ(expression("a = b = c"), "Assign .Path a .Assign ..Path b ..Path c");
  EXPECT_EQ(expression("0..n |> f()"), "Pipe .Range .. ..Int 0 ..Path n .Call ..Path f");
  EXPECT_EQ(codes("a < b < c"), "P0027");
  EXPECT_EQ(codes("a..b..c"), "P0028");
  EXPECT_EQ(expression("if let a = x && b { }"), "If .if: Binary && ..LetCondition a ...Path x ..Path b .then: Block ..Block");
  EXPECT_EQ(Parsed("fn f(a: &T?, b: fn() -> T?);").tree(), "Function f\n  Param a: &T?\n  Param b: fn() -> T?\n");
}

} // namespace async::syntax::test
