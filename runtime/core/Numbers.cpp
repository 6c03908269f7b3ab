// Numbers.cpp: floats as text and back.
//
// Shortest  15 digits, if they read back as the same value, with zeros at the end left out, are the shortest there are (a decimal of at most 15 digits
//           survives the way to a normal double and back); else 16, the neighbour above included, else 17. Subnormal values try every length.
// Form      as fmt: fixed for exponents from -4 to 15, else with an exponent of at least two digits.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

namespace {

constexpr int room = 400;

struct Decimal {
  char digits[24]; // the first is before the point
  int count, exponent;
};

// `count` significant digits, correctly rounded.
Decimal decimalOf(double value, int count) {
  char text[40];
  snprintf(text, sizeof text, "%.*e", count - 1, value);
  Decimal decimal{};
  for (const char *at = text; *at; ++at) {
    if (*at >= '0' && *at <= '9')
      decimal.digits[decimal.count++] = *at;
    if (*at == 'e') {
      decimal.exponent = atoi(at + 1);
      break;
    }
  }
  return decimal;
}

double valueOf(const Decimal &decimal) {
  char text[48];
  snprintf(text, sizeof text, "%.*se%d", decimal.count, decimal.digits, decimal.exponent - (decimal.count - 1));
  return strtod(text, nullptr);
}

bool readsBack(const Decimal &decimal, double value, bool single) {
  double back = valueOf(decimal);
  return single ? static_cast<float>(back) == static_cast<float>(value) : back == value;
}

void increment(Decimal &decimal) {
  int at = decimal.count - 1;
  while (at >= 0 && decimal.digits[at] == '9')
    decimal.digits[at--] = '0';
  if (at >= 0) {
    ++decimal.digits[at];
    return;
  }
  decimal.digits[0] = '1';
  ++decimal.exponent;
}

Decimal shortest(double value, bool single) {
  int certain = single ? 6 : 15, most = single ? 9 : 17;
  bool subnormal = single ? value < 1.17549435e-38 : value < 2.2250738585072014e-308;
  Decimal decimal{};
  for (int count = subnormal ? 1 : certain; count <= most; ++count) {
    decimal = decimalOf(value, count);
    if (readsBack(decimal, value, single))
      break;
    Decimal above = decimal;
    increment(above);
    if (count > certain && readsBack(above, value, single)) {
      decimal = above;
      break;
    }
  }
  while (decimal.count > 1 && decimal.digits[decimal.count - 1] == '0')
    --decimal.count;
  return decimal;
}

class Writer {
public:
  explicit Writer(char *to) : start(to), at(to) {}
  void put(char c) { *at++ = c; }
  void put(const char *text, int count) {
    memcpy(at, text, static_cast<size_t>(count));
    at += count;
  }
  void zeros(int count) {
    for (int i = 0; i < count; ++i)
      put('0');
  }
  int64_t length() const { return at - start; }

private:
  char *start, *at;
};

int64_t writeShortest(const Decimal &decimal, char *to) {
  Writer out(to);
  int exponent = decimal.exponent;
  if (exponent < -4 || exponent >= 16) {
    out.put(decimal.digits[0]);
    if (decimal.count > 1) {
      out.put('.');
      out.put(decimal.digits + 1, decimal.count - 1);
    }
    char tail[8];
    out.put(tail, snprintf(tail, sizeof tail, "e%+03d", exponent));
  } else if (exponent < 0) {
    out.put("0.", 2);
    out.zeros(-exponent - 1);
    out.put(decimal.digits, decimal.count);
  } else if (decimal.count <= exponent + 1) {
    out.put(decimal.digits, decimal.count);
    out.zeros(exponent + 1 - decimal.count);
  } else {
    out.put(decimal.digits, exponent + 1);
    out.put('.');
    out.put(decimal.digits + exponent + 1, decimal.count - exponent - 1);
  }
  return out.length();
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }

// [sign] digits [. digits] [e [sign] digits], with a digit before or after the point; or inf, infinity, nan.
bool isFloat(const char *at) {
  if (*at == '+' || *at == '-')
    ++at;
  if (strcasecmp(at, "inf") == 0 || strcasecmp(at, "infinity") == 0 || strcasecmp(at, "nan") == 0)
    return true;
  bool some = isDigit(*at);
  while (isDigit(*at))
    ++at;
  if (*at == '.') {
    ++at;
    some |= isDigit(*at);
    while (isDigit(*at))
      ++at;
  }
  if (!some)
    return false;
  if (*at == 'e' || *at == 'E') {
    ++at;
    if (*at == '+' || *at == '-')
      ++at;
    if (!isDigit(*at))
      return false;
    while (isDigit(*at))
      ++at;
  }
  return *at == 0;
}

} // namespace

extern "C" {

int64_t async_format_f64(double value, uint8_t kind, int64_t precision, char *to) {
  if (isnan(value) || isinf(value)) {
    const char *text = isnan(value) ? "nan" : value < 0 ? "-inf" : "inf";
    size_t length = strlen(text);
    memcpy(to, text, length);
    return static_cast<int64_t>(length);
  }
  if (kind == 'r' || kind == 's') {
    int64_t sign = 0;
    if (signbit(value)) {
      to[sign++] = '-';
      value = -value;
    }
    if (value == 0) {
      to[sign] = '0';
      return sign + 1;
    }
    return sign + writeShortest(shortest(value, kind == 's'), to + sign);
  }
  const char *format = "%.*f";
  switch (kind) {
  case 'e': format = "%.*e"; break;
  case 'E': format = "%.*E"; break;
  case 'g': format = "%.*g"; break;
  case 'G': format = "%.*G"; break;
  default: break;
  }
  int digits = precision < 0 ? 6 : precision > room ? room : static_cast<int>(precision);
  int length = snprintf(to, room, format, digits, value);
  return length < room ? length : room - 1;
}

bool async_parse_f64(const char *data, int64_t length, double *out) {
  if (length <= 0 || memchr(data, 0, static_cast<size_t>(length)))
    return false;
  char small[128];
  char *text = static_cast<size_t>(length) < sizeof small ? small : static_cast<char *>(malloc(static_cast<size_t>(length) + 1));
  if (!text)
    return false;
  memcpy(text, data, static_cast<size_t>(length));
  text[length] = 0;
  bool valid = isFloat(text);
  if (valid)
    *out = strtod(text, nullptr);
  if (text != small)
    free(text);
  return valid;
}
}
