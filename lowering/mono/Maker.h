// Maker.h: builds MIR by hand, for the functions that no source text has. The blocks are at stage Elaborated, with closed types;
// callees are named by function and arguments, and resolved like those of any other body.
#pragma once
#include <memory>

#include "lowering/mono/Lang.h"
#include "lowering/mono/Layout.h"
#include "typeck/mir/Mir.h"

namespace async::mono {

class Maker {
public:
  using Operands = std::vector<mir::Operand>;

  Maker(Layouts &layouts, Program &program, const Lang &lang, Span span);

  Layouts &layouts;
  Program &program;
  const Lang &lang;
  std::unique_ptr<mir::Body> body;
  mir::BlockId current;
  Span span;

  // Local 0 and the parameters, in this order.
  void signature(TypeId result, std::vector<TypeId> params);
  mir::LocalId local(TypeId type);
  mir::BlockId block(bool isCleanup = false);

  static mir::Place place(mir::LocalId local) { return {local, {}}; }
  static mir::Projection step(mir::Projection::Kind kind, uint32_t index = 0, mir::LocalId local = {}) { return {kind, index, local, 0}; }
  static mir::Place deref(mir::LocalId local) { return {local, {step(mir::Projection::Kind::Deref)}}; }
  static mir::Place field(mir::Place of, uint32_t index);
  static mir::Place variant(mir::Place of, uint32_t index);
  static mir::Place element(mir::Place of, mir::LocalId index);
  static mir::Operand copy(mir::Place place) { return use(mir::Operand::Kind::Copy, std::move(place)); }
  static mir::Operand move(mir::Place place) { return use(mir::Operand::Kind::Move, std::move(place)); }
  static mir::Operand use(mir::Operand::Kind kind, mir::Place place);
  mir::Operand integer(TypeId type, int64_t value);

  // Statements and terminators at the end of `current`.
  void assign(mir::Place to, mir::Rvalue value);
  void assign(mir::Place to, mir::Operand value);
  mir::LocalId reference(mir::Place to, TypeId type, Mutability mutability = Mutability::Shared);
  mir::LocalId binary(mir::BinaryOp op, TypeId result, mir::Operand a, mir::Operand b);
  mir::LocalId discriminant(mir::Place of);
  mir::Rvalue aggregate(TypeId type, uint32_t variant, Operands operands);
  mir::Terminator &end(mir::Terminator::Kind kind);
  void jump(mir::BlockId to);
  void ret() { end(mir::Terminator::Kind::Return); }
  // 0 goes to `zero`, everything else on in a new block.
  void unlessZero(mir::Operand value, mir::BlockId zero);
  // Goes on in a new block.
  void call(FnId fn, std::vector<TypeId> args, Operands operands, mir::Place to, mir::BlockId unwind = {});
  void callVoid(FnId fn, std::vector<TypeId> args, Operands operands);
  void drop(mir::Place place, mir::BlockId unwind = {});
  // `for index in 0..length`: gives the index; `current` is in the loop. endLoop closes it.
  struct Loop {
    mir::LocalId index;
    mir::BlockId head, after;
  };
  Loop beginLoop(mir::Operand length, bool isCleanup = false);
  void endLoop(const Loop &loop);

  bool isEnum(TypeId type) const;
  uint32_t variantCount(TypeId type) const;
  const std::vector<TypeId> &fieldTypes(TypeId type, uint32_t variant);
  // The field of a struct, tuple or closure, or of the variant of an enum.
  mir::Place fieldOf(TypeId type, mir::Place of, uint32_t variant, uint32_t index) const;
};

// `fn(at: *mut T)`: ends the life of the value.
std::unique_ptr<mir::Body> makeDropGlue(Maker &maker, TypeId type);
// `fn(at: &T)`: counts one owner more of all that it shares.
std::unique_ptr<mir::Body> makeRetainGlue(Maker &maker, TypeId type);
// The operation of a structural trait for a type. Null: its structure does not give it.
std::unique_ptr<mir::Body> makeDerived(Maker &maker, TraitId trait, TypeId type);
// The code behind a boxed function value of type `fn`: `fn(data: *mut T, arguments…) -> result`.
std::unique_ptr<mir::Body> makeBoxedCall(Maker &maker, TypeId callable, TypeId fn);
// An async function with the parameters of an instance, which it calls.
std::unique_ptr<mir::Body> makeAsyncWrapper(Maker &maker, std::vector<TypeId> params, TypeId result, uint32_t instance, bool isLeaf);
// `async fn(closure, arguments…) -> result`: calls an async closure that it owns.
std::unique_ptr<mir::Body> makeOwningCall(Maker &maker, TypeId closure, std::vector<TypeId> params, TypeId result);
// `fn(v0: u64, v1: u64) -> i32`: the exit code for the value of main.
std::unique_ptr<mir::Body> makeMainReport(Maker &maker, TypeId result);

} // namespace async::mono
