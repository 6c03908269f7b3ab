// Mutate.h: what is done to programs before the compiler is given them.
#pragma once
#include <string>
#include <string_view>

#include "test/fuzz/Random.h"

namespace async::fuzz {

// One to six damages: bytes, tokens or lines deleted, doubled, swapped, moved or changed; the end cut off; part of `other` spliced in; hostile bytes,
// numbers and nests put in.
std::string damage(std::string_view text, std::string_view other, Random &random);

// One change that a person who programs could make: another type, operator, name, literal or argument, a word too many or too few. What comes out is nearly
// always well-formed.
std::string retype(std::string_view text, Random &random);

// Damages bytes only: for binary forms.
std::string damageBytes(std::string_view bytes, Random &random);

} // namespace async::fuzz
