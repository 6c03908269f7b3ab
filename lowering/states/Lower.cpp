#include <algorithm>
#include <numeric>

#include "lowering/states/CallGraph.h"
#include "lowering/states/FrameLayout.h"
#include "lowering/states/Liveness.h"
#include "lowering/states/Lowered.h"
#include "typeck/mir/Cfg.h"

namespace async::states {

using TK = mir::Terminator::Kind;

namespace {

// A saved local of more bytes stays in the frame: copying it at each suspension costs more than reaching it there.
constexpr uint64_t maxSavedSize = 64;

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
  std::vector<FrameItem> items; // slots, then a child for each state

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
      made->stateOf[i] = static_cast<uint32_t>(made->states.size());
    }
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
    FrameItem item;
    item.size = slot.size;
    item.align = slot.align;
    items.push_back(item);
    return static_cast<uint32_t>(made->slots.size() - 1);
  }

  uint32_t extraSlot(uint32_t &known, Slot::Kind kind, uint64_t size, uint32_t align) {
    if (known == noSlot)
      known = addSlot({kind, {}, 0, size, align});
    return known;
  }

  void chooseSlots() {
    mir::BitSet across(live.count()), loaned(live.count());
    for (const State &state : made->states) {
      const mir::BitSet &kept = live.across(state.block.index);
      across.unite(kept);
      loaned.unite(live.lent(body.blocks[state.block.index].terminator));
      loaned.unite(live.referredTo(kept));
    }
    for (uint32_t i = 0; i < body.locals.size(); ++i) {
      const mono::Layout &of = layout(i);
      bool largeResult = i == 0 && of.size > maxResultInRegisters;
      bool resident = loaned.test(i) || largeResult ||
                      (across.test(i) && (of.size > maxSavedSize || live.isExposed(i) || staysInPlace(body.locals[i].type)));
      if ((resident || across.test(i)) && of.size > 0)
        made->slotOf[i] = addSlot({resident ? Slot::Kind::Resident : Slot::Kind::Saved, mir::LocalId{i}, 0, of.size, of.align});
    }
    for (State &state : made->states) {
      if (state.shielded) {
        state.slots.push_back(extraSlot(made->unwindSlot, Slot::Kind::Unwind, 16, 8));
        state.slots.push_back(extraSlot(made->shieldSlot, Slot::Kind::Shield, 4, 4));
      }
      if (state.boxed || state.callee == UINT32_MAX)
        state.slots.push_back(extraSlot(made->futureSlot, Slot::Kind::Future, 8, 8));
      // What is lent to the callee lives while it waits, whether or not it is used afterwards.
      mir::BitSet kept = live.across(state.block.index);
      kept.unite(live.lent(body.blocks[state.block.index].terminator));
      live.needed(kept).forEach([&](size_t local) {
        if (made->slotOf[local] != noSlot)
          state.slots.push_back(made->slotOf[local]);
      });
      std::sort(state.slots.begin(), state.slots.end());
    }
  }

  void conflict(uint32_t a, uint32_t b) {
    if (a == b)
      return;
    items[a].conflicts.set(b);
    items[b].conflicts.set(a);
  }

  void placeAll() {
    uint32_t slotCount = static_cast<uint32_t>(items.size());
    for (const State &state : made->states) {
      FrameItem item;
      item.size = state.childSize;
      item.align = state.childAlign;
      items.push_back(item);
    }
    for (FrameItem &item : items)
      item.conflicts = mir::BitSet(items.size());
    for (uint32_t s = 0; s < made->states.size(); ++s) {
      const State &state = made->states[s];
      for (uint32_t a : state.slots) {
        for (uint32_t b : state.slots)
          conflict(a, b);
        conflict(a, slotCount + s);
      }
      conflictWithChild(state, slotCount + s);
    }
    conflictResidents();
    made->size = placeItems(items, headerSize);
    for (uint32_t i = 0; i < slotCount; ++i)
      made->slots[i].offset = items[i].offset;
    for (uint32_t s = 0; s < made->states.size(); ++s)
      made->states[s].childOffset = items[slotCount + s].offset;
    for (const FrameItem &item : items)
      made->align = std::max(made->align, item.align);
    made->size = (made->size + 7) / 8 * 8;
  }

  bool isResident(size_t local) const { return made->isResident(mir::LocalId{static_cast<uint32_t>(local)}); }

  // A callee runs in its frame while it reads its arguments and while its result is written.
  void conflictWithChild(const State &state, uint32_t child) {
    const mir::Terminator &terminator = body.blocks[state.block.index].terminator;
    mir::BitSet with = live.lent(terminator);
    eachUse(terminator, [&](mir::LocalId local) { with.set(local.index); });
    with.set(terminator.place.base.index);
    with.forEach([&](size_t local) {
      if (isResident(local))
        conflict(made->slotOf[local], child);
    });
  }

  // Residents conflict where both are needed, between suspensions too.
  void conflictResidents() {
    std::vector<uint32_t> residents;
    mir::BitSet mask(live.count());
    for (uint32_t i = 0; i < body.locals.size(); ++i)
      if (isResident(i)) {
        residents.push_back(i);
        mask.set(i);
      }
    if (residents.size() < 2)
      return;
    auto together = [&](const mir::BitSet &set) {
      for (uint32_t a : residents)
        if (set.test(a))
          for (uint32_t b : residents)
            if (b < a && set.test(b))
              conflict(made->slotOf[a], made->slotOf[b]);
    };
    for (uint32_t i = 0; i < body.blocks.size(); ++i) {
      if (!reached[i])
        continue;
      const mir::Block &block = body.blocks[i];
      mir::BitSet state = live.across(i), around = live.needed(state);
      if (writesPlace(block.terminator))
        around.set(block.terminator.place.base.index);
      eachUse(block.terminator, [&](mir::LocalId local) { state.set(local.index); });
      around.unite(live.needed(state));
      together(around);
      for (size_t s = block.statements.size(); s-- > 0;) {
        around = live.needed(state);
        if (const mir::Place *to = mir::destination(block.statements[s]))
          around.set(to->base.index);
        live.step(state, block.statements[s]);
        around.unite(live.needed(state));
        together(around);
      }
    }
    // At the entry all parameters are there.
    mir::BitSet params = live.needed(live.in(0));
    for (uint32_t i = 1; i <= body.paramCount; ++i)
      params.set(i);
    together(params);
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
    made->unstartedSize = std::max(made->size, (end + 7) / 8 * 8);
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
