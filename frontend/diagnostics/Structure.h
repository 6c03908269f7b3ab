// Structure.h: the diagnostics of Structure.def. Included only by files that emit them: a new entry builds those anew and no others.
#pragma once
#include "frontend/diagnostics/Diagnostics.h"

#define ASYNC_DEF "frontend/diagnostics/Structure.def"
#include "frontend/diagnostics/Declare.inc"
