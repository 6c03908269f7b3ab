// MonoBuilder.h: writes instances at stage Mono by hand, for tests of the lowering alone.
#pragma once
#include "frontend/source/SourceMap.h"
#include "lowering/mono/Mono.h"
#include "lowering/states/Lowered.h"

namespace async::test {

using namespace typeck;
using mir::BlockId;
using mir::LocalId;
using TK = mir::Terminator::Kind;
using RK = mir::Rvalue::Kind;

inline mir::Place at(uint32_t local) { return {LocalId{local}, {}}; }

inline mir::Place at(uint32_t local, std::initializer_list<mir::Projection> path) { return {LocalId{local}, path}; }

inline mir::Projection field(uint32_t index) {
  mir::Projection made{};
  made.kind = mir::Projection::Kind::Field;
  made.index = index;
  return made;
}

inline mir::Projection deref() {
  mir::Projection made{};
  made.kind = mir::Projection::Kind::Deref;
  return made;
}

inline mir::Operand copy(mir::Place place) {
  mir::Operand made{};
  made.kind = mir::Operand::Kind::Copy;
  made.place = std::move(place);
  return made;
}

inline mir::Operand copy(uint32_t local) { return copy(at(local)); }

inline mir::Operand move(uint32_t local) {
  mir::Operand made = copy(local);
  made.kind = mir::Operand::Kind::Move;
  return made;
}

inline mir::Operand number(TypeId type, int64_t value) {
  mir::Operand made{};
  made.kind = mir::Operand::Kind::Const;
  made.constant.kind = mir::Constant::Kind::Int;
  made.constant.type = type;
  made.constant.value = value;
  return made;
}

inline mir::Rvalue use(mir::Operand operand) {
  mir::Rvalue made{};
  made.kind = RK::Use;
  made.operands = {std::move(operand)};
  return made;
}

inline mir::Rvalue binary(mir::BinaryOp op, mir::Operand a, mir::Operand b) {
  mir::Rvalue made{};
  made.kind = RK::Binary;
  made.op = static_cast<uint8_t>(op);
  made.operands = {std::move(a), std::move(b)};
  return made;
}

inline mir::Rvalue ref(mir::Place place, Mutability mutability = Mutability::Shared) {
  mir::Rvalue made{};
  made.kind = RK::Ref;
  made.op = static_cast<uint8_t>(mutability);
  made.place = std::move(place);
  return made;
}

inline mir::Rvalue aggregate(RK kind, std::vector<mir::Operand> operands) {
  mir::Rvalue made{};
  made.kind = kind;
  made.operands = std::move(operands);
  return made;
}

// Blocks are made before they are filled: `block(n)` makes all up to n.
class Fn {
public:
  Fn(mono::Instance &instance, TypeId result, std::vector<TypeId> params) : instance(instance) {
    instance.params = params;
    instance.result = result;
    instance.body = std::make_unique<mir::Body>();
    body().stage = mir::Stage::Mono;
    body().paramCount = static_cast<uint32_t>(params.size());
    local(result);
    for (TypeId param : params)
      local(param);
  }
  mir::Body &body() { return *instance.body; }
  uint32_t local(TypeId type, frontend::Symbol name = {}) {
    body().locals.push_back({name, type, {}});
    return static_cast<uint32_t>(body().locals.size() - 1);
  }
  mir::Block &block(uint32_t index) {
    while (body().blocks.size() <= index)
      body().blocks.emplace_back();
    return body().blocks[index];
  }
  void assign(uint32_t index, mir::Place to, mir::Rvalue value) {
    mir::Statement made{};
    made.kind = mir::Statement::Kind::Assign;
    made.place = std::move(to);
    made.value = std::move(value);
    block(index).statements.push_back(std::move(made));
  }
  mir::Terminator &end(uint32_t index, TK kind, std::vector<uint32_t> targets = {}) {
    for (uint32_t target : targets)
      block(target);
    mir::Terminator &made = block(index).terminator;
    made = {};
    made.kind = kind;
    for (uint32_t target : targets)
      made.targets.push_back(BlockId{target});
    return made;
  }
  void jump(uint32_t from, uint32_t to) { end(from, TK::Goto, {to}); }
  void leave(uint32_t from) { end(from, TK::Return); }
  void branch(uint32_t from, mir::Operand on, int64_t value, uint32_t then, uint32_t otherwise) {
    mir::Terminator &made = end(from, TK::Switch, {then, otherwise});
    made.operands = {std::move(on)};
    made.values = {value};
  }
  mir::Terminator &call(uint32_t from, TK kind, uint32_t callee, std::vector<mir::Operand> operands, uint32_t to, uint32_t target) {
    mir::Terminator &made = end(from, kind, {target});
    made.callee.instance = callee;
    made.operands = std::move(operands);
    made.place = at(to);
    return made;
  }

  mono::Instance &instance;
};

struct World {
  frontend::Interner interner;
  frontend::SourceMap sources;
  Program program;
  mono::Mono mono{program};
  Types &types = program.types;

  uint32_t add(mono::Instance::Kind kind, std::string name, bool isAsync = false) {
    auto made = std::make_unique<mono::Instance>();
    made->kind = kind;
    made->name = std::move(name);
    made->isAsync = isAsync;
    mono.instances.push_back(std::move(made));
    return mono.count() - 1;
  }
  Fn fn(std::string name, TypeId result, std::vector<TypeId> params, bool isAsync = false) {
    return Fn(mono.instance(add(mono::Instance::Kind::Body, std::move(name), isAsync)), result, std::move(params));
  }
  uint32_t last() const { return mono.count() - 1; }
  uint32_t outside(mono::Instance::Kind kind, std::string name, TypeId result, std::vector<TypeId> params) {
    uint32_t index = add(kind, std::move(name), kind == mono::Instance::Kind::Leaf);
    mono.instance(index).result = result;
    mono.instance(index).params = std::move(params);
    mono.instance(index).leafFrameSize = states::minLeafSize;
    return index;
  }
  TypeId bytes(int64_t count) { return types.array(types.u8, types.constInt(count)); }
};

} // namespace async::test
