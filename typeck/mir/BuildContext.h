// BuildContext.h: the state of building one body, shared by the Build*.cpp files.
//
// `current` is the block that is written to. Code behind something that never returns goes into a block without predecessors, which is removed
// at the end. What has to happen when a region is left stands in `items`, innermost last; `regions` are the starts of the open regions in it.
#pragma once
#include <initializer_list>
#include <optional>
#include <string_view>

#include "typeck/mir/BuildMir.h"
#include "typeck/types/TypeFacts.h"

namespace async::mir {

using ThirLocal = thir::LocalId;

// Where a way out leads. `depth` regions stay open there. `id` tells targets apart in the caches of items.
struct ExitTarget {
  uint32_t id = 0;
  BlockId block;
  uint32_t depth = 0;
  // Where the value of what is left lies: decides `errdefer` if it is a Result.
  std::optional<Place> value;
  TypeId valueType;
};

// What is to happen when a region is left.
struct Scheduled {
  enum class Kind : uint8_t { Storage, Drop, Defer, TaskScope } kind;
  Span span;
  LocalId local; // Storage, Drop, TaskScope
  thir::ExprId expr; // Defer
  bool isErr = false; // Defer
  // TaskScope: its value goes here when one of its tasks was why its body had to stop, and `behind` is where that goes on.
  std::optional<Place> value;
  TypeId valueType;
  BlockId behind;

  // Chains that begin with this item, made when first needed. They stay true while the items below stay.
  bool hasCleanup = false;
  BlockId cleanup; // invalid: there is nothing to clean up from here down
  std::vector<std::pair<uint32_t, BlockId>> exits;
};

struct Breakable {
  uint32_t label = UINT32_MAX;
  ExitTarget onBreak;
  std::optional<ExitTarget> onContinue;
};

struct Row;

class Builder {
public:
  Builder(Program &program, frontend::Interner &interner, const thir::Body &thir, frontend::Diagnostics &diagnostics)
      : program(program), types(program.types), interner(interner), thir(thir), diagnostics(diagnostics) {}

  std::unique_ptr<Body> buildFunction();
  std::unique_ptr<Body> buildClosure(const thir::ClosureExpr &closure);

private:
  Program &program;
  Types &types;
  frontend::Interner &interner;
  const thir::Body &thir;
  frontend::Diagnostics &diagnostics;
  std::unique_ptr<Body> out;
  BlockId current;
  bool inCleanup = false;
  std::vector<std::optional<Place>> localPlaces; // by THIR local: where it lies now
  std::vector<Scheduled> items;
  std::vector<uint32_t> regions;
  std::vector<Breakable> breakables;
  ExitTarget returnTarget;
  uint32_t nextTarget = 0;
  uint32_t deferDepth = 0;
  uint32_t shieldDepth = 0; // `defer` on ordinary ways around the code that is made
  bool inGuard = false; // directly in the condition that is a guard
  bool sharesBoxes = false; // while the bindings of one arm are made
  bool tooLarge = false;
  bool refKeepsLiteral = true; // a reference to a literal may outlive the statement here
  std::optional<uint32_t> extendInto; // the region that temporaries of a `let` whose references are kept belong to
  BlockId unwindEnd, unreachable; // shared blocks, made when first needed
  std::vector<Statement> prologue; // literals that references are kept of
  std::vector<std::pair<Place, LocalId>> boxMoves; // boxes opened by the bindings of one arm

  // BuildMir.cpp: bodies.
  void begin(TypeId result, Span span);
  void finish(Span span);
  void bindParams(uint32_t first);
  void declareCaptures(const thir::ClosureExpr &closure, std::optional<LocalId> environment);
  TypeId closureType(ClosureId closure);

  // BuildSupport.cpp: blocks, instructions, locals, types.
  BlockId newBlock();
  BlockId newBlock(bool isCleanup);
  Block &block() { return out->blocks[current.index]; }
  void terminate(Terminator terminator);
  void jump(BlockId to, Span span);
  void diverge() { current = newBlock(); }
  Terminator terminator(Terminator::Kind kind, Span span);
  // Ends the block with an instruction that goes on in a new one.
  void step(Terminator terminator);
  void assign(const Place &to, Rvalue value, Span span);
  void assignOperand(const Place &to, Operand operand, TypeId type, Span span);
  void storage(LocalId local, bool live, Span span);
  LocalId newLocal(TypeId type, Span span, Symbol name = {});
  Place placeOf(LocalId local) const { return Place{local, {}}; }
  static Place project(Place place, Projection::Kind kind, uint32_t index = 0);
  TypeId placeType(const Place &place);
  TypeId fieldType(TypeId type, uint32_t variant, uint32_t index);
  bool isLang(TypeId type, std::string_view name);
  bool isBox(TypeId type) { return isLang(type, "box"); }
  bool isResult(TypeId type) { return isLang(type, "result"); }
  std::vector<TypeId> typeArgs(const thir::Expr &expr) const;
  FnId langFn(std::string_view name, Span span);
  static Rvalue rvalue(Rvalue::Kind kind, TypeId type, std::initializer_list<Operand> operands = {}, uint8_t op = 0);
  static Rvalue refTo(Place place, Mutability mutability, TypeId type);
  Operand constant(Constant::Kind kind, TypeId type, int64_t value = 0, Symbol text = {});
  Operand integer(int64_t value, TypeId type) { return constant(Constant::Kind::Int, type, value); }
  static Operand use(Operand::Kind kind, Place place);
  BlockId unreachableBlock();

