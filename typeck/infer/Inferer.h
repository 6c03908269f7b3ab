// Inferer.h: the state of the inference of one function's body, and what the files of this folder offer each other.
//
// A file holds one family of constructs. Names: `infer…` makes the THIR of an expression of any type (a hint is only a hint), `check…` makes it of a
// given type, with coercions where values arise. `resolve` follows solved variables at the top of a type, `zonk` everywhere in it.
// Work that needs a type that is not known yet is kept in `pending` and run again when its variable is solved (Pending.cpp).
// An error gives the error type, which goes with everything, so that one mistake is reported once.
#pragma once
#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "typeck/infer/Lookup.h"
#include "typeck/infer/Thir.h"
#include "typeck/types/Collect.h"
#include "typeck/types/Context.h"
#include "typeck/types/LowerTypes.h"

namespace async::infer {

using namespace typeck;
using frontend::Span;
using frontend::Symbol;
using thir::ExprId;
using thir::LocalId;
using thir::PatternId;
namespace diag = frontend::diag;

enum class VarKind : uint8_t { General, Int, Float };

struct Variable {
  TypeId binding; // invalid: not solved
  VarKind kind = VarKind::General;
  Span origin;
};

// Of one body (a function's, a closure's, a block's).
struct BodyFrame {
  thir::Body *body = nullptr;
  BodyFrame *outer = nullptr;
  std::vector<std::pair<Symbol, LocalId>> names; // innermost last
  std::vector<thir::Capture> captures;
  uint32_t labels = 0;
};

// What `?` and `return` leave: a body, or the body of a scope.
struct Exit {
  enum class Kind : uint8_t { Function, Closure, AsyncBlock, StreamBlock, Scope } kind;
  BodyFrame *frame;
  TypeId result; // what `return` or `?` give
  TypeId item; // StreamBlock: what `yield` gives
  uint32_t label = 0; // Scope: its block
  LocalId scopeLocal; // Scope
  LocalId queue; // StreamBlock: where `yield` puts items; a local of the body around it
  std::vector<TypeId> errors; // that reach it by `?`, or as outcomes of tasks
  bool isLeft = false; // Scope: its block is the target of a break
};

// A loop or labelled block around the expression.
struct Target {
  BodyFrame *frame;
  Symbol name; // with its quote, or empty
  uint32_t label;
  TypeId result; // of `break value`; invalid: takes none
  bool isLoop;
  bool hasBreak = false;
};

enum class Answer : uint8_t { No, Maybe, Yes };
enum class Progress : uint8_t { Stuck, Done };
// The rounds of the end: first only what is known; then guesses (a called unknown is a function); then literals have defaulted; then errors.
enum class Round : uint8_t { Known, Guess, Last };

struct Pending {
  TypeId stuckOn; // a variable; invalid: try whenever anything was solved
  VarKind stuckKind = VarKind::General;
  Span span;
  BodyFrame *frame = nullptr;
  enum class State : uint8_t { Waiting, Running, Done } state = State::Waiting;
  bool isPredicate = false;
  bool settlesMode = false; // Calls of a parameter whose calls are awaited: a future counts as its value (rules.md I1)
  Predicate predicate; // if isPredicate
  std::function<Progress(Round)> work;
  uint32_t moduleIndex = 0;
  bool isUnsafe = false;
};

// What makes a trait hold.
struct Choice {
  enum class Kind : uint8_t { None, Assumed, Impl, Builtin } kind = Kind::None;
  Predicate assumed;
  ImplId impl;
};

struct Step { // of following a receiver
  TypeId type;
  enum class Kind : uint8_t { Start, Builtin, Overloaded, Unsize } kind; // how it was reached from the step before
};

// A definition that a path in an expression names.
struct PathTarget {
  enum class Kind : uint8_t { Error, Local, Fn, ConstMember, Variant, Const, ConstParam, ErrorKind } kind = Kind::Error;
  LocalId local;
  FnId fn; // Fn, ConstMember
  ConstId constant;
  AdtId adt;
  uint32_t index = 0; // variant, or parameter; ErrorKind, in patterns: variant of std's error kinds
  std::vector<TypeId> args;
};

struct Argument { // of a call: not checked yet, or an expression made already
  Symbol name;
  Span nameSpan, span;
  ast::ExprId ast;
  ExprId made;
};

struct MethodSite { // what a method call says
  Symbol name;
  Span nameSpan, span;
  std::vector<TypeId> typeArgs;
};

class Inferer {
public:
  Inferer(Context &context, const Bodies &bodies, FnId fn, Lookup &lookup);
  std::unique_ptr<thir::Body> run();

