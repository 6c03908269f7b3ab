// Flags.cpp: drop flags that are known on a path are not tested there; those that are known at an await are not kept by it. Flags that nobody tests any more
// need no place in a frame.
#include "lowering/opt/Optimize.h"
#include "typeck/mir/BitSet.h"
#include "typeck/mir/Cfg.h"
#include "typeck/mir/Flags.h"

namespace async::opt {

using mir::Block;
using mir::BlockId;
using mir::Body;
using mir::LocalId;
using mir::Operand;
using mir::Statement;
using mir::Terminator;

namespace {

// What a flag can be: a set of values, empty where nothing has been written yet.
enum Known : uint8_t { Nothing = 0, False = 1, True = 2, Both = 3 };
bool isSingle(uint8_t known) { return known == False || known == True; }

class FlagThreader {
public:
  explicit FlagThreader(Body &body) : body(body), slots(body.locals.size(), UINT32_MAX) {
    std::vector<bool> isFlag = mir::findFlags(body);
    for (uint32_t i = 0; i < isFlag.size(); ++i)
      if (isFlag[i]) {
        slots[i] = static_cast<uint32_t>(flags.size());
        flags.push_back(i);
      }
  }

  bool thread() {
    if (flags.empty())
      return false;
    solve();
    bool changed = false;
    for (uint32_t i = 0; i < body.blocks.size(); ++i) {
      std::vector<uint8_t> out = atEnd(i);
      Terminator &end = body.blocks[i].terminator;
      for (size_t edge = 0; edge < end.targets.size(); ++edge)
        changed |= follow(end.targets[edge], onEdge(end, edge, out));
      if (end.unwind.valid())
        changed |= follow(end.unwind, out);
    }
    return changed;
  }

  void restate() {
    if (flags.empty())
      return;
    solve();
    findTested();
    size_t count = body.blocks.size(); // new blocks hold no awaits
    for (uint32_t i = 0; i < count; ++i) {
      Terminator::Kind kind = body.blocks[i].terminator.kind;
      if (!reached[i] || (kind != Terminator::Kind::AwaitCall && kind != Terminator::Kind::Await))
        continue;
      std::vector<uint8_t> out = atEnd(i);
      if (!body.blocks[i].terminator.targets.empty())
        body.blocks[i].terminator.targets[0] = restated(i, body.blocks[i].terminator.targets[0], out);
      if (body.blocks[i].terminator.unwind.valid())
        body.blocks[i].terminator.unwind = restated(i, body.blocks[i].terminator.unwind, out);
    }
  }

private:
  Body &body;
  std::vector<uint32_t> flags, slots;        // the locals; by local, the index in `flags`
  std::vector<std::vector<uint8_t>> atEntry; // by block and flag
  std::vector<bool> reached;
  std::vector<mir::BitSet> tested; // by block: flags whose value at its beginning may be tested

  // A block in front of `target` that writes what is known there and is tested behind it.
  BlockId restated(uint32_t from, BlockId target, const std::vector<uint8_t> &known) {
    Block made;
    made.isCleanup = body.blocks[target.index].isCleanup;
    tested[target.index].forEach([&](size_t flag) {
      if (!isSingle(known[flag]))
        return;
      Statement statement{};
      statement.kind = Statement::Kind::Assign;
      statement.span = body.blocks[from].terminator.span;
      statement.place.base = LocalId{flags[flag]};
      statement.value.kind = mir::Rvalue::Kind::Use;
      statement.value.type = body.locals[flags[flag]].type;
      Operand value;
      value.constant.kind = mir::Constant::Kind::Int;
      value.constant.type = body.locals[flags[flag]].type;
      value.constant.value = known[flag] == True;
      statement.value.operands.push_back(value);
      made.statements.push_back(statement);
    });
    if (made.statements.empty())
      return target;
    made.terminator.kind = Terminator::Kind::Goto;
    made.terminator.span = body.blocks[from].terminator.span;
    made.terminator.targets = {target};
    body.blocks.push_back(std::move(made));
    return BlockId{static_cast<uint32_t>(body.blocks.size() - 1)};
  }

