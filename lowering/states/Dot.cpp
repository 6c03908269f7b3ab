#include <fmt/format.h>

#include "lowering/states/Text.h"
#include "typeck/mir/Dot.h"
#include "typeck/mir/Print.h"

namespace async::states {

namespace {

std::string node(const mono::Mono &mono, const frontend::SourceMap &sources, const Lowered &lowered, const std::vector<std::string> &names, uint32_t number) {
  const State &state = lowered.states[number - 1];
  std::string kept;
  state.slots.forEach([&](size_t slot) { kept += fmt::format("{}{}", kept.empty() ? "" : ", ", slotText(lowered.slots[slot], names)); });
  return fmt::format("  S{} [label=\"S{} awaits {}\\l{}\\lkeeps {}\\l\"{}];\n", number, number, mir::dotQuoted(awaitedText(mono, sources, state)),
                     placeText(sources, state), kept.empty() ? "nothing" : mir::dotQuoted(kept), state.shielded ? ", style=rounded" : "");
}

std::string edges(const Lowered &lowered, const mir::Body &body, const std::string &from, mir::BlockId to, std::string_view end, std::string_view style) {
  std::string text;
  Successors after = successorsOf(body, lowered, to);
  for (uint32_t state : after.states)
    text += fmt::format("  {} -> S{}{};\n", from, state, style);
  if (after.ends)
    text += fmt::format("  {} -> {}{};\n", from, end, style);
  return text;
}

} // namespace

std::string printStatesDot(const mono::Mono &mono, const LoweredSet &set, const frontend::Interner &interner, const frontend::SourceMap &sources,
                           const std::string &function) {
  std::string text;
  for (uint32_t i = 0; i < set.all.size(); ++i) {
    const Lowered *lowered = set.of(i);
    if (!lowered || (!function.empty() && mono.instance(i).name.find(function) == std::string::npos))
      continue;
    const mir::Body &body = *mono.instance(i).body;
    std::vector<std::string> names = mir::localNames(interner, body);
    text += fmt::format("digraph \"{}\" {{\n  node [shape=box, fontname=monospace];\n  S0 [label=\"start\"];\n", mir::dotQuoted(mono.instance(i).name));
    for (uint32_t state = 1; state <= lowered->states.size(); ++state)
      text += node(mono, sources, *lowered, names, state);
    text += "  done [shape=oval];\n  unwound [shape=oval, style=dashed];\n";
    text += edges(*lowered, body, "S0", mir::BlockId{0}, "done", "");
    for (uint32_t state = 1; state <= lowered->states.size(); ++state) {
      const mir::Terminator &terminator = body.blocks[lowered->states[state - 1].block.index].terminator;
      std::string from = fmt::format("S{}", state);
      if (!terminator.targets.empty())
        text += edges(*lowered, body, from, terminator.targets[0], "done", "");
      text += terminator.unwind.valid() ? edges(*lowered, body, from, terminator.unwind, "unwound", " [style=dashed]")
                                        : fmt::format("  {} -> unwound [style=dashed];\n", from);
    }
    text += "}\n";
  }
  return text;
}

} // namespace async::states
