// Habits.h: how the language writes what other languages write with another word.
//
// Given   the text of a name at which, or behind which, the parser stopped; a program may use these as names, so they say something only then.
#pragma once
#include <string_view>

namespace async::syntax {

// Empty: nothing is known of the word.
std::string_view wordFor(std::string_view habit);

} // namespace async::syntax
