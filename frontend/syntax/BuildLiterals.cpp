// Numbers, durations, characters.
#include "frontend/syntax/Builder.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/SourceText.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;
using ast::ExprId;
using ast::ExprKind;

namespace {

// Nanoseconds of a unit of durations, or 0.
int64_t unitOf(std::string_view suffix) {
  constexpr std::pair<std::string_view, int64_t> units[] = {
      {"ns", 1}, {"us", 1'000}, {"ms", 1'000'000}, {"s", 1'000'000'000}, {"min", 60'000'000'000}, {"h", 3'600'000'000'000}};
  for (const auto &[name, nanoseconds] : units)
    if (name == suffix)
      return nanoseconds;
  return 0;
}

bool isIntegerType(std::string_view suffix) {
  constexpr std::string_view types[] = {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"};
  return std::find(std::begin(types), std::end(types), suffix) != std::end(types);
}

bool isFloatType(std::string_view suffix) { return suffix == "f32" || suffix == "f64"; }

int digitValue(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : 99;
}

bool isDecimal(char c) { return (c >= '0' && c <= '9') || c == '_'; }

std::string withoutUnderscores(std::string_view digits) {
  std::string out(digits);
  std::erase(out, '_');
  return out;
}

} // namespace

ExprId Builder::literal(Node n) {
  const Node first = firstChild(n);
  return isRule(first, P::RuleString) ? string(first) : tokenLiteral(first);
}

ExprId Builder::tokenLiteral(Node token) {
  switch (tokenType(token)) {
  case P::INT:
  case P::FLOAT:
    return number(token);
  case P::CHAR:
    return characterLiteral(token);
  case P::BYTE_STRING:
    return byteString(token);
  case P::RAW_STRING: {
    ast::Expr expr = made(ExprKind::Str, span(token));
    std::string out;
    const std::string_view all = textOf(token);
    appendLines(all.substr(2, all.size() - 3), out);
    expr.name = interner.intern(out);
    return add(expr);
  }
  default: {
    ast::Expr expr = made(ExprKind::Bool, span(token));
    expr.integer = isToken(token, P::TRUE);
    return add(expr);
  }
  }
}

ExprId Builder::number(Node token) {
  const std::string_view all = textOf(token);
  const bool prefixed = all.size() > 2 && all[0] == '0' && (all[1] == 'x' || all[1] == 'b' || all[1] == 'o') && digitValue(all[2]) < 16;
  if (isToken(token, P::INT) && prefixed) {
    const int base = all[1] == 'x' ? 16 : all[1] == 'b' ? 2 : 8;
    size_t end = 2;
    while (end < all.size() && (base == 16 ? digitValue(all[end]) < 16 || all[end] == '_' : isDecimal(all[end])))
      ++end;
    return integerLiteral(token, all.substr(2, end - 2), base, all.substr(end));
  }
  size_t end = 0;
  const auto digits = [&] {
    while (end < all.size() && isDecimal(all[end]))
      ++end;
  };
  digits();
  bool exponent = false;
  if (isToken(token, P::FLOAT)) {
    if (end < all.size() && all[end] == '.') {
      ++end;
      digits();
    }
    if (end < all.size() && (all[end] == 'e' || all[end] == 'E')) {
      size_t next = end + 1;
      next += next < all.size() && (all[next] == '+' || all[next] == '-');
      if (next < all.size() && all[next] >= '0' && all[next] <= '9') {
        end = next;
        digits();
        exponent = true;
      }
    }
  }
  const std::string_view suffix = all.substr(end);
  if (const int64_t unit = unitOf(suffix); unit != 0 && !exponent)
    return durationLiteral(token, all.substr(0, end), unit);
  if (isToken(token, P::INT) && !isFloatType(suffix))
    return integerLiteral(token, all.substr(0, end), 10, suffix);
  ast::Expr expr = made(ExprKind::Float, span(token));
  if (!suffix.empty() && !isFloatType(suffix))
    errors.emit(span(token), diag::BadSuffix, suffix).help(diag::SuffixTypesHelp);
  else
    expr.name2 = interner.intern(suffix);
  expr.name = interner.intern(withoutUnderscores(all.substr(0, end)));
  return add(expr);
}

ExprId Builder::integerLiteral(Node token, std::string_view digits, int base, std::string_view suffix) {
  ast::Expr expr = made(ExprKind::Int, span(token));
  uint64_t value = 0;
  bool overflow = false, bad = false;
  for (const char c : digits) {
    if (c == '_')
      continue;
    const int digit = digitValue(c);
    bad |= digit >= base;
    overflow |= __builtin_mul_overflow(value, static_cast<uint64_t>(base), &value);
    overflow |= __builtin_add_overflow(value, static_cast<uint64_t>(digit), &value);
  }
  if (bad)
    errors.emit(expr.span, diag::BadDigit, textOf(token));
  else if (overflow)
    errors.emit(expr.span, diag::NumberTooLarge, textOf(token));
  if (isIntegerType(suffix))
    expr.name = interner.intern(suffix);
  else if (!suffix.empty())
    errors.emit(expr.span, diag::BadSuffix, suffix).help(diag::SuffixTypesHelp);
  expr.integer = static_cast<int64_t>(bad || overflow ? 0 : value);
  return add(expr);
}

// Digits with perhaps a point; what is finer than a nanosecond is cut off.
ExprId Builder::durationLiteral(Node token, std::string_view digits, int64_t unit) {
  ast::Expr expr = made(ExprKind::Duration, span(token));
  unsigned __int128 total = 0;
  constexpr unsigned __int128 most = INT64_MAX;
  const std::string plain = withoutUnderscores(digits);
  const size_t point = std::min(plain.find('.'), plain.size());
  for (size_t i = 0; i < point && total <= most; ++i)
    total = total * 10 + static_cast<unsigned>(plain[i] - '0');
  total = total <= most ? total * static_cast<unsigned __int128>(unit) : most + 1;
  unsigned __int128 rest = static_cast<unsigned __int128>(unit), fraction = 0, scale = 1;
  for (size_t i = point + 1; i < plain.size() && i < point + 19; ++i) {
    fraction = fraction * 10 + static_cast<unsigned>(plain[i] - '0');
    scale *= 10;
  }
  total += rest * fraction / scale;
  if (total > most)
    errors.emit(expr.span, diag::DurationTooLarge, textOf(token));
  expr.integer = total > most ? 0 : static_cast<int64_t>(total);
  return add(expr);
}

ExprId Builder::characterLiteral(Node token) {
  ast::Expr expr = made(ExprKind::Char, span(token));
  const std::string_view all = textOf(token);
  const std::string_view inner = all.substr(1, all.size() - 2);
  std::string out;
  size_t used = 0;
  if (inner.starts_with('\\')) {
    used = escape(inner, expr.span, false, out);
  } else if (!inner.empty()) {
    const CodePoint point = decodeAt(inner, 0);
    used = point.length;
    out = inner.substr(0, used);
  }
  if (used != inner.size() || out.empty())
    errors.emit(expr.span, diag::BadCharacterLiteral).help(diag::BadCharacterLiteralHelp);
  expr.integer = out.empty() ? 0 : static_cast<int64_t>(decodeAt(out, 0).value);
  return add(expr);
}

} // namespace async::syntax
