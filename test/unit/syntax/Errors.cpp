// What is said about a mistake, and that it is said once.
#include <gtest/gtest.h>

#include "test/unit/syntax/Fixture.h"

namespace async::syntax::test {

namespace {

std::string errors(const std::string &text) { return Parsed(text).errors(); }

} // namespace

TEST(Errors, Words) {
  EXPECT_EQ(errors("fn main() { let x = ; }"), "P0001 1:21 expected an expression, found `;`\n");
  EXPECT_EQ(errors("fn main() { let = 1; }"), "P0001 1:17 expected a pattern, found `=`\n");
  EXPECT_EQ(errors("fn f(x: ) { }"), "P0001 1:9 expected a type, found `)`\n");
  EXPECT_EQ(errors("fn f() -> { }"), "P0001 1:11 expected a type, found `{`\n");
  EXPECT_EQ(errors("fn 1() { }"), "P0001 1:4 expected a name, found `1`\n");
  EXPECT_EQ(errors("x = 1;"), "P0001 1:1 expected an item, found `x`\n");
  EXPECT_EQ(errors("fn main() { f(a b); }"), "P0001 1:17 expected `)` or `,`, found `b`\n");
  EXPECT_EQ(errors("fn main() { loop x; }"), "P0001 1:18 expected `{`, found `x`\n");
  EXPECT_EQ(errors("struct S { x i64 }"), "P0001 1:14 expected `:`, found `i64`\n");
  EXPECT_EQ(errors("fn main() { for x of y { } }"), "P0001 1:19 expected `in`, found `of`\n");
  EXPECT_EQ(errors("fn main() { match 1 { _ -> 2 } }"), "P0001 1:25 expected `=>`, found `->`\n");
}

TEST(Errors, OneAMistake) {
  EXPECT_EQ(errors("fn main() {\n    let a = 1\n    let b = (2;\n    let c = ];\n    f(c)\n}\n"),
            "P0008 2:13 expected `;` at the end of this statement\nP0001 3:15 expected `)` or `,`, found `;`\n"
            "P0001 4:13 expected an expression, found `]`\n");
  EXPECT_EQ(errors("fn a( { }\nfn b() { }\nfn c() { x. }\n"),
            "P0001 1:7 expected a pattern or `)`, found `{`\nP0001 3:13 expected a name or a number, found `}`\n");
}

TEST(Errors, ForgottenBraceIsNamedWhereItStands) {
  const Parsed parsed("fn a() {\n    if x {\n        f();\n}\n\nfn b() { }\n");
  EXPECT_EQ(parsed.errors(), "P0007 1:8 the `{` that stands here is not closed\n");
  EXPECT_EQ(parsed.file.items.count, 2u); // what stands behind it is read
}

TEST(Errors, ForgottenQuoteIsNamedOnItsLine) {
  EXPECT_EQ(errors("fn a() {\n    f(\"x);\n    g(\"{y}\");\n}\nfn b() { h(\"z\"); }\n"), "P0005 2:7 the string that begins here is not closed\n");
}

TEST(Errors, HabitsFromElsewhereAreMended) {
  const Parsed parsed("fn main() { let mut x = parse::<i64>(t); println!(\"{x}\"); f(&'a x); g().await; }");
  EXPECT_EQ(parsed.codes(), "P0013 P0011 P0012 P0014 P0016");
  for (const frontend::Diagnostic *one : parsed.diagnostics.sorted())
    EXPECT_FALSE(one->fixes.empty()) << one->code;
  EXPECT_EQ(parsed.file.items.count, 1u);
}

} // namespace async::syntax::test
