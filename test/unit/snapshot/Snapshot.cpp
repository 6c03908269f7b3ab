#include "typeck/snapshot/Snapshot.h"

#include <gtest/gtest.h>

#include "typeck/mir/Mir.h"

namespace async::snapshot {
namespace {

struct All {
  typeck::Program program;
  resolve::World world;
  frontend::Interner interner;
  frontend::SourceMap sources;
  Into into() { return {program, world, interner, sources}; }
};

constexpr uint64_t hash = 77;

std::string sample() {
  All all;
  typeck::Types &types = all.program.types;
  all.sources.add("std/a.async", "fn f() {}\nfn g() {}\n");
  typeck::FnDecl fn;
  fn.name = all.interner.intern("f");
  fn.result = types.tuple(std::vector{types.i64, types.reference(typeck::Mutability::Shared, types.slice(types.u8))});
  fn.hasBody = true;
  fn.span = {4, 5};
  fn.params.push_back({all.interner.intern("x"), types.param(0, all.interner.intern("T")), {}, false, {}});
  fn.lang = all.interner.intern("panic");
  all.program.fns.push_back(fn);
  fn.name = all.interner.intern("hidden");
  all.program.fns.push_back(fn);
  all.program.langFns[fn.lang.index] = typeck::FnId{0};
  auto body = std::make_unique<mir::Body>();
  body->fn = typeck::FnId{0};
  body->locals.push_back({all.interner.intern("y"), types.i64, {4, 9}});
  mir::Statement statement;
  statement.kind = mir::Statement::Kind::Assign;
  statement.place.base = mir::LocalId{0};
  statement.place.path.push_back({mir::Projection::Kind::Field, 3, {}, 0});
  statement.value.kind = mir::Rvalue::Kind::Use;
  mir::Operand operand;
  operand.constant.kind = mir::Constant::Kind::Int;
  operand.constant.type = types.i64;
  operand.constant.value = INT64_MIN;
  statement.value.operands.push_back(operand);
  body->blocks.emplace_back();
  body->blocks[0].statements.push_back(statement);
  body->blocks[0].terminator.kind = mir::Terminator::Kind::Return;
  all.program.fnBodies.resize(2);
  all.program.fnBodies[0] = std::move(body);
  all.world.modules.emplace_back();
  all.world.modules[0].isStd = true;
  all.world.modules[0].values[all.interner.intern("f")] = {{resolve::DefKind::Fn, 0, 0}, true, {4, 5}, false};
  all.world.fns.resize(1);
  return write(all.program, all.world, all.interner, all.sources, hash);
}

TEST(Snapshot, RoundTrip) {
  std::string bytes = sample();
  EXPECT_EQ(bytes, sample());
  All all;
  std::string error;
  ASSERT_TRUE(loadBytes(bytes, hash, all.into(), error)) << error;
  ASSERT_EQ(all.program.fns.size(), 2u);
  const typeck::FnDecl &fn = all.program.fns[0];
  EXPECT_EQ(all.interner.text(fn.name), "f");
  EXPECT_EQ(all.sources.locate(15).line, 2u);
  EXPECT_EQ(all.program.types[fn.result].args.size(), 2u);
  EXPECT_EQ(all.program.types[fn.params[0].type].kind, typeck::TypeKind::Param);
  EXPECT_EQ(all.program.langFns.at(fn.lang.index), typeck::FnId{0});
  EXPECT_EQ(all.world.fns.size(), 2u);
  EXPECT_EQ(all.world.modules[0].values.at(fn.name).def.kind, resolve::DefKind::Fn);
  std::unique_ptr<mir::Body> body = all.program.loader->fnBody(typeck::FnId{0});
  ASSERT_TRUE(body);
  const mir::Statement &statement = body->blocks[0].statements[0];
  EXPECT_EQ(statement.place.path[0].index, 3u);
  EXPECT_EQ(statement.value.operands[0].constant.value, INT64_MIN);
  EXPECT_FALSE(all.program.loader->fnBody(typeck::FnId{1}));
  EXPECT_FALSE(all.program.loader->closureBody(typeck::ClosureId{9}));
  // What is loaded is written the same.
  all.program.fnBodies.resize(2);
  all.program.fnBodies[0] = std::move(body);
  all.world.fns.resize(1);
  EXPECT_EQ(write(all.program, all.world, all.interner, all.sources, hash), bytes);
}

TEST(Snapshot, DamageIsSeen) {
  std::string bytes = sample();
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] = static_cast<char>(damaged[i] ^ 0x41);
    All all;
    std::string error;
    EXPECT_FALSE(loadBytes(damaged, hash, all.into(), error)) << i;
    EXPECT_FALSE(error.empty());
  }
  for (size_t i = 0; i < bytes.size(); ++i) {
    All all;
    std::string error;
    EXPECT_FALSE(loadBytes(std::string_view(bytes).substr(0, i), hash, all.into(), error)) << i;
  }
}

TEST(Snapshot, OtherVersionsAndFilesAreRefused) {
  std::string bytes = sample(), error;
  All other, missing;
  EXPECT_FALSE(loadBytes(bytes, hash + 1, other.into(), error));
  EXPECT_NE(error.find("another version"), std::string::npos);
  EXPECT_FALSE(load("/nonexistent/std", hash, missing.into(), error));
  EXPECT_FALSE(load("/", hash, missing.into(), error));
}

} // namespace
} // namespace async::snapshot
