#include <algorithm>

#include "test/fuzz/Mutate.h"
#include "test/fuzz/Tokens.h"

namespace async::fuzz {
namespace {

constexpr size_t deepest = 3000; // levels of a nest: well above every limit, and small enough to be fast
constexpr size_t longestText = 200'000;

// What breaks lexers, limits and tables of kinds.
constexpr std::string_view hostile[] = {
    "\xE2\x80\xAE", "\xE2\x81\xA6", "\xEF\xBB\xBF", "\xC3", "\xFF\xFE", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\r", "\x0B", "\x7F", "\xC2\xA0",
    "99999999999999999999999999999999999999999", "340282366920938463463374607431768211456", "-9223372036854775808", "9223372036854775807i8", "0xffff_ffff_ffff_ffff_f",
    "0b2", "0x", "1e999", "1e-999", "1.0e", "0.0f64", "1_000_i64", "00001", "9999999h", "1u0", "255u8", "256u8", "'", "'\\", "'ab'", "'\\u{110000}'", "\"", "\"{", "\"{x:",
    "\"{{}\"", "\"{x:>99999999999}\"", "\"{\"{\"{x}\"}\"}\"", "r\"", "r#\"", "b\"\\xff", "/*", "*/", "//", "#[", "#[derive(Eq, Ord, Hash, Clone)]", "#![x]", "#[lang(\"option\")]",
    "{", "}", "(", ")", "[", "]", "<", ">", ">>", "<<=", "?", "??", "..", "..=", "...", "&", "&&", "&mut", "|", "||", "|>", "->", "=>", "<-", "::", ":", ";", ",", ".", "@", "$", "_",
    "await", "async", "async move", "spawn", "detach", "scope", "select", "stream", "yield", "for await", "defer", "shield", "blocking", "catch", "match", "if let", "else",
    "loop", "break", "return", "move", "unsafe", "dyn", "impl", "where", "const", "static", "type", "trait", "enum", "struct", "copy", "fn", "use", "pub", "mod", "extern \"C\"",
    "export \"C\"", "test \"t\"", "self", "Self", "super", "crate", "std", "let", "let mut", "in", "as", "from self", "out", "true", "()", "(,)", "[;]", "[0; 99999999999]",
    "<T, const N: i64>", "<T: Ord>", "impl<T>", "fn f() { f() }", "{ x }", "= =", "x.0.0.0", "x..", "..x", "|x| x", "|_|", "&mut &mut", "!!!", "-- -", "a < b > (c)"};

constexpr std::string_view nests[] = {"(", "[", "{", "<", "-", "!", "&", "&mut ", "*", "await ", "async { ", "|x| ", "if a { ", "match a { _ => ", "f(", "a = ", "a as ", "loop { ",
                                      "scope { ", "List<", "fn(", "(a, ", "[a; ", "a + (", "return ", "\"{", "x.", "A::", "a ? ", "spawn ", "Some(", "&[", "use a::{", "/*",
                                      "impl A for ", "else if a { } ", "dyn ", "a..", "x@"};

void insert(std::string &text, size_t at, std::string_view what) { text.insert(std::min(at, text.size()), what); }

void damageOfBytes(std::string &text, Random &random) {
  size_t at = random.below(text.size() + 1);
  switch (random.below(5)) {
  case 0:
    text.erase(std::min(at, text.size()), 1 + random.below(random.oneIn(4) ? 200 : 4));
    break;
  case 1:
    insert(text, at, std::string(1, static_cast<char>(random.below(256))));
    break;
  case 2:
    if (at < text.size())
      text[at] = static_cast<char>(text[at] ^ (1 << random.below(8)));
    break;
  case 3:
    if (at < text.size())
      text[at] = static_cast<char>(random.below(256));
    break;
  default:
    insert(text, at, std::string(1 + random.below(3), '\0'));
  }
}

void damageOfTokens(std::string &text, std::string_view other, Random &random) {
  std::vector<Token> tokens = cut(text);
  std::vector<size_t> places = solid(tokens);
  if (places.empty())
    return;
  size_t one = random.pick(places), two = random.pick(places);
  switch (random.below(7)) {
  case 0:
    tokens.erase(tokens.begin() + static_cast<ptrdiff_t>(one));
    break;
  case 1:
    tokens.insert(tokens.begin() + static_cast<ptrdiff_t>(one), tokens[one]);
    break;
  case 2:
    std::swap(tokens[one].text, tokens[two].text);
    break;
  case 3:
    tokens[one].text = tokens[two].text;
    break;
  case 4: {
    size_t count = std::min(tokens.size() - one, 1 + random.below(12));
    tokens.erase(tokens.begin() + static_cast<ptrdiff_t>(one), tokens.begin() + static_cast<ptrdiff_t>(one + count));
    break;
  }
  case 5: {
    std::vector<Token> others = cut(other.substr(0, 4000));
    if (!others.empty())
      tokens[one].text = random.pick(others).text;
    break;
  }
  default:
    tokens[one].text = std::string(random.of(hostile));
  }
  text = join(tokens);
}

void damageOfLines(std::string &text, Random &random) {
  std::vector<std::string_view> lines = cutLines(text);
  if (lines.empty())
    return;
  size_t one = random.below(lines.size()), two = random.below(lines.size());
  std::string_view line = lines[one];
  auto at = lines.begin() + static_cast<ptrdiff_t>(one);
  switch (random.below(4)) {
  case 0:
    lines.erase(at);
    break;
  case 1:
    lines.insert(lines.begin() + static_cast<ptrdiff_t>(two), line);
    break;
  case 2:
    std::swap(lines[one], lines[two]);
    break;
  default:
    lines.erase(at);
    lines.insert(lines.begin() + static_cast<ptrdiff_t>(std::min(two, lines.size())), line);
  }
  std::string made;
  for (std::string_view piece : lines)
    made += piece;
  text = std::move(made);
}

void splice(std::string &text, std::string_view other, Random &random) {
  size_t from = random.below(other.size() + 1), size = random.below(std::min<size_t>(other.size() - from, 2000) + 1);
  size_t at = random.below(text.size() + 1);
  if (random.oneIn(2))
    text.replace(at, std::min(size, text.size() - at), other.substr(from, size));
  else
    insert(text, at, other.substr(from, size));
}

void nest(std::string &text, Random &random) {
  std::string_view level = random.of(nests);
  size_t count = random.oneIn(3) ? 1 + random.below(deepest) : 1 + random.below(40);
  std::string levels;
  for (size_t i = 0; i < count; ++i)
    levels += level;
  insert(text, random.below(text.size() + 1), levels);
}

void damageOnce(std::string &text, std::string_view other, Random &random) {
  switch (random.below(12)) {
  case 0:
  case 1:
    return damageOfBytes(text, random);
  case 2:
  case 3:
  case 4:
  case 5:
    return damageOfTokens(text, other, random);
  case 6:
  case 7:
    return damageOfLines(text, random);
  case 8:
    return splice(text, other, random);
  case 9:
    return insert(text, random.below(text.size() + 1), random.of(hostile));
  case 10:
    return random.oneIn(3) ? nest(text, random) : damageOfTokens(text, other, random);
  default:
    if (random.oneIn(3))
      text.resize(random.below(text.size() + 1));
  }
}

} // namespace

std::string damage(std::string_view text, std::string_view other, Random &random) {
  std::string made(text);
  for (size_t left = 1 + random.below(random.oneIn(2) ? 2 : 6); left > 0; --left)
    damageOnce(made, other, random);
  made.resize(std::min(made.size(), longestText));
  return made;
}

std::string damageBytes(std::string_view bytes, Random &random) {
  std::string made(bytes);
  for (size_t left = 1 + random.below(4); left > 0; --left)
    damageOfBytes(made, random);
  if (random.oneIn(6))
    made.resize(random.below(made.size() + 1));
  return made;
}

} // namespace async::fuzz
