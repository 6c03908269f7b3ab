#include "lowering/states/Text.h"

#include <fmt/format.h>

namespace async::states {

using TK = mir::Terminator::Kind;

Successors successorsOf(const mir::Body &body, const Lowered &lowered, mir::BlockId from) {
  Successors found;
  std::vector<bool> seen(body.blocks.size());
  std::vector<mir::BlockId> open{from};
  while (!open.empty()) {
    mir::BlockId at = open.back();
    open.pop_back();
    if (!at.valid() || seen[at.index])
      continue;
    seen[at.index] = true;
    const mir::Terminator &terminator = body.blocks[at.index].terminator;
    if (uint32_t state = lowered.stateOf[at.index]) {
      found.states.insert(state);
      continue;
    }
    found.ends |= terminator.kind == TK::Return || terminator.kind == TK::Unwind;
    open.insert(open.end(), terminator.targets.begin(), terminator.targets.end());
  }
  return found;
}

// The last name of a path, without type arguments.
static std::string lastPart(const std::string &path) {
  size_t from = 0, end = path.size();
  int depth = 0;
  for (size_t i = 0; i < path.size(); ++i) {
    if (path[i] == '<' && depth++ == 0)
      end = i;
    if (path[i] == '>' && i > 0 && path[i - 1] != '-')
      --depth;
    if (depth == 0 && path.compare(i, 2, "::") == 0) {
      from = i + 2;
      end = path.size();
    }
  }
  return path.substr(from, end > from ? end - from : std::string::npos);
}

std::string awaitedText(const mono::Mono &mono, const frontend::SourceMap &sources, const State &state) {
  std::string said;
  if (state.span.known())
    said = std::string(sources.text(state.span));
  if (said.starts_with("await "))
    said.erase(0, 6);
  bool isShort = !said.empty() && said.size() <= 40 && said.find('\n') == std::string::npos;
  if (state.callee == UINT32_MAX)
    return isShort ? said : "a future";
  const std::string &name = mono.instance(state.callee).name;
  // What a loop goes through says nothing of the call.
  if (isShort && said.find('(') == std::string::npos)
    return fmt::format("{}.{}()", said, lastPart(name));
  return isShort ? said : name;
}

std::string placeText(const frontend::SourceMap &sources, const State &state) {
  if (!state.span.known())
    return {};
  frontend::Location at = sources.locate(state.span.lo);
  return fmt::format("{}:{}", at.line, at.column);
}

std::string slotText(const Slot &slot, const std::vector<std::string> &names) {
  switch (slot.kind) {
  case Slot::Kind::Saved:
  case Slot::Kind::Resident:
    return names[slot.local.index];
  case Slot::Kind::Unwind:
    return "(unwinding)";
  case Slot::Kind::Shield:
    return "(shield)";
  case Slot::Kind::Future:
    return "(heap frame)";
  }
  return {};
}

} // namespace async::states
