// Sockets whose peers behave badly, cancelled waits, and sockets beside a worker that computes. Peers are threads with blocking sockets.
#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <string>
#include <thread>

#include "test/unit/rt/Frames.h"

namespace {

using namespace rt;

constexpr int64_t ms = 1'000'000;
Outcome done(uint64_t value = 0) { return {Ready, value, 0}; }

struct Address {
  uint64_t high, low;
  uint16_t port;
  bool isV6;
};

const Settings settingsOf[] = {{"1", nullptr}, {"2", nullptr}, {"4", nullptr}, {"1", "42"}};

// The server is the program; `listener`, `connection` and what the peers share are of one run.
class Sockets : public testing::TestWithParam<Settings> {
protected:
  static inline int64_t listener, connection;
  static inline Address address;
  static inline std::thread peer;
  static inline std::atomic<int> signal;

  int run(const Script &script) {
    signal = 0;
    int code = runMain(script, nullptr, GetParam());
    if (peer.joinable())
      peer.join();
    return code;
  }

  static void listenHere() {
    ASSERT_TRUE(async_address_parse("127.0.0.1:0", 11, &address));
    listener = async_tcp_listen(&address);
    ASSERT_GT(listener, 0);
    async_tcp_local_address(listener, &address);
  }
  static int connectPeer() {
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(address.port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr *>(&to), sizeof to), 0);
    return fd;
  }
  static void awaitSignal(int value) {
    while (signal < value)
      std::this_thread::yield();
  }

  // Listens, lets `behaviour` connect, and accepts it.
  static Step accepts(void (*behaviour)()) {
    return [=](Machine &m, Outcome) {
      listenHere();
      peer = std::thread(behaviour);
      return async_tcp_accept(m.worker, m.child(), listener);
    };
  }
  static Step keepsConnection() {
    return [](Machine &, Outcome last) {
      connection = static_cast<int64_t>(last.v0);
      EXPECT_GT(connection, 0);
      return done();
    };
  }
  static Step reads(int64_t length) {
    return [=](Machine &m, Outcome) { return async_tcp_read(m.worker, m.child(), connection, &m.local(1), length); };
  }
  static Step expects(int64_t result) {
    return [=](Machine &, Outcome last) {
      EXPECT_EQ(static_cast<int64_t>(last.v0), result);
      return done();
    };
  }
  static Step says(int value) {
    return [=](Machine &, Outcome) {
      signal = value;
      return done();
    };
  }
  static Step closes() {
    return [](Machine &, Outcome) {
      async_socket_close(connection);
      async_socket_close(listener);
      return done();
    };
  }
  // Spawns the script and cancels it when it has had time to wait; it must end as cancelled.
  static Step spawns(const Script &script) {
    return [&script](Machine &m, Outcome) {
      async_scope_open(&m.frame->scope, false);
      m.local(0) = reinterpret_cast<uint64_t>(spawn(m.worker, &m.frame->scope, script));
      return async_sleep_until(m.worker, m.child(), async_now() + 5 * ms);
    };
  }
  static Step cancels() {
    return [](Machine &m, Outcome) { return async_task_cancel(m.worker, m.child(), reinterpret_cast<Task *>(m.local(0))); };
  }
  static Step expectsCancelled() {
    return [](Machine &m, Outcome) {
      auto *task = reinterpret_cast<Task *>(m.local(0));
      EXPECT_EQ(async_task_status(task), Cancelled);
      async_task_taken(task);
      async_task_release(task);
      return async_scope_wait(m.worker, m.child(), &m.frame->scope);
    };
  }
};
INSTANTIATE_TEST_SUITE_P(Worlds, Sockets, testing::ValuesIn(settingsOf),
                         [](const auto &info) { return info.param.simulated ? std::string("simulated") : "workers" + std::string(info.param.workers); });

