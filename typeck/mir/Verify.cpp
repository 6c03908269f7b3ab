#include "typeck/mir/Verify.h"

#include <fmt/format.h>

#include "typeck/mir/Initialised.h"
#include "typeck/mir/Places.h"
#include "typeck/mir/Print.h"
#include "typeck/mir/Visit.h"
#include "typeck/types/TypeFacts.h"

namespace async::mir {
namespace {

class Verifier {
public:
  Verifier(Program &program, const frontend::Interner &interner, const Body &body) : program(program), interner(interner), body(body) {}

  std::vector<std::string> run() {
    if (body.locals.size() < body.paramCount + 1)
      error("fewer locals than the result and the parameters");
    if (body.blocks.empty())
      error("no blocks");
    if (!errors.empty())
      return std::move(errors);
    for (const Local &local : body.locals)
      if (!local.type.valid() || local.type.index >= program.types.size())
        error("a local without a type");
    for (at = 0; at < body.blocks.size(); ++at)
      targets(body.blocks[at]);
    // The rest walks the graph.
    if (!errors.empty())
      return std::move(errors);
    for (at = 0; at < body.blocks.size(); ++at) {
      for (const Statement &statement : body.blocks[at].statements)
        check(statement);
      check(body.blocks[at].terminator);
    }
    if (errors.empty() && body.stage != Stage::Built)
      checkDrops();
    if (body.stage == Stage::Mono)
      checkMono();
    return std::move(errors);
  }

private:
  void error(std::string_view text) { errors.push_back(fmt::format("bb{}: {}", at, text)); }
  void require(bool holds, std::string_view text) {
    if (!holds)
      error(text);
  }

  void targets(const Block &block) {
    const Terminator &terminator = block.terminator;
    size_t count = terminator.targets.size();
    bool mayUnwind = true;
    switch (terminator.kind) {
    case Terminator::Kind::Goto:
      require(count == 1, "goto needs one target");
      mayUnwind = false;
      break;
    case Terminator::Kind::Switch:
      require(count == terminator.values.size() + 1, "switch needs a target for each value and one more");
      require(terminator.operands.size() == 1, "switch needs one operand");
      mayUnwind = false;
      break;
    case Terminator::Kind::Return:
    case Terminator::Kind::Unwind:
    case Terminator::Kind::Unreachable:
      require(count == 0, "the end of a body has no targets");
      require(terminator.kind != Terminator::Kind::Unwind || block.isCleanup, "only cleanup can go on unwinding");
      require(terminator.kind != Terminator::Kind::Return || !block.isCleanup, "cleanup cannot return");
      mayUnwind = false;
      break;
    case Terminator::Kind::Drop:
    case Terminator::Kind::Assert:
    case Terminator::Kind::Spawn:
      require(count == 1, "one target is needed");
      break;
    case Terminator::Kind::Call:
    case Terminator::Kind::CallValue:
    case Terminator::Kind::AwaitCall:
    case Terminator::Kind::Await:
      require(count <= 1, "a call has at most one target");
      break;
    }
    require(mayUnwind || !terminator.unwind.valid(), "this cannot unwind");
    bool endsUnwinding = false;
    for (const Statement &statement : block.statements)
      endsUnwinding |= statement.kind == Statement::Kind::TakeUnwind;
    require(!endsUnwinding || block.isCleanup, "take_unwind outside of cleanup");
    for (BlockId to : terminator.targets) {
      if (to.index >= body.blocks.size())
        error("a target that does not exist");
      else if (body.blocks[to.index].isCleanup != block.isCleanup && !(block.isCleanup && endsUnwinding))
        error(fmt::format("bb{} is {}", to.index, block.isCleanup ? "no cleanup" : "cleanup"));
    }
    if (terminator.unwind.valid())
      require(terminator.unwind.index < body.blocks.size() && body.blocks[terminator.unwind.index].isCleanup, "unwinding leads to no cleanup");
  }

  bool isOpen(TypeId id) const {
    constexpr uint8_t open = HasVar | HasProjection | HasError | HasOpaque;
    const Type &type = program.types[id];
    return (type.flags & open) || type.kind == TypeKind::Never || type.kind == TypeKind::Frame || type.kind == TypeKind::BoxedAsync;
  }

