// Signals.h: see Signals.cpp.
#pragma once

namespace async::core {

void installSignals();
void restoreSignals();
int stoppingSignal(); // the one that cancelled `main`, or 0

} // namespace async::core
