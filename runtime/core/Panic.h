// Panic.h: panics as exceptions of the platform's unwinder, and what is printed of them.
#pragma once
#include <stddef.h>
#include <stdint.h>

#include <string_view>

#include "runtime/abi/Abi.h"

namespace async::core {

// `place` null: unknown. Texts are copied.
[[noreturn]] void raiseText(const char *text, size_t length, const abi::Location *place);

// The payload of status Panicked; of a panic that a leaf gives, as it must not raise one.
uint64_t panicPayload(std::string_view text);
void reportPanic(uint64_t payload, const char *before); // "panicked at FILE:LINE:COL: MESSAGE" on standard error
void freePanic(uint64_t payload);

// Writes all parts at once to standard error.
struct Piece {
  const void *data;
  size_t length;
};
void writeError(const Piece *pieces, int count);
void writeError(const char *text);

// At most 20 characters; gives their number.
size_t formatNumber(uint64_t value, char *to);

} // namespace async::core
