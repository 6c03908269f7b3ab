// Archive.h: numbers and containers to bytes and back. Both directions go through the same description of each struct (Fields.h).
#pragma once
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "typeck/types/Types.h"

namespace async::snapshot {

class Writer {
public:
  static constexpr bool reads = false;
  std::string out;

  void number(uint64_t value) {
    for (; value >= 0x80; value >>= 7)
      out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
  }
  void text(std::string_view value) {
    number(value.size());
    out.append(value);
  }
};

// After the first error everything reads as zero and empty.
class Reader {
public:
  static constexpr bool reads = true;
  Reader() = default;
  explicit Reader(std::string_view bytes) : at(bytes.data()), end(bytes.data() + bytes.size()) {}

  uint64_t number() {
    uint64_t value = 0;
    for (unsigned shift = 0; at < end && shift < 64; shift += 7) {
      auto byte = static_cast<uint8_t>(*at++);
      value |= uint64_t{byte & 0x7Fu} << shift;
      if (byte < 0x80)
        return value;
    }
    fail();
    return 0;
  }
  std::string_view text() {
    uint64_t size = number();
    if (size > left()) {
      fail();
      return {};
    }
    std::string_view value(at, size);
    at += size;
    return value;
  }
  // A count of things of at least one byte each.
  size_t count() {
    uint64_t value = number();
    if (value <= left())
      return value;
    fail();
    return 0;
  }
  size_t left() const { return static_cast<size_t>(end - at); }
  const char *position() const { return at; }
  void fail() {
    bad = true;
    at = end;
  }
  bool failed() const { return bad; }

private:
  const char *at = nullptr, *end = nullptr;
  bool bad = false;
};

template <typename A, typename T> void io(A &archive, std::vector<T> &values);
template <typename A, typename T> void io(A &archive, std::optional<T> &value);

// 32-bit numbers are often "none", which becomes 0.
template <typename A> void io(A &archive, uint32_t &value) {
  if constexpr (A::reads)
    value = static_cast<uint32_t>(archive.number()) - 1;
  else
    archive.number(static_cast<uint32_t>(value + 1));
}
template <typename A> void io(A &archive, int64_t &value) {
  if constexpr (A::reads) {
    uint64_t number = archive.number();
    value = static_cast<int64_t>(number >> 1 ^ (0 - (number & 1)));
  } else {
    archive.number(static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63));
  }
}
template <typename A> void io(A &archive, uint64_t &value) {
  if constexpr (A::reads)
    value = archive.number();
  else
    archive.number(value);
}
template <typename A, typename T>
  requires(std::is_enum_v<T> || std::is_same_v<T, bool> || std::is_same_v<T, uint8_t>)
void io(A &archive, T &value) {
  if constexpr (A::reads)
    value = static_cast<T>(archive.number());
  else
    archive.number(static_cast<uint64_t>(value));
}
template <typename A, typename Tag> void io(A &archive, typeck::Id<Tag> &id) { io(archive, id.index); }
template <typename A> void io(A &archive, frontend::Symbol &symbol) {
  if constexpr (A::reads)
    symbol.index = static_cast<uint32_t>(archive.number());
  else
    archive.number(symbol.index);
}

template <typename A, typename... T> void all(A &archive, T &...values) { (io(archive, values), ...); }

template <typename A, typename T> void io(A &archive, std::vector<T> &values) {
  if constexpr (A::reads) {
    values.clear();
    values.resize(archive.count());
  } else {
    archive.number(values.size());
  }
  for (T &value : values)
    io(archive, value);
}

template <typename A, typename T> void io(A &archive, std::optional<T> &value) {
  bool has = value.has_value();
  io(archive, has);
  if constexpr (A::reads)
    value = has ? std::optional<T>(T{}) : std::nullopt;
  if (value)
    io(archive, *value);
}

} // namespace async::snapshot
