// Syntax.h: the diagnostics of Syntax.def. Included only by files that emit them: a new entry builds those anew and no others.
#pragma once
#include "frontend/diagnostics/Diagnostics.h"

#define ASYNC_DEF "frontend/diagnostics/Syntax.def"
#include "frontend/diagnostics/Declare.inc"