  // ---- State
  Context &context;
  Program &program;
  Types &types;
  const Bodies &bodies;
  Lookup &lookup;
  FnId fn;
  const ast::File *file = nullptr;
  TypeScope scope;
  uint32_t &module = scope.module;
  uint32_t unsafeDepth = 0;
  std::vector<Variable> variables;
  std::vector<uint32_t> trail; // variables solved, in order
  uint64_t solvedCount = 0, processedAt = UINT64_MAX;
  bool isInfinite = false; // the last failed unification was an occurs check
  uint32_t unifyBudget = 0; // steps of the selection that goes on
  std::deque<Pending> pending;
  uint32_t processDepth = 0;
  std::unordered_set<Symbol> unknownNames; // that were reported: each once in a function
  TypeId waitsFor; // set by work that is stuck: the variable that it needs
  bool probing = false;
  struct Hidden {
    AssocTypeId assoc;
    TypeId type, variable; // as callers see it; what it is here
  };
  std::vector<Hidden> hidden; // that this function hides
  uint32_t selectDepth = 0, projectDepth = 0, exprDepth = 0;
  std::vector<Predicate> assumptions; // of the function's generics, elaborated
  bool assumesOfKnown = false; // one is of a type that has a head
  std::deque<BodyFrame> frames;
  std::deque<std::unique_ptr<thir::Body>> innerBodies;
  BodyFrame *frame = nullptr;
  std::vector<Exit *> exits;
  std::deque<Exit> exitStore;
  std::vector<Target> targets;
  struct DeferMark {
    size_t exits, targets; // how many there were outside of it
  };
  std::vector<DeferMark> defers; // around what is inferred
  bool diverges = false;
  bool hasErrors = false;
  struct ClosureState {
    std::vector<TypeId> params;
    TypeId result;
  };
  std::unordered_map<uint32_t, ClosureState> closures; // by ClosureId
  struct CaptureList {
    BodyFrame *outer;
    uint32_t index; // of the closure in its body
    BodyFrame *inner;
  };
  std::vector<CaptureList> captureLists;
  std::vector<TypeId> fromNever; // types that only what does not return reaches
  std::vector<std::function<void()>> atEnd; // checks once all types are known

  // ---- Variables and unification (Unify.cpp)
  TypeId fresh(Span span, VarKind kind = VarKind::General);
  std::vector<TypeId> freshArgs(size_t count, Span span);
  TypeId resolve(TypeId type) const;
  TypeId zonk(TypeId type) const;
  TypeId mapArgs(TypeId type, const std::function<TypeId(TypeId)> &map);
  bool unify(TypeId a, TypeId b);
  bool unifyAll(std::span<const TypeId> a, std::span<const TypeId> b);
  bool isVar(TypeId type) const { return types[resolve(type)].kind == TypeKind::Var; }
  VarKind varKind(TypeId variable) const { return variables[types[variable].index].kind; }
  bool isGeneralVar(TypeId type) const;
  bool isIntVar(TypeId type) const;
  bool isFloatVar(TypeId type) const;
  size_t snapshot() const { return trail.size(); }
  void rollback(size_t snapshot);
  bool canUnify(TypeId a, TypeId b); // nothing is kept
  TypeKind kindOf(TypeId type) const { return types[resolve(type)].kind; }
  const Type &typeOf(TypeId type) const { return types[resolve(type)]; }
  bool isError(TypeId type) const { return kindOf(type) == TypeKind::Error; }
  std::optional<AdtId> adtOf(TypeId type) const;
  bool isLangAdt(TypeId type, std::string_view name) const;