TEST_P(Sockets, AResetIsAnError) {
  Script main{{accepts([] {
                 int fd = connectPeer();
                 EXPECT_EQ(send(fd, "abc", 3, 0), 3);
                 awaitSignal(1);
                 linger abrupt{1, 0};
                 setsockopt(fd, SOL_SOCKET, SO_LINGER, &abrupt, sizeof abrupt);
                 close(fd);
               }),
               keepsConnection(), reads(8), expects(3), says(1), reads(8), expects(-ECONNRESET), closes()},
              {}};
  EXPECT_EQ(run(main), 0);
}

TEST_P(Sockets, AnEndOfOneDirectionLeavesTheOther) {
  Script main{{accepts([] {
                 int fd = connectPeer();
                 EXPECT_EQ(send(fd, "abc", 3, 0), 3);
                 shutdown(fd, SHUT_WR);
                 char answer[8];
                 EXPECT_EQ(recv(fd, answer, sizeof answer, MSG_WAITALL), 3);
                 close(fd);
               }),
               keepsConnection(), reads(8), expects(3), reads(8), expects(0), reads(8), expects(0),
               [](Machine &m, Outcome) { return async_tcp_write(m.worker, m.child(), connection, "xyz", 3); }, expects(3), closes()},
              {}};
  EXPECT_EQ(run(main), 0);
}

constexpr int64_t large = 16 << 20;
std::string &payload() {
  static std::string text(large, 'x');
  return text;
}

TEST_P(Sockets, ASlowReaderGetsEverything) {
  static std::atomic<int64_t> received;
  received = 0;
  Script main{{accepts([] {
                 int fd = connectPeer();
                 char part[3000];
                 for (ssize_t got; (got = recv(fd, part, sizeof part, 0)) > 0;)
                   received += got;
                 close(fd);
               }),
               keepsConnection(),
               [](Machine &m, Outcome) {
                 return async_tcp_write(m.worker, m.child(), connection, payload().data() + m.local(2), large - static_cast<int64_t>(m.local(2)));
               },
               [](Machine &m, Outcome last) {
                 EXPECT_GT(static_cast<int64_t>(last.v0), 0);
                 m.local(2) += last.v0;
                 if (m.local(2) < large)
                   m.frame->position = 2;
                 return done();
               },
               closes()},
              {}};
  EXPECT_EQ(run(main), 0);
  EXPECT_EQ(received, large);
}

// What comes after a read was cancelled is there for the next one.
TEST_P(Sockets, ACancelledReadTakesNothing) {
  static Script reader{{[](Machine &m, Outcome) { return async_tcp_read(m.worker, m.child(), connection, &m.local(0), 8); }}, {}};
  Script main{{accepts([] {
                 int fd = connectPeer();
                 awaitSignal(1);
                 EXPECT_EQ(send(fd, "late", 4, 0), 4);
                 awaitSignal(2);
                 close(fd);
               }),
               keepsConnection(), spawns(reader), cancels(), expectsCancelled(), says(1), reads(8), expects(4), says(2), closes()},
              {}};
  EXPECT_EQ(run(main), 0);
}

TEST_P(Sockets, AWriteThatNobodyReadsIsCancelled) {
  static Script writer{{[](Machine &m, Outcome) { return async_tcp_write(m.worker, m.child(), connection, payload().data(), large); },
                        [](Machine &m, Outcome) {
                          m.frame->position = 0;
                          return done();
                        }},
                       {}};
  Script main{{accepts([] {
                 int fd = connectPeer();
                 awaitSignal(1);
                 close(fd);
               }),
               keepsConnection(), spawns(writer), cancels(), expectsCancelled(), says(1), closes()},
              {}};
  EXPECT_EQ(run(main), 0);
}

