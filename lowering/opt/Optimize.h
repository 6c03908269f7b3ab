// Optimize.h: MIR optimisations that need the language's knowledge or shrink frames. They run at every -O, so that frames are the same.
//
// In      instances at stage Mono.
// Out     the same instances, each with fewer blocks, locals and copies. Spans stay those of the source.
// How     Simplify.cpp: jumps to jumps, blocks with one predecessor, unwind edges that only unwind. Forward.cpp: a temporary that is written once and
//         moved once right behind is not made. Flags.cpp: drop flags are not tested where they are known. Each is repeated until nothing changes, at most a fixed number of times.
//         At the end, flags that are known at an await are written again behind it, so that it keeps neither them nor what they guard.
//         Wrappers.cpp: a function that only awaits a leaf has no frame in its callers'.
// Elsewhere awaits of what never waits are free by mono (Modes.cpp); the last use of a counted value moves by ElaborateDrops.
// Cost    linear in the size of the instances.
#pragma once
#include "lowering/mono/Mono.h"

namespace async::opt {

void optimize(mono::Mono &mono);

// One body; for tests and async-opt.
bool simplify(mir::Body &body); // true: something changed
bool forwardTemporaries(mir::Body &body);
bool threadFlags(mir::Body &body);
void restateFlags(mir::Body &body); // once, at the end

// Awaits of functions that only await a leaf become awaits of the leaf.
void removeWrappers(mono::Mono &mono);

} // namespace async::opt
