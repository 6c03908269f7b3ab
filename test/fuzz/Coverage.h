// Coverage.h: which code an input reached, if the compiler's libraries are built with -fsanitize-coverage=inline-8bit-counters; else nothing is new.
//
// Children of a process share what was seen. Cost: one pass over the counters, a byte for each edge of the program.
#pragma once

namespace async::fuzz {

// Before the first fork.
void startCoverage();
void clearCoverage();
// Whether something was reached, or reached in another order of magnitude of times, for the first time; it is then seen.
bool noteCoverage();

} // namespace async::fuzz
