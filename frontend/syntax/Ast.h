// Ast.h: the syntax tree of one file: what was written, with precedence and literals resolved and every place known.
//
// Nodes lie in vectors of File and are addressed by 32-bit ids; lists are runs of ids in one shared vector a kind. A broken file has a
// tree too: Error nodes stand where a mistake was reported. Names are Symbols of the Session's Interner.
//
// Depth   Nodes lie within each other at most 256 levels deep (P0010), so that recursion is safe, with two exceptions that are as deep as
//         the text is long and must be walked by loops:
//           `a` of Binary, Pipe, Field, Index, Call, MethodCall, Question: left-deep chains (`a + b + c`, `a.f().g()`), mixed
//           `c` of If: chains of `else if`
#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "frontend/source/Interner.h"
#include "frontend/source/SourceMap.h"

namespace async::ast {

using frontend::FileId;
using frontend::Span;
using frontend::Symbol;

template <typename Tag> struct Id {
  uint32_t index = UINT32_MAX;
  constexpr bool valid() const { return index != UINT32_MAX; }
  friend constexpr bool operator==(Id, Id) = default;
};

using ExprId = Id<struct ExprTag>;
using TypeId = Id<struct TypeTag>;
using PatternId = Id<struct PatternTag>;
using PathId = Id<struct PathTag>;
using BlockId = Id<struct BlockTag>;
using ItemId = Id<struct ItemTag>;
using FunctionId = Id<struct FunctionTag>;

// A run of elements in the vector that the field's comment names.
struct List {
  uint32_t begin = 0, count = 0;
};

struct Name {
  Symbol symbol;
  Span span;
};

// Paths: `std::time::sleep`, `Map<str, i64>::new`, `Self::Item`, `self`. The words self, Self, super and crate are segments of that text.
struct PathSegment {
  Name name;
  bool hasArgs = false;
  List args; // File::typeArgs
};

struct TypeArg {
  Name name; // `Item = T`: Item; else empty
  TypeId type; // invalid: a constant
  int64_t constant = 0;
  Span span;
};

struct Path {
  List segments; // File::segments
  Span span;
};

enum class TypeKind : uint8_t {
  Error,
  Path, // path
  Tuple, // list in typeLists; none is unit
  Array, // a, expr: the length
  Slice, // a
  Ref, // a; flag: mut
  Pointer, // a; flag: mut
  Function, // list in typeLists: parameters; a: result or invalid; word
  ImplTrait, // bounds
  Dyn, // bounds
  Optional, // a?
  Never,
  Infer, // _
};

enum class FunctionWord : uint8_t { None, Once, Shared };

// One trait (a path) or a function type behind `:` or `impl`.
struct Bound {
  PathId path;
  TypeId function; // kind Function, if valid
  Span span;
};

struct Type {
  TypeKind kind = TypeKind::Error;
  bool flag = false;
  FunctionWord word = FunctionWord::None;
  Span span;
  PathId path;
  TypeId a;
  ExprId expr;
  List list;
  List bounds; // File::bounds
};

enum class PatternKind : uint8_t {
  Error,
  Wildcard,
  Rest, // `..` in a tuple, slice or tuple struct
  Binding, // name, a: the pattern behind `@` or invalid. A name alone may also be a constant or a variant: resolution decides
  Literal, // expr
  Range, // lo, hi (either may be invalid), flag: inclusive
  Ref, // &a; flag: mut
  Tuple, // list in patternLists
  Slice, // list in patternLists
  Path, // path with several segments or type arguments
  TupleStruct, // path(list in patternLists)
  Struct, // path { list in patternFields }; flag: has `..`
  Or, // list in patternLists
};

struct Pattern {
  PatternKind kind = PatternKind::Error;
  bool flag = false;
  Span span;
  Name name;
  PathId path;
  PatternId a;
  ExprId expr, lo, hi;
  List list;
};

struct PatternField {
  Name name;
  PatternId pattern; // `x` alone: a Binding of that name
};

enum class ExprKind : uint8_t {
#define ASYNC_AST_EXPR(Name) Name,
#include "frontend/syntax/AstExprs.def"
};

enum class UnaryOp : uint8_t { Neg, Not, Deref };
enum class BinaryOp : uint8_t {
  Add, Sub, Mul, Div, Rem, WrapAdd, WrapSub, WrapMul, SatAdd, SatSub, BitAnd, BitOr, BitXor, Shl, Shr,
  Eq, Ne, Lt, Le, Gt, Ge, And, Or,
};

// The use of the fields by kind stands in AstExprs.def.
struct Expr {
  ExprKind kind = ExprKind::Error;
  uint8_t op = 0;
  bool flag = false, flag2 = false;
  Span span; // of the whole expression
  Span span2;
  ExprId a, b, c;
  List list, list2;
  PathId path;
  PatternId pattern;
  TypeId type;
  BlockId block;
  Symbol name, name2;
  Name label; // with its quote: 'outer; empty: none
  int64_t integer = 0;
};

struct Argument {
  Name name; // empty: by position
  ExprId value;
};

struct FieldInit {
  Name name;
  ExprId value; // `x` alone: a Path of that name
};

struct FormatPart {
  Symbol text; // literal text, if expr is invalid
  ExprId expr;
  Span span; // of `{…}`
  // The specification of fmt, parsed: fill 0 is none, align one of 0 < ^ >, sign one of 0 - + space, type a letter or 0.
  uint32_t fill = 0;
  char align = 0, sign = 0, type = 0;
  bool alternate = false, zero = false;
  int64_t width = -1, precision = -1; // -1: none
  ExprId widthExpr, precisionExpr; // `{n}` in their place
};

struct Arm {
  PatternId pattern;
  ExprId guard; // or invalid
  ExprId body;
  Span span;
};

struct SelectArm {
  PatternId pattern; // invalid: `else`
  ExprId expr;
  ExprId guard;
  ExprId body;
  Span span;
};

struct ClosureParam {
  PatternId pattern;
  TypeId type; // or invalid
};

enum class StmtKind : uint8_t {
  Expr, // expr; hasSemi
  Let, // pattern, type or invalid, expr or invalid, elseBlock or invalid
  Defer, // expr; flag: errdefer
  Item, // item
};

struct Stmt {
  StmtKind kind = StmtKind::Expr;
  bool hasSemi = false, flag = false;
  Span span;
  PatternId pattern;
  TypeId type;
  ExprId expr;
  BlockId elseBlock;
  ItemId item;
};

// The value of a block is the expression of its last statement, if that has no semicolon.
struct Block {
  List stmts; // File::stmts
  Span span;
};

struct AttributeArg {
  Name name; // `size: 64`: size
  ExprId literal; // or invalid
  PathId path; // or invalid
};

struct Attribute {
  Name name;
  List args; // File::attributeArgs
  Span span;
};

struct GenericParam {
  Name name;
  bool isConst = false;
  TypeId type; // of a constant; else the default, or none
  List bounds; // File::bounds
};

struct WherePredicate {
  TypeId subject;
  List bounds;
};

struct Generics {
  List params; // File::genericParams
  List where; // File::wherePredicates
};

enum class SelfParam : uint8_t { None, Value, Ref, RefMut };

struct Param {
  PatternId pattern; // invalid for self
  TypeId type;
  ExprId defaultValue;
  SelfParam self = SelfParam::None;
  Span span;
};

struct Function {
  Name name;
  Span span; // signature
  bool isAsync = false, isUnsafe = false, isStream = false, isSink = false, isDeterministic = false, isBlocking = false;
  Generics generics;
  List params; // File::params
  TypeId result; // invalid: unit; of a sink: the type of its items
  List fromNames; // File::names: `-> &str from a`
  List outNames; // reserved for `; out from s`
  BlockId body; // invalid: a declaration
};

struct Field {
  Name name;
  TypeId type;
  bool isPublic = false;
  List attributes;
};

enum class VariantShape : uint8_t { Unit, Tuple, Named };

struct Variant {
  Name name;
  VariantShape shape = VariantShape::Unit;
  List fields; // File::fields
  ExprId discriminant;
  List attributes;
};

struct UseTree {
  List segments; // File::names
  enum class Kind : uint8_t { Name, Glob, Group } kind = Kind::Name;
  Name alias; // `as`; else empty
  List children; // File::useTreeLists
  Span span;
};

enum class ItemKind : uint8_t {
  Function, // function
  Struct, // generics; variant: its one Variant (name that of the struct); flag: copy
  Enum, // generics; list: File::variants; flag: copy
  Trait, // generics; bounds: supertraits; list: File::itemLists: members
  Impl, // generics; type: the trait or invalid; type2: what it is for; list: File::itemLists: members
  Const, // type, expr
  Static, // type, expr
  TypeAlias, // generics, type
  AssocType, // in a trait: bounds, type: default or invalid; in an impl: type
  Use, // useTree
  Extern, // name: the ABI; list: File::itemLists: functions
  Export, // name: the ABI in `abi`; function
  Test, // name: its text; function: its parameters and body, under the same name
};

struct Item {
  ItemKind kind = ItemKind::Function;
  bool isPublic = false, flag = false;
  Name name;
  Span span;
  List attributes; // File::attributes
  Generics generics;
  FunctionId function;
  uint32_t variant = UINT32_MAX; // File::variants
  List list, bounds;
  TypeId type, type2;
  ExprId expr;
  uint32_t useTree = UINT32_MAX; // File::useTrees
  Symbol abi;
};

struct File {
  FileId file;
  List items; // File::itemLists
  bool hasErrors = false; // syntax errors were reported

