// Rewrite.h: one body from stage Elaborated to Mono: types closed, callees resolved, counting and drops explicit.
#pragma once
#include "lowering/mono/Collect.h"

namespace async::mono {

// `args`: the generic arguments that the body's parameters stand for; empty for bodies without parameters.
void rewriteBody(Collector &collector, Instance &instance, std::vector<TypeId> args);

} // namespace async::mono
