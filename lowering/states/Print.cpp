#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "lowering/states/Text.h"
#include "typeck/mir/Cfg.h"
#include "typeck/mir/Flags.h"
#include "typeck/mir/Print.h"
#include "typeck/types/TypeText.h"

namespace async::states {

using TK = mir::Terminator::Kind;

namespace {

// A column of text: wide characters are rare enough in programs to be counted as bytes are not.
std::string padded(std::string text, size_t width) {
  size_t columns = 0;
  for (char c : text)
    columns += (static_cast<uint8_t>(c) & 0xC0) != 0x80;
  text.append(columns < width ? width - columns : 0, ' ');
  return text;
}

class Printer {
public:
  Printer(const mono::Mono &mono, const frontend::Interner &interner, const frontend::SourceMap &sources, const Lowered &lowered)
      : mono(mono), interner(interner), sources(sources), lowered(lowered), instance(mono.instance(lowered.instance)), body(*instance.body),
        names(mir::localNames(interner, body)), isFlag(mir::findFlags(body)) {}

  std::string print() {
    head();
    for (uint32_t i = 0; i < lowered.slots.size(); ++i)
      slot(i);
    for (uint32_t i = 0; i < lowered.states.size(); ++i)
      child(i);
    bytes();
    row("S0", "start", "", "      ──► " + successors(mir::BlockId{0}), "");
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
  std::vector<std::string> names;
  std::vector<bool> isFlag;
  std::string text;

  std::string type(TypeId id) const { return typeck::typeText(mono.program, interner, id); }
  const std::string &localName(mir::LocalId local) const { return names[local.index]; }

  void head() {
    text += fmt::format("state machine {}(", instance.name);
    for (uint32_t i = 1; i <= body.paramCount; ++i)
      text += fmt::format("{}{}: {}", i > 1 ? ", " : "", localName(mir::LocalId{i}), type(body.locals[i].type));
    text += fmt::format(") -> {}     frame {} bytes, {} states, align {}\n", type(body.locals[0].type), lowered.size, lowered.states.size() + 1, lowered.align);
  }

  // The states that keep a slot; three and more in a row as `S1..S3`.
  std::string statesOf(uint32_t slot) const {
    std::string all;
    auto keeps = [&](size_t state) { return state < lowered.states.size() && lowered.states[state].slots.test(slot); };
    for (size_t i = 0; i < lowered.states.size(); ++i) {
      if (!keeps(i))
        continue;
      all += fmt::format(" S{}", i + 1);
      if (!keeps(i + 1) || !keeps(i + 2))
        continue;
      while (keeps(i + 1))
        ++i;
      all += fmt::format("..S{}", i + 1);
    }
    return all;
  }

  void slot(uint32_t number) {
    const Slot &slot = lowered.slots[number];
    bool isLocal = slot.kind == Slot::Kind::Saved || slot.kind == Slot::Kind::Resident;
    std::string states = statesOf(number);
    text += fmt::format("  slot  {} {} @ {:<5}", padded(slotText(slot, names), 12), padded(isLocal ? type(body.localType(slot.local)) : "", 20), slot.offset);
    text += fmt::format(" {}{}\n", states.empty() ? "between suspensions" : "live in" + states, slot.kind == Slot::Kind::Resident ? ", resident" : "");
  }

  void child(uint32_t number) {
    const State &state = lowered.states[number];
    std::string place = state.boxed || state.callee == UINT32_MAX ? "heap" : fmt::format("{}", state.childOffset);
    text += fmt::format("  child {} @ {:<5} live in S{}{}\n", padded(awaitedText(mono, sources, state), 33), place, number + 1, shares(number));
  }

  // The first thing that lies over the child of a state.
  std::string shares(uint32_t number) const {
    const State &state = lowered.states[number];
    if (state.callee == UINT32_MAX)
      return {};
    uint64_t from = state.childOffset, to = from + state.childSize;
    for (uint32_t i = 0; i < lowered.states.size(); ++i) {
      const State &other = lowered.states[i];
      uint64_t low = std::max(from, other.childOffset), high = std::min(to, other.childOffset + other.childSize);
      if (i != number && low < high)
        return fmt::format("     (shares {}..{} with {})", low, high, awaitedText(mono, sources, other));
    }
    return {};
  }

  void bytes() {
    uint64_t rest = lowered.size - lowered.headers - lowered.waiter;
    text += fmt::format("  bytes {} of slots and padding, {} of headers, {} of the leaf that waits\n", rest, lowered.headers, lowered.waiter);
  }

  std::string successors(mir::BlockId from) const {
    Successors after = successorsOf(body, lowered, from);
    std::string all;
    for (uint32_t state : after.states)
      all += fmt::format("{}S{}", all.empty() ? "" : " | ", state);
    if (after.ends)
      all += all.empty() ? "done" : " | done";
    return all.empty() ? "never" : all;
  }

  std::string placeName(const mir::Place &place) const { return localName(place.base) + (place.path.empty() ? "" : ".."); }

  // What the way out does, in order. A flag that is not known there makes the next step conditional; another branch ends the list.
  std::string cancelPath(const State &state) const {
    std::vector<int> flags(body.locals.size(), -1);
    std::vector<bool> seen(body.blocks.size());
    std::string all;
    bool conditional = false;
    auto add = [&](std::string step) {
      all += fmt::format("{}{}{}", all.empty() ? "" : ", ", step, conditional ? " if held" : "");
      conditional = false;
    };
    mir::BlockId at = body.blocks[state.block.index].terminator.unwind;
    while (at.valid() && !seen[at.index]) {
      seen[at.index] = true;
      for (const mir::Statement &statement : body.blocks[at.index].statements)
        if (mir::assignsFlag(statement))
          flags[statement.place.base.index] = mir::assignedFlag(statement);
      const mir::Terminator &terminator = body.blocks[at.index].terminator;
      if (terminator.kind == TK::Drop)
        add("drop " + placeName(terminator.place));
      else if (uint32_t next = lowered.stateOf[at.index])
        add(fmt::format("S{}", next));
      else if (terminator.kind == TK::Call)
        add("call " + mono.instance(terminator.callee.instance).name);
      at = nextOnPath(body.blocks[at.index], flags, conditional);
    }
    return all;
  }

  mir::BlockId nextOnPath(const mir::Block &block, const std::vector<int> &flags, bool &conditional) const {
    const std::vector<mir::Statement> &statements = block.statements;
    const mir::Terminator &terminator = block.terminator;
    if (terminator.targets.empty())
      return {};
    if (terminator.kind != TK::Switch)
      return terminator.targets[0];
    const mir::Operand *tested = mir::testedLocal(terminator);
    int known = tested && isFlag[tested->place.base.index] ? flags[tested->place.base.index] : -1;
    if (!tested || !isFlag[tested->place.base.index]) {
      // Where another variant is there than the one that was moved out, the value is dropped.
      if (statements.empty() || statements.back().kind != mir::Statement::Kind::Assign || statements.back().value.kind != mir::Rvalue::Kind::Discriminant)
        return {};
      conditional = body.blocks[terminator.targets.back().index].terminator.kind == TK::Drop;
      return terminator.targets.back();
    }
    conditional = known < 0;
    for (size_t edge = 0; edge < terminator.targets.size(); ++edge)
      if (mir::valueOnEdge(terminator, edge) == (known < 0 ? 1 : known))
        return terminator.targets[edge];
    return {};
  }

  void row(std::string name, std::string what, std::string place, std::string after, std::string rest) {
    text += fmt::format("  {} {} {} {}{}\n", name, padded(what, 28), padded(place, 7), after, rest);
  }

  void state(uint32_t number) {
    const State &state = lowered.states[number];
    const mir::Terminator &terminator = body.blocks[state.block.index].terminator;
    std::string after = terminator.targets.empty() ? "never" : successors(terminator.targets[0]);
    std::string cancel = cancelPath(state);
    row(fmt::format("S{}", number + 1), "awaits " + awaitedText(mono, sources, state), placeText(sources, state), "ready ──► " + after,
        (state.shielded ? "    shielded" : "") + (cancel.empty() ? "" : "    cancel: " + cancel));
  }
};

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

static bool meets(const Slot &slot, uint64_t offset, uint64_t size) { return slot.offset < offset + size && offset < slot.offset + slot.size; }

std::string verifyLowered(const mono::Mono &mono, const Lowered &lowered) {
  const std::string &name = mono.instance(lowered.instance).name;
  auto isInside = [&](uint64_t offset, uint64_t size, uint32_t align) { return offset >= headerSize && offset % align == 0 && offset + size <= lowered.size; };
  for (const Slot &slot : lowered.slots)
    if (!isInside(slot.offset, slot.size, slot.align))
      return fmt::format("{}: a slot does not lie in the frame", name);
  uint32_t numberSize = lowered.stateSize();
  if (numberSize > 0 && !isInside(lowered.stateOffset, numberSize, numberSize))
    return fmt::format("{}: the number of the state does not lie in the frame", name);
  std::vector<uint32_t> byOffset(lowered.slots.size());
  std::iota(byOffset.begin(), byOffset.end(), 0);
  std::stable_sort(byOffset.begin(), byOffset.end(), [&](uint32_t a, uint32_t b) { return lowered.slots[a].offset < lowered.slots[b].offset; });
  for (const State &state : lowered.states) {
    if (state.childSize > 0 && !isInside(state.childOffset, state.childSize, state.childAlign))
      return fmt::format("{}: a child does not lie in the frame", name);
    // What lives in the state, in order of place: each must end before the next begins.
    uint64_t end = 0;
    bool overlaps = false;
    for (uint32_t number : byOffset) {
      if (!state.slots.test(number))
        continue;
      const Slot &slot = lowered.slots[number];
      overlaps |= slot.offset < end || meets(slot, state.childOffset, state.childSize) || meets(slot, lowered.stateOffset, numberSize);
      end = slot.offset + slot.size;
    }
    if (overlaps)
      return fmt::format("{}: what lives together in a state overlaps", name);
  }
  return {};
}

} // namespace async::states
