// Fixture.h: makes object code of instances that were written by hand and runs them in this process.
#pragma once
#include <gtest/gtest.h>

#include "lowering/llvm/Codegen.h"
#include "lowering/llvm/Jit.h"
#include "lowering/states/Lowered.h"
#include "test/unit/llvm/FakeRuntime.h"
#include "test/unit/states/MonoBuilder.h"

namespace async::test {

struct LlvmTest : testing::TestWithParam<unsigned>, World {
  uint32_t later = 0, note = 0, throws = 0;
  states::LoweredSet set;

  LlvmTest() {
    later = outside(mono::Instance::Kind::Leaf, "test_later", types.i64, {types.i64});
    note = outside(mono::Instance::Kind::Foreign, "test_note", types.unit, {types.i64});
    throws = outside(mono::Instance::Kind::Foreign, "test_throw", types.never, {types.i64});
    runtimeLog() = {};
  }

  // `report` gives the first word of the main task's value.
  void finishProgram(uint32_t main) {
    Fn report = fn("report", types.i32, {types.u64, types.u64});
    mir::Rvalue narrow = aggregate(RK::Cast, {copy(1)});
    report.assign(0, at(0), narrow);
    report.leave(0);
    mono.entries = {{main, last()}};
    set = states::lowerStates(mono, interner);
    for (const auto &lowered : set.all)
      if (lowered)
        EXPECT_EQ(states::verifyLowered(mono, *lowered), "");
  }
  llvmgen::Result generate(llvmgen::Form form, unsigned level, bool debug = false) {
    llvmgen::Options options;
    options.level = level;
    options.debugInfo = debug;
    return llvmgen::generate({program, mono, set, sources, interner}, options, form);
  }
  int run(uint32_t main, unsigned level) {
    finishProgram(main);
    llvmgen::Result object = generate(llvmgen::Form::Object, level);
    EXPECT_EQ(object.errors, "") << generate(llvmgen::Form::EarlyIr, level).bytes;
    if (object.bytes.empty())
      return -2;
    std::string errors;
    int code = llvmgen::runObject(object.bytes, {"test"}, errors);
    EXPECT_EQ(errors, "");
    return code;
  }
};

} // namespace async::test
