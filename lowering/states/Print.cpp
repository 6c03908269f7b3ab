#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "lowering/states/Lowered.h"
#include "lowering/states/Uses.h"
#include "typeck/mir/Cfg.h"
#include "typeck/types/TypeText.h"

namespace async::states {

using TK = mir::Terminator::Kind;

namespace {

class Printer {
public:
  Printer(const mono::Mono &mono, const frontend::Interner &interner, const frontend::SourceMap &sources, const Lowered &lowered)
      : mono(mono), interner(interner), sources(sources), lowered(lowered), instance(mono.instance(lowered.instance)), body(*instance.body) {}

  std::string print() {
    head();
    for (uint32_t i = 0; i < lowered.slots.size(); ++i)
      slot(i);
    for (uint32_t i = 0; i < lowered.states.size(); ++i)
      child(i);
    text += fmt::format("  S0 start ──► {}\n", successors(mir::BlockId{0}));
    for (uint32_t i = 0; i < lowered.states.size(); ++i)
      state(i);
    return std::move(text);
  }

private:
  const mono::Mono &mono;
  const frontend::Interner &interner;
  const frontend::SourceMap &sources;
  const Lowered &lowered;
  const mono::Instance &instance;
  const mir::Body &body;
  std::string text;

  std::string type(TypeId id) const { return typeck::typeText(mono.program, interner, id); }

  std::string localName(mir::LocalId local) const {
    const mir::Local &of = body.locals[local.index];
    return of.name.empty() ? fmt::format("_{}", local.index) : std::string(interner.text(of.name));
  }

  void head() {
    text += fmt::format("state machine {}(", instance.name);
    for (uint32_t i = 1; i <= body.paramCount; ++i)
      text += fmt::format("{}{}: {}", i > 1 ? ", " : "", localName(mir::LocalId{i}), type(body.locals[i].type));
    text += fmt::format(") -> {}     frame {} bytes, {} states, align {}\n", type(body.locals[0].type), lowered.size, lowered.states.size() + 1, lowered.align);
  }

  std::string slotName(const Slot &slot) const {
    switch (slot.kind) {
    case Slot::Kind::Saved:
    case Slot::Kind::Resident: return slot.local.index == 0 ? "result" : localName(slot.local);
    case Slot::Kind::Unwind: return "unwind";
    case Slot::Kind::Shield: return "shield";
    case Slot::Kind::Future: return "future";
    }
    return {};
  }

  void slot(uint32_t number) {
    const Slot &slot = lowered.slots[number];
    bool isLocal = slot.kind == Slot::Kind::Saved || slot.kind == Slot::Kind::Resident;
    std::string states;
    for (uint32_t i = 0; i < lowered.states.size(); ++i)
      if (std::binary_search(lowered.states[i].slots.begin(), lowered.states[i].slots.end(), number))
        states += fmt::format(" S{}", i + 1);
    text += fmt::format("  slot  {:<12} {:<24} @ {:<5}", slotName(slot), isLocal ? type(body.localType(slot.local)) : "", slot.offset);
    text += fmt::format(" {}{}\n", states.empty() ? "not across a suspension" : "live in" + states, slot.kind == Slot::Kind::Resident ? "  resident" : "");
  }

  // What the source says there, if it is short; else what is called.
  std::string awaited(const State &state) const {
    std::string said;
    if (state.span.known())
      said = std::string(sources.text(state.span));
    if (said.starts_with("await "))
      said.erase(0, 6);
    if (!said.empty() && said.size() <= 40 && said.find('\n') == std::string::npos)
      return said;
    return state.callee == UINT32_MAX ? "a future" : mono.instance(state.callee).name;
  }

  void child(uint32_t number) {
    const State &state = lowered.states[number];
    if (state.boxed) {
      text += fmt::format("  child {:<37} boxed   live in S{}\n", awaited(state), number + 1);
      return;
    }
    std::string shares;
    for (uint32_t i = 0; i < lowered.states.size(); ++i) {
      const State &other = lowered.states[i];
      uint64_t from = std::max(state.childOffset, other.childOffset);
      uint64_t to = std::min(state.childOffset + state.childSize, other.childOffset + other.childSize);
      if (i != number && !other.boxed && from < to) {
        shares = fmt::format("  (shares {}..{} with {})", from, to, awaited(other));
        break;
      }
    }
    text += fmt::format("  child {:<37} @ {:<5} live in S{}{}\n", awaited(state), state.childOffset, number + 1, shares);
  }