  // ---- Pending work (Pending.cpp)
  void require(Predicate predicate, Span span, bool settlesMode = false);
  void requireAll(const std::vector<Predicate> &predicates, std::span<const TypeId> args, Span span, const FnDecl *callee = nullptr);
  void requireTrait(TypeId subject, TraitId trait, std::vector<TypeId> args, Span span);
  void later(Span span, TypeId stuckOn, std::function<Progress(Round)> work);
  void processPending(Round round = Round::Known);
  TypeId known(TypeId type); // resolved, after a try to solve what is waiting
  void finish(); // the rounds of the end
  Progress tryPredicate(const Predicate &predicate, Span span, Round round, TypeId &stuckOn, bool settlesMode);
  void reportPredicate(const Predicate &predicate, Span span);
  void offerDebug(frontend::DiagnosticBuilder built, const Predicate &predicate, TypeId subject, Span span);
  void defaultLiterals();
  void defaultErrorTypes();

  // ---- Traits (Select.cpp, Builtin.cpp, Project.cpp)
  void assume(const Predicate &predicate, uint32_t depth);
  void makeAssumptions();
  Answer evaluate(const Predicate &predicate);
  Answer evaluateTrait(TypeId subject, const TraitRef &trait, Choice *choice = nullptr);
  Answer evaluateCalls(TypeId subject, TypeId signature);
  Answer builtinTrait(TypeId subject, const TraitRef &trait);
  Answer implTrait(TypeId subject, const TraitRef &trait, Choice *choice); // by an impl
  bool isOpen(TypeId subject, const TraitRef &trait) const;
  Head traitHead(TypeId type) const; // where a trait that the type may have is found in Lookup
  bool matchAssumed(const Predicate &predicate, TypeId subject, const TraitRef &trait);
  std::vector<Predicate> boundsOfProjection(TypeId projection);
  struct ImplMatch {
    std::vector<TypeId> args;
  };
  std::optional<ImplMatch> matchImpl(ImplId impl, TypeId subject, const TraitRef &trait);
  bool confirm(const Choice &choice, TypeId subject, const TraitRef &trait, Span span);
  bool implements(TypeId subject, TraitId trait); // Yes or Maybe
  TypeId normalize(TypeId type, Span span); // all projections in it
  TypeId hiddenHere(TypeId projection);
  void beginHidden();
  void endHidden();
  void reportUnknown(Span span); // of the type of what stands there
  TypeId project(TypeId projection, Span span); // invalid: not known yet
  TypeId projectionOf(TypeId subject, TraitId trait, std::string_view name, std::vector<TypeId> args, Span span);
  TypeId instantiate(TypeId type, std::span<const TypeId> args, Span span); // substituted and normalised
  std::optional<TypeId> callSignature(TypeId subject); // a Fn type, if it can be called
  TypeId fnDefSignature(const Type &fnDef, Span span);

  // ---- Building THIR (Build.cpp)
  thir::Body &body() { return *frame->body; }
  ExprId add(thir::Expr expr);
  ExprId node(thir::ExprKind kind, Span span, TypeId type);
  thir::Expr &at(ExprId id) { return (*frame->body)[id]; }
  TypeId typeAt(ExprId id) { return (*frame->body)[id].type; }
  thir::List exprList(std::span<const ExprId> ids);
  thir::List typeList(std::span<const TypeId> ids);
  thir::List patternList(std::span<const PatternId> ids);
  ExprId errorExpr(Span span);
  ExprId unitExpr(Span span);
  ExprId localExpr(LocalId local, Span span);
  ExprId refExpr(Mutability mutability, ExprId place, Span span);
  ExprId derefExpr(ExprId pointer, TypeId target, Span span);
  ExprId callExpr(FnId fn, std::span<const TypeId> args, std::span<const ExprId> operands, TypeId type, Span span);
  ExprId variantExpr(AdtId adt, uint32_t variant, std::span<const ExprId> fields, TypeId type, Span span);
  ExprId neverTo(ExprId expr, TypeId type);
  ExprId strLiteral(Symbol text, Span span);
  ExprId intLiteral(int64_t value, TypeId type, Span span);
  ExprId matchExpr(ExprId scrutinee, std::span<const thir::Arm> arms, TypeId type, Span span);
  ExprId blockExpr(std::span<const thir::Stmt> stmts, ExprId value, TypeId type, Span span, uint32_t label = UINT32_MAX);
  PatternId addPattern(thir::Pattern pattern);
  PatternId bindingPattern(LocalId local, TypeId type, Span span);
  PatternId variantPattern(AdtId adt, uint32_t variant, std::span<const PatternId> fields, TypeId type, Span span);
  LocalId addLocal(Symbol name, TypeId type, Span span, bool isTemporary = false);
  ExprId slot(TypeId type, Span span); // an expression that is written later
  void fill(ExprId slot, ExprId made);
  std::optional<LocalId> findLocal(Symbol name);
  LocalId captured(BodyFrame *inner, BodyFrame *owner, LocalId local);
  bool isPlace(ExprId id);

