#include <algorithm>
#include <cctype>

#include "test/fuzz/Mutate.h"
#include "test/fuzz/Tokens.h"

namespace async::fuzz {
namespace {

constexpr std::string_view types[] = {"i64", "i8", "u8", "u64", "f64", "f32", "bool", "char", "str", "bytes", "()", "Duration", "List<i64>", "Option<str>", "Result<i64, Error>",
                                      "(i64, str)", "[i64; 3]", "&str", "&mut i64", "Async<i64>", "fn(i64) -> i64", "Box<i64>", "Map<str, i64>", "Self", "T", "i64?", "&[i64]"};
constexpr std::string_view operators[] = {"+", "-", "*", "/", "%", "==", "!=", "<", ">", "<=", ">=", "&&", "||", "&", "|", "^", "<<", "..", "..=", "+%", "|>", "=", "+=", "as"};
constexpr std::string_view literals[] = {"1", "0", "-1", "1.5", "true", "\"text\"", "'c'", "5s", "()", "None", "[]", "[1]", "255u8", "b\"x\"", "\"{1}\"", "9223372036854775807"};
constexpr std::string_view wrappings[][2] = {{"Some(", ")"},       {"(", ", 1)"},      {"[", "]"},  {"async { ", " }"}, {"|| ", ""},   {"await ", ""},   {"&", ""},
                                             {"&mut ", ""},        {"-", ""},          {"!", ""},   {"Ok(", ")"},       {"", "?"},     {"", ".clone()"}, {"", "()"},
                                             {"", ".missing()"},   {"", ".0"},         {"", "[0]"}, {"", " as i64"},    {"{ ", " }"},  {"drop(", ")"},   {"*", ""},
                                             {"return ", ""},      {"spawn ", ""},     {"", ".x"},  {"box(", ")"},      {"Err(", ")"}, {"if true { ", " }"}};
constexpr std::string_view small[] = {"await", "async", "mut", "move", "return", "pub", "copy", "dyn", "&", "?", "*", "!", "-", "for", "impl", "stream", "spawn", "ref"};

bool isIn(std::string_view text, const auto &list) { return std::find(std::begin(list), std::end(list), text) != std::end(list); }
bool isUpper(const Token &token) { return std::isupper(static_cast<unsigned char>(token.text[0])); }

class Retyper {
public:
  Retyper(std::string_view text, Random &random) : tokens(cut(text)), places(solid(tokens)), random(random) {}

  std::string run() {
    for (int attempt = 0; attempt < 20 && !places.empty(); ++attempt)
      if (change(random.pick(places)))
        break;
    return join(tokens);
  }

private:
  bool change(size_t at) {
    Token &token = tokens[at];
    if (random.oneIn(12))
      return removeStatement(at);
    if (random.oneIn(8))
      return argument(at);
    if (isIn(token.text, small) && random.oneIn(2))
      return replace(at, "");
    switch (token.kind) {
    case TokenKind::Word:
      return word(at);
    case TokenKind::Number:
    case TokenKind::Text:
      return random.oneIn(3) ? wrap(at) : replace(at, random.of(literals));
    case TokenKind::Mark:
      return isIn(token.text, operators) && replace(at, random.of(operators));
    case TokenKind::Space:
    case TokenKind::Comment:
      return false;
    }
    return false;
  }

  bool replace(size_t at, std::string_view with) {
    if (tokens[at].is(with))
      return false;
    tokens[at].text = with;
    return true;
  }

  bool wrap(size_t at) {
    const auto &[before, behind] = random.of(wrappings);
    tokens[at].text = std::string(before) + tokens[at].text + std::string(behind);
    return true;
  }

  bool word(size_t at) {
    bool namesType = isUpper(tokens[at]) || isIn(tokens[at].text, types);
    switch (random.below(5)) {
    case 0:
      return namesType ? replace(at, random.of(types)) : wrap(at);
    case 1:
      return wrap(at);
    case 2:
      return replace(at, namesType ? "Missing" : "missing");
    default:
      return replace(at, otherName(isUpper(tokens[at]), tokens[at].text));
    }
  }

  // Another name of the same file, of the same look.
  std::string otherName(bool upper, const std::string &instead) {
    std::vector<std::string> names;
    for (size_t place : places)
      if (tokens[place].kind == TokenKind::Word && isUpper(tokens[place]) == upper)
        names.push_back(tokens[place].text);
    return names.empty() ? instead : random.pick(names);
  }

  // Leaves out, doubles or exchanges what stands between the commas around `at`.
  bool argument(size_t at) {
    size_t lo = at, hi = at;
    while (lo > 0 && !isBorder(lo - 1))
      --lo;
    while (hi + 1 < tokens.size() && !isBorder(hi + 1))
      ++hi;
    if (isBorder(at) || lo == 0 || !(tokens[lo - 1].is("(") || tokens[lo - 1].is(",") || tokens[lo - 1].is("<")))
      return false;
    std::string all;
    for (size_t i = lo; i <= hi; ++i) {
      all += tokens[i].text;
      tokens[i].text.clear();
    }
    switch (random.below(3)) {
    case 0:
      tokens[lo].text = all + ", " + all;
      break;
    case 1:
      tokens[lo].text = std::string(random.of(literals));
      break;
    default:
      if (hi + 1 < tokens.size() && tokens[hi + 1].is(","))
        tokens[hi + 1].text.clear();
    }
    return true;
  }
  bool isBorder(size_t at) const {
    static constexpr std::string_view borders[] = {"(", ")", ",", "{", "}", "[", "]", ";", "<", ">"};
    return isIn(tokens[at].text, borders);
  }

  bool removeStatement(size_t at) {
    size_t lo = at, hi = at;
    auto ends = [&](size_t i) { return tokens[i].is(";") || tokens[i].is("{") || tokens[i].is("}") || tokens[i].is(","); };
    while (lo > 0 && !ends(lo - 1))
      --lo;
    while (hi + 1 < tokens.size() && !ends(hi))
      ++hi;
    if (!tokens[hi].is(";") && !tokens[hi].is(","))
      return false;
    for (size_t i = lo; i <= hi; ++i)
      tokens[i].text.clear();
    return true;
  }

  std::vector<Token> tokens;
  std::vector<size_t> places;
  Random &random;
};

} // namespace

std::string retype(std::string_view text, Random &random) { return Retyper(text, random).run(); }

} // namespace async::fuzz
