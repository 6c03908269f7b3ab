// Kept.cpp: what the resume copy need not store at a suspension, because the frame holds it since an earlier one: locals that nothing changes once the
// function has waited, and the way back that an only state's callee has got. Only where no other part of the frame ever lies in the same bytes.
// Of such slots LLVM is told that only their own loads and stores reach them: so it also drops the store of a part that it has loaded and not changed.
#include "lowering/llvm/Async.h"
#include "typeck/mir/Cfg.h"
#include "typeck/mir/Visit.h"

#include <llvm/IR/InstIterator.h>
#include <llvm/IR/IntrinsicInst.h>

namespace async::llvmgen {

using namespace llvm;

namespace {

// The locals that are written behind any suspension.
mir::BitSet writtenLater(const mir::Body &body, const states::Lowered &machine) {
  mir::BitSet written(body.locals.size()), seen(body.blocks.size());
  std::vector<uint32_t> todo;
  auto write = [&](const mir::Place *place) {
    if (place && !mir::hasDeref(*place))
      written.set(place->base.index);
  };
  auto leave = [&](const mir::Terminator &terminator) {
    write(mir::destination(terminator));
    mir::forEachSuccessor(terminator, [&](mir::BlockId to) {
      if (!seen.test(to.index)) {
        seen.set(to.index);
        todo.push_back(to.index);
      }
    });
  };
  for (const states::State &state : machine.states)
    leave(body.blocks[state.block.index].terminator);
  while (!todo.empty()) {
    const mir::Block &block = body.blocks[todo.back()];
    todo.pop_back();
    for (const mir::Statement &statement : block.statements)
      write(mir::destination(statement));
    leave(block.terminator);
  }
  return written;
}

struct Bytes {
  uint64_t offset, size;
  bool overlaps(uint64_t other, uint64_t otherSize) const { return offset < other + otherSize && other < offset + size; }
};

} // namespace

void AsyncEmitter::findKept() {
  const mir::BitSet written = writtenLater(body, lowered);
  auto isAlone = [&](Bytes bytes, size_t slot, size_t state) {
    for (size_t i = 0; i < lowered.slots.size(); ++i)
      if (i != slot && bytes.overlaps(lowered.slots[i].offset, lowered.slots[i].size))
        return false;
    for (size_t i = 0; i < lowered.states.size(); ++i)
      if (i != state && !lowered.states[i].boxed && bytes.overlaps(lowered.states[i].childOffset, lowered.states[i].childSize))
        return false;
    return true;
  };
  for (size_t i = 0; i < lowered.slots.size(); ++i) {
    const states::Slot &slot = lowered.slots[i];
    ownSlots[i] = slot.kind == states::Slot::Kind::Saved && isAlone({slot.offset, slot.size}, i, SIZE_MAX);
    keptSlots[i] = ownSlots[i] && !lent[slot.local.index] && !written.test(slot.local.index);
  }
  const states::State &only = lowered.states[0];
  keepsCont = lowered.states.size() == 1 && !only.boxed && isAlone({only.childOffset, only.childSize}, SIZE_MAX, 0);
}

bool AsyncEmitter::isInOwnSlot(const Value *address) {
  APInt offset(64, 0);
  if (address->stripAndAccumulateConstantOffsets(module.module.getDataLayout(), offset, true) != frame)
    return false;
  for (size_t i = 0; i < lowered.slots.size(); ++i)
    if (ownSlots[i] && Bytes{lowered.slots[i].offset, lowered.slots[i].size}.overlaps(offset.getZExtValue(), 1))
      return true;
  return false;
}

// Copies of memory have one side in the frame and one outside: nothing is said of them.
void AsyncEmitter::separateOwnSlots() {
  MDBuilder metadata(context);
  MDNode *scope = MDNode::get(context, {metadata.createAnonymousAliasScope(metadata.createAnonymousAliasScopeDomain("frame"), "slots")});
  for (Instruction &instruction : instructions(*function)) {
    const Value *address = getLoadStorePointerOperand(&instruction);
    if (address && isInOwnSlot(address)) {
      instruction.setMetadata(LLVMContext::MD_alias_scope, scope);
      continue;
    }
    auto *copy = dyn_cast<MemTransferInst>(&instruction);
    bool copiesSlot = copy && (isInOwnSlot(copy->getRawDest()) || isInOwnSlot(copy->getRawSource()));
    if (!copiesSlot && instruction.mayReadOrWriteMemory())
      instruction.setMetadata(LLVMContext::MD_noalias, scope);
  }
}

} // namespace async::llvmgen
