#include <algorithm>
#include <numeric>

#include "lowering/states/CallGraph.h"
#include "lowering/states/FrameLayout.h"
#include "lowering/states/Interference.h"
#include "lowering/states/Liveness.h"
#include "lowering/states/Lowered.h"
#include "typeck/mir/Cfg.h"

namespace async::states {

using TK = mir::Terminator::Kind;

namespace {

// A saved local of more bytes stays in the frame: copying it at each suspension costs more than reaching it there.
constexpr uint64_t maxSavedSize = 64;
// A local that lives across more states stays in the frame as well: the code that stores it would be the product of locals and states.
constexpr uint32_t maxSavingStates = 64;
// What the runtime writes into any frame on the heap.
constexpr uint64_t minUnstartedSize = 24;

// Makes the state machine of one body.
class Builder {
public:
  Builder(const mono::Mono &mono, const frontend::Interner &interner, const CallGraph &graph, const LoweredSet &done, uint32_t instance)
      : mono(mono), interner(interner), graph(graph), done(done), body(*mono.instance(instance).body), live(mono.program, body), reached(mir::reachable(body)),
        made(std::make_unique<Lowered>()) {
    made->instance = instance;
    made->slotOf.assign(body.locals.size(), noSlot);
    made->stateOf.assign(body.blocks.size(), 0);
  }

  std::unique_ptr<Lowered> build() {
    findStates();
    chooseSlots();
    placeAll();
    account();
    placeArguments();
    return std::move(made);
  }

private:
  const mono::Mono &mono;
  const frontend::Interner &interner;
  const CallGraph &graph;
  const LoweredSet &done;
  const mir::Body &body;
  Liveness live;
  std::vector<bool> reached;
  std::unique_ptr<Lowered> made;

  const mono::Layout &layout(uint32_t local) { return mono.layouts.of(body.locals[local].type); }

  void findStates() {
    for (uint32_t i = 0; i < body.blocks.size(); ++i) {
      const mir::Block &block = body.blocks[i];
      if (!reached[i] || !isSuspension(block.terminator))
        continue;
      State state;
      state.block = mir::BlockId{i};
      state.span = block.terminator.span;
      state.shielded = block.isCleanup || block.terminator.isShielded;
      if (block.terminator.kind == TK::Await)
        state.childSize = futureLeafSize;
      else
        describeChild(state, block.terminator.callee.instance);
      made->states.push_back(state);
    }
    // Numbers follow the source; copies of one await, as in `defer`, the blocks.
    std::stable_sort(made->states.begin(), made->states.end(), [](const State &a, const State &b) { return a.span.lo < b.span.lo; });
    for (uint32_t i = 0; i < made->states.size(); ++i)
      made->stateOf[made->states[i].block.index] = i + 1;
  }

  void describeChild(State &state, uint32_t callee) {
    state.callee = callee;
    const mono::Instance &instance = mono.instance(callee);
    if (instance.kind == mono::Instance::Kind::Leaf) {
      state.childSize = std::max<uint64_t>(instance.leafFrameSize, minLeafSize);
      return;
    }
    state.boxed = graph.sameGroup(made->instance, callee);
    const Lowered *lowered = done.of(callee);
    if (state.boxed || !lowered)
      return;
    state.childSize = lowered->size;
    state.childAlign = lowered->align;
  }

  // std's Scope is known to the runtime by its address from the moment it is entered.
  bool staysInPlace(TypeId id) const {
    const typeck::Type &type = mono.program.types[id];
    return type.kind == TypeKind::Adt && interner.text(mono.program.adt(AdtId{type.index}).lang) == "scope";
  }

  uint32_t addSlot(Slot slot) {
    made->slots.push_back(slot);
    return static_cast<uint32_t>(made->slots.size() - 1);
  }

  void extraSlot(uint32_t &known, Slot::Kind kind, uint64_t size, uint32_t align) {
    if (known == noSlot)
      known = addSlot({kind, {}, 0, size, align});
  }

  // How often each local lives across a suspension.
  std::vector<uint32_t> countAcross(mir::BitSet &loaned) const {
    std::vector<uint32_t> counts(live.count());
    for (const State &state : made->states) {
      const mir::BitSet kept = live.across(state.block.index);
      kept.forEach([&](size_t local) { ++counts[local]; });
      loaned.unite(live.lent(body.blocks[state.block.index].terminator));
      loaned.unite(live.referredTo(kept));
    }
    return counts;
  }

