#include "test/unit/llvm/Fixture.h"

#include "typeck/infer/Thir.h"

namespace async::test {
namespace {

using mir::BinaryOp;

struct Sync : LlvmTest {
  // The main task gives what a function of no parameters gives.
  int64_t valueOf(uint32_t callee) {
    Fn main = fn("main", types.i64, {}, true);
    uint32_t self = last();
    main.call(0, TK::Call, callee, {}, 0, 1);
    main.leave(1);
    return run(self, GetParam());
  }
  AdtId enumOf(std::vector<std::vector<TypeId>> variants) {
    AdtDecl decl{};
    decl.isEnum = true;
    for (const std::vector<TypeId> &fields : variants) {
      VariantDecl &variant = decl.variants.emplace_back();
      variant.discriminant = static_cast<int64_t>(decl.variants.size()) - 1;
      for (TypeId field : fields)
        variant.fields.emplace_back().type = field;
    }
    program.adts.push_back(decl);
    return AdtId{static_cast<uint32_t>(program.adts.size() - 1)};
  }
};
INSTANTIATE_TEST_SUITE_P(Levels, Sync, testing::Values(0u, 2u));

mir::Rvalue variantOf(AdtId adt, uint32_t variant, std::vector<mir::Operand> fields) {
  mir::Rvalue made = aggregate(RK::Adt, std::move(fields));
  made.adt = adt;
  made.variant = variant;
  return made;
}

mir::Projection downcast(uint32_t variant) {
  mir::Projection made{};
  made.kind = mir::Projection::Kind::Downcast;
  made.index = variant;
  return made;
}

// Which variant, and its data, of each of some values, by whichever tag the layout chose.
TEST_P(Sync, VariantsAreToldApart) {
  TypeId word = types.i64;
  std::vector<std::vector<std::vector<TypeId>>> shapes = {
      {{}, {word}}, {{types.boolean}, {}, {}}, {{types.character}, {}}, {{types.reference(Mutability::Shared, word)}, {}}, {{word, types.u8}, {types.u8}, {}}};
  for (const auto &variants : shapes) {
    AdtId adt = enumOf(variants);
    TypeId type = types.adt(adt, {});
    Fn f = fn("which", word, {});
    uint32_t self = last(), value = f.local(type), index = f.local(word);
    f.assign(0, at(0), use(number(word, 0)));
    for (uint32_t v = 0; v < variants.size(); ++v) {
      std::vector<mir::Operand> fields;
      for (TypeId field : variants[v]) {
        if (program.types[field].kind == TypeKind::Ref) {
          uint32_t to = f.local(field);
          f.assign(0, at(to), ref(at(0)));
          fields.push_back(copy(to));
        } else {
          fields.push_back(number(field, 1));
        }
      }
      f.assign(0, at(value), variantOf(adt, v, fields));
      mir::Rvalue discriminant{};
      discriminant.kind = RK::Discriminant;
      discriminant.place = at(value);
      f.assign(0, at(index), discriminant);
      f.assign(0, at(0), binary(BinaryOp::Mul, copy(0), number(word, 10)));
      f.assign(0, at(0), binary(BinaryOp::Add, copy(0), copy(index)));
    }
    f.leave(0);
    EXPECT_EQ(valueOf(self), variants.size() == 2 ? 1 : 12);
  }
}

TEST_P(Sync, DataOfAVariant) {
  TypeId word = types.i64;
  AdtId adt = enumOf({{}, {types.u8, word, types.i32}});
  TypeId type = types.adt(adt, {});
  Fn make = fn("make", type, {word});
  uint32_t maker = last();
  make.assign(0, at(0), variantOf(adt, 1, {number(types.u8, 200), copy(1), number(types.i32, -5)}));
  make.leave(0);
  Fn f = fn("sum", word, {});
  uint32_t self = last(), value = f.local(type), part = f.local(word);
  f.call(0, TK::Call, maker, {number(word, 1000)}, value, 1);
  f.assign(1, at(0), use(copy(at(value, {downcast(1), field(1)}))));
  for (uint32_t i : {0u, 2u}) {
    mir::Rvalue widen = aggregate(RK::Cast, {copy(at(value, {downcast(1), field(i)}))});
    f.assign(1, at(part), widen);
    f.assign(1, at(0), binary(BinaryOp::Add, copy(0), copy(part)));
  }
  f.leave(1);
  EXPECT_EQ(valueOf(self), 1195);
}

TEST_P(Sync, SmallPartsTravelAsWords) {
  TypeId word = types.i64;
  TypeId parts[] = {types.i32, types.i16, types.u8, types.boolean, types.i32};
  TypeId type = types.tuple(parts);
  Fn make = fn("make", type, {type});
  uint32_t maker = last();
  make.assign(0, at(0), use(copy(1)));
  make.leave(0);
  Fn f = fn("sum", word, {});
  uint32_t self = last(), value = f.local(type), got = f.local(type), part = f.local(word);
  f.assign(0, at(value), aggregate(RK::Tuple, {number(types.i32, 100), number(types.i16, -3), number(types.u8, 255), number(types.boolean, 1), number(types.i32, 7)}));
  f.call(0, TK::Call, maker, {copy(value)}, got, 1);
  f.assign(1, at(0), use(number(word, 0)));
  for (uint32_t i = 0; i < 5; ++i) {
    f.assign(1, at(part), aggregate(RK::Cast, {copy(at(got, {field(i)}))}));
    f.assign(1, at(0), binary(BinaryOp::Add, copy(0), copy(part)));
  }
  f.leave(1);
  EXPECT_EQ(valueOf(self), 360);
}

TEST_P(Sync, ALargeResultDoesNotOverwriteWhatItIsMadeOf) {
  TypeId word = types.i64;
  std::vector<TypeId> three(3, word);
  TypeId wide = types.tuple(three);
  TypeId reference = types.reference(Mutability::Shared, wide);
  Fn turn = fn("turn", wide, {reference});
  uint32_t turner = last();
  turn.instance.inlineNever = true;
  turn.assign(0, at(0), aggregate(RK::Tuple, {copy(at(1, {deref(), field(1)})), copy(at(1, {deref(), field(2)})), copy(at(1, {deref(), field(0)}))}));
  turn.leave(0);
  Fn f = fn("f", word, {});
  uint32_t self = last(), value = f.local(wide), lent = f.local(reference);
  f.assign(0, at(value), aggregate(RK::Tuple, {number(word, 1), number(word, 2), number(word, 3)}));
  f.assign(0, at(lent), ref(at(value)));
  f.call(0, TK::Call, turner, {copy(lent)}, value, 1);
  f.assign(1, at(0), binary(BinaryOp::Mul, copy(at(value, {field(0)})), number(word, 100)));
  f.assign(1, at(0), binary(BinaryOp::Add, copy(0), copy(at(value, {field(2)}))));
  f.leave(1);
  EXPECT_EQ(valueOf(self), 201);
}

TEST_P(Sync, BoxedFunctionsOwnWhatTheyHold) {
  TypeId word = types.i64;
  TypeId held[] = {word, word};
  TypeId data = types.tuple(held);
  TypeId params[] = {word};
  TypeId boxed = types.function(CallKind::Exclusive, params, word);
  Fn body = fn("body", word, {types.pointer(Mutability::Exclusive, data), word});
  uint32_t method = last();
  body.assign(0, at(0), binary(BinaryOp::Add, copy(at(1, {deref(), field(1)})), copy(2)));
  body.leave(0);
  mono::Table table;
  table.of = data;
  table.methods = {method};
  mono.tables.push_back(table);
  Fn f = fn("f", word, {});
  uint32_t self = last(), value = f.local(data), function = f.local(boxed), lent = f.local(types.reference(Mutability::Exclusive, boxed));
  f.assign(0, at(value), aggregate(RK::Tuple, {number(word, 1), number(word, 40)}));
  mir::Rvalue coerce = aggregate(RK::Coerce, {move(value)});
  coerce.op = static_cast<uint8_t>(thir::CoercionKind::ClosureToFn);
  coerce.variant = 0;
  f.assign(0, at(function), coerce);
  f.assign(0, at(lent), ref(at(function), Mutability::Exclusive));
  f.call(0, TK::CallValue, UINT32_MAX, {copy(lent), number(word, 2)}, 0, 1).callKind = CallKind::Exclusive;
  f.end(1, TK::Drop, {2}).place = at(function);
  f.leave(2);
  EXPECT_EQ(valueOf(self), 42);
  EXPECT_EQ(runtimeLog().allocated, 0);
}

TEST_P(Sync, APanicPassesThroughCleanup) {
  Fn f = fn("f", types.i64, {});
  uint32_t self = last(), unit = f.local(types.unit);
  f.call(0, TK::Call, throws, {number(types.i64, 6)}, unit, 1).unwind = BlockId{2};
  f.leave(1);
  f.call(2, TK::Call, note, {number(types.i64, 8)}, unit, 3);
  f.end(3, TK::Unwind);
  f.block(2).isCleanup = f.block(3).isCleanup = true;
  valueOf(self);
  EXPECT_EQ(runtimeLog().status, 3);
  EXPECT_EQ(runtimeLog().payload, 6u);
  EXPECT_EQ(runtimeLog().noted[0], 8);
}

} // namespace
} // namespace async::test
