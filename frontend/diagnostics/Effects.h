// Effects.h: the diagnostics of Effects.def. Included only by files that emit them: a new entry builds those anew and no others.
#pragma once
#include "frontend/diagnostics/Diagnostics.h"

#define ASYNC_DEF "frontend/diagnostics/Effects.def"
#include "frontend/diagnostics/Declare.inc"
