#include "runtime/core/Net.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/core/Reactor.h"

namespace async::core {

namespace {

void addressToBytes(const SocketAddr &address, in6_addr &to) {
  uint64_t high = htobe64(address.high), low = htobe64(address.low);
  memcpy(&to, &high, 8);
  memcpy(reinterpret_cast<char *>(&to) + 8, &low, 8);
}

socklen_t toSystem(const SocketAddr &address, sockaddr_storage &to) {
  memset(&to, 0, sizeof to);
  if (address.isV6) {
    auto &v6 = reinterpret_cast<sockaddr_in6 &>(to);
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    addressToBytes(address, v6.sin6_addr);
    return sizeof v6;
  }
  auto &v4 = reinterpret_cast<sockaddr_in &>(to);
  v4.sin_family = AF_INET;
  v4.sin_port = htons(address.port);
  v4.sin_addr.s_addr = htonl(static_cast<uint32_t>(address.low));
  return sizeof v4;
}

void fromSystem(const sockaddr_storage &from, SocketAddr &to) {
  if (from.ss_family == AF_INET6) {
    const auto &v6 = reinterpret_cast<const sockaddr_in6 &>(from);
    uint64_t words[2];
    memcpy(words, &v6.sin6_addr, 16);
    to = {be64toh(words[0]), be64toh(words[1]), ntohs(v6.sin6_port), 1};
  } else {
    const auto &v4 = reinterpret_cast<const sockaddr_in &>(from);
    to = {0, ntohl(v4.sin_addr.s_addr), ntohs(v4.sin_port), 0};
  }
}

int64_t newSocket(const SocketAddr &address) {
  int fd = openDescriptor([&] { return socket(address.isV6 ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0); });
  if (fd < 0)
    return -errno;
  ++currentWorker()->counts.descriptors;
  return fd;
}

// Digits of a port at the end of the text; -1: none.
int parsePort(const char *text) {
  if (*text == 0)
    return -1;
  int value = 0;
  for (; *text; ++text) {
    if (*text < '0' || *text > '9')
      return -1;
    value = value * 10 + (*text - '0');
    if (value > 65535)
      return -1;
  }
  return value;
}

} // namespace

void closeSocket(int64_t fd) {
  if (fd < 0)
    return;
  forgetDescriptor(static_cast<int>(fd));
  close(static_cast<int>(fd));
  if (Worker *worker = currentWorker())
    --worker->counts.descriptors;
}

bool raiseDescriptorLimit() {
  rlimit limit{};
  bool mayRaise = getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max;
  limit.rlim_cur = limit.rlim_max;
  bool raised = mayRaise && setrlimit(RLIMIT_NOFILE, &limit) == 0;
  errno = EMFILE;
  return raised;
}

int64_t beginConnect(const SocketAddr *address) {
  int64_t fd = newSocket(*address);
  if (fd < 0)
    return fd;
  int one = 1;
  setsockopt(static_cast<int>(fd), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  sockaddr_storage to;
  socklen_t length = toSystem(*address, to);
  if (connect(static_cast<int>(fd), reinterpret_cast<sockaddr *>(&to), length) < 0 && errno != EINPROGRESS && errno != EINTR) {
    int error = errno;
    closeSocket(fd);
    return -error;
  }
  return fd;
}

} // namespace async::core

using namespace async::core;

extern "C" {

bool async_address_parse(const char *text, int64_t length, SocketAddr *out) {
  char copy[64];
  if (length < 0 || static_cast<size_t>(length) >= sizeof copy || memchr(text, 0, static_cast<size_t>(length)))
    return false;
  memcpy(copy, text, static_cast<size_t>(length));
  copy[length] = 0;
  char *colon = strrchr(copy, ':');
  if (!colon)
    return false;
  int port = parsePort(colon + 1);
  if (port < 0)
    return false;
  *colon = 0;
  sockaddr_storage address{};
  if (copy[0] == '[' && colon > copy && colon[-1] == ']') {
    colon[-1] = 0;
    auto &v6 = reinterpret_cast<sockaddr_in6 &>(address);
    v6.sin6_family = AF_INET6;
    if (inet_pton(AF_INET6, copy + 1, &v6.sin6_addr) != 1)
      return false;
  } else {
    auto &v4 = reinterpret_cast<sockaddr_in &>(address);
    v4.sin_family = AF_INET;
    if (inet_pton(AF_INET, copy, &v4.sin_addr) != 1)
      return false;
  }
  fromSystem(address, *out);
  out->port = static_cast<uint16_t>(port);
  return true;
}

int64_t async_address_format(const SocketAddr *address, char *to) {
  char digits[INET6_ADDRSTRLEN] = "";
  if (address->isV6) {
    in6_addr v6;
    addressToBytes(*address, v6);
    inet_ntop(AF_INET6, &v6, digits, sizeof digits);
    return snprintf(to, 64, "[%s]:%u", digits, address->port);
  }
  in_addr v4{htonl(static_cast<uint32_t>(address->low))};
  inet_ntop(AF_INET, &v4, digits, sizeof digits);
  return snprintf(to, 64, "%s:%u", digits, address->port);
}

int64_t async_tcp_listen(const SocketAddr *address) {
  int64_t fd = newSocket(*address);
  if (fd < 0)
    return fd;
  int one = 1;
  setsockopt(static_cast<int>(fd), SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  sockaddr_storage at;
  socklen_t length = toSystem(*address, at);
  if (bind(static_cast<int>(fd), reinterpret_cast<sockaddr *>(&at), length) < 0 || listen(static_cast<int>(fd), 1024) < 0) {
    int error = errno;
    closeSocket(fd);
    return -error;
  }
  return fd;
}

void async_tcp_local_address(int64_t socket, SocketAddr *out) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getsockname(static_cast<int>(socket), reinterpret_cast<sockaddr *>(&address), &length) == 0)
    fromSystem(address, *out);
}

int64_t async_tcp_peer_address(int64_t socket, SocketAddr *out) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (getpeername(static_cast<int>(socket), reinterpret_cast<sockaddr *>(&address), &length) < 0)
    return -errno;
  fromSystem(address, *out);
  return 0;
}

int64_t async_tcp_shutdown_write(int64_t socket) { return shutdown(static_cast<int>(socket), SHUT_WR) < 0 ? -errno : 0; }

void async_socket_close(int64_t socket) { closeSocket(socket); }
}
