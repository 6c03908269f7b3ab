#include <algorithm>
#include <map>

#include "frontend/diagnostics/Render.h"

namespace async::frontend {
namespace {

constexpr std::string_view reset = "\x1b[0m", bold = "\x1b[1m", red = "\x1b[1;31m", yellow = "\x1b[1;33m", blue = "\x1b[1;34m";

struct Mark {
  uint32_t from, to; // byte columns in the line, from 0
  std::string_view text;
  bool primary;
};

// One source line as it is shown, and the column on the screen of each of its bytes (and of its end).
struct ShownLine {
  std::string text;
  std::vector<uint32_t> columns;
};

bool isWide(uint32_t c) {
  return (c >= 0x1100 && c <= 0x115F) || (c >= 0x2E80 && c <= 0xA4CF) || (c >= 0xAC00 && c <= 0xD7A3) || (c >= 0xF900 && c <= 0xFAFF) ||
         (c >= 0xFE30 && c <= 0xFE6F) || (c >= 0xFF00 && c <= 0xFF60) || (c >= 0xFFE0 && c <= 0xFFE6) || (c >= 0x1F300 && c <= 0x1FAFF) ||
         (c >= 0x20000 && c <= 0x3FFFD);
}

bool isZeroWidth(uint32_t c) {
  return (c >= 0x300 && c <= 0x36F) || (c >= 0x200B && c <= 0x200F) || (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE00 && c <= 0xFE0F);
}

bool isBidi(uint32_t c) { return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069); }

// Decodes the character at `at`; a byte that begins none is U+FFFD of size 1.
uint32_t decode(std::string_view text, size_t at, size_t &size) {
  const auto first = static_cast<unsigned char>(text[at]);
  size = first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (size == 0 || first > 0xF4 || at + size > text.size()) {
    size = 1;
    return 0xFFFD;
  }
  uint32_t c = size == 1 ? first : first & (0x7F >> size);
  for (size_t i = 1; i < size; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0) != 0x80) {
      size = 1;
      return 0xFFFD;
    }
    c = c << 6 | (next & 0x3F);
  }
  return c;
}

ShownLine show(std::string_view text) {
  ShownLine shown;
  uint32_t column = 0;
  for (size_t at = 0; at < text.size();) {
    size_t size;
    const uint32_t c = decode(text, at, size);
    shown.columns.insert(shown.columns.end(), size, column);
    if (c == '\t') {
      shown.text += "    ";
      column += 4;
    } else if (c < 32 || c == 127) {
      shown.text += fmt::format("\xE2\x90{}", static_cast<char>(c == 127 ? 0xA1 : 0x80 + c)); // the pictures of controls
      column += 1;
    } else if (isBidi(c) || c == 0xFFFD) {
      shown.text += "\xEF\xBF\xBD";
      column += 1;
    } else {
      shown.text += text.substr(at, size);
      column += isZeroWidth(c) ? 0 : isWide(c) ? 2 : 1;
    }
    at += size;
  }
  shown.columns.push_back(column);
  return shown;
}

class Renderer {
public:
  Renderer(const SourceMap &sources, TerminalStyle style) : sources(sources), style(style) {}

  std::string render(const Diagnostic &diagnostic) {
    const bool isError = diagnostic.severity == Severity::Error;
    const std::string_view strong = isError ? red : yellow;
    put(strong, fmt::format("{}[{}]", isError ? "error" : "warning", diagnostic.code));
    put(bold, fmt::format(": {}", diagnostic.message));
    out += '\n';
    collect(diagnostic);
    uint32_t lastLine = 0;
    for (const auto &[place, marks] : lines)
      lastLine = std::max(lastLine, place.second);
    gutter = fmt::format("{}", lastLine).size();
    if (diagnostic.span.known())
      renderFiles(diagnostic, strong);
    for (const auto &note : diagnostic.notes)
      renderNote("note", note);
    for (const auto &help : diagnostic.helps)
      renderNote("help", help);
    out += '\n';
    return std::move(out);
  }

private:
  void put(std::string_view color, std::string_view text) {
    if (style.color)
      out += color;
    out += text;
    if (style.color)
      out += reset;
  }

  void margin(std::string_view number = {}) { put(blue, fmt::format("{:>{}} |", number, gutter)); }

  void renderNote(std::string_view kind, const std::string &text) {
    put(blue, fmt::format("{:>{}} = ", "", gutter));
    put(bold, kind);
    out += ": ";
    const std::string indent(gutter + 5 + kind.size(), ' ');
    for (const char c : text) {
      out += c;
      if (c == '\n')
        out += indent;
    }
    out += '\n';
  }

  // Puts a span's part in each line that it touches first and last; what lies between is not marked.
  void add(Span span, std::string_view text, bool primary) {
    if (!span.known())
      return;
    const Location from = sources.locate(span.lo), to = sources.locate(span.hi);
    const auto lineEnd = [&](uint32_t line) { return static_cast<uint32_t>(sources.lineText(from.file, line).size()); };
    if (from.line == to.line) {
      lines[{from.file.index, from.line}].push_back({from.column - 1, std::max(to.column - 1, from.column), text, primary});
    } else {
      lines[{from.file.index, from.line}].push_back({from.column - 1, std::max(lineEnd(from.line), from.column), text, primary});
    }
  }