// The queue of the listener is full, so the connection stays under way; its socket is closed with it.
TEST_P(Sockets, AConnectionUnderWayIsCancelled) {
  static int full, waiting[4];
  static Script connector{{[](Machine &m, Outcome) { return async_tcp_connect(m.worker, m.child(), &address); }}, {}};
  Script main{{[](Machine &, Outcome) {
                 full = socket(AF_INET, SOCK_STREAM, 0);
                 sockaddr_in at{};
                 at.sin_family = AF_INET;
                 at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                 socklen_t length = sizeof at;
                 EXPECT_EQ(bind(full, reinterpret_cast<sockaddr *>(&at), length), 0);
                 EXPECT_EQ(listen(full, 0), 0);
                 getsockname(full, reinterpret_cast<sockaddr *>(&at), &length);
                 EXPECT_TRUE(async_address_parse("127.0.0.1:0", 11, &address));
                 address.port = ntohs(at.sin_port);
                 for (int &fd : waiting) {
                   fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
                   connect(fd, reinterpret_cast<sockaddr *>(&at), length);
                 }
                 return done();
               },
               spawns(connector), cancels(), expectsCancelled(),
               [](Machine &, Outcome) {
                 for (int fd : waiting)
                   close(fd);
                 close(full);
                 return done();
               }},
              {}};
  EXPECT_EQ(run(main), 0);
}

TEST_P(Sockets, NobodyListens) {
  Script main{{[](Machine &m, Outcome) {
                 listenHere();
                 async_socket_close(listener);
                 return async_tcp_connect(m.worker, m.child(), &address);
               },
               expects(-ECONNREFUSED)},
              {}};
  EXPECT_EQ(run(main), 0);
}

// One worker computes until another has answered a peer, over and over: sockets and timers do not wait for it.
TEST(SocketsBesideAComputation, AreServed) {
  static int64_t listener, connection;
  static Address address;
  static std::atomic<bool> answered;
  static std::thread peer;
  answered = false;
  static Script server{{[](Machine &m, Outcome) { return async_tcp_accept(m.worker, m.child(), listener); },
                        [](Machine &m, Outcome last) {
                          connection = static_cast<int64_t>(last.v0);
                          return async_sleep_until(m.worker, m.child(), async_now() + ms);
                        },
                        [](Machine &m, Outcome) { return async_tcp_read(m.worker, m.child(), connection, &m.local(0), 8); },
                        [](Machine &m, Outcome last) {
                          if (static_cast<int64_t>(last.v0) <= 0) {
                            answered = true;
                            return done();
                          }
                          m.frame->position = 2;
                          return async_tcp_write(m.worker, m.child(), connection, &m.local(0), static_cast<int64_t>(last.v0));
                        }},
                       {}};
  Script main{{[](Machine &m, Outcome) {
                 async_scope_open(&m.frame->scope, false);
                 EXPECT_TRUE(async_address_parse("127.0.0.1:0", 11, &address));
                 listener = async_tcp_listen(&address);
                 async_tcp_local_address(listener, &address);
                 async_task_release(spawn(m.worker, &m.frame->scope, server));
                 return async_sleep_until(m.worker, m.child(), async_now() + 2 * ms);
               },
               [](Machine &, Outcome) {
                 peer = std::thread([] {
                   int fd = socket(AF_INET, SOCK_STREAM, 0);
                   sockaddr_in to{};
                   to.sin_family = AF_INET;
                   to.sin_port = htons(address.port);
                   to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
                   EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr *>(&to), sizeof to), 0);
                   char text[8] = "ping";
                   for (int i = 0; i < 20; ++i) {
                     EXPECT_EQ(send(fd, text, 4, 0), 4);
                     EXPECT_EQ(recv(fd, text, 8, 0), 4);
                   }
                   close(fd);
                 });
                 while (!answered) { // without an await
                 }
                 return done();
               },
               [](Machine &m, Outcome) { return async_scope_wait(m.worker, m.child(), &m.frame->scope); },
               [](Machine &, Outcome) {
                 peer.join();
                 async_socket_close(connection);
                 async_socket_close(listener);
                 return done();
               }},
              {}};
  EXPECT_EQ(runMain(main, nullptr, {"2", nullptr}), 0);
}

} // namespace
