// SourceMap.h: source files in one space of positions, so that a place in any file is 32 bits.
//
// A position is the start of its file plus a byte offset. Position 0 belongs to no file: Span{} means "nowhere".
// Line tables are made when a place is first looked up. Cost of locate: O(log files + log lines).
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace async::frontend {

// From `lo` up to, not including, `hi`.
struct Span {
  uint32_t lo = 0, hi = 0;
  constexpr bool known() const { return lo != 0; }
  friend constexpr bool operator==(Span, Span) = default;
};

constexpr Span cover(Span a, Span b) {
  if (!a.known() || !b.known())
    return a.known() ? a : b;
  return {a.lo < b.lo ? a.lo : b.lo, a.hi > b.hi ? a.hi : b.hi};
}

struct FileId {
  uint32_t index = UINT32_MAX;
  friend constexpr bool operator==(FileId, FileId) = default;
};

// Lines and columns count from 1; columns in bytes of UTF-8.
struct Location {
  FileId file;
  uint32_t line = 0, column = 0;
};

class SourceMap {
public:
  // `text` is kept. Files are at most 1 GiB together; nothing is added beyond that.
  std::optional<FileId> add(std::string path, std::string text);

  std::string_view path(FileId file) const { return files[file.index]->path; }
  std::string_view text(FileId file) const { return files[file.index]->text; }
  uint32_t start(FileId file) const { return files[file.index]->start; }
  uint32_t fileCount() const { return static_cast<uint32_t>(files.size()); }

  FileId fileOf(uint32_t position) const;
  Location locate(uint32_t position) const;
  // The column in units of UTF-16. Cost: O(column).
  uint32_t columnUtf16(uint32_t position) const;
  std::string_view text(Span span) const;
  // A line without its end.
  std::string_view lineText(FileId file, uint32_t line) const;
  uint32_t lineCount(FileId file) const;

private:
  struct File {
    std::string path, text;
    uint32_t start = 0;
    mutable std::vector<uint32_t> lineStarts; // offsets; empty until asked for
  };
  static const std::vector<uint32_t> &lineStarts(const File &file);

  std::vector<std::unique_ptr<File>> files;
  uint32_t end = 1;
};

} // namespace async::frontend
