#include "test/unit/mono/Fixture.h"

namespace async::mono {
namespace {

struct SelectTest : Fixture {
  Select select{program};
};

TEST_F(SelectTest, HeaderBindsParameters) {
  AdtId list = addStruct("List", {}, 1);
  TraitId trait = addTrait("Iterable", 1, true);
  ImplId impl = addImpl(trait, adt(list, {param(0)}), 1);
  program.impls[impl.index].assocTypes.push_back({AssocTypeId{0}, types.reference(Mutability::Shared, param(0))});
  TypeId self = adt(list, {types.boolean});
  SelectedImpl found = select.select(trait, self, {});
  EXPECT_EQ(found.impl, impl);
  EXPECT_EQ(found.args, std::vector<TypeId>{types.boolean});
  EXPECT_FALSE(select.select(trait, types.i64, {}).impl.valid());
  TypeId projection = types.projection(param(0), AssocTypeId{0}, {});
  std::vector<TypeId> args{self};
  EXPECT_EQ(select.closed(projection, args), types.reference(Mutability::Shared, types.boolean));
  EXPECT_EQ(select.closed(types.tuple(std::vector{projection, projection}), args),
            types.tuple(std::vector{select.closed(projection, args), select.closed(projection, args)}));
}

// impl<T: Iterator> IntoIterator for T beside impl<T> IntoIterator for List<T>: predicates decide.
TEST_F(SelectTest, PredicatesDecideBetweenHeaders) {
  AdtId list = addStruct("List", {}, 1), range = addStruct("Range", {});
  TraitId iterator = addTrait("Iterator", 1), into = addTrait("IntoIterator", 1);
  addImpl(iterator, adt(range));
  ImplId blanket = addImpl(into, param(0), 1);
  Predicate predicate{};
  predicate.kind = Predicate::Kind::Implements;
  predicate.subject = param(0);
  predicate.trait = {iterator, {}};
  program.impls[blanket.index].generics.predicates.push_back(predicate);
  ImplId ofList = addImpl(into, adt(list, {param(0)}), 1);
  EXPECT_EQ(select.select(into, adt(list, {types.i64}), {}).impl, ofList);
  EXPECT_EQ(select.select(into, adt(range), {}).impl, blanket);
}

// impl<I, U, F: fn(I) -> U> Trait for Mapped<I, F>: U is bound by the call.
TEST_F(SelectTest, CallsBindOpenParameters) {
  AdtId mapped = addStruct("Mapped", {}, 2);
  TraitId trait = addTrait("Iterator", 1, true);
  FnId fn = addFn("f", {types.i64}, types.boolean);
  ImplId impl = addImpl(trait, adt(mapped, {param(0), param(2)}), 3);
  Predicate calls{};
  calls.kind = Predicate::Kind::Calls;
  calls.subject = param(2);
  calls.signature = types.function(CallKind::Exclusive, std::vector{param(0)}, param(1));
  program.impls[impl.index].generics.predicates.push_back(calls);
  program.impls[impl.index].assocTypes.push_back({AssocTypeId{0}, param(1)});
  TypeId self = adt(mapped, {types.i64, types.fnDef(fn, {})});
  EXPECT_EQ(select.closed(types.projection(self, AssocTypeId{0}, {}), {}), types.boolean);
}

// impl<T: Trait> Trait for Wrap<T> asked of an endless type ends.
TEST_F(SelectTest, UnsolvableProjectionIsTheErrorType) {
  TraitId trait = addTrait("Iterator", 1, true);
  ImplId impl = addImpl(trait, types.i64);
  program.impls[impl.index].assocTypes.push_back({AssocTypeId{0}, types.projection(types.i64, AssocTypeId{0}, {})});
  EXPECT_EQ(select.closed(types.projection(types.i64, AssocTypeId{0}, {}), {}), types.error);
  EXPECT_EQ(select.closed(types.projection(types.boolean, AssocTypeId{0}, {}), {}), types.error);
}

} // namespace
} // namespace async::mono
