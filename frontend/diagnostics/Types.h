// Types.h: the diagnostics of Types.def. Included only by files that emit them: a new entry builds those anew and no others.
#pragma once
#include "frontend/diagnostics/Diagnostics.h"

#define ASYNC_DEF "frontend/diagnostics/Types.def"
#include "frontend/diagnostics/Declare.inc"