  // BuildScopes.cpp: regions and ways out.
  void pushRegion() { regions.push_back(static_cast<uint32_t>(items.size())); }
  void popRegion(Span span, const ExitTarget *end = nullptr);
  void schedule(Scheduled item, std::optional<uint32_t> region = {});
  void scheduleStorage(LocalId local, Span span, std::optional<uint32_t> region = {});
  void scheduleDrop(LocalId local, Span span, std::optional<uint32_t> region = {});
  void unschedule(const std::vector<Operand> &operands);
  uint32_t topRegion() const { return static_cast<uint32_t>(regions.size() - 1); }
  ExitTarget target(BlockId block, std::optional<Place> value = {}, TypeId type = {});
  BlockId exitChain(const ExitTarget &target);
  void exitTo(const ExitTarget &target, Span span);
  BlockId cleanupChain();
  void runItem(const Scheduled &item, Span span, const std::optional<Place> &value, TypeId valueType);
  BlockId buildCleanup(const Scheduled &item, BlockId below, bool wasInCleanup);
  void forgetScope(const Scheduled &item, bool unwinds);
  void cleanupTaskScope(const Scheduled &item, BlockId below);
  void forgetChainsFrom(uint32_t index);
  bool isTooLarge();
  BlockId unwindBlock();
  struct Truncated;
  void truncate(uint32_t index, Truncated &saved);
  void putBack(Truncated &saved);
  void restore(Truncated &saved);

  // BuildOperands.cpp: places and values.
  bool isPlaceExpr(thir::ExprId expr) const;
  bool isSimple(thir::ExprId expr) const;
  Place place(thir::ExprId expr);
  Place placeOrTemporary(thir::ExprId expr, std::optional<uint32_t> region = {});
  Place indexPlace(const thir::Expr &expr);
  LocalId temporary(thir::ExprId expr, std::optional<uint32_t> region = {}, bool marked = false);
  Operand operand(thir::ExprId expr);
  std::optional<Operand> literal(const thir::Expr &expr);
  Operand consume(Place place, Span span);
  Operand openBox(const Place &place, size_t deref, Span span);
  bool canReborrow(const Place &place);
  Operand reborrow(Place place, Span span);
  std::vector<Operand> operands(const std::vector<thir::ExprId> &exprs);
  std::vector<thir::ExprId> exprList(thir::List list) const;
  Operand reference(const thir::Expr &expr);
  void referenceInto(const Place &to, const thir::Expr &expr);
  Place literalPlace(const thir::Expr &expr);
  bool mayBeLate(const std::vector<thir::ExprId> &exprs, size_t at, const Place &place) const;

  // BuildExprs.cpp: `to` is null where nobody wants the value.
  void into(const Place *to, thir::ExprId id);
  void effect(thir::ExprId id);
  void unitInto(const Place *to, Span span);
  void literalInto(const Place &to, const thir::Expr &expr);
  void adtInto(const Place &to, const thir::Expr &expr);
  void assignExpr(const thir::Expr &expr);
  void constInto(const Place &to, const thir::Expr &expr);

  // BuildOperators.cpp.
  void unaryInto(const Place &to, const thir::Expr &expr);
  void binaryInto(const Place &to, const thir::Expr &expr);
  void assignOp(const thir::Expr &expr);
  void arithmetic(const Place &to, thir::BinaryOp op, Operand a, Operand b, TypeId type, TypeId rightType, Span span);
  void check(AssertKind kind, BinaryOp op, Operand condition, bool expected, Span span, std::vector<Operand> more = {});
  void checkDivision(BinaryOp op, const Operand &a, const Operand &b, TypeId type, Span span);
  void checkShift(BinaryOp op, const Operand &b, TypeId type, TypeId rightType, Span span);
  Operand compute(Rvalue value, Span span);

