// Inference of whole programs: types of locals, and which errors stand where.
#include <gtest/gtest.h>

#include "test/unit/types/Fixture.h"
#include "typeck/infer/Infer.h"
#include "typeck/infer/PrintThir.h"

namespace async {
namespace {

struct Inferred : test::Checked {
  std::string locals, tree;

  // Bodies of std are inferred only when there is no text.
  explicit Inferred(const std::string &text) {
    if (!text.empty())
      add(text);
    collect();
    typeck::Context context{program, world, sources, interner, diagnostics};
    size_t count = program.fns.size();
    for (uint32_t i = 0; i < count; ++i) {
      if (!text.empty() && world.modules[program.fns[i].module.index].isStd)
        continue;
      std::unique_ptr<thir::Body> body = infer::inferBody(context, bodies, typeck::FnId{i});
      if (!body || text.empty() || body->hasErrors)
        continue;
      locals += infer::printLocals(program, interner, *body);
      tree += infer::printThir(program, interner, *body);
    }
  }
};

std::string locals(const std::string &body, const std::string &before = "") {
  Inferred made(before + "\nfn main() {\n" + body + "\n}\n");
  return made.errors() + made.locals;
}

std::string errors(const std::string &body, const std::string &before = "") { return Inferred("fn main() {\n" + body + "\n}\n" + before).errors(); }

TEST(Infer, StdHasNoErrors) { EXPECT_EQ(Inferred("").errors(), ""); }

TEST(Infer, LiteralsDefaultLast) {
  EXPECT_EQ(locals("let a = 1; let b = 2.5; let c = 3; let d: u8 = c;"), "  let a: i64\n  let b: f64\n  let c: u8\n  let d: u8\n");
}

TEST(Infer, CollectionsTakeTheirElementsFromLaterUses) {
  EXPECT_EQ(locals("let xs = []; xs.push(\"a\"); let m = Map::new(); m.insert(1, xs.len());"), "  let xs: List<str>\n  let m: Map<i64, i64>\n");
}

TEST(Infer, MethodsWaitForTheirReceivers) {
  EXPECT_EQ(locals("let f = |x| x.len(); let n = f(\"abc\");").find("let n: i64") != std::string::npos, true);
  EXPECT_EQ(locals("let best = None; if let Some(b) = best { let n = b.len(); } best = Some(\"x\");"),
            "  let best: Option<str>\n  let b: str\n  let n: i64\n");
}

TEST(Infer, ClosuresKnowTheirParametersFromBounds) {
  EXPECT_EQ(locals("let squares: List<i64> = (1..5).map(|x| x * x).filter(|x| x % 2 == 1).collect();"),
            "  let squares: List<i64>\n");
}

TEST(Infer, BindingModesLookThroughReferences) {
  EXPECT_EQ(locals("let p = &(1, \"a\"); let (n, s) = p; for (k, v) in &Map::new() { let q: &str = k; let w: &i64 = v; }"),
            "  let p: &(i64, str)\n  let n: &i64\n  let s: &str\n  let k: &str\n  let v: &i64\n  let q: &str\n  let w: &i64\n");
}

TEST(Infer, ErrorTypeOfABodyIsThatOfItsErrors) {
  EXPECT_NE(locals("let f = || Ok(\"1\".parse<i64>()?); let r = f();").find("let r: Result<i64, ParseError>"), std::string::npos);
}

TEST(Infer, ModesOfFunctionsThatAwaitTheirParameters) {
  std::string twice = "use std::time::sleep;\nfn twice(f: fn() -> i64) -> i64 { (await f()) + (await f()) }\n";
  EXPECT_EQ(locals("let a = twice(|| 1); let b = twice(|| { await sleep(1ms); 2 }); let c = await b;", twice),
            "  let a: i64\n  let b: Async<i64>\n  let c: i64\n");
}

TEST(Infer, ScopesAndTasks) {
  std::string later = "use std::time::sleep;\nasync fn later() -> i64 { await sleep(1ms); 1 }\n";
  EXPECT_EQ(locals("let r = scope { let t = spawn later(); await t };", later), "  let t: Task<i64>\n  let r: Result<i64, TaskError>\n");
}

TEST(Infer, PlacesBecomeMutableWhereTheyAreChanged) {
  Inferred made("fn main() { let xs = [1]; xs[0] = 2; let n = xs[0]; }");
  EXPECT_EQ(made.errors(), "");
  EXPECT_NE(made.tree.find("index_mut"), std::string::npos);
}

struct Mistake {
  const char *body, *expected;
};

TEST(Infer, OneMistakeIsReportedOnceAndWhereItIs) {
  const Mistake all[] = {
      {"let n: i64 = if true { 1 } else {\n\"a\" };", "main.async:3 T0301 expected i64, found str\n"},
      {"let x = missing; x.f(x.y);", "main.async:2 N0001 `missing` is not known here\n"},
      {"let x = None;", "main.async:2 T0304 nothing tells the type of this\n"},
      {"let f = |x| x(x);", "main.async:2 T0303 this type would be infinite: it contains itself, as shared fn(_) -> _\n"},
      {"let n: u8 = 256;", "main.async:2 T0332 the number does not fit in u8\n"},
      {"let n: i8 = -128; let m: i8 = -129;", "main.async:2 T0332 the number does not fit in i8\n"},
      {"let n = 1; n.foo().bar();", "main.async:2 T0311 `i64` has no method `foo`\n"},
      {"let s = \"a\"; s.len() + true;", "main.async:2 T0301 expected i64, found bool\n"},
      {"fn inner() { }\ninner(1);", "main.async:3 T0317 expected 0 arguments, found 1\n"},
  };
  for (const Mistake &mistake : all)
    EXPECT_EQ(errors(mistake.body), mistake.expected) << mistake.body;
}

TEST(Infer, DeepTypesStaySmall) {
  std::string body = "let a0 = (None, None);\n";
  for (int i = 1; i < 40; ++i)
    body += "let a" + std::to_string(i) + " = (a" + std::to_string(i - 1) + ", a" + std::to_string(i - 1) + ");\n";
  EXPECT_NE(errors(body), "");
}

} // namespace
} // namespace async
