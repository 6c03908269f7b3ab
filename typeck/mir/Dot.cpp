#include "typeck/mir/Dot.h"

#include <fmt/format.h>

#include "typeck/mir/Print.h"

namespace async::mir {

std::string dotQuoted(std::string_view text) {
  std::string made;
  for (char c : text) {
    if (c == '"' || c == '\\')
      made += '\\';
    made += c;
  }
  return made;
}

// By block: its lines in the text of the body, each aligned to the left.
static std::vector<std::string> labelsOf(std::string_view written) {
  std::vector<std::string> labels;
  for (size_t from = 0; from < written.size();) {
    size_t to = std::min(written.find('\n', from), written.size());
    std::string_view line = written.substr(from, to - from);
    if (line.starts_with("bb"))
      labels.emplace_back();
    if (!labels.empty())
      labels.back() += dotQuoted(line) + "\\l";
    from = to + 1;
  }
  return labels;
}

std::string printDot(const Program &program, const frontend::Interner &interner, const Body &body, std::string_view name) {
  std::string text = fmt::format("digraph \"{}\" {{\n  node [shape=box, fontname=monospace];\n", dotQuoted(name));
  std::vector<std::string> labels = labelsOf(print(program, interner, body));
  for (uint32_t i = 0; i < body.blocks.size() && i < labels.size(); ++i) {
    const Terminator &end = body.blocks[i].terminator;
    text += fmt::format("  bb{} [label=\"{}\"{}];\n", i, labels[i], body.blocks[i].isCleanup ? ", style=dashed" : "");
    for (BlockId target : end.targets)
      text += fmt::format("  bb{} -> bb{};\n", i, target.index);
    if (end.unwind.valid())
      text += fmt::format("  bb{} -> bb{} [style=dashed];\n", i, end.unwind.index);
  }
  return text + "}\n";
}

} // namespace async::mir
