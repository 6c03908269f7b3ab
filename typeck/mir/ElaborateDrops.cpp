#include "typeck/mir/ElaborateDrops.h"

#include <algorithm>

#include "typeck/mir/Initialised.h"
#include "typeck/mir/Places.h"
#include "typeck/mir/Visit.h"
#include "typeck/types/TypeFacts.h"

namespace async::mir {
namespace {

// Where a drop goes on, and what is known before it.
struct DropContext {
  const BitSet *state;
  Span span;
  bool isCleanup = false;
  bool isReplace = false;
};

class Elaborator {
public:
  Elaborator(Program &program, Body &body) : program(program), body(body), paths(program, body), initialised(body, paths) {
    flags.resize(paths.size());
    findTouched();
  }

  void run() {
    Flow flow = solveForward(body, initialised);
    uint32_t blockCount = static_cast<uint32_t>(body.blocks.size());
    for (BlockId id : flow.order)
      if (body.blocks[id.index].terminator.kind == Terminator::Kind::Drop)
        elaborate(id, flow.entry[id.index]);
    if (std::none_of(flags.begin(), flags.end(), [](LocalId flag) { return flag.valid(); }))
      return;
    for (uint32_t i = 0; i < blockCount; ++i)
      setFlags(BlockId{i});
    for (auto &[block, path] : drops)
      clearBefore(block, path);
    initialiseFlags();
  }

private:
  // Paths that are moved or assigned by themselves; the others share the fate of the path above.
  void findTouched() {
    touched.assign(paths.size(), false);
    auto touch = [&](const Place &place) {
      MovePaths::Found found = paths.find(place);
      if (!found.isExact)
        return;
      for (PathId path = found.path; path.valid(); path = paths[path].parent)
        touched[path.index] = true;
    };
    auto moved = [&](const Operand &operand) {
      if (operand.kind == Operand::Kind::Move)
        touch(operand.place);
    };
    for (const Block &block : body.blocks) {
      for (const Statement &statement : block.statements) {
        forEachOperand(statement, moved);
        if (const Place *to = destination(statement))
          touch(*to);
      }
      forEachOperand(block.terminator, moved);
      if (const Place *to = destination(block.terminator))
        touch(*to);
    }
  }

  bool hasTouchedPart(PathId path) const {
    for (PathId child = paths[path].firstChild; child.valid(); child = paths[child].nextSibling)
      if (touched[child.index])
        return true;
    return false;
  }

  void elaborate(BlockId id, BitSet state) {
    const Block &block = body.blocks[id.index];
    TypeId type = placeType(program, body, block.terminator.place);
    MovePaths::Found found = paths.find(block.terminator.place);
    if (mayNeedDrop(program, type)) {
      if (!found.isExact)
        return;
      for (uint32_t i = 0; i < block.statements.size(); ++i)
        initialised.statement(state, block.statements[i], id, i);
      if (isWhole(state, found.path)) {
        drops.emplace_back(id, found.path);
        return;
      }
    }
    Terminator drop = block.terminator;
    DropContext context{&state, drop.span, body.blocks[id.index].isCleanup, drop.isReplace};
    BlockId entry = drop.targets[0];
    if (mayNeedDrop(program, type)) {
      // Flags of what has been dropped are cleared on the ways out: they are tested on the way in.
      auto cleared = [&](BlockId to, bool isCleanup) {
        BlockId made = addBlock(jump(to, drop.span), isCleanup);
        drops.emplace_back(made, found.path);
        return made;
      };
      BlockId unwind = drop.unwind.valid() ? cleared(drop.unwind, true) : BlockId{};
      entry = dropPath(context, found.path, drop.place, type, cleared(drop.targets[0], context.isCleanup), unwind);
    }
    body.blocks[id.index].terminator = jump(entry, drop.span);
  }

  bool isWhole(const BitSet &state, PathId root) const {
    bool whole = true;
    paths.forSubtree(root, [&](PathId path) { whole &= !initialised.mayNotBe(state, path); });
    return whole;
  }

  static Terminator jump(BlockId to, Span span) {
    Terminator made{};
    made.kind = Terminator::Kind::Goto;
    made.span = span;
    made.targets = {to};
    return made;
  }

