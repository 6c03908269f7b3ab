// Words.h: the words of MIR text for kinds that are no instructions.
#pragma once
#include <array>
#include <string_view>

namespace async::mir::words {

inline constexpr std::array rvalues = {
#define ASYNC_MIR_RVALUE(Name, text) std::string_view(text),
#include "typeck/mir/Instructions.def"
};
inline constexpr std::array statements = {
#define ASYNC_MIR_STATEMENT(Name, text) std::string_view(text),
#include "typeck/mir/Instructions.def"
};
inline constexpr std::array terminators = {
#define ASYNC_MIR_TERMINATOR(Name, text) std::string_view(text),
#include "typeck/mir/Instructions.def"
};

// In the order of their enums.
inline constexpr std::array<std::string_view, 21> binaryOps = {"add", "sub", "mul", "div", "rem", "sat_add", "sat_sub", "and", "or", "xor",
                                                               "shl", "shr", "eq", "ne", "lt", "le", "gt", "ge", "add_checked", "sub_checked",
                                                               "mul_checked"};
inline constexpr std::array<std::string_view, 2> unaryOps = {"neg", "not"};
inline constexpr std::array<std::string_view, 7> asserts = {"overflow", "division_by_zero", "remainder_by_zero", "division_overflow",
                                                            "shift_overflow", "negation_overflow", "bounds"};
inline constexpr std::array<std::string_view, 4> coercions = {"never_to_any", "closure_to_fn", "array_to_slice", "to_dyn"};
inline constexpr std::array<std::string_view, 3> callKinds = {"shared", "exclusive", "once"};
inline constexpr std::array<std::string_view, 3> stages = {"built", "elaborated", "mono"};
inline constexpr std::array<std::string_view, 8> integers = {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"};

} // namespace async::mir::words
