#include "lowering/mono/Lang.h"
#include "lowering/mono/Maker.h"
#include "test/unit/mono/Fixture.h"
#include <set>

namespace async::mono {
namespace {

using mir::Constant;
using mir::LocalId;
using mir::Operand;
using mir::Terminator;

struct CollectTest : Fixture {
  Layouts layouts{program};

  // The body of `fn` by a small program: `code` writes it.
  template <typename F> void body(FnId fn, F &&code) {
    Lang lang(program, interner);
    Maker maker(layouts, program, lang, {});
    maker.body->fn = fn;
    maker.body->isAsync = program.fn(fn).isAsync;
    std::vector<TypeId> params;
    for (const ParamDecl &param : program.fn(fn).params)
      params.push_back(param.type);
    maker.signature(program.fn(fn).result, params);
    code(maker);
    maker.ret();
    program.fnBodies[fn.index] = std::move(maker.body);
  }
  FnId addMain(bool isAsync = false) {
    FnId fn = addFn("main", {}, types.unit);
    program.fn(fn).isAsync = isAsync;
    program.mainFn = fn;
    return fn;
  }
  static Terminator &call(Maker &maker, Terminator::Kind kind, FnId fn, std::vector<TypeId> args, std::vector<Operand> operands, LocalId to) {
    uint32_t at = maker.current.index;
    maker.call(fn, std::move(args), std::move(operands), Maker::place(to));
    Terminator &made = maker.body->blocks[at].terminator;
    made.kind = kind;
    return made;
  }
  // The instances whose name contains the text.
  static std::vector<const Instance *> named(const Mono &mono, std::string_view text) {
    std::vector<const Instance *> found;
    for (const auto &instance : mono.instances)
      if (instance->name.find(text) != std::string::npos)
        found.push_back(instance.get());
    return found;
  }
  // What always holds at stage Mono.
  void verify(const Mono &mono) {
    EXPECT_EQ(mono.internalErrors, "");
    std::set<std::string> names;
    for (const auto &instance : mono.instances) {
      if (instance->kind == Instance::Kind::Body)
        EXPECT_TRUE(names.insert(instance->name).second) << instance->name;
      if (!instance->body)
        continue;
      const mir::Body &made = *instance->body;
      EXPECT_EQ(made.stage, mir::Stage::Mono) << instance->name;
      EXPECT_EQ(made.isAsync, instance->isAsync) << instance->name;
      for (const mir::Local &local : made.locals)
        EXPECT_FALSE(types[local.type].flags & (HasParam | HasProjection | HasVar)) << instance->name;
      for (const mir::Block &block : made.blocks) {
        const Terminator &end = block.terminator;
        for (mir::BlockId target : end.targets)
          EXPECT_LT(target.index, made.blocks.size());
        for (const mir::Statement &statement : block.statements)
          for (const Operand &operand : statement.value.operands)
            EXPECT_NE(operand.kind, Operand::Kind::Share) << instance->name;
        if (end.kind == Terminator::Kind::Call || end.kind == Terminator::Kind::AwaitCall)
          ASSERT_LT(end.callee.instance, mono.count()) << instance->name;
        if (end.kind == Terminator::Kind::AwaitCall)
          EXPECT_TRUE(mono.instance(end.callee.instance).isAsync) << instance->name;
      }
    }
  }
};

TEST_F(CollectTest, EachSetOfArgumentsIsOneInstance) {
  FnId id = addFn("id", {param(0)}, param(0), 1);
  body(id, [](Maker &maker) { maker.assign(Maker::place(LocalId{0}), Maker::move(Maker::place(LocalId{1}))); });
  FnId main = addMain();
  body(main, [&](Maker &maker) {
    for (TypeId type : {types.i64, types.boolean, types.i64})
      maker.call(id, {type}, {maker.integer(type, 1)}, Maker::place(maker.local(type)));
  });
  Mono mono(program);
  ASSERT_TRUE(collectInstances(mono, interner, diagnostics));
  verify(mono);
  EXPECT_EQ(named(mono, "id<").size(), 2u);
  EXPECT_EQ(named(mono, "id<i64>").size(), 1u);
  ASSERT_EQ(mono.entries.size(), 1u);
  EXPECT_TRUE(mono.instance(mono.entries[0].body).isAsync);
  EXPECT_NE(mono.entries[0].report, UINT32_MAX);
}

TEST_F(CollectTest, EachStartIsAnEntry) {
  FnId first = addFn("first", {}, types.unit), second = addFn("second", {}, types.unit);
  FnId bench = addFn("bench", {}, types.i64), unused = addFn("unused", {}, types.unit);
  program.fn(bench).isBench = true;
  FnId measure = addFn("measure", {param(1)}, types.unit, 2);
  program.fn(measure).lang = name("measure");
  for (FnId fn : {first, second, unused, measure})
    body(fn, [](Maker &) {});
  body(bench, [&](Maker &maker) { maker.assign(Maker::place(LocalId{0}), maker.integer(types.i64, 1)); });
  addMain();
  Mono mono(program);
  mono.starts = {first, bench, second};
  ASSERT_TRUE(collectInstances(mono, interner, diagnostics));
  verify(mono);
  ASSERT_EQ(mono.entries.size(), 3u);
  for (const Entry &entry : mono.entries) {
    EXPECT_TRUE(mono.instance(entry.body).isAsync);
    EXPECT_EQ(entry.report, mono.entries[0].report);
  }
  EXPECT_EQ(named(mono, "measure<").size(), 2u); // and the task around it
  EXPECT_EQ(named(mono, "main").size(), 1u); // main.report
  EXPECT_TRUE(named(mono, "unused").empty());
}

TEST_F(CollectTest, EndlessInstantiationIsReported) {
  FnId grow = addFn("grow", {param(0)}, types.unit, 1);
  body(grow, [&](Maker &maker) {
    TypeId pair = types.tuple(std::vector{param(0), param(0)});
    LocalId made = maker.local(pair);
    maker.call(grow, {pair}, {Maker::move(Maker::place(made))}, Maker::place(LocalId{0}));
  });
  FnId main = addMain();
  body(main, [&](Maker &maker) { maker.call(grow, {types.unit}, {maker.integer(types.unit, 0)}, Maker::place(LocalId{0})); });
  Mono mono(program);
  EXPECT_FALSE(collectInstances(mono, interner, diagnostics));
  EXPECT_EQ(diagnostics.errorCount(), 1u);
}

TEST_F(CollectTest, DropsBecomeGlueOrNothing) {
  AdtId guard = addStruct("Guard", {types.i64});
  TraitId drop = addTrait("Drop");
  FnId dropFn = addFn("drop", {types.reference(Mutability::Exclusive, adt(guard))}, types.unit);
  body(dropFn, [](Maker &) {});
  program.fn(dropFn).impl = addImpl(drop, adt(guard));
  program.adts[guard.index].dropFn = dropFn;
  TypeId both = types.tuple(std::vector{adt(guard), types.i64, adt(guard)});
  FnId main = addMain();
  body(main, [&](Maker &maker) {
    maker.drop(Maker::place(maker.local(both)));
    maker.drop(Maker::place(maker.local(types.array(adt(guard), types.constInt(3)))));
    maker.drop(Maker::place(maker.local(types.i64)));
  });
  Mono mono(program);
  ASSERT_TRUE(collectInstances(mono, interner, diagnostics));
  verify(mono);
  EXPECT_TRUE(mono.needsDrop(both));
  EXPECT_NE(mono.dropGlue(both), UINT32_MAX);
  EXPECT_NE(mono.dropGlue(adt(guard)), UINT32_MAX);
  EXPECT_EQ(mono.dropGlue(types.i64), UINT32_MAX);
  EXPECT_EQ(named(mono, "::drop").size(), 1u);
  unsigned drops = 0;
  for (const mir::Block &block : named(mono, "main")[0]->body->blocks)
    drops += block.terminator.kind == Terminator::Kind::Drop;
  EXPECT_EQ(drops, 2u);
}

TEST_F(CollectTest, SharesCount) {
  AdtId text = addStruct("Text", {types.pointer(Mutability::Exclusive, types.u8)});
  program.adts[text.index].isShared = true;
  TraitId retain = addTrait("Retain"), drop = addTrait("Drop");
  program.traits[retain.index].lang = name("retain");
  FnId method = addFn("retain", {types.reference(Mutability::Shared, param(0))}, types.unit, 1);
  program.fn(method).trait = retain;
  program.fn(method).hasBody = false;
  program.traits[retain.index].methods = {method};
  auto implement = [&](TraitId trait, const char *text_, Mutability mutability) {
    FnId fn = addFn(text_, {types.reference(mutability, adt(text))}, types.unit);
    body(fn, [](Maker &) {});
    ImplId impl = addImpl(trait, adt(text));
    program.fn(fn).impl = impl;
    program.impls[impl.index].methods = {fn};
    return fn;
  };
  FnId own = implement(retain, "retain", Mutability::Shared);
  program.adts[text.index].dropFn = implement(drop, "drop", Mutability::Exclusive);
  TypeId pair = types.tuple(std::vector{adt(text), types.i64, adt(text)});
  FnId main = addMain();
  body(main, [&](Maker &maker) {
    LocalId a = maker.local(pair), b = maker.local(pair);
    maker.assign(Maker::place(b), Maker::use(Operand::Kind::Share, Maker::place(a)));
  });
  Mono mono(program);
  ASSERT_TRUE(collectInstances(mono, interner, diagnostics));
  verify(mono);
  std::vector<const Instance *> glue = named(mono, "retain<");
  ASSERT_EQ(glue.size(), 1u);
  unsigned calls = 0;
  for (const mir::Block &block : glue[0]->body->blocks)
    if (block.terminator.kind == Terminator::Kind::Call)
      calls += mono.instance(block.terminator.callee.instance).fn == own;
  EXPECT_EQ(calls, 2u);
}

TEST_F(CollectTest, WhatNeverWaitsIsSynchronous) {
  FnId leaf = addFn("async_sleep", {}, types.unit);
  program.fn(leaf).abi = Abi::Leaf;
  program.fn(leaf).hasBody = false;
  FnId number = addFn("number", {}, types.i64), waits = addFn("waits", {}, types.unit);
  program.fn(number).isAsync = program.fn(waits).isAsync = true;
  body(number, [](Maker &maker) { maker.assign(Maker::place(LocalId{0}), maker.integer(maker.program.types.i64, 1)); });
  body(waits, [&](Maker &maker) { call(maker, Terminator::Kind::AwaitCall, leaf, {}, {}, LocalId{0}); });
  FnId main = addMain(true);
  body(main, [&](Maker &maker) {
    call(maker, Terminator::Kind::AwaitCall, number, {}, {}, maker.local(types.i64));
    call(maker, Terminator::Kind::AwaitCall, waits, {}, {}, maker.local(types.unit));
    // As a value it stays a future.
    mir::Rvalue future;
    future.kind = mir::Rvalue::Kind::Future;
    future.type = types.async(types.i64);
    future.callee.fn = number;
    maker.assign(Maker::place(maker.local(future.type)), std::move(future));
  });
  Mono mono(program);
  ASSERT_TRUE(collectInstances(mono, interner, diagnostics));
  verify(mono);
  EXPECT_FALSE(named(mono, "number")[0]->isAsync);
  EXPECT_TRUE(named(mono, "waits")[0]->isAsync);
  ASSERT_EQ(named(mono, "number.future").size(), 1u);
  EXPECT_TRUE(named(mono, "number.future")[0]->isAsync);
}

// await f(x) where f is synchronous for one caller and async for the other.
TEST_F(CollectTest, AwaitedCallsOfParametersTakeTheModeOfTheArgument) {
  FnId leaf = addFn("async_sleep", {}, types.unit);
  program.fn(leaf).abi = Abi::Leaf;
  program.fn(leaf).hasBody = false;
  FnId plain = addFn("plain", {}, types.i64), slow = addFn("slow", {}, types.i64);
  program.fn(slow).isAsync = true;
  body(plain, [](Maker &maker) { maker.assign(Maker::place(LocalId{0}), maker.integer(maker.program.types.i64, 1)); });
  body(slow, [&](Maker &maker) { call(maker, Terminator::Kind::AwaitCall, leaf, {}, {}, maker.local(types.unit)); });
  FnId twice = addFn("twice", {param(0)}, param(1), 2);
  program.fn(twice).isAsync = true;
  body(twice, [&](Maker &maker) {
    LocalId got = maker.local(param(1)), f = maker.reference(Maker::place(LocalId{1}), param(0));
    for (auto kind : {Terminator::Kind::CallValue, Terminator::Kind::Await}) {
      mir::BlockId next = maker.block();
      Terminator &made = maker.end(kind);
      made.operands = {kind == Terminator::Kind::Await ? Maker::move(Maker::place(got)) : Maker::copy(Maker::place(f))};
      made.place = Maker::place(kind == Terminator::Kind::Await ? LocalId{0} : got);
      made.targets = {next};
      maker.current = next;
    }
  });
  FnId main = addMain(true);
  body(main, [&](Maker &maker) {
    for (FnId fn : {plain, slow}) {
      TypeId item = types.fnDef(fn, {});
      Operand operand = maker.integer(item, 0);
      operand.constant.kind = Constant::Kind::FnItem;
      Terminator::Kind kind = fn == plain ? Terminator::Kind::Call : Terminator::Kind::AwaitCall;
      call(maker, kind, twice, {item, types.i64}, {operand}, maker.local(types.i64));
    }
  });
  Mono mono(program);
  ASSERT_TRUE(collectInstances(mono, interner, diagnostics)) << mono.internalErrors;
  verify(mono);
  ASSERT_EQ(named(mono, "twice<").size(), 2u);
  EXPECT_FALSE(named(mono, "twice<")[0]->isAsync);
  EXPECT_TRUE(named(mono, "twice<")[1]->isAsync);
}

TEST_F(CollectTest, StructuralTraitsHaveCode) {
  auto lang = [&](const char *text, std::vector<TypeId> params, TypeId result, bool others = false) {
    TraitId trait = addTrait(text);
    program.traits[trait.index].lang = name(text);
    FnId fn = addFn(text, std::move(params), result, 1);
    program.fn(fn).trait = trait;
    program.fn(fn).hasBody = others;
    program.traits[trait.index].methods = {fn};
    return fn;
  };
  AdtId ordering = addEnum("Ordering", {{}, {}, {}}), hasher = addStruct("Hasher", {types.u64});
  program.adts[ordering.index].lang = name("ordering");
  program.adts[hasher.index].lang = name("hasher");
  TypeId self = types.reference(Mutability::Shared, param(0)), into = types.reference(Mutability::Exclusive, adt(hasher));
  FnId eq = lang("eq", {self, self}, types.boolean), ord = lang("ord", {self, self}, adt(ordering)), clone = lang("clone", {self}, param(0));
  FnId hash = lang("hash", {self, into}, types.unit);
  FnId word = addFn("word", {into, types.u64}, types.unit);
  program.fn(word).lang = name("hasher_word");
  body(word, [](Maker &) {});
  AdtId shape = addEnum("Shape", {{types.i64, types.boolean}, {}, {types.tuple(std::vector{types.character, types.u8})}});
  TypeId type = types.array(adt(shape), types.constInt(4));
  FnId main = addMain();
  body(main, [&](Maker &maker) {
    LocalId value = maker.local(type), state = maker.local(adt(hasher));
    Operand a = Maker::copy(Maker::place(maker.reference(Maker::place(value), type)));
    maker.call(eq, {type}, {a, a}, Maker::place(maker.local(types.boolean)));
    maker.call(ord, {type}, {a, a}, Maker::place(maker.local(adt(ordering))));
    maker.call(clone, {type}, {a}, Maker::place(maker.local(type)));
    maker.call(hash, {type}, {a, Maker::copy(Maker::place(maker.reference(Maker::place(state), adt(hasher), Mutability::Exclusive)))}, Maker::place(maker.local(types.unit)));
  });
  Mono mono(program);
  ASSERT_TRUE(collectInstances(mono, interner, diagnostics)) << mono.internalErrors;
  verify(mono);
  // Array, enum and tuple for each of the four.
  EXPECT_EQ(named(mono, "Shape as").size() >= 4, true);
}

TEST_F(CollectTest, MissingImplementationIsNoCrash) {
  TraitId trait = addTrait("Speak");
  FnId speak = addFn("speak", {types.reference(Mutability::Shared, param(0))}, types.unit, 1);
  program.fn(speak).trait = trait;
  program.fn(speak).hasBody = false;
  FnId main = addMain();
  body(main, [&](Maker &maker) {
    LocalId value = maker.local(types.i64);
    maker.call(speak, {types.i64}, {Maker::copy(Maker::place(maker.reference(Maker::place(value), types.i64)))}, Maker::place(LocalId{0}));
  });
  Mono mono(program);
  EXPECT_FALSE(collectInstances(mono, interner, diagnostics));
  EXPECT_NE(mono.internalErrors.find("speak"), std::string::npos);
}

} // namespace
} // namespace async::mono
