// System.cpp: the standard streams, arguments, environment and error texts.
#include "runtime/core/System.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "runtime/sync/Sync.h"

namespace async::core {

namespace {

int argumentCount;
char **argumentValues;
uint32_t streamLocks[2];

// A stream that nobody reads any more ends the program as the signal of a broken pipe would.
[[noreturn]] void endQuietly() { _exit(141); }

bool writeAll(int fd, iovec *parts, int count) {
  while (count > 0) {
    ssize_t written = writev(fd, parts, count);
    if (written < 0) {
      if (errno == EINTR)
        continue;
      if (errno == EAGAIN) { // somebody made the stream non-blocking
        pollfd wait{fd, POLLOUT, 0};
        poll(&wait, 1, -1);
        continue;
      }
      return false;
    }
    auto left = static_cast<size_t>(written);
    while (count > 0 && left >= parts->iov_len) {
      left -= parts->iov_len;
      ++parts;
      --count;
    }
    if (count > 0) {
      parts->iov_base = static_cast<char *>(parts->iov_base) + left;
      parts->iov_len -= left;
    }
  }
  return true;
}

// The variable of that name, which has no zero at its end.
char *findVariable(const char *name, int64_t length) {
  auto size = static_cast<size_t>(length);
  if (length <= 0 || memchr(name, 0, size) || memchr(name, '=', size))
    return nullptr;
  for (char **variable = environ; variable && *variable; ++variable)
    if (strncmp(*variable, name, size) == 0 && (*variable)[size] == '=')
      return *variable + size + 1;
  return nullptr;
}

} // namespace

void setArguments(int count, char **arguments) {
  argumentCount = count;
  argumentValues = arguments;
}

} // namespace async::core

using namespace async::core;

extern "C" {

void async_print(int32_t stream, const char *data, int64_t length, bool line) {
  int fd = stream == 2 ? STDERR_FILENO : STDOUT_FILENO;
  static char end = '\n';
  iovec parts[2] = {{const_cast<char *>(data), static_cast<size_t>(length)}, {&end, line ? size_t{1} : size_t{0}}};
  bool written;
  {
    async::sync::SpinLock held(streamLocks[fd - 1]);
    written = writeAll(fd, parts, 2);
  }
  if (!written && errno == EPIPE)
    endQuietly();
}

int64_t async_arg_count(void) { return argumentCount; }
const char *async_arg_data(int64_t at) { return at >= 0 && at < argumentCount ? argumentValues[at] : nullptr; }
int64_t async_arg_length(int64_t at) { return at >= 0 && at < argumentCount ? static_cast<int64_t>(strlen(argumentValues[at])) : 0; }

const char *async_env_data(const char *name, int64_t length) { return findVariable(name, length); }
int64_t async_env_length(const char *name, int64_t length) {
  const char *value = findVariable(name, length);
  return value ? static_cast<int64_t>(strlen(value)) : 0;
}

void async_report_failure(const char *text, int64_t length) { async_print(2, text, length, true); }

int64_t async_os_message(int64_t number, char *to) {
  char buffer[256];
  const char *text = strerror_r(static_cast<int>(number), buffer, sizeof buffer);
  size_t length = strnlen(text, 255);
  memcpy(to, text, length);
  return static_cast<int64_t>(length);
}
}
