// Simplify.cpp: the control-flow graph without detours.
#include "lowering/opt/Optimize.h"
#include "typeck/mir/Cfg.h"

namespace async::opt {

using mir::Block;
using mir::BlockId;
using mir::Body;
using mir::Statement;
using mir::Terminator;

namespace {

bool isOnly(const Block &block, Terminator::Kind kind) {
  if (block.terminator.kind != kind)
    return false;
  for (const Statement &statement : block.statements)
    if (statement.kind != Statement::Kind::Nop)
      return false;
  return true;
}

// Where a jump to the block ends; a cycle of empty blocks ends where it began.
BlockId destination(const Body &body, BlockId from) {
  BlockId at = from;
  for (size_t steps = 0; steps <= body.blocks.size(); ++steps) {
    const Block &block = body.blocks[at.index];
    if (!isOnly(block, Terminator::Kind::Goto))
      return at;
    BlockId next = block.terminator.targets[0];
    if (body.blocks[next.index].isCleanup != block.isCleanup)
      return at;
    at = next;
  }
  return from;
}

bool threadJumps(Body &body) {
  bool changed = false;
  for (Block &block : body.blocks) {
    Terminator &end = block.terminator;
    auto follow = [&](BlockId &target) {
      BlockId to = destination(body, target);
      changed |= to != target;
      target = to;
    };
    for (BlockId &target : end.targets)
      follow(target);
    if (!end.unwind.valid())
      continue;
    follow(end.unwind);
    // Without an edge an unwinding leaves the body just the same. In an async body the edge of an await is where its outcome arrives, so it may go too.
    if (isOnly(body.blocks[end.unwind.index], Terminator::Kind::Unwind)) {
      end.unwind = {};
      changed = true;
    }
  }
  return changed;
}

bool mergeBlocks(Body &body) {
  bool changed = false;
  std::vector<std::vector<BlockId>> before = mir::predecessors(body);
  std::vector<bool> gone(body.blocks.size(), false);
  for (uint32_t i = 0; i < body.blocks.size(); ++i) {
    if (gone[i])
      continue;
    for (;;) {
      Block &block = body.blocks[i];
      if (block.terminator.kind != Terminator::Kind::Goto)
        break;
      uint32_t next = block.terminator.targets[0].index;
      if (next == i || next == 0 || gone[next] || before[next].size() != 1 || body.blocks[next].isCleanup != block.isCleanup)
        break;
      Block taken = std::move(body.blocks[next]);
      gone[next] = changed = true;
      // Nothing reaches it any more; removeUnreachable takes it out.
      body.blocks[next] = {};
      body.blocks[next].isCleanup = taken.isCleanup;
      body.blocks[next].terminator.kind = Terminator::Kind::Unreachable;
      std::move(taken.statements.begin(), taken.statements.end(), std::back_inserter(block.statements));
      block.terminator = std::move(taken.terminator);
    }
  }
  return changed;
}

bool sameTargets(Body &body) {
  bool changed = false;
  for (Block &block : body.blocks) {
    Terminator &end = block.terminator;
    if (end.kind != Terminator::Kind::Switch)
      continue;
    bool same = true;
    for (BlockId target : end.targets)
      same &= target == end.targets[0];
    BlockId only = end.targets[0];
    if (!same && !end.operands.empty() && end.operands[0].kind == mir::Operand::Kind::Const && end.operands[0].constant.kind == mir::Constant::Kind::Int) {
      only = end.targets.back();
      for (size_t i = 0; i < end.values.size(); ++i)
        if (end.values[i] == end.operands[0].constant.value) {
          only = end.targets[i];
          break;
        }
      same = true;
    }
    if (!same)
      continue;
    Terminator jump;
    jump.kind = Terminator::Kind::Goto;
    jump.span = end.span;
    jump.targets = {only};
    end = std::move(jump);
    changed = true;
  }
  return changed;
}

void removeNops(Body &body) {
  for (Block &block : body.blocks)
    std::erase_if(block.statements, [](const Statement &statement) { return statement.kind == Statement::Kind::Nop; });
}

} // namespace

bool simplify(Body &body) {
  removeNops(body);
  bool changed = sameTargets(body);
  changed |= threadJumps(body);
  size_t count = body.blocks.size();
  mir::removeUnreachable(body);
  changed |= mergeBlocks(body);
  mir::removeUnreachable(body);
  return changed || body.blocks.size() != count;
}

void optimize(mono::Mono &mono) {
  constexpr int rounds = 16; // each nested drop flag takes one
  for (auto &instance : mono.instances) {
    if (!instance->body)
      continue;
    for (int i = 0; i < rounds; ++i) {
      bool changed = simplify(*instance->body);
      changed |= threadFlags(*instance->body);
      changed |= forwardTemporaries(*instance->body);
      if (!changed)
        break;
    }
    restateFlags(*instance->body);
  }
  removeWrappers(mono);
}

} // namespace async::opt
