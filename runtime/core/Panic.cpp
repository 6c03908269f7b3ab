#include "runtime/core/Panic.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>
#include <unwind.h>

#include "runtime/core/Runtime.h"

namespace async::core {

namespace {

constexpr uint64_t exceptionClass = 0x4153594e43435041; // "ASYNCCPA"

// What is thrown; its address is the payload. The texts follow it.
struct Panic {
  _Unwind_Exception head;
  uint64_t messageLength, fileLength;
  uint32_t line, column; // 0: unknown
  char text[]; // message, file

  const char *file() const { return text + messageLength; }
};

Panic *panicOf(uint64_t payload) { return reinterpret_cast<Panic *>(payload); }

void cleanUp(_Unwind_Reason_Code, _Unwind_Exception *exception) { freePanic(reinterpret_cast<uint64_t>(exception)); }

// Nothing on the stack catches it.
[[noreturn]] void endUncaught(uint64_t payload) {
  reportPanic(payload, "");
  _exit(101);
}

[[noreturn]] void raisePanic(Panic *panic) {
  panic->head.private_1 = panic->head.private_2 = 0;
  _Unwind_RaiseException(&panic->head);
  endUncaught(reinterpret_cast<uint64_t>(panic));
}

Panic *newPanic(const char *message, size_t length, const char *file, size_t fileLength, uint32_t line, uint32_t column) {
  auto *panic = static_cast<Panic *>(aligned_alloc(16, (sizeof(Panic) + length + fileLength + 15) & ~size_t{15}));
  if (!panic) {
    writeError("out of memory\n");
    abort();
  }
  memset(panic, 0, sizeof *panic);
  panic->head.exception_class = exceptionClass;
  panic->head.exception_cleanup = &cleanUp;
  panic->messageLength = length;
  panic->fileLength = fileLength;
  panic->line = line;
  panic->column = column;
  if (length)
    memcpy(panic->text, message, length);
  if (fileLength)
    memcpy(panic->text + length, file, fileLength);
  return panic;
}

[[noreturn]] void raise(const char *message, size_t length, const char *file, size_t fileLength, uint32_t line, uint32_t column) {
  raisePanic(newPanic(message, length, file, fileLength, line, column));
}

} // namespace

uint64_t panicPayload(std::string_view text) { return reinterpret_cast<uint64_t>(newPanic(text.data(), text.size(), nullptr, 0, 0, 0)); }

void raiseText(const char *text, size_t length, const abi::Location *place) {
  if (place)
    raise(text, length, place->file, place->fileLength, place->line, place->column);
  raise(text, length, nullptr, 0, 0, 0);
}

size_t formatNumber(uint64_t value, char *to) {
  char digits[20];
  size_t count = 0;
  do
    digits[count++] = static_cast<char>('0' + value % 10);
  while (value /= 10);
  for (size_t i = 0; i < count; ++i)
    to[i] = digits[count - 1 - i];
  return count;
}

void writeError(const Piece *pieces, int count) {
  iovec parts[16];
  for (int i = 0; i < count; ++i)
    parts[i] = {const_cast<void *>(pieces[i].data), pieces[i].length};
  while (writev(STDERR_FILENO, parts, count) < 0 && errno == EINTR) {
  }
}

void writeError(const char *text) {
  Piece piece{text, strlen(text)};
  writeError(&piece, 1);
}

void reportPanic(uint64_t payload, const char *before) {
  const Panic *panic = panicOf(payload);
  char line[20], column[20];
  size_t lineLength = formatNumber(panic->line, line), columnLength = formatNumber(panic->column, column);
  if (panic->line == 0) {
    Piece pieces[] = {{before, strlen(before)}, {"panicked: ", 10}, {panic->text, panic->messageLength}, {"\n", 1}};
    writeError(pieces, 4);
    return;
  }
  Piece pieces[] = {{before, strlen(before)}, {"panicked at ", 12}, {panic->file(), panic->fileLength}, {":", 1}, {line, lineLength}, {":", 1},
                    {column, columnLength}, {": ", 2}, {panic->text, panic->messageLength}, {"\n", 1}};
  writeError(pieces, 10);
}

void freePanic(uint64_t payload) { free(panicOf(payload)); }

} // namespace async::core

using namespace async::core;
using async::abi::Buffer;
using async::abi::Location;
using async::abi::Text;

extern "C" {

// An exception of another language becomes a panic.
uint64_t async_catch(void *exception) {
  auto *head = static_cast<_Unwind_Exception *>(exception);
  if (head->exception_class == exceptionClass)
    return reinterpret_cast<uint64_t>(exception);
  writeError("an exception of another language entered the program\n");
  abort();
}

void async_resume_panic(uint64_t payload) { raisePanic(panicOf(payload)); }

void async_panic_text(const uint8_t *data, int64_t length, const uint8_t *file, int64_t fileLength, int64_t line, int64_t column) {
  raise(reinterpret_cast<const char *>(data), static_cast<size_t>(length), reinterpret_cast<const char *>(file), static_cast<size_t>(fileLength),
        static_cast<uint32_t>(line), static_cast<uint32_t>(column));
}

Text async_panic_message(uint64_t payload) {
  const Panic *panic = panicOf(payload);
  auto length = static_cast<int64_t>(panic->messageLength);
  auto *buffer = static_cast<Buffer *>(allocate(static_cast<size_t>(length) + sizeof(Buffer)));
  *buffer = {1, length};
  memcpy(buffer + 1, panic->text, static_cast<size_t>(length));
  return {reinterpret_cast<uint8_t *>(buffer + 1), length, buffer};
}

void async_panic_free(uint64_t payload) { freePanic(payload); }

#define ASYNC_PANIC(name, text)                                                                                                            \
  void name(const Location *place) { raiseText(text, sizeof(text) - 1, place); }
ASYNC_PANIC(async_panic_overflow_add, "the sum overflows")
ASYNC_PANIC(async_panic_overflow_sub, "the difference overflows")
ASYNC_PANIC(async_panic_overflow_mul, "the product overflows")
ASYNC_PANIC(async_panic_overflow_neg, "the negation overflows")
ASYNC_PANIC(async_panic_overflow_div, "the quotient overflows")
ASYNC_PANIC(async_panic_overflow_rem, "the remainder overflows")
ASYNC_PANIC(async_panic_overflow_shl, "the shift is by the width or more")
ASYNC_PANIC(async_panic_overflow_shr, "the shift is by the width or more")
ASYNC_PANIC(async_panic_div_zero, "division by zero")
ASYNC_PANIC(async_panic_rem_zero, "remainder of a division by zero")
#undef ASYNC_PANIC

void async_panic_bounds(int64_t index, int64_t length, const Location *place) {
  char text[96] = "index ";
  size_t at = 6;
  if (index < 0)
    text[at++] = '-';
  at += formatNumber(index < 0 ? 0 - static_cast<uint64_t>(index) : static_cast<uint64_t>(index), text + at);
  constexpr char between[] = " is out of bounds: the length is ";
  memcpy(text + at, between, sizeof between - 1);
  at += sizeof between - 1;
  at += formatNumber(static_cast<uint64_t>(length), text + at);
  raiseText(text, at, place);
}

void async_panic_abort(void) {
  writeError("a panic left a destructor that ran because of a panic\n");
  abort();
}
}
