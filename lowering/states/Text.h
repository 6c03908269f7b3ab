// Text.h: how states, slots and what follows a state are named; shared by the dumps.
#pragma once
#include <set>

#include "lowering/states/Lowered.h"

namespace async::states {

// Where control may come from a block: states, and the end of the body.
struct Successors {
  std::set<uint32_t> states;
  bool ends = false;
};
Successors successorsOf(const mir::Body &body, const Lowered &lowered, mir::BlockId from);

// What the source says is awaited, if it is short; else what is called.
std::string awaitedText(const mono::Mono &mono, const frontend::SourceMap &sources, const State &state);
// Line and column of the await, or nothing.
std::string placeText(const frontend::SourceMap &sources, const State &state);
// `names` are those of the locals (mir::localNames).
std::string slotText(const Slot &slot, const std::vector<std::string> &names);

} // namespace async::states
