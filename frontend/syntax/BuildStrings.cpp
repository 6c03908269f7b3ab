// Strings: escapes, interpolation and format specifications (G7).
#include "frontend/syntax/Builder.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/SourceText.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;
using ast::ExprId;
using ast::ExprKind;

namespace {

int hexValue(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// `\u{…}`: its value and length, or a length of 0.
CodePoint unicodeEscape(std::string_view rest) {
  size_t at = 3;
  uint32_t value = 0, digits = 0;
  for (; at < rest.size() && rest[at] != '}'; ++at) {
    if (rest[at] == '_')
      continue;
    if (hexValue(rest[at]) < 0 || ++digits > 6)
      return {0, 0};
    value = value * 16 + static_cast<uint32_t>(hexValue(rest[at]));
  }
  const bool scalar = value <= 0x10FFFF && (value < 0xD800 || value > 0xDFFF);
  return digits == 0 || at == rest.size() || !scalar ? CodePoint{0, 0} : CodePoint{value, static_cast<uint32_t>(at + 1)};
}

} // namespace

// Line ends are \n whatever the file has.
void Builder::appendLines(std::string_view from, std::string &out) {
  for (size_t at = 0; at < from.size();) {
    const size_t end = std::min(from.find("\r\n", at), from.size());
    out += from.substr(at, end - at);
    at = end + (end < from.size());
  }
}

size_t Builder::escape(std::string_view rest, Span at, bool bytes, std::string &out) {
  const auto bad = [&](size_t length) {
    errors.emit(at, diag::BadEscape, rest.substr(0, length)).help(diag::BadEscapeHelp);
    return length;
  };
  if (rest.size() < 2)
    return bad(rest.size());
  const size_t length = 1 + decodeAt(rest, 1).length;
  switch (rest[1]) {
  case 'n':
    out += '\n';
    return 2;
  case 'r':
    out += '\r';
    return 2;
  case 't':
    out += '\t';
    return 2;
  case '0':
    out += '\0';
    return 2;
  case '\\':
  case '\'':
  case '"':
    out += rest[1];
    return 2;
  case '{':
  case '}':
    return bad(2);
  case 'x': {
    const int high = rest.size() > 3 ? hexValue(rest[2]) : -1, low = rest.size() > 3 ? hexValue(rest[3]) : -1;
    if (high < 0 || low < 0 || (!bytes && high > 7))
      return bad(std::min<size_t>(4, rest.size()));
    out += static_cast<char>(high * 16 + low);
    return 4;
  }
  case 'u': {
    const CodePoint point = !bytes && rest.size() > 2 && rest[2] == '{' ? unicodeEscape(rest) : CodePoint{0, 0};
    if (point.length == 0)
      return bad(std::min(rest.find('}'), rest.size() - 1) + 1);
    appendUtf8(out, point.value);
    return point.length;
  }
  case '\r':
  case '\n': { // goes on behind the blanks of the next line
    size_t end = 2;
    while (end < rest.size() && (rest[end] == ' ' || rest[end] == '\t' || rest[end] == '\r' || rest[end] == '\n'))
      ++end;
    return end;
  }
  default:
    return bad(length);
  }
}

ExprId Builder::byteString(Node token) {
  ast::Expr expr = made(ExprKind::ByteStr, span(token));
  const std::string_view all = textOf(token);
  const std::string_view inner = all.substr(2, all.size() - 3);
  std::string out;
  bool told = false;
  for (size_t at = 0; at < inner.size();) {
    if (inner[at] == '\\') {
      at += escape(inner.substr(at), expr.span, true, out);
      continue;
    }
    const CodePoint point = decodeAt(inner, at);
    if (point.length > 1 && !std::exchange(told, true))
      errors.emit(expr.span, diag::NonAsciiBytes, inner.substr(at, point.length)).help(diag::NonAsciiBytesHelp);
    if (inner[at] != '\r' || at + 1 == inner.size() || inner[at + 1] != '\n')
      out += inner.substr(at, point.length);
    at += point.length;
  }
  expr.name = interner.intern(out);
  return add(expr);
}

// STRING_TEXT, STRING_ESCAPE or STRING_BRACE.
void Builder::appendText(Node part, std::string &out) {
  const Node token = firstChild(part);
  const std::string_view all = textOf(token);
  if (isToken(token, P::STRING_ESCAPE)) {
    // The blanks behind a backslash at a line's end belong to the next text.
    escape(all, span(token), false, out);
  } else if (isToken(token, P::STRING_BRACE)) {
    out += all[0];
  } else {
    appendLines(all, out);
  }
}

namespace {

bool continuesLine(std::string_view escapeText) { return escapeText.size() == 2 && (escapeText[1] == '\n' || escapeText[1] == '\r'); }

} // namespace

ExprId Builder::string(Node n) {
  Gather<ast::FormatPart> parts(*this);
  std::string textSoFar;
  bool interpolates = false, skipBlanks = false;
  const auto flush = [&] {
    if (textSoFar.empty())
      return;
    ast::FormatPart part;
    part.text = interner.intern(textSoFar);
    parts.push(part);
    textSoFar.clear();
  };
  for (const Node c : children(n)) {
    if (!isRule(c, P::RuleStringPart))
      continue;
    const Node first = firstChild(c);
    if (isToken(first, P::INTERP_START)) {
      flush();
      interpolates = true;
      parts.push(interpolation(c));
      skipBlanks = false;
      continue;
    }
    const size_t before = textSoFar.size();
    appendText(c, textSoFar);
    if (skipBlanks && isToken(first, P::STRING_TEXT))
      textSoFar.erase(before, std::min(textSoFar.find_first_not_of(" \t\r\n", before), textSoFar.size()) - before);
    skipBlanks = isToken(first, P::STRING_ESCAPE) && continuesLine(textOf(first));
  }
  ast::Expr expr = made(interpolates ? ExprKind::Interpolated : ExprKind::Str, span(n));
  if (interpolates) {
    flush();
    expr.list = parts.finish(file.formatParts);
  } else {
    expr.name = interner.intern(textSoFar);
  }
  return add(expr);
}

Symbol Builder::plainString(Node n) {
  std::string out;
  if (n != none)
    for (const Node c : children(n)) {
      if (!isRule(c, P::RuleStringPart))
        continue;
      if (isToken(firstChild(c), P::INTERP_START))
        errors.emit(span(c), diag::NotInPlace, "an interpolation");
      else
        appendText(c, out);
    }
  return interner.intern(out);
}

ast::FormatPart Builder::interpolation(Node n) {
  ast::FormatPart part;
  part.span = span(n);
  part.expr = expr(child(n, P::RuleExpr));
  if (childToken(n, P::COLON) != none)
    specification(n, part);
  return part;
}

// [[fill]align][sign][#][0][width][.precision][type]; `{n}` is the width or precision.
void Builder::specification(Node n, ast::FormatPart &part) {
  constexpr char hole = '\1'; // the source has no control characters
  std::string all, shown;
  std::vector<ExprId> holes;
  for (const Node c : children(n)) {
    if (!isRule(c, P::RuleSpecPart))
      continue;
    if (const Node inner = child(c, P::RuleExpr); inner != none) {
      holes.push_back(expr(inner));
      all += hole;
      shown += "{…}";
    } else {
      all += textOf(firstChild(c));
      shown += textOf(firstChild(c));
    }
  }
  size_t at = 0, nextHole = 0;
  const auto peek = [&](size_t i) { return i < all.size() ? all[i] : '\0'; };
  const auto isAlign = [](char c) { return c == '<' || c == '>' || c == '^'; };
  if (!all.empty() && all[0] != hole) {
    const CodePoint fill = decodeAt(all, 0);
    if (isAlign(peek(fill.length))) {
      part.fill = fill.value;
      at = fill.length;
    }
  }
  if (isAlign(peek(at)))
    part.align = all[at++];
  if (peek(at) == '+' || peek(at) == '-' || peek(at) == ' ')
    part.sign = all[at++];
  if (peek(at) == '#')
    part.alternate = ++at;
  if (peek(at) == '0')
    part.zero = ++at;
  bool good = true;
  const auto count = [&](int64_t &value, ExprId &computed) {
    if (peek(at) == hole) {
      computed = holes[nextHole++];
      ++at;
      return true;
    }
    const size_t first = at;
    for (int64_t total = 0; peek(at) >= '0' && peek(at) <= '9'; ++at) {
      total = std::min<int64_t>(total * 10 + (all[at] - '0'), 1'000'000'000);
      value = total;
    }
    good &= value <= 65'535;
    return at > first;
  };
  count(part.width, part.widthExpr);
  if (peek(at) == '.') {
    ++at;
    good &= count(part.precision, part.precisionExpr);
  }
  if (at < all.size() && std::string_view("aAbBcdeEfFgGopsxX?").find(all[at]) != std::string_view::npos)
    part.type = all[at++];
  if (!good || at != all.size() || nextHole != holes.size())
    errors.emit(part.span, diag::BadSpecification, shown).help(diag::BadSpecificationHelp);
}

} // namespace async::syntax
