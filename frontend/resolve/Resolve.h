// Resolve.h: modules and names: what each name of a program stands for.
//
// In      the trees of std's files and of the user's (a file is a module, a folder a package).
// Out     World: the modules with their names, and every definition numbered. Diagnostics N0xxx (unknown, private, twice defined, cyclic imports).
// How     items are entered module by module; `use` is solved to a fixed point (globs and re-exports included). Paths in bodies are looked up on the way
//         (resolvePath); local variables are the business of inference, which asks here only for what is no local.
// Numbers Definitions are numbered by kind in order of files and text. The same numbers are the ids of typeck's Program (FnId, AdtId …), so a loaded
//         std (Snapshot.h) is a prefix: `base` says how many definitions of each kind came with it; those have no tree.
// Cost    linear in names, times the depth of re-exports.
#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "frontend/diagnostics/Diagnostics.h"
#include "frontend/source/Interner.h"
#include "frontend/syntax/Ast.h"

namespace async::resolve {

using frontend::Diagnostics;
using frontend::Interner;
using frontend::Span;
using frontend::Symbol;

enum class DefKind : uint8_t {
  None,
  Module, // World::modules
  Primitive, // i8 … f64 bool char and `!`-free words of the language: index is a PrimitiveType
  Adt, // struct or enum
  Variant, // index: the Adt, variant: which
  Trait,
  Alias, // type alias
  AssocType, // of a trait; only below `Self::`, `T::` (typeck) or as a member
  Fn,
  Const, // const and static
  Error, // reported; absorbs what follows
};

enum class PrimitiveType : uint8_t { I8, I16, I32, I64, U8, U16, U32, U64, F32, F64, Bool, Char, Async, Stream, Sink };

struct Def {
  DefKind kind = DefKind::None;
  uint32_t index = 0;
  uint32_t variant = 0;
  friend bool operator==(const Def &, const Def &) = default;
};

enum class Namespace : uint8_t { Types, Values }; // modules, types and traits; functions, constants, variants, tuple-struct constructors

struct Binding {
  Def def;
  bool isPublic = false;
  Span span;
  bool isGlob = false; // by `use m::*`: anything else of that name goes before it
};

struct Module {
  Symbol name;
  uint32_t parent = UINT32_MAX; // UINT32_MAX: a root (std, or the user's package)
  bool isBlock = false; // the items of a block: names not found here are looked up in the parent
  bool isStd = false;
  bool hasFile = false;
  std::unordered_map<Symbol, Binding> types, values;
};

// Where a definition stands in the trees.
struct ItemRef {
  const ast::File *file = nullptr; // null: loaded, no tree
  ast::ItemId item;
  uint32_t module = 0;
};

struct FnRef {
  const ast::File *file = nullptr;
  ast::FunctionId function; // invalid: `item` is a constant of an impl or a trait, a function of no parameters that is called where it is named
  ast::ItemId item; // with its attributes
  uint32_t module = 0;
  enum class Parent : uint8_t { None, Impl, Trait, Extern, Export } parent = Parent::None;
  uint32_t parentIndex = 0; // Impl, Trait: its number
  Symbol abi; // Extern, Export
};

struct World {
  std::vector<Module> modules; // 0: std's root (if std is there)
  uint32_t root = 0; // the user's root module
  std::vector<FnRef> fns; // free, in impls, traits, extern blocks; by FnId
  std::vector<ItemRef> adts, traits, impls, consts, aliases, tests; // by number
  std::vector<ItemRef> assocTypes; // declared in traits; by AssocTypeId
  std::vector<std::vector<Symbol>> adtVariants; // the names of the variants of each enum; none for structs
  std::vector<uint32_t> assocTypeTraits; // the trait of each
  uint32_t preludeModule = UINT32_MAX; // whose public names every module sees last
  std::unordered_map<uint64_t, uint32_t> blockModules; // (file index << 32 | BlockId) → module, for blocks that have items
  std::deque<std::unique_ptr<ast::File>> files;

  uint32_t blockModule(const ast::File &file, ast::BlockId block) const; // UINT32_MAX: none
};

// One file to be entered: its path in modules ("std", "text", "str"), or the user's root (empty).
struct SourceModule {
  std::vector<Symbol> path;
  std::unique_ptr<ast::File> file;
  bool isStd = false;
};

// Enters the files into the world (which may hold a loaded std), and solves `use`.
void enterModules(World &world, std::vector<SourceModule> files, Interner &interner, Diagnostics &diagnostics);

// What a single name stands for in a module: its own names, those of the modules around a block, imports, the prelude, then `std` and primitives. None: unknown.
Def lookup(const World &world, const Interner &interner, uint32_t module, Symbol name, Namespace space);

// As far as a path names definitions: `def` is what its first `used` segments stand for (a module is never left at the end). What is left
// (`List::new`, `Self::Item`, `T::default`) are members that typeck looks up. Reports unknown and private names, with a suggestion; then def is Error.
// A first segment that is unknown in `space` and the only one gives None without a report, so that the caller can look among its locals or report itself.
struct ResolvedPath {
  Def def;
  uint32_t used = 0;
};
ResolvedPath resolvePath(const World &world, const Interner &interner, const ast::File &file, uint32_t module, const ast::Path &path, Namespace space, Diagnostics &diagnostics);

// What was probably meant by an unknown name.
struct Meant {
  Symbol name;
  bool isSure = false; // it is known here, and no other is as near
};
std::optional<Meant> suggest(const World &world, const Interner &interner, uint32_t module, Symbol name, Namespace space);

// Whether code in `from` may use a non-public name of `owner`: the same module or one below it.
bool canSee(const World &world, uint32_t from, uint32_t owner);

} // namespace async::resolve
