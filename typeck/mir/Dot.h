// Dot.h: control-flow graphs for Graphviz.
#pragma once
#include <string>

#include "frontend/source/Interner.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

// As it stands between double quotes.
std::string dotQuoted(std::string_view text);

// The blocks of a body with their text and the ways on; cleanup and the ways to it are dashed.
std::string printDot(const Program &program, const frontend::Interner &interner, const Body &body, std::string_view name);

} // namespace async::mir