  void same(TypeId to, TypeId from, std::string_view what) {
    if (!to.valid() || !from.valid() || to == from || isOpen(to) || isOpen(from) || body.stage == Stage::Mono)
      return;
    error(fmt::format("{}: {} is wanted, {} is given", what, printType(program, interner, to), printType(program, interner, from)));
  }

  bool check(const Place &place) {
    if (place.base.index >= body.locals.size()) {
      error("a local that does not exist");
      return false;
    }
    TypeId type = body.localType(place.base);
    uint32_t variant = 0;
    for (const Projection &projection : place.path) {
      if (projection.kind == Projection::Kind::Index && projection.local.index >= body.locals.size()) {
        error("an index that does not exist");
        return false;
      }
      bool isKnown = program.types[type].kind != TypeKind::Error;
      type = projectedType(program, type, variant, projection);
      if (isKnown && program.types[type].kind == TypeKind::Error && body.stage != Stage::Mono) {
        error(fmt::format("a step that does not fit, from {}", interner.text(body.locals[place.base.index].name)));
        return false;
      }
      variant = projection.kind == Projection::Kind::Downcast ? projection.index : 0;
    }
    return true;
  }

  template <typename Instruction> bool checkPlaces(const Instruction &instruction) {
    bool fine = true;
    if (const Place *to = destination(instruction))
      fine &= check(*to);
    visitUses(instruction, [&](const Place &place, UseKind) { fine &= check(place); });
    return fine;
  }

  void check(const Statement &statement) {
    if (statement.kind == Statement::Kind::StorageLive || statement.kind == Statement::Kind::StorageDead)
      return require(statement.local.index < body.locals.size(), "a local that does not exist");
    if (statement.kind != Statement::Kind::Assign || !checkPlaces(statement))
      return;
    const Rvalue &value = statement.value;
    TypeId to = placeType(program, body, statement.place);
    if (value.type.valid())
      same(to, value.type, "assignment");
    check(value, to);
  }

  void check(const Rvalue &value, TypeId to) {
    auto type = [&](size_t i) { return operandType(program, body, value.operands[i]); };
    size_t count = value.operands.size();
    switch (value.kind) {
    case Rvalue::Kind::Use:
      if (count == 1)
        same(to, type(0), "assignment");
      require(count == 1, "one operand is needed");
      break;
    case Rvalue::Kind::Unary:
    case Rvalue::Kind::Cast:
    case Rvalue::Kind::Coerce:
    case Rvalue::Kind::Repeat:
      require(count == 1, "one operand is needed");
      break;
    case Rvalue::Kind::Binary: {
      require(count == 2, "two operands are needed");
      BinaryOp op = static_cast<BinaryOp>(value.op);
      if (count == 2 && op != BinaryOp::Shl && op != BinaryOp::Shr)
        same(type(0), type(1), "operands");
      break;
    }
    case Rvalue::Kind::Tuple:
      require(program.types[to].kind != TypeKind::Tuple || program.types[to].args.size() == count, "a tuple of another size");
      for (size_t i = 0; i < count && program.types[to].kind == TypeKind::Tuple && i < program.types[to].args.size(); ++i)
        same(program.types[to].args[i], type(i), "element");
      break;
    case Rvalue::Kind::Array:
      for (size_t i = 0; i < count && program.types[to].kind == TypeKind::Array; ++i)
        same(program.types[to].args[0], type(i), "element");
      break;
    case Rvalue::Kind::Adt: {
      const AdtDecl &adt = program.adt(value.adt);
      if (value.variant >= adt.variants.size() || adt.variants[value.variant].fields.size() != count) {
        error("not one operand for each field");
        break;
      }
      if (program.types[to].kind == TypeKind::Adt)
        for (size_t i = 0; i < count; ++i)
          same(substitute(program.types, adt.variants[value.variant].fields[i].type, program.types[to].args), type(i), "field");
      break;
    }
    case Rvalue::Kind::Closure:
    case Rvalue::Kind::AsyncBlock:
      require(value.closure.index < program.closures.size() && program.closure(value.closure).captures.size() == count,
              "not one operand for each capture");
      break;
    case Rvalue::Kind::Ref:
      if (program.types[to].kind == TypeKind::Ref) {
        same(program.types[to].args[0], placeType(program, body, value.place), "reference");
        require(program.types[to].sub == value.op, "a reference of the other kind");
      } else if (!isOpen(to)) {
        error("a reference is assigned to what is none");
      }
      break;
    case Rvalue::Kind::AddressOf:
    case Rvalue::Kind::Future:
    case Rvalue::Kind::Discriminant:
    case Rvalue::Kind::Len:
      break;
    }
  }