  void findTested() {
    tested.assign(body.blocks.size(), mir::BitSet(flags.size()));
    for (bool changed = true; changed;) {
      changed = false;
      for (size_t i = body.blocks.size(); i-- > 0;) {
        const Block &block = body.blocks[i];
        mir::BitSet live(flags.size());
        mir::forEachSuccessor(block.terminator, [&](BlockId next) { live.unite(tested[next.index]); });
        if (const Operand *on = mir::testedLocal(block.terminator); on && slots[on->place.base.index] != UINT32_MAX)
          live.set(slots[on->place.base.index]);
        for (size_t s = block.statements.size(); s-- > 0;)
          if (mir::assignsFlag(block.statements[s]) && slots[block.statements[s].place.base.index] != UINT32_MAX)
            live.reset(slots[block.statements[s].place.base.index]);
        changed |= tested[i].unite(live);
      }
    }
  }

  std::vector<uint8_t> atEnd(uint32_t block) const {
    std::vector<uint8_t> out = atEntry[block];
    for (const Statement &statement : body.blocks[block].statements)
      if (mir::assignsFlag(statement) && slots[statement.place.base.index] != UINT32_MAX)
        out[slots[statement.place.base.index]] = mir::assignedFlag(statement) ? True : False;
    return out;
  }

  // A way out of a test says what the flag was.
  std::vector<uint8_t> onEdge(const Terminator &end, size_t edge, std::vector<uint8_t> out) const {
    const Operand *on = mir::testedLocal(end);
    uint32_t slot = on ? slots[on->place.base.index] : UINT32_MAX;
    if (slot == UINT32_MAX)
      return out;
    if (int value = mir::valueOnEdge(end, edge); value >= 0)
      out[slot] = value ? True : False;
    return out;
  }

  void solve() {
    atEntry.assign(body.blocks.size(), std::vector<uint8_t>(flags.size(), Nothing));
    reached.assign(body.blocks.size(), false);
    std::vector<uint32_t> work{0};
    reached[0] = true;
    auto flow = [&](BlockId to, const std::vector<uint8_t> &out) {
      bool grows = !reached[to.index];
      reached[to.index] = true;
      for (size_t i = 0; i < out.size(); ++i) {
        grows |= (out[i] & ~atEntry[to.index][i]) != 0;
        atEntry[to.index][i] |= out[i];
      }
      if (grows)
        work.push_back(to.index);
    };
    while (!work.empty()) {
      uint32_t block = work.back();
      work.pop_back();
      std::vector<uint8_t> out = atEnd(block);
      const Terminator &end = body.blocks[block].terminator;
      for (size_t edge = 0; edge < end.targets.size(); ++edge)
        flow(end.targets[edge], onEdge(end, edge, out));
      if (end.unwind.valid())
        flow(end.unwind, out);
    }
  }

  // The block behind tests whose outcome is known.
  bool follow(BlockId &target, const std::vector<uint8_t> &known) const {
    BlockId at = target;
    for (size_t steps = 0; steps <= body.blocks.size(); ++steps) {
      const Block &block = body.blocks[at.index];
      const Operand *on = mir::testedLocal(block.terminator);
      uint32_t slot = on && block.statements.empty() ? slots[on->place.base.index] : UINT32_MAX;
      if (slot == UINT32_MAX || !isSingle(known[slot]))
        break;
      int64_t value = known[slot] == True;
      BlockId next = block.terminator.targets.back();
      for (size_t i = 0; i < block.terminator.values.size(); ++i)
        if (block.terminator.values[i] == value) {
          next = block.terminator.targets[i];
          break;
        }
      at = next;
    }
    if (at == target || body.blocks[at.index].isCleanup != body.blocks[target.index].isCleanup)
      return false;
    target = at;
    return true;
  }
};

} // namespace

bool threadFlags(Body &body) { return FlagThreader(body).thread(); }

void restateFlags(Body &body) { FlagThreader(body).restate(); }

} // namespace async::opt
