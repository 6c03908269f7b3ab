// Comments.cpp: finds doc comments in the text. The lexer leaves them out: nothing but these pages asks for them.
#include "tools/doc/Doc.h"

namespace async::doc {
namespace {

std::string_view withoutIndent(std::string_view line) {
  size_t at = line.find_first_not_of(" \t");
  line = at == std::string_view::npos ? std::string_view() : line.substr(at);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r'))
    line.remove_suffix(1);
  return line;
}

// Four slashes are a line that someone drew.
bool isDoc(std::string_view line) { return line.starts_with("///") && !line.starts_with("////"); }

void add(std::string &text, std::string_view line) {
  line.remove_prefix(3);
  if (line.starts_with(' '))
    line.remove_prefix(1);
  text += line;
  text += '\n';
}

} // namespace

std::string commentAbove(const frontend::SourceMap &sources, uint32_t position, uint32_t name) {
  const frontend::Location begin = sources.locate(position);
  const uint32_t last = sources.locate(name).line;
  uint32_t first = begin.line;
  while (first > 1 && isDoc(withoutIndent(sources.lineText(begin.file, first - 1))))
    --first;
  std::string text;
  for (uint32_t line = first; line < last; ++line)
    if (std::string_view content = withoutIndent(sources.lineText(begin.file, line)); isDoc(content))
      add(text, content);
  return text;
}

std::string commentOfFile(const frontend::SourceMap &sources, frontend::FileId file) {
  const uint32_t count = sources.lineCount(file);
  std::string text;
  uint32_t line = 1;
  while (line <= count && isDoc(withoutIndent(sources.lineText(file, line))))
    add(text, withoutIndent(sources.lineText(file, line++)));
  const bool isAlone = line > count || withoutIndent(sources.lineText(file, line)).empty();
  return isAlone ? text : std::string();
}

} // namespace async::doc
