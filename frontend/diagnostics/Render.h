// Render.h: diagnostics as people and tools read them.
//
// Terminal: in the manner of rustc: severity, code and message, then the labelled source lines, notes and helps.
// Tabs are shown as four columns, wide characters as two, control characters as their picture.
// JSON: one object a line with severity, code, message, file, line, column, end_line, end_column, column_utf16, end_column_utf16,
// labels, notes, fixes. Lines and columns count from 1.
#pragma once
#include <string>

#include "frontend/diagnostics/Diagnostics.h"

namespace async::frontend {

struct TerminalStyle {
  bool color = false;
  uint32_t width = 100; // longer source lines are cut around the labels
};

std::string renderTerminal(const Diagnostic &diagnostic, const SourceMap &sources, TerminalStyle style);
std::string renderJson(const Diagnostic &diagnostic, const SourceMap &sources);

} // namespace async::frontend
