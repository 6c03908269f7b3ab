// Flags.h: drop flags: bool locals that are only given constants and only tested by a switch.
#pragma once
#include "typeck/mir/Mir.h"

namespace async::mir {

// The flag that a switch tests, or none: the caller knows which locals are flags.
const Operand *testedLocal(const Terminator &terminator);
// Whether the statement writes 0 or 1 to a whole local.
bool assignsFlag(const Statement &statement);
inline bool assignedFlag(const Statement &statement) { return statement.value.operands[0].constant.value != 0; }
// What a flag is known to be on the way to targets[edge]: 0, 1, or -1 for either.
int valueOnEdge(const Terminator &terminator, size_t edge);

// By local.
std::vector<bool> findFlags(const Body &body);

} // namespace async::mir
