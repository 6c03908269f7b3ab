#include <gtest/gtest.h>

#include "typeck/mir/Parse.h"
#include "typeck/mir/Print.h"
#include "typeck/mir/Verify.h"

using namespace async;

namespace {

constexpr std::string_view everything = R"(
#[lang("str")] #[shared] struct str
struct List<T> { data: *mut T, length: i64 }
enum Option<T> { None, Some(T) }
fn f<T>(item: T, items: &List<T>) -> Option<T>
async fn g(n: i64) -> i64
closure#0 of f (x: i64) -> i64 [seen: &mut i64]
body fn f built async {
  result: Option<T>
  param item: T
  param items: &List<T>
  let x: i64
  let x#1: (i64, bool)
  let tmp: [i64; 3]
  let tmp#1: Async<i64>
  let tmp#2: &mut i64
  let tmp#3: closure#0<T>
  let tmp#4: str
  let tmp#5: fn g
  let tmp#6: shared fn(i64, str) -> bool
  let tmp#7: *mut i64
  let tmp#8: (i64, i64)
  let tmp#9: [i64; 2]
bb0:
  live x
  x = -5: i64
  x#1 = add_checked(copy x, copy items.*.length)
  tmp = array(copy x, 1: i64, 2: i64)
  tmp = repeat copy x as [i64; 3]
  x = copy tmp[=1]
  x = copy tmp[=-1]
  x = copy tmp[x]
  tmp#9 = copy tmp[=1..-0]
  tmp#1 = future g(copy x)
  tmp#2 = ref mut x
  tmp#3 = closure#0(move tmp#2)
  tmp#4 = "a\"b\\\x0a": str
  tmp#5 = fn g
  tmp#7 = addr mut x
  x = neg copy x
  x#1 = tuple(len tmp, true)
  nop
  assert copy x#1.1 is false overflow add() -> bb1 unwind bb4
bb1:
  result = adt Option@Some(move item)
  x = discriminant result
  switch copy x [0: bb2, -1: bb2, otherwise: bb3]
bb2:
  drop replace result@Some.0 -> bb3 unwind bb4
bb3:
  x = await_call g(1: i64) -> bb5 unwind bb4
bb4 cleanup:
  tmp#8 = take_unwind
  goto -> bb5
bb5:
  dead x
  return
}
)";

std::string body(std::string_view text) { return std::string(text.substr(text.find("body"))); }

} // namespace

TEST(Text, ReadsBackWhatItPrints) {
  std::string text(everything);
  // `len` is a value of its own, no operand.
  text.replace(text.find("tuple(len tmp, true)"), 20, "tuple(3: i64, true)");
  typeck::Program program;
  frontend::Interner interner;
  mir::Parsed parsed = mir::parse(program, interner, text);
  ASSERT_EQ(parsed.error, "");
  ASSERT_EQ(parsed.bodies.size(), 1u);
  EXPECT_EQ(mir::print(program, interner, *parsed.bodies[0]), body(text));
}

TEST(Text, SurvivesEveryCutAndChange) {
  for (size_t length = 0; length < everything.size(); ++length) {
    typeck::Program program;
    frontend::Interner interner;
    std::string text(everything.substr(0, length));
    mir::parse(program, interner, text);
    text = everything;
    text[length] = "{}()<>[].,:;#@!x7 "[length % 18];
    typeck::Program other;
    frontend::Interner names;
    mir::Parsed parsed = mir::parse(other, names, text);
    for (auto &made : parsed.bodies)
      mir::verify(other, names, *made);
  }
}

TEST(Text, ABodyBelongsToSomething) {
  typeck::Program program;
  frontend::Interner interner;
  mir::Parsed parsed = mir::parse(program, interner, "fn f() -> i64 body built { result: i64 bb0: return }");
  EXPECT_EQ(parsed.error, "line 1: a body belongs to `fn` or `closure#`, found `built`");
}

TEST(Verify, FindsWhatDoesNotHold) {
  auto errors = [](std::string_view text) {
    typeck::Program program;
    frontend::Interner interner;
    mir::Parsed parsed = mir::parse(program, interner, text);
    EXPECT_EQ(parsed.error, "");
    return parsed.bodies.empty() ? std::vector<std::string>{} : mir::verify(program, interner, *parsed.bodies[0]);
  };
  EXPECT_EQ(errors("fn f() -> i64 body fn f built { result: i64 bb0: result = true return }").size(), 1u);
  EXPECT_EQ(errors("fn f() -> i64 body fn f built { result: i64 bb0: goto -> bb1 bb1 cleanup: unwind }").size(), 1u);
  EXPECT_EQ(errors("fn f() -> i64 body fn f built { result: i64 bb0: unwind }").size(), 1u);
  EXPECT_EQ(errors("#[drop] struct A fn f(a: A) -> () body fn f elaborated { result: () param a: A let b: A bb0: b = move a drop a -> bb1 bb1: return }").size(), 1u);
  EXPECT_EQ(errors("fn f() -> i64 body fn f built { result: i64 bb0: result = 1: i64 return }").size(), 0u);
}