  std::vector<Expr> exprs;
  std::vector<Type> types;
  std::vector<Pattern> patterns;
  std::vector<Path> paths;
  std::vector<Block> blocks;
  std::vector<Item> itemTable;
  std::vector<Function> functions;

  std::vector<ExprId> exprLists;
  std::vector<TypeId> typeLists;
  std::vector<PatternId> patternLists;
  std::vector<ItemId> itemLists;
  std::vector<uint32_t> useTreeLists;
  std::vector<PathSegment> segments;
  std::vector<TypeArg> typeArgs;
  std::vector<Bound> bounds;
  std::vector<PatternField> patternFields;
  std::vector<Argument> arguments;
  std::vector<FieldInit> fieldInits;
  std::vector<FormatPart> formatParts;
  std::vector<Arm> arms;
  std::vector<SelectArm> selectArms;
  std::vector<ClosureParam> closureParams;
  std::vector<Stmt> stmts;
  std::vector<Attribute> attributes;
  std::vector<AttributeArg> attributeArgs;
  std::vector<GenericParam> genericParams;
  std::vector<WherePredicate> wherePredicates;
  std::vector<Param> params;
  std::vector<Field> fields;
  std::vector<Variant> variants;
  std::vector<UseTree> useTrees;
  std::vector<Name> names;

  const Expr &operator[](ExprId id) const { return exprs[id.index]; }
  const Type &operator[](TypeId id) const { return types[id.index]; }
  const Pattern &operator[](PatternId id) const { return patterns[id.index]; }
  const Path &operator[](PathId id) const { return paths[id.index]; }
  const Block &operator[](BlockId id) const { return blocks[id.index]; }
  const Item &operator[](ItemId id) const { return itemTable[id.index]; }
  const Function &operator[](FunctionId id) const { return functions[id.index]; }

  template <typename T> static std::span<const T> run(const std::vector<T> &all, List list) {
    return std::span<const T>(all).subspan(list.begin, list.count);
  }
};

} // namespace async::ast