  void collect(const Diagnostic &diagnostic) {
    const auto own = std::find_if(diagnostic.labels.begin(), diagnostic.labels.end(),
                                  [&](const auto &label) { return label.span == diagnostic.span; });
    add(diagnostic.span, own == diagnostic.labels.end() ? std::string_view{} : own->text, true);
    for (auto label = diagnostic.labels.begin(); label != diagnostic.labels.end(); ++label)
      if (label != own)
        add(label->span, label->text, false);
  }

  void renderFiles(const Diagnostic &diagnostic, std::string_view strong) {
    const Location main = sources.locate(diagnostic.span.lo);
    // The file of the mistake first, then others that labels are in.
    std::vector<uint32_t> order{main.file.index};
    for (const auto &[place, marks] : lines)
      if (std::find(order.begin(), order.end(), place.first) == order.end())
        order.push_back(place.first);
    for (const uint32_t file : order) {
      const auto first = lines.lower_bound({file, 0});
      const uint32_t line = file == main.file.index ? main.line : first->first.second;
      const uint32_t column = file == main.file.index ? main.column : first->second.front().from + 1;
      put(blue, fmt::format("{:>{}}{} ", "", gutter, file == main.file.index ? "-->" : ":::"));
      out += fmt::format("{}:{}:{}\n", sources.path({file}), line, column);
      margin();
      out += '\n';
      uint32_t previous = 0;
      for (auto entry = first; entry != lines.end() && entry->first.first == file; ++entry) {
        const uint32_t number = entry->first.second;
        if (previous != 0 && number == previous + 2)
          renderLine({file}, number - 1, {}, strong);
        else if (previous != 0 && number > previous + 2)
          put(blue, "...\n");
        renderLine({file}, number, entry->second, strong);
        previous = number;
      }
    }
  }

  void renderLine(FileId file, uint32_t number, std::vector<Mark> marks, std::string_view strong) {
    const std::string_view text = sources.lineText(file, number);
    // A very long line is cut to a window around its first mark.
    constexpr uint32_t window = 4096;
    uint32_t cut = 0;
    std::string_view part = text;
    if (text.size() > window) {
      const uint32_t first = marks.empty() ? 0 : marks.front().from;
      cut = first > style.width / 2 ? first - style.width / 2 : 0;
      while (cut > 0 && cut < text.size() && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80)
        --cut;
      part = text.substr(std::min<size_t>(cut, text.size()), style.width * 2);
    }
    const ShownLine shown = show(part);
    margin(fmt::format("{}", number));
    out += fmt::format(" {}{}{}\n", cut > 0 ? "…" : "", shown.text, part.size() + cut < text.size() ? "…" : "");
    if (marks.empty())
      return;
    const auto column = [&](uint32_t byte) {
      const uint32_t at = byte < cut ? 0 : std::min<uint32_t>(byte - cut, static_cast<uint32_t>(shown.columns.size() - 1));
      return shown.columns[at] + (byte > cut + shown.columns.size() - 1 ? byte - cut - static_cast<uint32_t>(shown.columns.size() - 1) : 0) +
             (cut > 0 ? 1 : 0);
    };
    std::stable_sort(marks.begin(), marks.end(), [](const Mark &a, const Mark &b) { return a.from < b.from; });
    // The row of underlines, with the text of the last mark behind it.
    std::vector<std::pair<uint32_t, uint32_t>> ranges;
    uint32_t end = 0;
    for (const Mark &mark : marks) {
      ranges.emplace_back(column(mark.from), std::max(column(mark.to), column(mark.from) + 1));
      end = std::max(end, ranges.back().second);
    }
    std::string row(end, ' ');
    for (size_t i = 0; i < marks.size(); ++i)
      for (uint32_t c = ranges[i].first; c < ranges[i].second && c < ranges[i].first + style.width * 2; ++c)
        if (marks[i].primary || row[c] == ' ')
          row[c] = marks[i].primary ? '^' : '-';
    margin();
    out += ' ';
    putRow(row, strong);
    const bool lastBehind = ranges.back().second == end;
    if (lastBehind && !marks.back().text.empty()) {
      out += ' ';
      put(marks.back().primary ? strong : blue, marks.back().text);
    }
    out += '\n';
    // The texts of the others below, from right to left.
    for (size_t i = marks.size(); i-- > 0;) {
      if ((i == marks.size() - 1 && lastBehind) || marks[i].text.empty())
        continue;
      std::string bars;
      for (size_t j = 0; j < i; ++j)
        if (!marks[j].text.empty() && ranges[j].first >= bars.size() && ranges[j].first < ranges[i].first)
          bars += std::string(ranges[j].first - bars.size(), ' ') + '|';
      bars += std::string(ranges[i].first > bars.size() ? ranges[i].first - bars.size() : 0, ' ');
      margin();
      out += ' ';
      put(blue, bars);
      put(marks[i].primary ? strong : blue, marks[i].text);
      out += '\n';
    }
  }

  void putRow(const std::string &row, std::string_view strong) {
    for (size_t at = 0; at < row.size();) {
      const size_t to = std::min(row.find_first_not_of(row[at], at), row.size());
      if (row[at] == ' ')
        out += row.substr(at, to - at);
      else
        put(row[at] == '^' ? strong : blue, std::string_view(row).substr(at, to - at));
      at = to;
    }
  }

  const SourceMap &sources;
  TerminalStyle style;
  std::string out;
  size_t gutter = 1;
  std::map<std::pair<uint32_t, uint32_t>, std::vector<Mark>> lines; // by file and line
};

} // namespace

std::string renderTerminal(const Diagnostic &diagnostic, const SourceMap &sources, TerminalStyle style) {
  return Renderer(sources, style).render(diagnostic);
}

} // namespace async::frontend