  void check(const Terminator &terminator) {
    if (!checkPlaces(terminator))
      return;
    if (terminator.kind == Terminator::Kind::Assert) {
      require(!terminator.operands.empty(), "an assertion needs an operand");
      if (!terminator.operands.empty())
        same(program.types.boolean, operandType(program, body, terminator.operands[0]), "assertion");
    }
    bool isCall = terminator.kind == Terminator::Kind::Call || terminator.kind == Terminator::Kind::AwaitCall;
    FnId fn = terminator.callee.fn;
    if (!isCall || !fn.valid() || body.stage == Stage::Mono)
      return;
    if (fn.index >= program.fns.size())
      return error("a callee that does not exist");
    const FnDecl &decl = program.fn(fn);
    if (decl.params.size() != terminator.operands.size())
      error(fmt::format("{} arguments are wanted", decl.params.size()));
    if (terminator.callee.args.size() != decl.generics.params.size())
      error(fmt::format("{} type arguments are wanted", decl.generics.params.size()));
    for (size_t i = 0; i < std::min(decl.params.size(), terminator.operands.size()); ++i)
      same(substitute(program.types, decl.params[i].type, terminator.callee.args), operandType(program, body, terminator.operands[i]), "argument");
  }

  void checkDrops() {
    MovePaths paths(program, body);
    Initialised initialised(body, paths);
    Flow flow = solveForward(body, initialised);
    // Behind a test of a flag or a variant initialisation is not a matter of the way alone, nor behind drops that follow it, where tests of flags that
    // are known by then have gone.
    std::vector<bool> isTested(body.blocks.size());
    for (const Block &block : body.blocks)
      if (block.terminator.kind == Terminator::Kind::Switch)
        for (BlockId to : block.terminator.targets)
          isTested[to.index] = true;
    auto goesOn = [](Terminator::Kind kind) { // the end of a stream is awaited before its drop
      return kind == Terminator::Kind::Goto || kind == Terminator::Kind::Drop || kind == Terminator::Kind::AwaitCall;
    };
    for (BlockId id : flow.order) {
      const Terminator &end = body.blocks[id.index].terminator;
      if (!isTested[id.index] || !goesOn(end.kind))
        continue;
      if (!end.targets.empty())
        isTested[end.targets[0].index] = true;
      // It is dropped on the other way, too.
      if (end.kind == Terminator::Kind::AwaitCall && end.isShielded && end.unwind.valid())
        isTested[end.unwind.index] = true;
    }
    for (BlockId id : flow.order) {
      const Block &block = body.blocks[id.index];
      MovePaths::Found found{};
      if (block.terminator.kind != Terminator::Kind::Drop || !(found = paths.find(block.terminator.place)).isExact)
        continue;
      if (isTested[id.index])
        continue;
      BitSet state = flow.entry[id.index];
      for (uint32_t i = 0; i < block.statements.size(); ++i)
        initialised.statement(state, block.statements[i], id, i);
      at = id.index;
      paths.forSubtree(found.path, [&](PathId path) {
        bool isDropped = mayNeedDrop(program, placeType(program, body, paths[path].place));
        require(!isDropped || !initialised.mayNotBe(state, path), "a drop of what may not be initialised");
      });
    }
  }

  void checkMono() {
    for (const Local &local : body.locals)
      require(!(program.types[local.type].flags & (HasParam | HasProjection)), "a type parameter is left");
  }

  Program &program;
  const frontend::Interner &interner;
  const Body &body;
  std::vector<std::string> errors;
  uint32_t at = 0;
};

} // namespace

std::vector<std::string> verify(Program &program, const frontend::Interner &interner, const Body &body) { return Verifier(program, interner, body).run(); }

} // namespace async::mir
