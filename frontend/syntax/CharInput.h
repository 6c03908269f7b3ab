// CharInput.h: valid UTF-8 as ANTLR reads it. Indexes are byte offsets, so those of tokens are too; nothing is copied.
#pragma once
#include <string_view>

#include "antlr4-runtime.h"

#include "frontend/syntax/SourceText.h"

namespace async::syntax {

class CharInput final : public antlr4::CharStream {
public:
  explicit CharInput(std::string_view text) : text(text) {}

  void consume() override { at += at < text.size() ? lengthAt(at) : 0; }
  size_t LA(ssize_t ahead) override {
    if (ahead == 1)
      return at < text.size() ? codePoint(at) : EOF;
    return farther(ahead);
  }
  ssize_t mark() override { return 0; }
  void release(ssize_t) override {}
  size_t index() override { return at; }
  void seek(size_t index) override { at = index; }
  size_t size() override { return text.size(); }
  std::string getSourceName() const override { return {}; }
  std::string getText(const antlr4::misc::Interval &interval) override {
    return std::string(text.substr(static_cast<size_t>(interval.a), static_cast<size_t>(interval.b - interval.a + 1)));
  }
  std::string toString() const override { return std::string(text); }

  std::string_view text;
  size_t at = 0;

private:
  size_t codePoint(size_t i) const {
    const auto byte = static_cast<unsigned char>(text[i]);
    return byte < 0x80 ? byte : decodeAt(text, i).value;
  }
  size_t lengthAt(size_t i) const {
    const auto byte = static_cast<unsigned char>(text[i]);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
  }
  size_t farther(ssize_t ahead) const {
    size_t i = at;
    for (; ahead > 1 && i < text.size(); --ahead)
      i += lengthAt(i);
    for (; ahead < 0 && i > 0; ++ahead)
      do
        --i;
      while (i > 0 && (static_cast<unsigned char>(text[i]) & 0xC0) == 0x80);
    return ahead == 0 || i >= text.size() ? EOF : codePoint(i);
  }
};

} // namespace async::syntax
