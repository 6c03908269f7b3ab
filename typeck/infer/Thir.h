// Thir.h: the typed tree of one body: what inference makes and MIR building reads.
//
// Everything implicit is explicit here: references taken and followed, coercions, resolved callees with their type
// arguments, methods and operators as calls, captures, and sugar (`for`, `while let`, `?`, `catch`, interpolation,
// `|>`, ranges, named and default arguments) written out. Types may hold inference variables until `zonk` has run.
// Nodes are fat and addressed by index, so that zonking is one loop.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "typeck/types/Program.h"

namespace async::thir {

using frontend::Span;
using frontend::Symbol;
using namespace typeck;

using ExprId = Id<struct ThirExprTag>;
using PatternId = Id<struct ThirPatternTag>;
using LocalId = Id<struct ThirLocalTag>;
using BlockId = Id<struct ThirBlockTag>;

// A run of ids in one of the lists of Body.
struct List {
  uint32_t begin = 0, count = 0;
};

enum class ExprKind : uint8_t {
#define ASYNC_THIR_EXPR(Name) Name,
#include "typeck/infer/ThirExprs.def"
};

// Scalars only; anything else is a Call to a trait method. Arithmetic that is not Wrap… or Sat… panics on overflow.
enum class BinaryOp : uint8_t {
  Add, Sub, Mul, Div, Rem, WrapAdd, WrapSub, WrapMul, SatAdd, SatSub, BitAnd, BitOr, BitXor, Shl, Shr,
  Eq, Ne, Lt, Le, Gt, Ge, // scalars, char, bool, raw pointers
};
enum class UnaryOp : uint8_t { Neg, Not };

enum class CoercionKind : uint8_t {
  NeverToAny,
  ClosureToFn, // Closure, FnDef to Fn: boxes
  ArrayToSlice, // &[T; N] to &[T]
  ToDyn, // Box<T> to Box<dyn Trait>, &T to &dyn Trait
};

struct Expr {
  ExprKind kind;
  uint8_t op = 0; // BinaryOp, UnaryOp, CoercionKind, Mutability … by kind
  Span span;
  TypeId type;
  ExprId a, b, c; // operands, by kind
  uint32_t index = 0; // local, field, variant, closure, label … by kind
  List list; // arguments, elements, arms, statements … by kind
  // Call, FnItem, AdtLiteral, Const: which definition, and its generic arguments (in Body::typeLists). The callee of a trait method
  // is the trait's own declaration with Self first; mono finds the implementation.
  uint32_t def = UINT32_MAX;
  List typeArgs;
  int64_t integer = 0; // literals: value of int, char, bool, duration in ns; bits of a float
  Symbol text; // string and byte-string literals (already unescaped)
};

enum class PatternKind : uint8_t {
  Wildcard,
  Binding, // local; mode; optional sub-pattern
  Literal, // expr: a Literal expression, compared by == (str by its Eq)
  Range, // expr lo (maybe invalid), expr hi (maybe invalid), inclusive
  Tuple, // list: sub-patterns, one an element
  Variant, // def: AdtId, index: variant, list: PatternField… (structs have variant 0)
  Deref, // sub: matches what a reference (or Box) refers to
  Or, // list: alternatives that bind the same locals
  Slice, // list: prefix; sub: rest pattern or invalid; list2: suffix
};

enum class BindingMode : uint8_t { Value, Ref, RefMut };

struct Pattern {
  PatternKind kind;
  BindingMode mode = BindingMode::Value;
  bool inclusive = false;
  bool hasRest = false; // Slice: `..` present
  Span span;
  TypeId type; // of the place that is matched
  LocalId local;
  PatternId sub;
  ExprId lo, hi; // Literal: lo
  uint32_t def = UINT32_MAX, index = 0;
  List list, list2; // ids of sub-patterns in patternLists; for Variant in order of fields, wildcards filled in
};

struct Local {
  Symbol name;
  TypeId type;
  Span span;
  bool isParam = false;
  bool isTemporary = false; // made by desugaring
};

struct Arm {
  PatternId pattern;
  ExprId guard; // or invalid; may contain Let expressions
  ExprId body;
};

struct Stmt {
  enum class Kind : uint8_t {
    Expr, // expr; its value is dropped at the end of the statement
    Let, // pattern = expr (maybe invalid: declared, assigned later), elseBlock or invalid
    Defer, // expr runs when the block is left; isErr: only by Err, panic or cancellation
  } kind;
  bool isErr = false;
  Span span;
  PatternId pattern;
  ExprId expr;
  ExprId elseBlock;
  bool isHead = false; // of a `for`: temporaries of expr live until the end of the block
};

struct Capture {
  LocalId outer; // the captured local of the enclosing body
  std::vector<uint32_t> fields; // the captured place: field path from the local (empty: the whole)
  LocalId inner; // the local in the closure's body that stands for it
  ClosureDecl::Capture::Mode mode;
};

struct Body;

// A closure or block expression of a body; its own Body has its parameters and locals.
struct ClosureExpr {
  ClosureId decl;
  std::vector<Capture> captures; // filled by capture analysis after inference
  bool isMove = false;
  std::unique_ptr<Body> body;
};

struct Param {
  PatternId pattern;
  TypeId type;
};

struct Body {
  FnId fn; // the function (of a closure body: the outermost function around it)
  bool isAsync = false;
  TypeId result; // of the body's value
  std::vector<Param> params;
  ExprId value;

  std::vector<Expr> exprs;
  std::vector<Pattern> patterns;
  std::vector<Local> locals;
  std::vector<Stmt> stmts;
  std::vector<Arm> arms;
  std::vector<ClosureExpr> closures;
  std::vector<ExprId> exprLists;
  std::vector<PatternId> patternLists;
  std::vector<TypeId> typeLists;
  bool hasErrors = false; // MIR is not built

  Expr &operator[](ExprId id) { return exprs[id.index]; }
  const Expr &operator[](ExprId id) const { return exprs[id.index]; }
  const Pattern &operator[](PatternId id) const { return patterns[id.index]; }
  const Local &operator[](LocalId id) const { return locals[id.index]; }
};

} // namespace async::thir
