#include "tools/driver/Lower.h"

#include <algorithm>

#include "frontend/diagnostics/Names.h"
#include "lowering/opt/Optimize.h"

namespace async::driver {

static void verifyInstances(Lowering &lowering, std::string_view pass) {
  for (uint32_t i = 0; i < lowering.mono.count(); ++i)
    if (const mir::Body *body = lowering.mono.instance(i).body.get())
      lowering.session.verifyAfter(pass, *body);
}

static size_t stateMachines(const Lowering &lowering) {
  size_t count = 0;
  for (uint32_t i = 0; i < lowering.mono.count(); ++i)
    count += lowering.states.of(i) != nullptr;
  return count;
}

bool lower(Lowering &lowering) {
  Session &session = lowering.session;
  const auto &fns = session.program.fns;
  auto isExport = [](const typeck::FnDecl &fn) { return fn.abi == typeck::Abi::ExportC; };
  if (lowering.mono.isLibrary && std::none_of(fns.begin(), fns.end(), isExport))
    session.diagnostics.emit({}, frontend::diag::NothingExported).help(frontend::diag::ExportFunction);
  bool collected = mono::collectInstances(lowering.mono, session.interner, session.diagnostics);
  session.internalErrors += lowering.mono.internalErrors;
  if (!collected || session.diagnostics.errorCount() > 0 || !session.internalErrors.empty())
    return false;
  session.phaseEnds("instances", lowering.mono.count(), "instances");
  verifyInstances(lowering, "mono");
  opt::optimize(lowering.mono);
  verifyInstances(lowering, "optimize");
  session.phaseEnds("optimise", lowering.mono.count(), "instances");
  lowering.states = states::lowerStates(lowering.mono, session.interner);
  checkFrames(lowering.mono, lowering.states, session.diagnostics);
  session.phaseEnds("states", stateMachines(lowering), "state machines");
#ifndef NDEBUG
  for (uint32_t i = 0; i < lowering.mono.count(); ++i)
    if (const states::Lowered *lowered = lowering.states.of(i))
      session.internalErrors += verifyLowered(lowering.mono, *lowered);
#endif
  return session.internalErrors.empty() && session.diagnostics.errorCount() == 0;
}

} // namespace async::driver
