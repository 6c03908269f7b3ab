// Count elision: the last use of a counted local takes its count over instead of adding one.
#include "typeck/mir/Borrows.h"
#include "typeck/mir/ElaborateDrops.h"
#include "typeck/mir/Liveness.h"
#include "typeck/mir/Visit.h"

namespace async::mir {
namespace {

bool isWholeShare(const Operand &operand) { return operand.kind == Operand::Kind::Share && operand.place.path.empty(); }

template <typename Instruction> bool hasShare(const Instruction &instruction) {
  bool found = false;
  forEachOperand(instruction, [&](const Operand &operand) { found |= isWholeShare(operand); });
  return found;
}

// `after` holds what is read later, and all that this may refer to.
template <typename Instruction> void rewrite(Instruction &instruction, const BitSet &after, const Borrows &borrows) {
  std::vector<Operand *> operands;
  forEachOperand(instruction, [&](Operand &operand) { operands.push_back(&operand); });
  const Place *to = destination(instruction);
  for (size_t i = operands.size(); i-- > 0;) {
    if (!isWholeShare(*operands[i]))
      continue;
    LocalId local = operands[i]->place.base;
    bool isNeeded = after.test(local.index) || (to && to->base == local);
    visitUses(static_cast<const Instruction &>(instruction), [&](const Place &place, UseKind) {
      isNeeded |= &place != &operands[i]->place && (place.base == local || borrows.refers(place.base, local));
    });
    if (!isNeeded)
      operands[i]->kind = Operand::Kind::Move;
  }
}

} // namespace

void moveLastUses(const Program &program, Body &body) {
  bool any = false;
  for (const Block &block : body.blocks) {
    for (const Statement &statement : block.statements)
      any |= hasShare(statement);
    any |= hasShare(block.terminator);
  }
  if (!any)
    return;
  Liveness liveness(body, {.dropsAreUses = false});
  Borrows borrows(program, body);
  for (BlockId id : reversePostorder(body)) {
    Block &block = body.blocks[id.index];
    BitSet state = liveness.atExit(id);
    auto closed = [&] {
      BitSet after = state;
      borrows.close(after);
      return after;
    };
    if (hasShare(block.terminator))
      rewrite(block.terminator, closed(), borrows);
    liveness.before(block.terminator, state);
    for (size_t i = block.statements.size(); i-- > 0;) {
      if (hasShare(block.statements[i]))
        rewrite(block.statements[i], closed(), borrows);
      liveness.before(block.statements[i], state);
    }
  }
}

} // namespace async::mir
