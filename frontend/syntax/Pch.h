// Pch.h: what every file of this folder includes, compiled once.
#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "antlr4-runtime.h"

#include "frontend/diagnostics/Diagnostics.h"
#include "frontend/syntax/Ast.h"
