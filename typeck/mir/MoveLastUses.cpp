// Count elision: the last use of a counted local takes its count over instead of adding one.
#include <algorithm>

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

// `after` holds what is read later.
template <typename Instruction> void rewrite(Instruction &instruction, const BitSet &after, const Borrows &borrows, BitSet used) {
  std::vector<uint32_t> bases;
  visitUses(static_cast<const Instruction &>(instruction), [&](const Place &place, UseKind) { bases.push_back(place.base.index); });
  std::sort(bases.begin(), bases.end());
  for (uint32_t base : bases)
    used.set(base);
  const Place *to = destination(instruction);
  forEachOperand(instruction, [&](Operand &operand) {
    if (!isWholeShare(operand))
      return;
    LocalId local = operand.place.base;
    auto [first, last] = std::equal_range(bases.begin(), bases.end(), local.index);
    bool isNeeded = after.test(local.index) || (to && to->base == local) || last - first > 1;
    if (!isNeeded && !borrows.isReferredTo(after, local) && !borrows.isReferredTo(used, local))
      operand.kind = Operand::Kind::Move;
  });
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
  const BitSet none(body.locals.size());
  for (BlockId id : reversePostorder(body)) {
    Block &block = body.blocks[id.index];
    BitSet state = liveness.atExit(id);
    if (hasShare(block.terminator))
      rewrite(block.terminator, state, borrows, none);
    liveness.before(block.terminator, state);
    for (size_t i = block.statements.size(); i-- > 0;) {
      if (hasShare(block.statements[i]))
        rewrite(block.statements[i], state, borrows, none);
      liveness.before(block.statements[i], state);
    }
  }
}

} // namespace async::mir
