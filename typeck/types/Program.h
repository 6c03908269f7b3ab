// Program.h: everything about a program that outlives checking: definitions, signatures, traits, impls and MIR.
//
// Plain structs in arenas, addressed by 32-bit ids, so that std's part can be written out once and loaded as the prefix
// of every program (Snapshot.h). Names are Symbols; nothing here points into an AST.
#pragma once
#include <memory>
#include <optional>
#include <vector>

#include "frontend/source/SourceMap.h"
#include "typeck/types/Types.h"

namespace async::mir {
struct Body;
}

namespace async::typeck {

using frontend::Span;

// `trait<args>` said of a type. `args` leaves out Self.
struct TraitRef {
  TraitId trait;
  std::vector<TypeId> args;
};

// One thing that generics ask of their arguments.
struct Predicate {
  enum class Kind : uint8_t {
    Implements, // subject: trait
    Calls, // subject: fn(params…) -> result, of `callKind`; `signature` is a Fn type
    Equals, // the projection `subject` is `target`
  } kind;
  TypeId subject;
  TraitRef trait; // Implements
  TypeId signature; // Calls
  TypeId target; // Equals
  Span span;
};

struct GenericParam {
  Symbol name;
  bool isConst = false; // a constant of type i64
  bool isHidden = false; // made for a parameter written `fn(A) -> B` or `impl Trait`
  Span span;
  TypeId fallback{}; // of structs, enums and traits: what it is where it is not given; may speak of the parameters before it
};

// The parameters in force: those of the parent (impl or trait; a trait's Self is parameter 0) come first.
struct Generics {
  uint32_t parentCount = 0;
  std::vector<GenericParam> params; // the parent's included
  std::vector<Predicate> predicates; // the parent's included
};

enum class Abi : uint8_t {
  Async, // ours
  Intrinsic, // extern "intrinsic": the compiler makes the code (Intrinsics.def)
  C, // extern "C"
  Leaf, // extern "leaf": a runtime operation that suspends, called like an async function's start
  ExportC, // export "C" fn
};

struct ParamDecl {
  Symbol name;
  TypeId type;
  Span span;
  bool hasDefault = false;
  FnId defaultFn; // a function of no parameters that gives the default; valid if hasDefault
};

enum class SelfKind : uint8_t { None, Value, Ref, RefMut };

struct FnDecl {
  Symbol name;
  ModuleId module;
  Span span; // of the name
  Generics generics;
  std::vector<ParamDecl> params; // self included
  TypeId result; // T, also where a call gives Async<T>
  SelfKind self = SelfKind::None;
  Abi abi = Abi::Async;
  bool isPublic = false;
  bool isAsync = false; // a call gives Async<result>
  bool isUnsafe = false;
  bool isBlocking = false;
  bool isDeterministic = false;
  bool inlineNever = false, inlineAlways = false, isCold = false;
  bool trackCaller = false; // panics blame the caller's place; a hidden last argument carries it
  bool isConst = false; // a constant of an impl or a trait: no parameters, called where it is named
  bool hasBody = false; // false: a required trait method or a foreign function
  bool takes = false; // #[takes]
  bool isTest = false; // the body of a `test`; its name is the text. Where it gives a Result, a body without a value gives `Ok(())`
  bool isBench = false; // #[bench]
  bool isStream = false; // stream fn: `result` is Stream<item>; the body yields
  bool isSink = false; // sink fn: `result` is Sink<item, error>; the body reads `input`
  std::vector<uint32_t> fromParams; // `-> &T from a, b`: the parameters named; none: by rule L1
  std::vector<uint32_t> awaitedParams; // rules.md I1: parameters whose calls its body awaits: an argument may give the value or a future of it
  std::vector<uint32_t> modeParams; // the same if nothing else makes it async: they decide for each call; isAsync is then true as well
  uint32_t frameSize = 0; // #[frame(…)]: of Abi::Leaf, the bytes of the leaf, at least 32; of a body, the most that its frame may take, or 0
  std::optional<ImplId> impl; // where it stands
  std::optional<TraitId> trait; // declared in a trait
  Symbol lang; // the name in #[lang("…")], or the empty symbol
  Symbol linkName; // foreign and exported functions
};

struct FieldDecl {
  Symbol name; // tuple fields are "0", "1" …
  TypeId type;
  Span span;
  bool isPublic = false;
};

struct VariantDecl {
  Symbol name;
  Span span;
  enum class Shape : uint8_t { Unit, Tuple, Named } shape = Shape::Unit;
  std::vector<FieldDecl> fields;
  int64_t discriminant = 0;
};

// A struct has one variant.
struct AdtDecl {
  Symbol name;
  ModuleId module;
  Span span;
  Generics generics;
  bool isEnum = false;
  bool isCopy = false; // copy struct / a plain enum that says so
  bool isShared = false; // #[shared]: copied by counting (str, bytes, Shared): calls Retain on copy, Drop on drop
  bool isPublic = false;
  bool isReprC = false; // #[repr(C)]: the fields lie in order, as in C
  bool mustUse = false, mayIgnore = false; // #[must_use], #[may_ignore]
  std::vector<VariantDecl> variants;
  std::vector<Symbol> derives; // Eq Ord Hash Clone: mono makes their code by structure
  std::optional<FnId> dropFn; // impl Drop
  Symbol lang;

