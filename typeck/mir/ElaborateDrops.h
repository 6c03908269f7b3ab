// ElaborateDrops.h: decides what each drop does.
//
// In      MIR of one body at stage Built, without move errors: drops are conditional on initialisation.
// Out     the same body at stage Elaborated: every Drop is of a place that is initialised as a whole whenever it runs.
// How     1. a `share` of a local's last use becomes a `move`, so that a count is touched only where two owners live (Liveness.h, Borrows.h).
//         2. where a path may be and may not be initialised flows forward (MovePaths.h). A drop of what is never initialised goes; of what always
//         is stays; of what is moved in part is opened into its fields, variants or elements; of what depends on the way taken tests a flag, a
//         local of type bool that is set where the path is given a value and cleared where it is moved.
//         Drops of types that need none go; type parameters are left to mono.
// Cost    points * paths / 64; new blocks are linear in the drops that are opened.
// Tests   test/mir/elaborate-drops.mir, test/run/{counting,defers}.async
#pragma once
#include "typeck/mir/Mir.h"

namespace async::mir {

void elaborateDrops(Program &program, Body &body);

// Step 1 alone.
void moveLastUses(const Program &program, Body &body);

} // namespace async::mir