  BlockId addBlock(Terminator terminator, bool isCleanup) {
    Block block{};
    block.terminator = std::move(terminator);
    block.isCleanup = isCleanup;
    body.blocks.push_back(std::move(block));
    return BlockId{static_cast<uint32_t>(body.blocks.size() - 1)};
  }

  LocalId addLocal(TypeId type, Span span) {
    body.locals.push_back({Symbol{}, type, span});
    return LocalId{static_cast<uint32_t>(body.locals.size() - 1)};
  }

  LocalId flag(PathId path) {
    if (!flags[path.index].valid())
      flags[path.index] = addLocal(program.types.boolean, body.locals[paths[path].place.base.index].span);
    return flags[path.index];
  }

  // A drop of `place`, a part of `path` that has no path of its own or the path itself, where the path says whether there is anything.
  BlockId dropWhole(const DropContext &context, PathId path, const Place &place, TypeId type, BlockId next, BlockId unwind) {
    if (!mayNeedDrop(program, type) || !initialised.mayBe(*context.state, path))
      return next;
    Terminator drop{};
    drop.kind = Terminator::Kind::Drop;
    drop.span = context.span;
    drop.place = place;
    drop.targets = {next};
    drop.isReplace = context.isReplace;
    if (!context.isCleanup)
      drop.unwind = unwind;
    BlockId made = addBlock(std::move(drop), context.isCleanup);
    if (place.path.size() == paths[path].place.path.size())
      drops.emplace_back(made, path);
    return initialised.mayNotBe(*context.state, path) ? testFlag(context, path, made, next) : made;
  }

  BlockId testFlag(const DropContext &context, PathId path, BlockId then, BlockId otherwise) {
    Terminator test{};
    test.kind = Terminator::Kind::Switch;
    test.span = context.span;
    Operand operand;
    operand.kind = Operand::Kind::Copy;
    operand.place.base = flag(path);
    test.operands = {operand};
    test.values = {0};
    test.targets = {otherwise, then};
    return addBlock(std::move(test), context.isCleanup);
  }

  BlockId dropPath(const DropContext &context, PathId path, const Place &place, TypeId id, BlockId next, BlockId unwind) {
    if (!mayNeedDrop(program, id))
      return next;
    if (isWhole(*context.state, path) || !hasTouchedPart(path))
      return dropWhole(context, path, place, id, next, unwind);
    const Type &type = program.types[id];
    switch (type.kind) {
    case TypeKind::Tuple:
      return dropFields(context, path, place, id, 0, type.args.size(), next, unwind);
    case TypeKind::Closure:
      return dropFields(context, path, place, id, 0, program.closure(ClosureId{type.index}).captures.size(), next, unwind);
    case TypeKind::Array:
      return dropElements(context, path, place, type, next, unwind);
    case TypeKind::Adt: {
      const AdtDecl &adt = program.adt(AdtId{type.index});
      if (adt.dropFn || adt.isShared || adt.variants.empty())
        break;
      if (adt.isEnum)
        return dropVariants(context, path, place, id, next, unwind);
      return dropFields(context, path, place, id, 0, adt.variants[0].fields.size(), next, unwind);
    }
    default:
      break;
    }
    return dropWhole(context, path, place, id, next, unwind);
  }

  // Drops the parts from the first to the last; if one panics, those behind it are still dropped.
  BlockId dropParts(const DropContext &context, PathId path, const Place &place, const std::vector<std::pair<Projection, TypeId>> &parts, BlockId next,
                    BlockId unwind) {
    DropContext cleanup = context;
    cleanup.isCleanup = true;
    BlockId unwindNext = unwind;
    for (size_t i = parts.size(); i-- > 0;) {
      auto &[projection, type] = parts[i];
      if (!mayNeedDrop(program, type))
        continue;
      Place part = place;
      part.path.push_back(projection);
      PathId child = paths.child(path, projection);
      auto drop = [&](const DropContext &how, BlockId to, BlockId onPanic) {
        return child.valid() ? dropPath(how, child, part, type, to, onPanic) : dropWhole(how, path, part, type, to, onPanic);
      };
      BlockId before = next;
      next = drop(context, next, unwindNext);
      if (!context.isCleanup && i > 0 && next != before)
        unwindNext = drop(cleanup, unwindNext.valid() ? unwindNext : unwindBlock(context.span), {});
    }
    return next;
  }