  std::optional<uint32_t> variantNamed(Symbol wanted) const {
    for (uint32_t i = 0; i < variants.size(); ++i)
      if (variants[i].name == wanted)
        return i;
    return std::nullopt;
  }
};

struct AssocTypeDecl {
  Symbol name;
  TraitId trait;
  std::vector<Predicate> bounds; // subject is the projection itself
  Span span;
  TypeId fallback; // what an impl binds that says nothing; invalid: it must say
  // Of `impl Trait` as the result of a function, which is an associated type of a trait of its own, implemented for (), whose parameters are the
  // function's: the function, and the type behind it once the body was inferred.
  FnId hides;
  TypeId hidden;
};

struct TraitDecl {
  Symbol name;
  ModuleId module;
  Span span;
  Generics generics; // parameter 0 is Self
  std::vector<TraitRef> supertraits;
  std::vector<FnId> methods;
  std::vector<AssocTypeId> assocTypes;
  bool isPublic = false;
  Symbol lang;
};

struct AssocBinding {
  AssocTypeId assoc;
  TypeId type;
};

struct ImplDecl {
  ModuleId module;
  Span span;
  Generics generics;
  std::optional<TraitRef> trait; // none: an inherent impl
  TypeId self;
  std::vector<FnId> methods;
  std::vector<AssocBinding> assocTypes;
};

// type Name<…> = …
struct AliasDecl {
  Symbol name;
  ModuleId module;
  Span span;
  Generics generics;
  TypeId type; // invalid until lowered
  enum class State : uint8_t { Declared, Active, Done } state = State::Declared; // Active: being lowered, so that a cycle is seen
};

// const and static: the value is what the function of no parameters gives.
struct ConstDecl {
  Symbol name;
  ModuleId module;
  Span span;
  TypeId type;
  FnId valueFn;
  bool isStatic = false;
  bool isPublic = false;
  std::optional<int64_t> literal; // the value, where it is an integer that simple arithmetic over literals and constants gives
};

// A closure or an async block: what mono needs to make it code. Its body's first local parameters are its captures'
// environment (mir::Body says how).
struct ClosureDecl {
  FnId owner; // the function whose text holds it; its generics are the closure's
  Span span;
  enum class Kind : uint8_t { Closure, AsyncBlock, AsyncClosure } kind = Kind::Closure;
  CallKind callKind = CallKind::Shared;
  std::vector<TypeId> params;
  TypeId result; // of the body (T for an async one)
  struct Capture {
    Symbol name;
    enum class Mode : uint8_t { Copy, Ref, RefMut, Move } mode;
    TypeId type; // of the field of the environment: T, &T or &mut T
  };
  std::vector<Capture> captures;
};

struct ModuleDecl {
  Symbol name;
  ModuleId parent; // invalid: a root (std, or the user's package)
  Span span;
};

// Gives MIR that is stored and not decoded yet (Snapshot.h). Null: none is stored for it.
class BodyLoader {
public:
  virtual ~BodyLoader() = default;
  virtual std::unique_ptr<mir::Body> fnBody(FnId fn) = 0;
  virtual std::unique_ptr<mir::Body> closureBody(ClosureId closure) = 0;
};

// How far the compiler goes before it takes a program to have no end; each has a flag (`asyncc check --help`).
struct Limits {
  uint32_t instances = 256; // instances of one function on the way to another
  uint32_t typeSize = 1 << 16; // parts of a type that is written
  uint32_t constSteps = 1 << 20; // operators and constants that the value of a constant takes
  uint32_t traits = 24; // bounds that ask for bounds
};

class Program {
public:
  Types types;
  std::vector<ModuleDecl> modules;
  std::vector<FnDecl> fns;
  std::vector<AdtDecl> adts;
  std::vector<TraitDecl> traits;
  std::vector<ImplDecl> impls;
  std::vector<AssocTypeDecl> assocTypes;
  std::vector<ConstDecl> consts;
  std::vector<AliasDecl> aliases;
  std::vector<ClosureDecl> closures;

  // Generic MIR, by FnId and ClosureId; null: no body (or not loaded yet, see Snapshot.h).
  std::vector<std::unique_ptr<mir::Body>> fnBodies, closureBodies;

  std::unique_ptr<BodyLoader> loader; // null: all bodies are here

  // What std marks with #[lang("name")].
  std::unordered_map<uint32_t, AdtId> langAdts; // by Symbol index
  std::unordered_map<uint32_t, TraitId> langTraits;
  std::unordered_map<uint32_t, FnId> langFns;

  FnId mainFn;
  Limits limits;
  std::vector<FnId> tests, benches; // of the user's files, in the order of the files and their text

  FnDecl &fn(FnId id) { return fns[id.index]; }
  const FnDecl &fn(FnId id) const { return fns[id.index]; }
  AdtDecl &adt(AdtId id) { return adts[id.index]; }
  const AdtDecl &adt(AdtId id) const { return adts[id.index]; }
  TraitDecl &trait(TraitId id) { return traits[id.index]; }
  const TraitDecl &trait(TraitId id) const { return traits[id.index]; }
  ImplDecl &impl(ImplId id) { return impls[id.index]; }
  const ImplDecl &impl(ImplId id) const { return impls[id.index]; }
  ClosureDecl &closure(ClosureId id) { return closures[id.index]; }
  const ClosureDecl &closure(ClosureId id) const { return closures[id.index]; }
  AssocTypeDecl &assocType(AssocTypeId id) { return assocTypes[id.index]; }
  const AssocTypeDecl &assocType(AssocTypeId id) const { return assocTypes[id.index]; }
  ConstDecl &constant(ConstId id) { return consts[id.index]; }
  const ConstDecl &constant(ConstId id) const { return consts[id.index]; }

  Program();
  ~Program();
};

} // namespace async::typeck