  // ---- Definitions of std
  std::optional<AdtId> langAdt(std::string_view name) const;
  std::optional<TraitId> langTrait(std::string_view name) const;
  std::optional<FnId> langFn(std::string_view name, Span span);
  std::optional<FnId> traitMethod(TraitId trait, std::string_view name) const;
  std::optional<FnId> langMethod(std::string_view trait, std::string_view method) const;
  TypeId langType(std::string_view name, std::span<const TypeId> args, Span span);
  TypeId strType();
  ExprId langCall(std::string_view name, std::span<const ExprId> operands, Span span); // generic arguments by the operands
  ExprId traitCall(FnId method, TypeId subject, std::vector<TypeId> traitArgs, std::span<const ExprId> operands, Span span);

  // ---- Text and errors (Report.cpp)
  std::string text(TypeId type) const;
  std::string text(Symbol symbol) const { return std::string(context.interner.text(symbol)); }
  std::string traitText(const TraitRef &trait) const;
  Symbol symbol(std::string_view text) const { return context.interner.intern(text); }
  template <typename... Args> frontend::DiagnosticBuilder error(Span span, const frontend::Diag<Args...> &diag, std::type_identity_t<Args>... args) {
    hasErrors = true;
    return context.diagnostics.emit(span, diag, std::move(args)...);
  }
  // `isValue`: at `span` a value stands alone at a place of the expected type, so that an edit there can mend it.
  void mismatch(Span span, TypeId expected, TypeId found, bool isValue = false);
  void offerValue(frontend::DiagnosticBuilder built, Span span, TypeId expected, TypeId found);
  Span thrownAway; // the `;` behind the value that a block would have without it
  ExprId unsupported(Span span, std::string_view what);

  // ---- Coercions and places (Coerce.cpp, Places.cpp)
  ExprId coerce(ExprId expr, TypeId to);
  ExprId coerceRef(ExprId expr, TypeId to);
  ExprId mismatched(ExprId expr, TypeId to); // reported
  bool coerceToFn(ExprId &expr, TypeId to);
  bool coerceToStream(ExprId &expr, TypeId to);
  bool coerceToSink(ExprId &expr, TypeId to);
  bool coerceToDyn(ExprId &expr, TypeId to);
  std::vector<Step> followSteps(TypeId type);
  std::optional<Step> followStep(TypeId type); // one step
  ExprId follow(ExprId expr, const Step &step); // the place one step on
  ExprId followTo(ExprId expr, std::span<const Step> steps, size_t count);
  ExprId peel(ExprId expr); // through references
  void useMutably(ExprId place, Span span, bool isAssignment); // checked at the end, when `deref` may become `deref_mut`
  bool makeMutable(ExprId place, Span span, bool isAssignment);

  // ---- Expressions
  ExprId infer(ast::ExprId id, TypeId hint = {});
  ExprId inferKind(ast::ExprId id, TypeId hint);
  ExprId check(ast::ExprId id, TypeId expected);
  ExprId inferBlockExpr(const ast::Expr &expr, TypeId expected, bool checks);
  ExprId checkBlock(ast::BlockId id, TypeId expected, Span span, uint32_t label = UINT32_MAX);
  Span looseSemicolon(const ast::Block &block, const std::vector<thir::Stmt> &stmts, TypeId expected);
  ExprId inferBlock(ast::BlockId id, TypeId expected, Span span, uint32_t label, bool checks);
  const ast::Expr &tree(ast::ExprId id) const { return (*file)[id]; }

  ExprId inferLiteral(const ast::Expr &expr, TypeId hint, bool negative);
  void checkLiteralRange(BodyFrame *frame, ExprId literal, bool negative);
  ExprId inferInterpolated(const ast::Expr &expr);
  ExprId inferTuple(const ast::Expr &expr, TypeId hint);
  ExprId inferArray(const ast::Expr &expr, TypeId hint);
  ExprId inferRepeat(const ast::Expr &expr, TypeId hint);
  std::optional<TypeId> constantLength(ast::ExprId id);
  ExprId inferStructLiteral(const ast::Expr &expr, TypeId hint);
  ExprId inferRange(const ast::Expr &expr, TypeId hint);
  ExprId peelScalar(ExprId expr);

