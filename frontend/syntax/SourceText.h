// SourceText.h: the bytes of a file made fit for the lexer.
//
// Out     text of the same length: valid UTF-8 with no control or bidirectional formatting characters. What was wrong is reported
//         (P0002, P0003) and replaced by spaces, so that offsets stay. A byte order mark at the start is replaced silently.
#pragma once
#include <string>
#include <string_view>

#include "frontend/syntax/Errors.h"

namespace async::syntax {

// The text to read: `text` itself if nothing is wrong with it, otherwise `storage`.
std::string_view cleanSource(std::string_view text, std::string &storage, Errors &errors);

// The code point at `at` and its length; `text` is valid UTF-8 there.
struct CodePoint {
  uint32_t value;
  uint32_t length;
};
CodePoint decodeAt(std::string_view text, size_t at);
void appendUtf8(std::string &out, uint32_t value);

} // namespace async::syntax
