// Mono.h: which functions a program really consists of, each with its types.
//
// In      generic MIR (stage Elaborated) of all functions and closures that can be reached from `main` and from exported functions.
// Out     instances: a function or closure with generic arguments, its MIR at stage Mono. No Param, no Projection, callees are instance numbers.
// How     a work list from the roots. Trait methods are resolved to implementations; derived and structural operations (Eq Ord Hash Clone Debug of derived
//         types, tuples, arrays), drop glue and retaining are made here as MIR, so that lowering knows only ordinary functions.
// Holds   at stage Mono
//   share    no operand of kind Share is left: counting is an explicit Call before the use
//   drop     a Drop is of a place whose type needs one; dropGlue(type) is the instance to call with the address (a raw pointer to the type)
//   values   CallValue is left only for boxed function values (TypeKind::Fn) with `callee` unused; calls of closures and named functions have become Call or AwaitCall
//   await    Await is left only for values of type Async; the await of a mode-polymorphic call has become a Call or an AwaitCall
//   futures  Rvalues Future and AsyncBlock, Spawn and `settle` have callee.instance; the glue of the parameters of what becomes a future exists
//   modes    an async function that never waits and is nowhere a future has become a synchronous one (isAsync false), its AwaitCalls Calls
// Errors  diagnostics for what only shows here: instantiation without end (Limits::instances deep), constructs whose running is not supported yet.
// Cost    linear in the size of all instances.
#pragma once
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "frontend/diagnostics/Diagnostics.h"
#include "lowering/mono/Layout.h"
#include "typeck/mir/Mir.h"

namespace async::mono {

struct Instance {
  enum class Kind : uint8_t {
    Body, // `body` is its code
    Intrinsic, // extern "intrinsic": made in place; args are its generic arguments
    Foreign, // extern "C": called by `linkName`
    Leaf, // extern "leaf": like the start of an async function, by `linkName`; its frame has leafFrameSize bytes
  } kind = Kind::Body;
  FnId fn; // the function; of a closure: the one around it
  ClosureId closure; // valid for closures and async blocks
  TypeId type; // valid for glue (drop, retain, derived): of which type
  std::vector<TypeId> args;
  std::unique_ptr<mir::Body> body;
  bool isAsync = false; // has a start and a resume
  bool isExported = false; // export "C": has an entry for C, `linkName`
  bool inlineNever = false, inlineAlways = false, isCold = false, trackCaller = false;
  std::vector<TypeId> params;
  TypeId result;
  std::string name; // unique and readable: `std::collections::list::List<i64>::push`; for Foreign and Leaf the link name
  std::string linkName; // of Foreign, and of what is exported
  uint32_t leafFrameSize = 0;
};

// The table behind a boxed value; instances to be called with the address of the data first.
// Function  call(data, arguments…) -> result. Of type `once fn` (CallKind::Once) it takes the data away: its caller (CallValue of callKind Once, whose
//           operand is the Fn by value) then only frees the memory. `drop` is for a function value that is dropped.
// Values of types Fn, Async and `dyn` have no drop glue: lowering ends them through their table, or by async_frame_free.
struct Table {
  enum class Kind : uint8_t { Function, Dyn } kind = Kind::Function;
  TypeId of; // the type of the data
  uint32_t drop = UINT32_MAX; // drop glue, or none
  std::vector<uint32_t> methods; // Function: call
};

// What the main task is in a run.
struct Entry {
  uint32_t body; // an async function of no parameters that gives what the user's function gives. It sets the statics first
  uint32_t report = UINT32_MAX; // `fn(v0: u64, v1: u64) -> i32`: gets the two words of that value, prints an Err, gives the exit code (`report` of async_main_run)
};

class Mono {
public:
  explicit Mono(Program &program) : program(program), layouts(program) {}
  Mono(const Mono &) = delete;
  Mono &operator=(const Mono &) = delete;

  Program &program;
  mutable Layouts layouts;

  uint32_t count() const { return static_cast<uint32_t>(instances.size()); }
  const Instance &instance(uint32_t index) const { return *instances[index]; }
  Instance &instance(uint32_t index) { return *instances[index]; }
  bool needsDrop(TypeId type) const;
  // The instance that ends the life of a value at an address: `fn(at: *mut T)`. UINT32_MAX: there is nothing to do.
  uint32_t dropGlue(TypeId type) const;
  const Table &table(uint32_t index) const { return tables[index]; }
  std::string internalErrors; // inconsistencies of the compiler itself; empty if all is well
  // The functions of no parameters that the program can begin with, one in each run; none: `main`. One that is #[bench] is measured.
  std::vector<FnId> starts;
  std::vector<Entry> entries; // for each of them
  bool isLibrary = false; // there are none: only what is exported is a root
  // `fn()`: sets the statics of a library, before anything of it is called. UINT32_MAX: it has none.
  uint32_t libraryStart = UINT32_MAX;
  std::vector<ConstId> statics; // that are used: memory of their type, zero at first

  std::vector<std::unique_ptr<Instance>> instances;
  std::vector<Table> tables; // Coerce of kind ClosureToFn, ToDyn: Rvalue::variant is the number of the table
  std::unordered_map<uint32_t, uint32_t> dropGlues; // by TypeId
};

// Fills `mono` from what the program begins with. False: errors were reported.
bool collectInstances(Mono &mono, const frontend::Interner &interner, frontend::Diagnostics &diagnostics);

} // namespace async::mono