  // Where control may come from there: states and the end.
  std::string successors(mir::BlockId from) {
    std::vector<bool> seen(body.blocks.size());
    std::vector<mir::BlockId> open{from};
    std::set<uint32_t> states;
    bool ends = false;
    while (!open.empty()) {
      mir::BlockId at = open.back();
      open.pop_back();
      if (seen[at.index])
        continue;
      seen[at.index] = true;
      const mir::Terminator &terminator = body.blocks[at.index].terminator;
      if (uint32_t state = lowered.stateOf[at.index]) {
        states.insert(state);
        continue;
      }
      ends |= terminator.kind == TK::Return;
      open.insert(open.end(), terminator.targets.begin(), terminator.targets.end());
    }
    std::string all;
    for (uint32_t state : states)
      all += fmt::format("{}S{}", all.empty() ? "" : " | ", state);
    if (ends || all.empty())
      all += all.empty() ? "done" : " | done";
    return all;
  }

  std::string placeName(const mir::Place &place) const { return localName(place.base) + (place.path.empty() ? "" : ".."); }

  // What the way out does, in order, up to its first branch.
  std::string cancelPath(const State &state) const {
    std::string all;
    mir::BlockId at = body.blocks[state.block.index].terminator.unwind;
    std::vector<bool> seen(body.blocks.size());
    while (at.valid() && !seen[at.index]) {
      seen[at.index] = true;
      const mir::Terminator &terminator = body.blocks[at.index].terminator;
      if (terminator.kind == TK::Drop)
        all += fmt::format("{}drop {}", all.empty() ? "" : ", ", placeName(terminator.place));
      else if (uint32_t next = lowered.stateOf[at.index])
        all += fmt::format("{}S{}", all.empty() ? "" : ", ", next);
      else if (terminator.kind == TK::Call)
        all += fmt::format("{}call {}", all.empty() ? "" : ", ", mono.instance(terminator.callee.instance).name);
      if (terminator.targets.empty())
        break;
      at = terminator.targets[0];
    }
    return all;
  }

  void state(uint32_t number) {
    const State &state = lowered.states[number];
    std::string place;
    if (state.span.known()) {
      frontend::Location at = sources.locate(state.span.lo);
      place = fmt::format("{}:{}", at.line, at.column);
    }
    const mir::Terminator &terminator = body.blocks[state.block.index].terminator;
    std::string after = terminator.targets.empty() ? "never" : successors(terminator.targets[0]);
    std::string cancel = cancelPath(state);
    text += fmt::format("  S{} awaits {:<24} {:<7} ready ──► {}{}", number + 1, awaited(state), place, after, state.shielded ? "    shielded" : "");
    text += cancel.empty() ? "\n" : fmt::format("    cancel: {}\n", cancel);
  }
};

bool overlaps(uint64_t a, uint64_t aSize, uint64_t b, uint64_t bSize) { return a < b + bSize && b < a + aSize; }

} // namespace

std::string printStates(const mono::Mono &mono, const LoweredSet &set, const frontend::Interner &interner, const frontend::SourceMap &sources,
                        const std::string &function) {
  std::string text;
  for (uint32_t i = 0; i < set.all.size(); ++i) {
    if (!set.all[i] || (!function.empty() && mono.instance(i).name.find(function) == std::string::npos))
      continue;
    if (!text.empty())
      text += '\n';
    text += Printer(mono, interner, sources, *set.all[i]).print();
  }
  return text;
}

std::string verifyLowered(const mono::Mono &mono, const Lowered &lowered) {
  const std::string &name = mono.instance(lowered.instance).name;
  for (const Slot &slot : lowered.slots)
    if (slot.offset < headerSize || slot.offset % slot.align || slot.offset + slot.size > lowered.size)
      return fmt::format("{}: a slot does not lie in the frame", name);
  for (const State &state : lowered.states) {
    if (!state.boxed && state.childSize > 0 && (state.childOffset < headerSize || state.childOffset + state.childSize > lowered.size))
      return fmt::format("{}: a child does not lie in the frame", name);
    for (uint32_t a : state.slots) {
      const Slot &first = lowered.slots[a];
      if (overlaps(first.offset, first.size, state.childOffset, state.childSize))
        return fmt::format("{}: a slot lies in the child that it must outlive", name);
      for (uint32_t b : state.slots)
        if (a != b && overlaps(first.offset, first.size, lowered.slots[b].offset, lowered.slots[b].size))
          return fmt::format("{}: two slots that live together overlap", name);
    }
  }
  return {};
}

} // namespace async::states
