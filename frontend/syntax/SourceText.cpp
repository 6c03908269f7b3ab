#include "frontend/syntax/SourceText.h"

#include <cstring>

#include "frontend/diagnostics/Syntax.h"

namespace async::syntax {

namespace {

// The length of the UTF-8 sequence at `at`, or 0 if there is none.
uint32_t sequenceLength(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u; };
  const auto next = [&](size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80)
    return 1;
  if (first >= 0xC2 && first <= 0xDF)
    return next(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    const bool overlong = first == 0xE0 && byte(1) < 0xA0, surrogate = first == 0xED && byte(1) >= 0xA0;
    return next(1) && next(2) && !overlong && !surrogate ? 3 : 0;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    const bool overlong = first == 0xF0 && byte(1) < 0x90, tooLarge = first == 0xF4 && byte(1) >= 0x90;
    return next(1) && next(2) && next(3) && !overlong && !tooLarge ? 4 : 0;
  }
  return 0;
}

// Characters that make text look other than it is read.
bool isBidiControl(uint32_t value) {
  return (value >= 0x202A && value <= 0x202E) || (value >= 0x2066 && value <= 0x2069) || value == 0x200E || value == 0x200F || value == 0x061C;
}

bool isBadControl(uint32_t value) { return value < 0x20 && value != '\t' && value != '\n' && value != '\r'; }

} // namespace

CodePoint decodeAt(std::string_view text, size_t at) {
  const auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[at + i])); };
  const uint32_t first = byte(0);
  if (first < 0x80)
    return {first, 1};
  if (first < 0xE0)
    return {(first & 0x1F) << 6 | (byte(1) & 0x3F), 2};
  if (first < 0xF0)
    return {(first & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F), 3};
  return {(first & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 | (byte(3) & 0x3F), 4};
}

void appendUtf8(std::string &out, uint32_t value) {
  if (value < 0x80) {
    out += static_cast<char>(value);
  } else if (value < 0x800) {
    out += static_cast<char>(0xC0 | value >> 6);
    out += static_cast<char>(0x80 | (value & 0x3F));
  } else if (value < 0x10000) {
    out += static_cast<char>(0xE0 | value >> 12);
    out += static_cast<char>(0x80 | (value >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (value & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | value >> 18);
    out += static_cast<char>(0x80 | (value >> 12 & 0x3F));
    out += static_cast<char>(0x80 | (value >> 6 & 0x3F));
    out += static_cast<char>(0x80 | (value & 0x3F));
  }
}

std::string_view cleanSource(std::string_view text, std::string &storage, Errors &errors) {
  const auto blank = [&](size_t at, size_t length) {
    if (storage.empty())
      storage = text;
    std::memset(storage.data() + at, ' ', length);
  };
  const bool hasMark = text.starts_with("\xEF\xBB\xBF");
  if (hasMark)
    blank(0, 3);
  size_t badUntil = 0; // neighbouring bad bytes are one mistake
  for (size_t at = hasMark ? 3 : 0; at < text.size();) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte >= 0x20 && byte < 0x80) {
      ++at;
      continue;
    }
    const uint32_t length = sequenceLength(text, at);
    const auto lo = static_cast<uint32_t>(at);
    if (length == 0) {
      if (badUntil != at || at == 0)
        errors.emit(errors.span(lo, lo + 1), diag::BadUtf8, byte);
      errors.stopBehind(errors.span(lo + 1, lo + 1)); // a file of another encoding is one mistake
      blank(at++, 1);
      badUntil = at;
      continue;
    }
    const uint32_t value = decodeAt(text, at).value;
    if (isBadControl(value) || isBidiControl(value)) {
      if (badUntil != at || at == 0)
        errors.emit(errors.span(lo, lo + length), diag::HiddenCharacter, fmt::format("U+{:04X}", value))
            .help(diag::HiddenCharacterEscape, fmt::format("\\u{{{:X}}}", value));
      if (isBadControl(value))
        errors.stopBehind(errors.span(lo + 1, lo + 1)); // it is no text
      blank(at, length);
      badUntil = at + length;
    }
    at += length;
  }
  return storage.empty() ? text : std::string_view(storage);
}

} // namespace async::syntax
