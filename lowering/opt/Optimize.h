// Optimize.h: MIR optimisations that need the language's knowledge or shrink frames. They run at every -O, so that frames are the same.
//
// In      instances at stage Mono.
// Out     the same instances, each with fewer blocks, locals and copies. Spans stay those of the source.
// How     Simplify.cpp: jumps to jumps, blocks with one predecessor, unwind edges that only unwind. Forward.cpp: a temporary that is written once and
//         moved once right behind is not made. Flags.cpp: drop flags are not tested where they are known. Each is repeated until nothing changes, at most a fixed number of times.
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

} // namespace async::opt