  BlockId unwindBlock(Span span) {
    if (!unwindEnd.valid()) {
      Terminator unwind{};
      unwind.kind = Terminator::Kind::Unwind;
      unwind.span = span;
      unwindEnd = addBlock(std::move(unwind), true);
    }
    return unwindEnd;
  }

  BlockId dropFields(const DropContext &context, PathId path, const Place &place, TypeId type, uint32_t variant, size_t count, BlockId next,
                     BlockId unwind) {
    std::vector<std::pair<Projection, TypeId>> parts;
    for (uint32_t i = 0; i < count; ++i) {
      Projection field{.kind = Projection::Kind::Field, .index = i, .local = {}};
      parts.emplace_back(field, projectedType(program, type, variant, field));
    }
    return dropParts(context, path, place, parts, next, unwind);
  }

  BlockId dropElements(const DropContext &context, PathId path, const Place &place, const Type &type, BlockId next, BlockId unwind) {
    std::vector<std::pair<Projection, TypeId>> parts;
    // Elements have paths only if the length is known; a pattern names few of them.
    int64_t count = program.types[type.args[1]].value;
    for (int64_t i = 0; i < count && i <= UINT32_MAX; ++i)
      parts.emplace_back(Projection{.kind = Projection::Kind::ConstIndex, .index = static_cast<uint32_t>(i), .local = {}}, type.args[0]);
    return dropParts(context, path, place, parts, next, unwind);
  }

  BlockId dropVariants(const DropContext &context, PathId path, const Place &place, TypeId id, BlockId next, BlockId unwind) {
    if (!initialised.mayBe(*context.state, path))
      return next;
    const AdtDecl &adt = program.adt(AdtId{program.types[id].index});
    Terminator test{};
    test.kind = Terminator::Kind::Switch;
    test.span = context.span;
    for (uint32_t i = 0; i < adt.variants.size(); ++i) {
      Projection downcast{.kind = Projection::Kind::Downcast, .index = i, .local = {}};
      PathId child = paths.child(path, downcast);
      if (!child.valid())
        continue;
      Place variant = place;
      variant.path.push_back(downcast);
      test.values.push_back(i);
      test.targets.push_back(dropFields(context, child, variant, id, i, adt.variants[i].fields.size(), next, unwind));
    }
    DropContext rest = context;
    test.targets.push_back(dropKnown(rest, path, place, id, next, unwind));
    LocalId which = addLocal(program.types.i64, context.span);
    Operand operand;
    operand.kind = Operand::Kind::Copy;
    operand.place.base = which;
    test.operands = {operand};
    BlockId made = addBlock(std::move(test), context.isCleanup);
    Statement read{};
    read.kind = Statement::Kind::Assign;
    read.span = context.span;
    read.place.base = which;
    read.value.kind = Rvalue::Kind::Discriminant;
    read.value.place = place;
    read.value.type = program.types.i64;
    body.blocks[made.index].statements.push_back(std::move(read));
    return initialised.mayNotBe(*context.state, path) ? testFlag(context, path, made, next) : made;
  }

  // As dropWhole, where the path is known to be initialised.
  BlockId dropKnown(const DropContext &context, PathId path, const Place &place, TypeId type, BlockId next, BlockId unwind) {
    BitSet state = *context.state;
    state.reset(Initialised::mayNotBeBit(path));
    DropContext known = context;
    known.state = &state;
    return dropWhole(known, path, place, type, next, unwind);
  }

  // Flags.

  Statement setFlag(PathId path, bool value, Span span) const {
    Statement made{};
    made.kind = Statement::Kind::Assign;
    made.span = span;
    made.place.base = flags[path.index];
    made.value.kind = Rvalue::Kind::Use;
    made.value.type = program.types.boolean;
    Operand operand;
    operand.kind = Operand::Kind::Const;
    operand.constant.kind = Constant::Kind::Int;
    operand.constant.type = program.types.boolean;
    operand.constant.value = value;
    made.value.operands = {operand};
    return made;
  }

