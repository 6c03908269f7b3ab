#include "frontend/diagnostics/Structure.h"
#include "lowering/states/Lowered.h"

namespace async::states {

namespace diag = frontend::diag;

static void reportFrame(const Lowered &lowered, const std::string &name, const typeck::FnDecl &decl, frontend::Diagnostics &diagnostics) {
  auto count = [](uint64_t bytes) { return static_cast<frontend::Count>(bytes); };
  auto made = diagnostics.emit(decl.span, diag::FrameTooLarge, name, count(lowered.size), count(lowered.size - decl.frameSize), count(decl.frameSize));
  const State *fullest = nullptr;
  uint64_t most = 0, values = 0;
  for (const State &state : lowered.states) {
    uint64_t kept = 0;
    state.slots.forEach([&](size_t slot) { kept += lowered.slots[slot].size; });
    if (fullest && kept + state.childSize <= most)
      continue;
    fullest = &state;
    values = kept;
    most = kept + state.childSize;
  }
  if (fullest && fullest->span.known())
    made.label(fullest->span, diag::FullestAwait, count(values), count(fullest->childSize));
  made.help(diag::ShrinkFrame);
}

void checkFrames(const mono::Mono &mono, const LoweredSet &set, frontend::Diagnostics &diagnostics) {
  for (uint32_t i = 0; i < mono.count(); ++i) {
    const mono::Instance &instance = mono.instance(i);
    const Lowered *lowered = set.of(i);
    if (!lowered || instance.closure.valid() || !instance.fn.valid())
      continue;
    const typeck::FnDecl &decl = mono.program.fn(instance.fn);
    if (decl.frameSize > 0 && lowered->size > decl.frameSize)
      reportFrame(*lowered, instance.name, decl, diagnostics);
  }
}

} // namespace async::states