  ExprId inferPath(ast::ExprId id, const ast::Expr &expr, TypeId hint);
  PathTarget resolveValue(const ast::Path &path, Span span, bool locals = true);
  PathTarget ofType(TypeId type, Span span);
  TypeId typeOfPrefix(const ast::Path &path, size_t count);
  std::optional<uint32_t> genericParam(Symbol name) const;
  ExprId constructorClosure(const PathTarget &target, TypeId type, Span span);
  std::optional<uint32_t> variantNamed(AdtId adt, std::string_view name) const;
  PathTarget memberOf(TypeId type, const ast::PathSegment &segment, Span span);
  PathTarget memberOfTrait(TraitId trait, const ast::Path &path, size_t at, Span span);
  PathTarget fnTarget(FnId fn, std::vector<TypeId> parentArgs, const ast::PathSegment &segment);
  PathTarget variantTarget(AdtId adt, uint32_t variant, const ast::Path &path, size_t at);
  void requireMember(const PathTarget &target, Span span); // what a function of an impl or a trait asks of its arguments
  ExprId pathExpr(const PathTarget &target, Span span, TypeId hint);
  bool isVisible(bool isPublic, ModuleId owner) const;
  std::optional<std::pair<TypeId, uint32_t>> structPath(const ast::Path &path, Span span); // the type and its variant

  ExprId inferField(ast::ExprId id, const ast::Expr &expr);
  std::optional<ExprId> fieldOf(ExprId receiver, Symbol name, Span nameSpan, Span span);
  ExprId inferIndex(const ast::Expr &expr);
  std::optional<ExprId> indexOf(ExprId receiver, ExprId index, Span span, Round round);
  std::optional<ExprId> derefOf(ExprId operand, Span span);
  ExprId cannotInfer(Span span);
  ExprId inferDeref(const ast::Expr &expr, TypeId hint);

  ExprId inferCall(ast::ExprId id, const ast::Expr &expr, TypeId hint);
  std::vector<Argument> argumentsOf(ast::List list);
  ExprId callFn(FnId fn, std::vector<TypeId> args, std::vector<Argument> arguments, std::optional<ExprId> receiver, TypeId hint, Span span, Span nameSpan);
  ExprId callVariant(const PathTarget &target, std::vector<Argument> arguments, TypeId hint, Span span);
  ExprId callValue(ExprId callee, std::vector<Argument> arguments, TypeId hint, Span span);
  ExprId callSignatureWith(ExprId callee, TypeId signature, std::vector<Argument> arguments, TypeId hint, Span span);
  void checkArguments(std::span<const Argument *const> arguments, std::span<const TypeId> params, std::vector<ExprId> &out);
  ExprId argument(const Argument &argument, TypeId param);
  void inferLoose(std::vector<Argument> &arguments); // before their parameters are known
  bool isAwaitedParam(TypeId function);
  void settleMode(const FnDecl &decl, std::vector<TypeId> params, TypeId output, TypeId result, Span span);
  bool hintHelps(TypeId result, TypeId hint); // whether solving the result by the hint is sound before coercions
  bool isClosureArgument(const Argument &argument) const;

  ExprId inferMethodCall(ast::ExprId id, const ast::Expr &expr, TypeId hint);
  ExprId callMethod(ExprId receiver, MethodSite site, std::vector<Argument> arguments, TypeId hint);
  std::optional<ExprId> methodOf(ExprId receiver, const MethodSite &site, std::vector<Argument> &arguments, TypeId hint);
  std::vector<TypeId> explicitArgs(ast::List list);
  struct Method {
    FnId fn;
    std::vector<TypeId> parentArgs; // of the impl or trait (Self first)
    size_t steps = 0;
    SelfKind self = SelfKind::None;
    bool isByValueRef = false; // the place at `steps` is a reference that fits as it is
    bool isPrivate = false;
    bool isAmbiguous = false;
  };
  std::optional<Method> findMethod(std::span<const Step> steps, Symbol name);

