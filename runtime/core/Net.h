// Net.h: addresses and sockets. A socket is its descriptor; errors are -errno.
#pragma once
#include <errno.h>
#include <stdint.h>

namespace async::core {

// std's SocketAddr.
struct SocketAddr {
  uint64_t high, low; // an IPv6 address, or the 32 bits of an IPv4 one in `low`
  uint16_t port;
  uint8_t isV6;
};

int64_t beginConnect(const SocketAddr *address); // a socket whose connection is under way
void closeSocket(int64_t fd);
// After EMFILE: lets the process have as many descriptors as the system allows it. True: it has more now.
bool raiseDescriptorLimit();
// What `open` gives, which is asked again if there may be more descriptors.
template <class Open> int openDescriptor(Open open) {
  int fd = open();
  return fd < 0 && errno == EMFILE && raiseDescriptorLimit() ? open() : fd;
}

} // namespace async::core