  void chooseSlots() {
    mir::BitSet loaned(live.count());
    std::vector<uint32_t> across = countAcross(loaned);
    for (uint32_t i = 0; i < body.locals.size(); ++i) {
      const mono::Layout &of = layout(i);
      bool largeResult = i == 0 && of.size > maxResultInRegisters;
      bool stays = of.size > maxSavedSize || across[i] > maxSavingStates || live.isExposed(i) || staysInPlace(body.locals[i].type);
      bool resident = loaned.test(i) || largeResult || (across[i] && stays);
      if ((resident || across[i]) && of.size > 0)
        made->slotOf[i] = addSlot({resident ? Slot::Kind::Resident : Slot::Kind::Saved, mir::LocalId{i}, 0, of.size, of.align});
    }
    for (State &state : made->states) {
      if (state.shielded) {
        extraSlot(made->unwindSlot, Slot::Kind::Unwind, 16, 8);
        extraSlot(made->shieldSlot, Slot::Kind::Shield, 4, 4);
      }
      if (state.boxed || state.callee == UINT32_MAX)
        extraSlot(made->futureSlot, Slot::Kind::Future, 8, 8);
    }
    for (State &state : made->states)
      slotsOf(state);
  }

  void slotsOf(State &state) {
    state.slots = mir::BitSet(made->slots.size());
    if (state.shielded) {
      state.slots.set(made->unwindSlot);
      state.slots.set(made->shieldSlot);
    }
    if (state.boxed || state.callee == UINT32_MAX)
      state.slots.set(made->futureSlot);
    // What is lent to the callee lives while it waits, whether or not it is used afterwards.
    mir::BitSet kept = live.across(state.block.index);
    kept.unite(live.lent(body.blocks[state.block.index].terminator));
    live.needed(kept).forEach([&](size_t local) {
      if (made->slotOf[local] != noSlot)
        state.slots.set(made->slotOf[local]);
    });
  }

  void placeAll() {
    size_t slotCount = made->slots.size();
    Interference interference(body, live, *made, reached);
    std::vector<FrameItem> items = interference.parts();
    made->size = placeItems(items, headerSize);
    for (uint32_t i = 0; i < slotCount; ++i)
      made->slots[i].offset = items[interference.merged[i]].offset;
    for (uint32_t s = 0; s < made->states.size(); ++s)
      made->states[s].childOffset = items[slotCount + s].offset;
    made->stateOffset = items.back().offset;
    for (const FrameItem &item : items)
      made->align = std::max(made->align, item.align);
  }

  // What the largest child holds beside slots.
  void account() {
    const State *largest = nullptr;
    for (const State &state : made->states)
      if (!largest || state.childSize > largest->childSize)
        largest = &state;
    if (!largest || largest->boxed)
      return;
    const Lowered *child = largest->callee == UINT32_MAX ? nullptr : done.of(largest->callee);
    made->headers += child ? child->headers : 0;
    made->waiter = child ? child->waiter : largest->childSize;
  }

  void placeArguments() {
    std::vector<FrameItem> arguments(body.paramCount);
    for (uint32_t i = 0; i < body.paramCount; ++i) {
      arguments[i].size = layout(i + 1).size;
      arguments[i].align = std::max(1u, layout(i + 1).align);
      arguments[i].conflicts = mir::BitSet(body.paramCount);
      for (uint32_t k = 0; k < body.paramCount; ++k)
        arguments[i].conflicts.set(k);
    }
    uint64_t end = placeItems(arguments, headerSize);
    for (const FrameItem &argument : arguments) {
      made->argOffsets.push_back(argument.offset);
      made->align = std::max(made->align, argument.align);
    }
    made->unstartedSize = std::max({made->size, end, minUnstartedSize});
  }
};

} // namespace

LoweredSet lowerStates(const mono::Mono &mono, const frontend::Interner &interner) {
  LoweredSet set;
  set.all.resize(mono.count());
  CallGraph graph(mono);
  for (uint32_t instance : graph.calleesFirst())
    set.all[instance] = Builder(mono, interner, graph, set, instance).build();
  return set;
}

} // namespace async::states