  // ---- "; did you mean `…`?" or nothing (Meant.cpp)
  std::optional<resolve::Meant> meantField(const VariantDecl &variant, Symbol name);
  std::optional<resolve::Meant> meantField(std::span<const Step> steps, Symbol name);
  std::optional<resolve::Meant> meantMethod(std::span<const Step> steps, Symbol name);
  std::optional<resolve::Meant> meantLocal(Symbol name);
  std::optional<Method> probe(TypeId self, SelfKind kind, Symbol name);
  std::optional<Method> probeTraits(TypeId self, SelfKind kind, Symbol name);
  ExprId receiverOf(ExprId receiver, std::span<const Step> steps, const Method &method, Span span);
  void reportUnknownMethod(TypeId type, Symbol name, Span span);

  bool isNumber(TypeId type) const;
  ExprId inferUnary(ast::ExprId id, const ast::Expr &expr, TypeId hint);
  // Calls of the operator traits of std; none where the types do not implement them.
  std::optional<ExprId> overloadedUnary(std::string_view trait, ExprId operand, Span span);
  std::optional<ExprId> overloadedBinary(ast::BinaryOp op, ExprId left, ExprId right, Span span);
  bool isPlainPlace(ExprId id);
  std::optional<ExprId> overloadedAssign(ast::BinaryOp op, ExprId place, ExprId operand, ExprId wholeOperand, Span span);
  std::optional<ExprId> unaryOf(uint8_t op, ExprId operand, Span span, Round round);
  ExprId inferBinary(const ast::Expr &expr, TypeId hint);
  std::optional<ExprId> binaryOf(ast::BinaryOp op, ExprId left, ExprId right, Span span, Round round);
  std::optional<ExprId> comparisonOf(ast::BinaryOp op, ExprId left, ExprId right, Span span, Round round);
  ExprId inferAssign(const ast::Expr &expr);
  ExprId inferAssignOp(const ast::Expr &expr);
  ExprId inferRef(const ast::Expr &expr, TypeId hint);
  ExprId inferCast(const ast::Expr &expr);
  void checkCast(BodyFrame *frame, ExprId cast);

  // ---- Patterns (Patterns.cpp)
  PatternId checkPattern(ast::PatternId id, TypeId type, thir::BindingMode mode);
  PatternId patternHere(ast::PatternId id, TypeId type, thir::BindingMode mode);
  PatternId bindName(const ast::Pattern &pattern, TypeId type, thir::BindingMode mode);
  PatternId literalPattern(const ast::Pattern &pattern, TypeId type);
  ExprId patternConstant(ast::ExprId id, TypeId type);
  PatternId rangePattern(const ast::Pattern &pattern, TypeId type);
  PatternId tuplePattern(const ast::Pattern &pattern, TypeId type, thir::BindingMode mode);
  PatternId slicePattern(const ast::Pattern &pattern, TypeId type, thir::BindingMode mode);
  PatternId orPattern(const ast::Pattern &pattern, TypeId type, thir::BindingMode mode);
  PatternId targetPattern(const ast::Pattern &pattern, const PathTarget &target, TypeId type, thir::BindingMode mode);
  std::optional<PathTarget> errorKindTarget(TypeId type, Symbol name);
  PatternId errorKindTest(const PathTarget &target, TypeId type, Span span);
  PatternId errorKindPattern(const ast::Pattern &pattern, const PathTarget &target, TypeId type, thir::BindingMode mode);
  PatternId structPattern(const ast::Pattern &pattern, TypeId type, thir::BindingMode mode);
  PatternId wildcard(TypeId type, Span span);
  PatternId errorPattern(TypeId type, Span span);
  bool namesConstant(Symbol name);
  bool spread(std::span<const ast::PatternId> written, size_t count, std::vector<ast::PatternId> &out); // over `count` fields; invalid: wildcard
  std::vector<std::unordered_map<uint32_t, LocalId> *> orNames; // names that alternatives share
  std::vector<std::vector<uint32_t>> orSeen; // bound by the alternative that is checked
  std::vector<std::unordered_map<uint32_t, Span>> patternNames; // of the pattern being checked
  PatternId checkTopPattern(ast::PatternId id, TypeId type);

