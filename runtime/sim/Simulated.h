// Simulated.h: the deterministic world: one thread, a virtual clock, an order of running that follows from the seed.
//
// Clock     begins at 0, stands while something can run, and jumps to the next timer when nothing can. Real sockets may be used; while something waits for
//           them and nothing else can run, real time passes and the run is not deterministic.
// Order     the next entry is chosen among all that can run.
// Deadlock  nothing can run, nothing is due and no socket is waited for: it is reported, and the process ends with status 102.
#pragma once
#include <stdint.h>

namespace async::sim {

bool seedOf(const char *text, uint64_t &seed); // of ASYNC_SIM; a text that is no number is hashed; false: none
void begin(uint64_t seed);

} // namespace async::sim
