// Flags.cpp: drop flags that are known on a path are not tested there. Flags that nobody tests any more are not kept, so they need no place in a frame.
#include "lowering/opt/Optimize.h"
#include "typeck/mir/Cfg.h"
#include "typeck/mir/Visit.h"

namespace async::opt {

using mir::Block;
using mir::BlockId;
using mir::Body;
using mir::Operand;
using mir::Place;
using mir::Statement;
using mir::Terminator;

namespace {

// What a flag can be: a set of values, empty where nothing has been written yet.
enum Known : uint8_t { Nothing = 0, False = 1, True = 2, Both = 3 };

class FlagThreader {
public:
  explicit FlagThreader(Body &body) : body(body), isFlag(body.locals.size(), true) {}

  bool run() {
    findFlags();
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

private:
  Body &body;
  std::vector<bool> isFlag;
  std::vector<uint32_t> flags, slots; // the locals; by local, the index in `flags`
  std::vector<std::vector<uint8_t>> atEntry; // by block and flag

  static const Operand *tested(const Terminator &end) {
    bool tests = end.kind == Terminator::Kind::Switch && end.operands[0].kind == Operand::Kind::Copy && end.operands[0].place.path.empty();
    return tests ? &end.operands[0] : nullptr;
  }
  static bool isConstant(const Statement &statement) {
    if (statement.kind != Statement::Kind::Assign || !statement.place.path.empty() || statement.value.kind != mir::Rvalue::Kind::Use)
      return false;
    const Operand &operand = statement.value.operands[0];
    return operand.kind == Operand::Kind::Const && operand.constant.kind == mir::Constant::Kind::Int && (operand.constant.value == 0 || operand.constant.value == 1);
  }

  // Locals that are only given constants and only tested.
  void findFlags() {
    std::vector<bool> isTested(body.locals.size(), false);
    auto exclude = [&](const Place &place) {
      isFlag[place.base.index] = false;
      for (const mir::Projection &step : place.path)
        if (step.kind == mir::Projection::Kind::Index)
          isFlag[step.local.index] = false;
    };
    for (uint32_t i = 0; i <= body.paramCount && i < isFlag.size(); ++i)
      isFlag[i] = false;
    for (const Block &block : body.blocks) {
      for (const Statement &statement : block.statements) {
        mir::visitUses(statement, [&](const Place &place, mir::UseKind) { exclude(place); });
        if (const Place *to = mir::destination(statement); to && !isConstant(statement))
          exclude(*to);
      }
      const Terminator &end = block.terminator;
      if (const Operand *on = tested(end)) {
        isTested[on->place.base.index] = true;
        continue;
      }
      mir::visitUses(end, [&](const Place &place, mir::UseKind) { exclude(place); });
      if (const Place *to = mir::destination(end))
        exclude(*to);
    }
    slots.assign(body.locals.size(), UINT32_MAX);
    for (uint32_t i = 0; i < isFlag.size(); ++i)
      if (isFlag[i] && isTested[i]) {
        slots[i] = static_cast<uint32_t>(flags.size());
        flags.push_back(i);
      }
  }

  std::vector<uint8_t> atEnd(uint32_t block) const {
    std::vector<uint8_t> out = atEntry[block];
    for (const Statement &statement : body.blocks[block].statements)
      if (isConstant(statement) && slots[statement.place.base.index] != UINT32_MAX)
        out[slots[statement.place.base.index]] = statement.value.operands[0].constant.value ? True : False;
    return out;
  }

  // A way out of a test says what the flag was.
  std::vector<uint8_t> onEdge(const Terminator &end, size_t edge, std::vector<uint8_t> out) const {
    const Operand *on = tested(end);
    uint32_t slot = on ? slots[on->place.base.index] : UINT32_MAX;
    if (slot == UINT32_MAX)
      return out;
    if (edge < end.values.size())
      out[slot] = end.values[edge] == 0 ? False : True;
    else if (end.values.size() == 1)
      out[slot] = end.values[0] == 0 ? True : False;
    return out;
  }

  void solve() {
    atEntry.assign(body.blocks.size(), std::vector<uint8_t>(flags.size(), Nothing));
    std::vector<bool> reached(body.blocks.size(), false);
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
      const Operand *on = tested(block.terminator);
      uint32_t slot = on && block.statements.empty() ? slots[on->place.base.index] : UINT32_MAX;
      if (slot == UINT32_MAX || (known[slot] != False && known[slot] != True))
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

bool threadFlags(Body &body) { return FlagThreader(body).run(); }

} // namespace async::opt
