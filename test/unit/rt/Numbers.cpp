// Floats as text and back.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <string>

extern "C" int64_t async_format_f64(double value, uint8_t kind, int64_t precision, char *to);
extern "C" bool async_parse_f64(const char *data, int64_t length, double *out);

namespace {

std::string format(double value, char kind = 'r', int64_t precision = -1) {
  char text[400];
  return {text, static_cast<size_t>(async_format_f64(value, static_cast<uint8_t>(kind), precision, text))};
}

bool parses(const std::string &text, double &value) { return async_parse_f64(text.data(), static_cast<int64_t>(text.size()), &value); }

TEST(Numbers, ShortestIsTheExpectedText) {
  EXPECT_EQ(format(0.1), "0.1");
  EXPECT_EQ(format(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(format(1), "1");
  EXPECT_EQ(format(100), "100");
  EXPECT_EQ(format(1.5), "1.5");
  EXPECT_EQ(format(1e15), "1000000000000000");
  EXPECT_EQ(format(1e16), "1e+16");
  EXPECT_EQ(format(0.0001), "0.0001");
  EXPECT_EQ(format(0.00001), "1e-05");
  EXPECT_EQ(format(5e-324), "5e-324");
  EXPECT_EQ(format(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(format(9007199254740993.0), "9007199254740992");
  EXPECT_EQ(format(INFINITY), "inf");
  EXPECT_EQ(format(NAN), "nan");
  EXPECT_EQ(format(0), "0");
  EXPECT_EQ(format(static_cast<double>(0.1f), 's'), "0.1");
  EXPECT_EQ(format(3.14159, 'f', 2), "3.14");
  EXPECT_EQ(format(1e300, 'f', 300).size(), 399u);
}

TEST(Numbers, EveryValueReadsBack) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 20000; ++i) {
    uint64_t bits = random();
    double value;
    std::memcpy(&value, &bits, 8);
    if (!std::isfinite(value))
      continue;
    double back = 0;
    ASSERT_TRUE(parses(format(value), back)) << format(value);
    EXPECT_EQ(back, value);
  }
}

TEST(Numbers, OnlyNumbersAreRead) {
  double value = 0;
  for (const char *text : {"", " 1", "1 ", "0x10", "1e", "1e+", ".", "-", "--1", "1.2.3", "in", "1f"})
    EXPECT_FALSE(parses(text, value)) << text;
  for (const char *text : {"1", "-1.5", "+2", "1.", ".5", "1e10", "1E-3", "inf", "-infinity", "NaN"})
    EXPECT_TRUE(parses(text, value)) << text;
  EXPECT_TRUE(parses(std::string(5000, '1'), value));
  EXPECT_FALSE(parses(std::string("1\0002", 3), value));
}

} // namespace
