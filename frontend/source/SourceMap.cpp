#include "frontend/source/SourceMap.h"

#include <algorithm>

namespace async::frontend {

std::optional<FileId> SourceMap::add(std::string path, std::string text) {
  constexpr size_t most = size_t{1} << 30;
  if (text.size() + end + 1 > most)
    return std::nullopt;
  auto file = std::make_unique<File>();
  file->path = std::move(path);
  file->text = std::move(text);
  file->start = end;
  end += static_cast<uint32_t>(file->text.size()) + 1; // the position behind the last byte belongs to the file too
  files.push_back(std::move(file));
  return FileId{static_cast<uint32_t>(files.size() - 1)};
}

FileId SourceMap::fileOf(uint32_t position) const {
  auto after = std::upper_bound(files.begin(), files.end(), position,
                                [](uint32_t p, const std::unique_ptr<File> &file) { return p < file->start; });
  return after == files.begin() ? FileId{} : FileId{static_cast<uint32_t>(after - files.begin() - 1)};
}

const std::vector<uint32_t> &SourceMap::lineStarts(const File &file) {
  if (file.lineStarts.empty()) {
    file.lineStarts.push_back(0);
    for (size_t i = 0; i < file.text.size(); ++i)
      if (file.text[i] == '\n')
        file.lineStarts.push_back(static_cast<uint32_t>(i + 1));
  }
  return file.lineStarts;
}

Location SourceMap::locate(uint32_t position) const {
  const FileId id = fileOf(position);
  if (id == FileId{})
    return {};
  const File &file = *files[id.index];
  const uint32_t offset = std::min<uint32_t>(position - file.start, static_cast<uint32_t>(file.text.size()));
  const auto &starts = lineStarts(file);
  const auto line = static_cast<uint32_t>(std::upper_bound(starts.begin(), starts.end(), offset) - starts.begin());
  return {id, line, offset - starts[line - 1] + 1};
}

uint32_t SourceMap::columnUtf16(uint32_t position) const {
  const Location at = locate(position);
  if (at.line == 0)
    return 0;
  uint32_t units = 0;
  for (const char c : text(at.file).substr(position - start(at.file) - (at.column - 1), at.column - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0) != 0x80) // the first byte of a character; those of four bytes are two units
      units += byte >= 0xF0 ? 2 : 1;
  }
  return units + 1;
}

std::string_view SourceMap::text(Span span) const {
  const FileId id = fileOf(span.lo);
  if (id == FileId{} || span.hi < span.lo)
    return {};
  const File &file = *files[id.index];
  return std::string_view(file.text).substr(span.lo - file.start, span.hi - span.lo);
}

std::string_view SourceMap::lineText(FileId id, uint32_t line) const {
  const File &file = *files[id.index];
  const auto &starts = lineStarts(file);
  if (line == 0 || line > starts.size())
    return {};
  const uint32_t from = starts[line - 1];
  const uint32_t to = line < starts.size() ? starts[line] - 1 : static_cast<uint32_t>(file.text.size());
  std::string_view text = std::string_view(file.text).substr(from, to - from);
  if (!text.empty() && text.back() == '\r')
    text.remove_suffix(1);
  return text;
}

uint32_t SourceMap::lineCount(FileId id) const { return static_cast<uint32_t>(lineStarts(*files[id.index]).size()); }

} // namespace async::frontend
