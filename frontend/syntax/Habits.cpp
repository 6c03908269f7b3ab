#include "frontend/syntax/Habits.h"

#include <utility>

namespace async::syntax {

namespace {

constexpr std::pair<std::string_view, std::string_view> words[] = {
    {"and", "&&"},          {"class", "struct"}, {"def", "fn"},  {"elif", "else if"},   {"elseif", "else if"}, {"elsif", "else if"}, {"export", "pub"},
    {"final", "let"},       {"foreach", "for"},  {"fun", "fn"},  {"func", "fn"},        {"function", "fn"},    {"import", "use"},    {"include", "use"},
    {"interface", "trait"}, {"not", "!"},        {"or", "||"},   {"protocol", "trait"}, {"public", "pub"},     {"record", "struct"}, {"switch", "match"},
    {"typedef", "type"},    {"using", "use"},    {"val", "let"}, {"var", "let"},
};

} // namespace

std::string_view wordFor(std::string_view habit) {
  for (const auto &[word, own] : words)
    if (word == habit)
      return own;
  return {};
}

} // namespace async::syntax