  // ---- Control (Blocks.cpp, Control.cpp, Loops.cpp, Question.cpp)
  void letStatement(const ast::Stmt &stmt, std::vector<thir::Stmt> &out);
  ExprId inferCondition(ast::ExprId id);
  struct Join { // of values that meet
    TypeId type;
    std::vector<ExprId> nevers;
  };
  ExprId joinAdd(Join &join, ast::ExprId value, TypeId hint);
  ExprId joinAdd(Join &join, ExprId value);
  TypeId joinEnd(Join &join);
  ExprId inferIf(const ast::Expr &expr, TypeId hint, bool checks);
  ExprId inferMatch(const ast::Expr &expr, TypeId hint, bool checks);
  ExprId inferLoop(const ast::Expr &expr, TypeId hint);
  ExprId inferWhile(const ast::Expr &expr);
  ExprId inferFor(const ast::Expr &expr);
  ExprId inferBreak(const ast::Expr &expr);
  ExprId inferContinue(const ast::Expr &expr);
  void leavesDefer(size_t exit, Span span, const char *word);
  ExprId inferReturn(const ast::Expr &expr);
  Target *findTarget(const ast::Name &label, bool needsLoop);
  ExprId inferQuestion(const ast::Expr &expr, TypeId hint);
  std::optional<ExprId> questionOf(ExprId operand, Exit *exit, Span span, Round round);
  ExprId leave(Exit *exit, ExprId value, Span span);
  ExprId convertError(ExprId error, TypeId to, Span span);
  ExprId passError(ExprId error, Span span);
  ExprId inferCatch(const ast::Expr &expr, TypeId hint);
  ExprId inferPipe(ast::ExprId id, const ast::Expr &expr, TypeId hint);

  // ---- Closures and asynchrony (Closures.cpp, Async.cpp)
  ExprId inferClosure(ast::ExprId id, const ast::Expr &expr, TypeId hint);
  std::optional<TypeId> expectedSignature(TypeId hint, bool &settlesMode);
  struct BodySave {
    BodyFrame *frame;
    size_t exits;
    bool diverges;
    size_t bodyIndex;
  };
  BodySave enterBody(Exit::Kind kind, TypeId result);
  ExprId finishClosure(const BodySave &save, ClosureId closure, ClosureDecl::Kind kind, bool isMove, ExprId value, TypeId result, std::vector<TypeId> params, Span span);
  void addParam(ast::PatternId pattern, TypeId type);
  ClosureId declareClosure(ClosureDecl::Kind kind, Span span);
  TypeId closureSignature(ClosureId closure, Span span);
  ExprId inferAsync(const ast::Expr &expr, TypeId hint);
  std::vector<ExprId> optionsOf(const ast::Expr &expr, LocalId object, bool &reports);
  bool isWord(ast::ExprId id, std::string_view word);
  ExprId priorityOf(ast::ExprId value);
  ExprId awaitTuple(ExprId operand, Span span);
  ExprId eitherOf(ExprId left, ExprId right, Span span);
  ExprId inferShield(const ast::Expr &expr, TypeId hint);
  thir::Stmt letStmt(LocalId local, TypeId type, ExprId value, Span span);
  thir::Stmt letQueue(LocalId &queue, TypeId item, Span span);
  ExprId streamBlock(ast::BlockId block, TypeId item, bool isMove, Span span);
  ExprId sinkBody(const ast::Function &function, TypeId sink);
  ExprId yieldOf(Exit *exit, ExprId value, Span span);
  ExprId inferStream(const ast::Expr &expr, TypeId hint);
  ExprId inferAwait(const ast::Expr &expr, TypeId hint);
  std::optional<ExprId> awaitOf(ExprId operand, Span span, Round round);
  ExprId inferYield(const ast::Expr &expr);
  ExprId inferScope(const ast::Expr &expr, TypeId hint, bool checks);
  ExprId inferSpawn(const ast::Expr &expr);
  ExprId spawnOf(ast::ExprId future, std::optional<ExprId> scopeRef, Exit *exit, Span span);
  void settle(ExprId spawn, Exit *exit, TypeId output, Span span);
  bool isParamCall(ExprId id);
  std::optional<ExprId> scopeMethod(ExprId receiver, std::span<const Step> steps, const MethodSite &site, std::vector<Argument> &arguments);

  // ---- The end (Zonk.cpp)
  void zonkBody(thir::Body &body);
  TypeId final(TypeId type, Span span);
  bool reportedUnknown = false;
};

// Whether a body awaits: its own text, without closures and blocks of their own (AwaitScan.cpp).
bool awaitsInside(const ast::File &file, ast::ExprId expr);

} // namespace async::infer
