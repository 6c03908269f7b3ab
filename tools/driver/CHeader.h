// CHeader.h: what a library exports, as a header for C and C++.
//
// In      a checked program whose exported functions have forms in C (typeck/types/CheckForeign.cpp), and the header's name without its ending.
// Out     the text: an include guard, `extern "C"`, the #[repr(C)] structs that the functions need in an order that C takes, types that are only pointed to
//         as incomplete structs, then the functions in order of their definition. The same text for the same program.
#pragma once
#include <string>
#include <string_view>

#include "frontend/source/Interner.h"
#include "typeck/types/Program.h"

namespace async::driver {

std::string cHeader(const typeck::Program &program, const frontend::Interner &interner, std::string_view name);

} // namespace async::driver
