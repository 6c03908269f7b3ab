#include "tools/driver/Lower.h"

#include "lowering/opt/Optimize.h"

namespace async::driver {

static void verifyInstances(Lowering &lowering, std::string_view pass) {
  for (uint32_t i = 0; i < lowering.mono.count(); ++i)
    if (const mir::Body *body = lowering.mono.instance(i).body.get())
      lowering.session.verifyAfter(pass, *body);
}

bool lower(Lowering &lowering) {
  Session &session = lowering.session;
  bool collected = mono::collectInstances(lowering.mono, session.interner, session.diagnostics);
  session.internalErrors += lowering.mono.internalErrors;
  if (!collected || session.diagnostics.errorCount() > 0 || !session.internalErrors.empty())
    return false;
  verifyInstances(lowering, "mono");
  opt::optimize(lowering.mono);
  verifyInstances(lowering, "optimize");
  lowering.states = states::lowerStates(lowering.mono, session.interner);
  checkFrames(lowering.mono, lowering.states, session.diagnostics);
#ifndef NDEBUG
  for (uint32_t i = 0; i < lowering.mono.count(); ++i)
    if (const states::Lowered *lowered = lowering.states.of(i))
      session.internalErrors += verifyLowered(lowering.mono, *lowered);
#endif
  return session.internalErrors.empty() && session.diagnostics.errorCount() == 0;
}

} // namespace async::driver
