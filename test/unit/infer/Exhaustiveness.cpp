#include "typeck/infer/Exhaustiveness.h"

#include "ThirFixture.h"

namespace async::thir::test {

class ExhaustivenessTest : public ThirTest {
protected:
  // The messages about a match of these arms.
  std::string check(TypeId type, std::vector<PatternId> patterns, size_t guarded = SIZE_MAX) {
    TL x = parameter("x", type);
    std::vector<Arm> arms;
    for (size_t i = 0; i < patterns.size(); ++i)
      arms.push_back({patterns[i], i == guarded ? integer(1, types.boolean) : ExprId{}, number(1)});
    body.value = match(get(x), arms, i64);
    frontend::Diagnostics found;
    infer::checkPatterns(program, interner, body, found);
    std::string result;
    for (const frontend::Diagnostic *diagnostic : found.sorted())
      result += diagnostic->message + "\n";
    return result;
  }
  PatternId flag(bool value) { return literal(integer(value, types.boolean)); }
  PatternId either(TypeId type, std::vector<PatternId> all) { return many(PatternKind::Or, type, all); }
  PatternId slice(TypeId type, std::vector<PatternId> first, bool hasRest, std::vector<PatternId> last = {}) {
    PatternId id = many(PatternKind::Slice, type, first);
    List made{static_cast<uint32_t>(body.patternLists.size()), static_cast<uint32_t>(last.size())};
    body.patternLists.insert(body.patternLists.end(), last.begin(), last.end());
    body.patterns[id.index].list2 = made;
    body.patterns[id.index].hasRest = hasRest;
    return id;
  }
};

static bool has(const std::string &text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST_F(ExhaustivenessTest, VariantsThatAreLeftOut) {
  TypeId inner = optionOf(i64), type = optionOf(inner);
  EXPECT_EQ(check(type, {some(some(wild(i64), inner), type), some(none(inner), type), none(type)}), "");
  EXPECT_TRUE(has(check(type, {some(some(wild(i64), inner), type), none(type)}), "not exhaustive: pattern `Some(None)` is not covered"));
  EXPECT_TRUE(has(check(type, {none(type)}), "`Some(_)`"));
  EXPECT_TRUE(has(check(type, {}), "any other value"));
}

TEST_F(ExhaustivenessTest, GuardsCoverNothing) {
  TypeId type = optionOf(i64);
  EXPECT_TRUE(has(check(type, {some(wild(i64), type), none(type)}, 0), "`Some(_)`"));
}

TEST_F(ExhaustivenessTest, TuplesAreSearchedTogether) {
  std::vector<TypeId> parts{types.boolean, types.boolean};
  TypeId type = types.tuple(parts);
  auto both = [&](PatternId a, PatternId b) { return many(PatternKind::Tuple, type, {a, b}); };
  EXPECT_EQ(check(type, {both(flag(true), wild(types.boolean)), both(wild(types.boolean), flag(true)), both(flag(false), flag(false))}), "");
  EXPECT_TRUE(has(check(type, {both(flag(true), wild(types.boolean)), both(wild(types.boolean), flag(true))}), "`(false, false)`"));
}

TEST_F(ExhaustivenessTest, IntervalsOfIntegers) {
  EXPECT_TRUE(has(check(i64, {literal(number(0)), range(1, 9)}), "`i64::MIN..=-1`"));
  TypeId u8 = types.u8;
  auto upTo = [&](int64_t low, int64_t high) {
    PatternId id = range(low, high);
    body.patterns[id.index].type = u8;
    return id;
  };
  EXPECT_EQ(check(u8, {upTo(0, 100), upTo(101, 255)}), "");
  EXPECT_TRUE(has(check(u8, {upTo(0, 100), upTo(102, 255)}), "`101`"));
  EXPECT_TRUE(has(check(u8, {upTo(0, 200), upTo(100, 150), wild(u8)}), "never reached"));
}

TEST_F(ExhaustivenessTest, LengthsOfSlices) {
  TypeId type = types.slice(i64);
  auto any = [&] { return wild(i64); };
  EXPECT_EQ(check(type, {slice(type, {}, false), slice(type, {any()}, false), slice(type, {any()}, true, {any()})}), "");
  EXPECT_TRUE(has(check(type, {slice(type, {}, false), slice(type, {any()}, true, {any()})}), "`[_]`"));
  EXPECT_TRUE(has(check(type, {slice(type, {}, false), slice(type, {any()}, false)}), "`[_, _, ..]`"));
  EXPECT_EQ(check(type, {slice(type, {}, false), slice(type, {literal(number(1))}, true), slice(type, {any()}, true)}), "");
}

TEST_F(ExhaustivenessTest, TextsNeverCover) {
  EXPECT_TRUE(has(check(str, {literal(text("a")), literal(text("b"))}), "any other value"));
  EXPECT_TRUE(has(check(str, {literal(text("a")), literal(text("a")), wild(str)}), "never reached"));
}

TEST_F(ExhaustivenessTest, AlternativesAndUnreachableArms) {
  TypeId type = optionOf(types.boolean);
  EXPECT_EQ(check(type, {some(either(types.boolean, {flag(true), flag(false)}), type), none(type)}), "");
  EXPECT_TRUE(has(check(type, {some(wild(types.boolean), type), some(flag(true), type), none(type)}), "never reached"));
}

TEST_F(ExhaustivenessTest, RefutableLets) {
  TypeId type = optionOf(i64);
  TL x = parameter("x", type), n = local("n", i64);
  body.value = block({let(some(bind(n), type), get(x))});
  infer::checkPatterns(program, interner, body, diagnostics);
  ASSERT_EQ(diagnostics.size(), 1u);
  EXPECT_EQ(diagnostics.sorted()[0]->message, "refutable pattern in `let`: pattern `None` is not covered");
}

TEST_F(ExhaustivenessTest, ManyColumnsAreLimited) {
  std::vector<TypeId> parts(40, types.boolean);
  TypeId type = types.tuple(parts);
  std::vector<PatternId> rows;
  for (size_t i = 0; i < 40; ++i) {
    std::vector<PatternId> columns;
    for (size_t j = 0; j < 40; ++j)
      columns.push_back(i == j || j == (i + 7) % 40 ? flag(i % 2 == 0) : wild(types.boolean));
    rows.push_back(many(PatternKind::Tuple, type, columns));
  }
  EXPECT_FALSE(check(type, rows).empty());
}

} // namespace async::thir::test
