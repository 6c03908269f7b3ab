// Mir.h: the control-flow graph that checks and lowering work on.
//
// One Body for each function, closure and async block, generic until mono. In the manner of rustc's MIR: locals, places,
// statements, one terminator a block; every implicit thing (drops, panics, cancellation edges, awaits) is an edge or an
// instruction. Instructions are listed in Instructions.def; Print.h and Parse.h give the text form and read it back.
//
// Locals      0 is the result; then the parameters; then the rest.
//             A closure's parameter 1 is its environment: `Closure` by value (once), or a reference to it; captures are its fields.
//             An async block has one parameter for each capture, in order. A function value never sees its environment's owner.
// Cleanup     a block with isCleanup runs while unwinding (panic, or cancellation of an async body); it may await (defer, scopes).
//             The reason of the unwinding (status 2 cancelled or 3 panicked, and a payload) is kept aside until Unwind goes on with it, or
//             TakeUnwind ends it and control returns to ordinary blocks.
// Stages      Built: as BuildMir made it, drops are conditional on initialisation.  Elaborated: every Drop is of an initialised place.
//             Mono: no Param, no Projection, callees are instances.
// Spans       every instruction has one (mandatory).
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "typeck/types/Program.h"

namespace async::mir {

using frontend::Span;
using frontend::Symbol;
using namespace typeck;

using LocalId = Id<struct MirLocalTag>;
using BlockId = Id<struct MirBlockTag>;

enum class Stage : uint8_t { Built, Elaborated, Mono };

struct Projection {
  enum class Kind : uint8_t {
    Field, // index: of a tuple, struct, closure environment, or of the variant before it
    Deref, // reference, raw pointer, Box
    Index, // local: i64, known to be in bounds; of an array or slice
    ConstIndex, // index from the front, or from the end; array or slice
    Subslice, // index..(length - fromEndCount)
    Downcast, // index: variant of an enum
  } kind;
  uint32_t index = 0;
  LocalId local;
  uint32_t fromEndCount = 0; // ConstIndex: counts from the end if not 0
  friend bool operator==(const Projection &, const Projection &) = default;
};

struct Place {
  LocalId base;
  std::vector<Projection> path;
  friend bool operator==(const Place &, const Place &) = default;
};

struct Constant {
  enum class Kind : uint8_t {
    Unit,
    Int, // also bool and char; value
    Float, // value: bits of the f64 (f32 too, converted exactly)
    Str, // text; type str
    Bytes, // text; type bytes
    FnItem, // type FnDef
    ConstParam, // value: index of the generic parameter
    Static, // const item of a static: the address, a raw pointer
    Undef, // an uninitialised value
  } kind;
  TypeId type;
  int64_t value = 0;
  Symbol text;
  ConstId item;
};

struct Operand {
  enum class Kind : uint8_t {
    Copy, // bitwise
    Share, // copy and count (shared types and what holds them)
    Move,
    Const,
  } kind = Kind::Const;
  Place place;
  Constant constant;
};

enum class BinaryOp : uint8_t {
  // Never panic. Div, Rem, Shl, Shr have been checked by an Assert before.
  Add, Sub, Mul, // wrapping for integers; floats
  Div, Rem, SatAdd, SatSub, BitAnd, BitOr, BitXor, Shl, Shr, Eq, Ne, Lt, Le, Gt, Ge,
  AddChecked, SubChecked, MulChecked, // give (T, bool): the wrapped value and whether it overflowed
};
enum class UnaryOp : uint8_t { Neg, Not };

struct Callee {
  FnId fn; // before mono: as in THIR (a trait's own method, Self first in the arguments)
  std::vector<TypeId> args;
  uint32_t instance = UINT32_MAX; // after mono: index of the instance
};

struct Rvalue {
  enum class Kind : uint8_t {
#define ASYNC_MIR_RVALUE(Name, text) Name,
#include "typeck/mir/Instructions.def"
  } kind;
  uint8_t op = 0; // BinaryOp, UnaryOp, Mutability, thir::CoercionKind by kind
  Place place; // Ref, AddressOf, Discriminant, Len
  std::vector<Operand> operands;
  TypeId type; // of the value
  AdtId adt; // Adt
  uint32_t variant = 0; // Adt
  Callee callee; // Future: the async function; its arguments are the operands
  ClosureId closure; // Closure, AsyncBlock
};

struct Statement {
  enum class Kind : uint8_t {
#define ASYNC_MIR_STATEMENT(Name, text) Name,
#include "typeck/mir/Instructions.def"
  } kind;
  Span span;
  Place place; // Assign, TakeUnwind: the destination
  Rvalue value; // Assign
  LocalId local; // StorageLive, StorageDead
};

enum class AssertKind : uint8_t {
  Overflow, // operands: none; op names the operator in the message
  DivisionByZero, RemainderByZero,
  DivisionOverflow, // MIN / -1
  ShiftOverflow,
  NegationOverflow,
  Bounds, // operands: index, length
};

struct Terminator {
  enum class Kind : uint8_t {
#define ASYNC_MIR_TERMINATOR(Name, text) Name,
#include "typeck/mir/Instructions.def"
  } kind;
  Span span;
  // Which are used is said in Instructions.def.
  Place place;
  std::vector<Operand> operands;
  Callee callee;
  std::vector<BlockId> targets; // successors in order; for Switch the last is `otherwise`
  std::vector<int64_t> values; // Switch
  BlockId unwind; // invalid: leaves the body at once (as if it were a block with only Unwind)
  AssertKind assertKind = AssertKind::Overflow;
  BinaryOp op = BinaryOp::Add; // Assert: which operator
  bool expected = true; // Assert
  bool isReplace = false; // Drop: the place is initialised again right after (for messages)
  CallKind callKind = CallKind::Shared; // CallValue
  Callee settle; // Spawn: the settling function (std/task.async): what becomes of the value of a task that nobody awaits
  bool hasScope = false; // Spawn: operand 0 is the scope; false: detach
  bool isShielded = false; // AwaitCall, Await, CallValue: no request to stop ends it, as in cleanup; so in a `defer` on an ordinary way
};

struct Block {
  std::vector<Statement> statements;
  Terminator terminator;
  bool isCleanup = false;
};

struct Local {
  Symbol name; // empty: a temporary
  TypeId type;
  Span span;
};

struct Body {
  FnId fn; // valid for a function
  ClosureId closure; // valid for a closure or async block; then `fn` is the function around it
  Stage stage = Stage::Built;
  bool isAsync = false; // has suspensions, result delivered through a frame
  uint32_t paramCount = 0;
  std::vector<Local> locals;
  std::vector<Block> blocks; // 0 is the entry
  Span span;

  TypeId localType(LocalId id) const { return locals[id.index].type; }
};

} // namespace async::mir