  // BuildControl.cpp.
  void blockInto(const Place *to, const thir::Expr &expr);
  void statement(const thir::Stmt &stmt);
  void letStatement(const thir::Stmt &stmt);
  void ifInto(const Place *to, const thir::Expr &expr);
  void condition(thir::ExprId expr, const ExitTarget &otherwise);
  void logicalInto(const Place &to, const thir::Expr &expr);
  void loopInto(const Place *to, const thir::Expr &expr);
  void breakExpr(const thir::Expr &expr);
  void continueExpr(const thir::Expr &expr);
  void returnExpr(const thir::Expr &expr);
  void inRegion(const Place *to, thir::ExprId expr);

  // BuildPatterns.cpp: locals that patterns bind.
  void collectLocals(thir::PatternId pattern, std::vector<ThirLocal> &into) const;
  bool bindsByReference(thir::PatternId pattern) const;
  void declare(ThirLocal local, uint32_t region);
  LocalId makeLocal(ThirLocal local);
  void bind(thir::PatternId pattern, const Place &place);
  // Binds all locals of the pattern, which are declared; where it does not match, the code goes to `otherwise` (invalid: it always matches).
  void matchPattern(thir::PatternId pattern, const Place &place, BlockId otherwise);

  // BuildMatch.cpp: decision trees.
  struct Match;
  void matchInto(const Place *to, const thir::Expr &expr);
  void decide(Match &match, std::vector<Row> rows);
  void leaf(Match &match, std::vector<Row> rows);
  void bindRow(const Row &row);
  struct Points;
  std::vector<BlockId> switchOn(Match &match, Operand value, const std::vector<int64_t> &values, bool isComplete);
  static std::vector<Row> otherRows(const Points &points, std::vector<Row> &rows);
  void switchVariants(Match &match, std::vector<Row> rows, const Place &place);
  void switchLiterals(Match &match, std::vector<Row> rows, const Place &place);
  bool isTextLiteral(thir::PatternId id);
  void testTexts(Match &match, std::vector<Row> rows, const Place &place);
  void testOne(Match &match, std::vector<Row> rows, const Place &place, thir::PatternId pattern);
  Operand testValue(const Place &place, const thir::Pattern &pattern);
  Operand equals(const Place &place, thir::ExprId expr);
  std::vector<Row> expandOr(Match &match, const std::vector<Row> &rows, const Place &place);
  void addTest(Row &row, Place place, thir::PatternId pattern);
  void addSlice(Row &row, const Place &place, const thir::Pattern &pattern);
  void addFields(Row &row, const Place &place, const thir::Pattern &pattern);
  bool isConstantLiteral(thir::PatternId pattern);
  void guard(Match &match, const Row &row, std::vector<Row> rest);
  void checkGuard(const thir::Expr &expr, const thir::Arm &arm);
  void guardLocals(thir::ExprId guard, std::vector<ThirLocal> &into) const;

  // BuildCalls.cpp.
  void callInto(const Place &to, const thir::Expr &expr);
  void callValueInto(const Place &to, const thir::Expr &expr);
  void call(FnId fn, std::vector<TypeId> args, std::vector<Operand> operands, const Place &to, Span span, bool awaits = false);
  void emitCall(Terminator terminator, TypeId result);
  std::vector<Operand> callOperands(const thir::Expr &expr);
  bool isAsyncCallee(FnId fn) const;
  void formatInto(const Place &to, const thir::Expr &expr);
  void formatPiece(const thir::Expr &piece, const Place &formatter, bool &isPlain);
  Operand exclusive(const Place &place, Span span);
  Operand shared(const Place &place, Span span);

  // BuildAsync.cpp.
  void awaitInto(const Place &to, const thir::Expr &expr);
  void spawnInto(const Place &to, const thir::Expr &expr);
  void scopeInto(const Place *to, const thir::Expr &expr);
  void leaveScope(LocalId scope, const std::optional<Place> &value, TypeId type, const Place *to, Span span);
  void closureInto(const Place &to, const thir::Expr &expr);
  std::vector<Operand> captureOperands(const thir::ClosureExpr &closure, Span span);
};

// What stands above an item while the code of the item is built: the item itself, and those that have not been put back.
struct Builder::Truncated {
  std::vector<Scheduled> items;
  size_t next = 0;
  std::vector<uint32_t> regions;
  BlockId current;
  bool inCleanup = false;
  std::optional<uint32_t> extendInto;
};

// BuildSimplify.cpp: removes blocks that nothing reaches and joins blocks that only follow each other.
void simplify(Body &body);

} // namespace async::mir