  void setAll(std::vector<Statement> &into, PathId root, bool value, Span span) const {
    paths.forSubtree(root, [&](PathId path) {
      if (flags[path.index].valid())
        into.push_back(setFlag(path, value, span));
    });
  }

  void clearMoved(std::vector<Statement> &into, const Operand &operand, Span span) const {
    if (operand.kind != Operand::Kind::Move)
      return;
    MovePaths::Found found = paths.find(operand.place);
    if (found.isExact)
      setAll(into, found.path, false, span);
  }

  void setFlags(BlockId id) {
    std::vector<Statement> out;
    for (Statement &statement : body.blocks[id.index].statements) {
      std::vector<Statement> changes;
      Span span = statement.span;
      if (statement.kind == Statement::Kind::StorageLive)
        setAll(changes, paths.ofLocal(statement.local), false, span);
      forEachOperand(static_cast<const Statement &>(statement), [&](const Operand &operand) { clearMoved(changes, operand, span); });
      if (const Place *to = destination(statement))
        if (MovePaths::Found found = paths.find(*to); found.isExact)
          setAll(changes, found.path, true, span);
      out.push_back(std::move(statement));
      out.insert(out.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
    }
    Block &block = body.blocks[id.index];
    const Terminator &terminator = block.terminator;
    forEachOperand(terminator, [&](const Operand &operand) { clearMoved(out, operand, terminator.span); });
    block.statements = std::move(out);
    const Place *to = destination(terminator);
    if (!to || terminator.targets.empty())
      return;
    MovePaths::Found found = paths.find(*to);
    std::vector<Statement> changes;
    if (found.isExact)
      setAll(changes, found.path, true, terminator.span);
    if (changes.empty())
      return;
    BlockId edge = addBlock(jump(terminator.targets[0], terminator.span), body.blocks[id.index].isCleanup);
    body.blocks[edge.index].statements = std::move(changes);
    body.blocks[id.index].terminator.targets[0] = edge;
  }

  void clearBefore(BlockId block, PathId path) {
    std::vector<Statement> changes;
    setAll(changes, path, false, body.blocks[block.index].terminator.span);
    std::vector<Statement> &statements = body.blocks[block.index].statements;
    statements.insert(statements.end(), std::make_move_iterator(changes.begin()), std::make_move_iterator(changes.end()));
  }

  void initialiseFlags() {
    std::vector<Statement> first;
    for (uint32_t i = 0; i < flags.size(); ++i) {
      if (!flags[i].valid())
        continue;
      uint32_t base = paths[PathId{i}].place.base.index;
      first.push_back(setFlag(PathId{i}, base >= 1 && base <= body.paramCount, body.span));
    }
    if (first.empty())
      return;
    // The entry may be the head of a loop, which must not set them again.
    bool isTarget = false;
    for (const Block &block : body.blocks)
      forEachSuccessor(block.terminator, [&](BlockId to) { isTarget |= to.index == 0; });
    if (isTarget) {
      body.blocks.push_back(std::move(body.blocks[0]));
      BlockId moved{static_cast<uint32_t>(body.blocks.size() - 1)};
      body.blocks[0] = Block{};
      body.blocks[0].terminator = jump(BlockId{0}, body.span);
      for (Block &block : body.blocks)
        for (BlockId &to : block.terminator.targets)
          if (to.index == 0)
            to = moved;
    }
    std::vector<Statement> &statements = body.blocks[0].statements;
    statements.insert(statements.begin(), std::make_move_iterator(first.begin()), std::make_move_iterator(first.end()));
  }

  Program &program;
  Body &body;
  MovePaths paths;
  Initialised initialised;
  std::vector<bool> touched;
  std::vector<LocalId> flags; // by path
  std::vector<std::pair<BlockId, PathId>> drops; // blocks at whose end the flags of a path are cleared
  BlockId unwindEnd;
};

} // namespace

void elaborateDrops(Program &program, Body &body) {
  moveLastUses(program, body);
  Elaborator(program, body).run();
  removeUnreachable(body);
  body.stage = Stage::Elaborated;
}

} // namespace async::mir
