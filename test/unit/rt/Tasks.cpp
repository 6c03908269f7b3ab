// Tasks, scopes, arms, timers and sockets, with one worker, several, and simulated.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <string>

#include "test/unit/rt/Frames.h"

namespace {

using namespace rt;

constexpr int64_t ms = 1'000'000;
Outcome done(uint64_t value = 0) { return {Ready, value, 0}; }

const Settings settingsOf[] = {{"1", nullptr}, {"2", nullptr}, {"4", nullptr}, {"1", "42"}};
class Tasks : public testing::TestWithParam<Settings> {
protected:
  int run(const Script &script, void *data = nullptr) { return runMain(script, data, GetParam()); }
};
INSTANTIATE_TEST_SUITE_P(Worlds, Tasks, testing::ValuesIn(settingsOf),
                         [](const auto &info) { return info.param.simulated ? std::string("simulated") : "workers" + std::string(info.param.workers); });

Step sleepFor(int64_t duration) {
  return [=](Machine &m, Outcome) { return async_sleep_until(m.worker, m.child(), async_now() + duration); };
}
Step yieldNow() {
  return [](Machine &m, Outcome) { return async_yield_now(m.worker, m.child()); };
}
Step openScope(bool report = false) {
  return [=](Machine &m, Outcome) {
    async_scope_open(&m.frame->scope, report);
    return done();
  };
}
Step waitScope() {
  return [](Machine &m, Outcome) { return async_scope_wait(m.worker, m.child(), &m.frame->scope); };
}
// Runs the child for a while and cancels it.
Script cancels(const Script &child) {
  return {{openScope(),
           [&child](Machine &m, Outcome) {
             async_task_release(spawn(m.worker, &m.frame->scope, child));
             return async_sleep_until(m.worker, m.child(), async_now() + 2 * ms);
           },
           [](Machine &m, Outcome) {
             async_scope_cancel(&m.frame->scope);
             return done();
           },
           waitScope(), [](Machine &, Outcome) { return done(); }},
          {}};
}

TEST_P(Tasks, MainGivesItsValue) {
  Script main{{[](Machine &, Outcome) { return done(7); }}, {}};
  EXPECT_EQ(run(main), 7);
}

TEST_P(Tasks, ManySpawnedAndJoined) {
  static std::atomic<int> ran;
  ran = 0;
  static Script child{{yieldNow(),
                       [](Machine &m, Outcome) {
                         ++ran;
                         return done(reinterpret_cast<uint64_t>(m.frame->data) * 2);
                       }},
                      {}};
  Script main{{openScope(),
               // 1: spawns and joins, 2000 times
               [](Machine &m, Outcome) {
                 m.local(1) = reinterpret_cast<uint64_t>(spawn(m.worker, &m.frame->scope, child, reinterpret_cast<void *>(m.local(0))));
                 return async_task_join(m.worker, m.child(), reinterpret_cast<Task *>(m.local(1)));
               },
               [](Machine &m, Outcome) {
                 auto *task = reinterpret_cast<Task *>(m.local(1));
                 EXPECT_EQ(async_task_status(task), Ready);
                 EXPECT_EQ(async_task_word(task, 0), m.local(0) * 2);
                 async_task_taken(task);
                 async_task_release(task);
                 if (++m.local(0) < 2000)
                   m.frame->position = 1;
                 return done();
               },
               waitScope(), [](Machine &, Outcome) { return done(3); }},
              {}};
  EXPECT_EQ(run(main), 3);
  EXPECT_EQ(ran, 2000);
}

TEST_P(Tasks, ManyAtOnceInATree) {
  static std::atomic<int> ran;
  ran = 0;
  static Script leaf{{yieldNow(), yieldNow(), [](Machine &, Outcome) { return ++ran, done(); }}, {}};
  static Script branch{{openScope(),
                        [](Machine &m, Outcome) {
                          for (int i = 0; i < 300; ++i)
                            async_task_release(spawn(m.worker, &m.frame->scope, leaf));
                          return done();
                        },
                        waitScope()},
                       {}};
  Script main{{openScope(),
               [](Machine &m, Outcome) {
                 for (int i = 0; i < 20; ++i)
                   async_task_release(spawn(m.worker, &m.frame->scope, branch));
                 return done();
               },
               waitScope(), [](Machine &, Outcome) { return done(); }},
              {}};
  EXPECT_EQ(run(main), 0);
  EXPECT_EQ(ran, 6000);
}

TEST_P(Tasks, CancellingATaskRunsItsCleanupShielded) {
  static std::atomic<int> cleaned;
  cleaned = 0;
  static Script sleeper{{sleepFor(1000'000 * ms)}, {sleepFor(1 * ms), [](Machine &, Outcome last) {
                                                      EXPECT_EQ(last.status, Ready);
                                                      return ++cleaned, done();
                                                    }}};
  Script main{{openScope(),
               [](Machine &m, Outcome) {
                 m.local(0) = reinterpret_cast<uint64_t>(spawn(m.worker, &m.frame->scope, sleeper));
                 return async_sleep_until(m.worker, m.child(), async_now() + 2 * ms);
               },
               [](Machine &m, Outcome) { return async_task_cancel(m.worker, m.child(), reinterpret_cast<Task *>(m.local(0))); },
               [](Machine &m, Outcome) {
                 auto *task = reinterpret_cast<Task *>(m.local(0));
                 EXPECT_EQ(async_task_status(task), Cancelled);
                 async_task_taken(task);
                 async_task_release(task);
                 return done();
               },
               waitScope(), [](Machine &, Outcome) { return done(); }},
              {}};
  EXPECT_EQ(run(main), 0);
  EXPECT_EQ(cleaned, 1);
}

TEST_P(Tasks, CancelRacesWithCompletion) {
  static Script child{{yieldNow(), yieldNow(), [](Machine &, Outcome) { return done(1); }}, {}};
  Script main{{openScope(),
               [](Machine &m, Outcome) {
                 auto *task = spawn(m.worker, &m.frame->scope, child);
                 m.local(1) = reinterpret_cast<uint64_t>(task);
                 return m.local(0) % 3 == 0 ? done() : async_yield_now(m.worker, m.child());
               },
               [](Machine &m, Outcome) { return async_task_cancel(m.worker, m.child(), reinterpret_cast<Task *>(m.local(1))); },
               [](Machine &m, Outcome) {
                 auto *task = reinterpret_cast<Task *>(m.local(1));
                 int64_t status = async_task_status(task);
                 EXPECT_TRUE(status == Ready || status == Cancelled);
                 async_task_taken(task);
                 async_task_release(task);
                 if (++m.local(0) < 3000)
                   m.frame->position = 1;
                 return done();
               },
               waitScope(), [](Machine &, Outcome) { return done(); }},
              {}};
  EXPECT_EQ(run(main), 0);
}

void *settleAsError(uint64_t v0, uint64_t) {
  auto *error = static_cast<uint64_t *>(malloc(8));
  *error = v0;
  return error;
}
constexpr SpawnInfo failingInfo{sizeof(ScriptFrame), 16, resumeScript, &settleAsError, "failing", 7};

// The first failure stops the siblings and the body, and the code behind the scope goes on.
TEST_P(Tasks, AFailureStopsTheScope) {
  static std::atomic<int> stopped;
  stopped = 0;
  static Script failing{{sleepFor(2 * ms), [](Machine &, Outcome) { return done(99); }}, {}};
  static Script sibling{{sleepFor(1000'000 * ms)}, {[](Machine &, Outcome) { return ++stopped, done(); }}};
  static Script scoped{{openScope(),
                        [](Machine &m, Outcome) {
                          async_task_release(spawn(m.worker, &m.frame->scope, sibling));
                          async_task_release(spawn(m.worker, &m.frame->scope, failing, nullptr, failingInfo));
                          return done();
                        },
                        sleepFor(1000'000 * ms)},
                       {[](Machine &m, Outcome) {
                          async_scope_cancel(&m.frame->scope);
                          return async_scope_wait(m.worker, m.child(), &m.frame->scope);
                        },
                        [](Machine &m, Outcome) {
                          EXPECT_TRUE(async_scope_caused(&m.frame->scope));
                          EXPECT_EQ(async_scope_failure(&m.frame->scope), 1);
                          auto *error = static_cast<uint64_t *>(async_scope_error(&m.frame->scope));
                          EXPECT_EQ(*error, 99u);
                          free(error);
                          EXPECT_EQ(async_scope_error(&m.frame->scope), nullptr);
                          m.local(3) = Ready; // the unwinding ends here
                          return done();
                        }}};
  static Script other{{sleepFor(200 * ms),
                       [](Machine &, Outcome last) {
                         EXPECT_EQ(last.status, Ready); // an arm beside the scope goes on
                         return done(5);
                       }},
                      {}};
  static Arm *arms;
  Script main{{[](Machine &m, Outcome) {
                 arms = static_cast<Arm *>(calloc(2, sizeof(Arm)));
                 arms[0].frame = future(scoped);
                 arms[1].frame = future(other);
                 return async_arms_next(m.worker, m.child(), arms, 2);
               },
               [](Machine &m, Outcome last) {
                 EXPECT_EQ(last.v0, 0u);
                 return async_arms_next(m.worker, m.child(), arms, 2);
               },
               [](Machine &m, Outcome last) {
                 EXPECT_EQ(last.v0, 1u);
                 EXPECT_EQ(arms[1].v0, 5u);
                 return async_arms_next(m.worker, m.child(), arms, 2);
               },
               [](Machine &m, Outcome last) {
                 EXPECT_EQ(static_cast<int64_t>(last.v0), -1);
                 async_frame_free(arms[0].frame);
                 async_frame_free(arms[1].frame);
                 free(arms);
                 return async_sleep_until(m.worker, m.child(), async_now() + ms);
               },
               [](Machine &, Outcome last) { return done(last.status == Ready ? 0 : 9); }},
              {}};
  EXPECT_EQ(run(main), 0);
  EXPECT_EQ(stopped, 1);
}

// A timeout: the loser is cancelled and has ended, and frames that never started drop their arguments.
TEST_P(Tasks, LosersOfARaceAreCancelled) {
  static std::atomic<int> ended;
  ended = 0;
  static Script slow{{sleepFor(1000'000 * ms)}, {sleepFor(ms), [](Machine &, Outcome) { return ++ended, done(); }}};
  static Script quick{{sleepFor(ms), [](Machine &, Outcome) { return done(4); }}, {}};
  static Script instant{{[](Machine &, Outcome) { return done(6); }}, {}};
  static Script never{{[](Machine &, Outcome) {
                        ADD_FAILURE() << "started behind a winner";
                        return done();
                      }},
                      {}};
  static Arm arms[4];
  static uint64_t expected;
  Script main{{[](Machine &m, Outcome) {
                 memset(static_cast<void *>(arms), 0, sizeof arms);
                 bool isInstant = m.local(0) % 2 == 1;
                 expected = 1;
                 arms[0].frame = future(slow);
                 arms[1].frame = future(isInstant ? instant : quick);
                 arms[2].frame = future(isInstant ? never : slow);
                 return async_arms_next(m.worker, m.child(), arms, 3);
               },
               [](Machine &m, Outcome last) {
                 EXPECT_EQ(last.v0, expected);
                 EXPECT_EQ(arms[1].status, static_cast<uint64_t>(Ready));
                 return async_arms_cancel(m.worker, m.child(), arms, 3);
               },
               [](Machine &m, Outcome last) {
                 EXPECT_EQ(last.status, Ready);
                 for (int i = 0; i < 3; ++i)
                   async_frame_free(arms[i].frame);
                 if (++m.local(0) < 20)
                   m.frame->position = 0;
                 return done();
               }},
              {}};
  EXPECT_EQ(run(main), 0);
  EXPECT_EQ(ended, 30);
}

// Cancelling a task that waits for arms cancels all of them and waits for their cleanup.
TEST_P(Tasks, CancelReachesThroughArms) {
  static std::atomic<int> ended;
  ended = 0;
  static Script slow{{sleepFor(1000'000 * ms)}, {sleepFor(ms), yieldNow(), [](Machine &, Outcome) { return ++ended, done(); }}};
  static Arm arms[2];
  static Script child{{[](Machine &m, Outcome) {
                        memset(static_cast<void *>(arms), 0, sizeof arms);
                        arms[0].frame = future(slow);
                        arms[1].frame = future(slow);
                        return async_arms_next(m.worker, m.child(), arms, 2);
                      }},
                      {[](Machine &, Outcome) {
                        EXPECT_EQ(ended, 2);
                        async_frame_free(arms[0].frame);
                        async_frame_free(arms[1].frame);
                        return done();
                      }}};
  EXPECT_EQ(run(cancels(child)), 0);
  EXPECT_EQ(ended, 2);
}

// A request to stop finds what waits by walking down from the body: into groups of arms, also into groups in groups and into one that nobody waits for.
TEST_P(Tasks, StopsReachAllThatWaits) {
  static std::atomic<int> ended;
  ended = 0;
  static Script slow{{sleepFor(1000'000 * ms)}, {sleepFor(ms), [](Machine &, Outcome) { return ++ended, done(); }}};
  static Script quick{{yieldNow(), [](Machine &, Outcome) { return done(1); }}, {}};
  // Waits for two sleepers.
  auto makeArms = [](Machine &m, Script &first, Script &second) {
    auto *arms = static_cast<Arm *>(calloc(2, sizeof(Arm)));
    m.frame->data = arms;
    arms[0].frame = future(first);
    arms[1].frame = future(second);
    return arms;
  };
  static auto stopArms = [](Machine &m, Outcome) { return async_arms_cancel(m.worker, m.child(), static_cast<Arm *>(m.frame->data), 2); };
  static auto freeArms = [](Machine &m, Outcome) {
    auto *arms = static_cast<Arm *>(m.frame->data);
    async_frame_free(arms[0].frame);
    async_frame_free(arms[1].frame);
    free(arms);
    return done();
  };
  static Script inner{{[=](Machine &m, Outcome) { return async_arms_next(m.worker, m.child(), makeArms(m, slow, slow), 2); }}, {stopArms, freeArms}};
  static Script middle{{[=](Machine &m, Outcome) { return async_arms_next(m.worker, m.child(), makeArms(m, inner, slow), 2); }}, {stopArms, freeArms}};
  // One arm ends; while the other runs, the body waits for something else.
  static Script outer{{[=](Machine &m, Outcome) { return async_arms_next(m.worker, m.child(), makeArms(m, quick, middle), 2); },
                       [](Machine &, Outcome last) {
                         EXPECT_EQ(last.v0, 0u);
                         return done();
                       },
                       sleepFor(1000'000 * ms)},
                      {stopArms, freeArms}};
  EXPECT_EQ(run(cancels(outer)), 0);
  EXPECT_EQ(ended, 3);
}

// Many arms are stopped in one look, not in one each.
TEST_P(Tasks, StoppingManyArms) {
  constexpr int64_t count = 20'000;
  static Script slow{{sleepFor(1000'000 * ms)}, {}};
  static Arm *arms;
  Script main{{[](Machine &m, Outcome) {
                 arms = static_cast<Arm *>(calloc(count, sizeof(Arm)));
                 for (int64_t i = 0; i < count; ++i)
                   arms[i].frame = future(slow);
                 m.frame->data = spawn(m.worker, nullptr, *static_cast<Script *>(m.frame->data));
                 return async_sleep_until(m.worker, m.child(), async_now() + 50 * ms);
               },
               [](Machine &m, Outcome) { return async_task_cancel(m.worker, m.child(), static_cast<Task *>(m.frame->data)); },
               [](Machine &m, Outcome) {
                 EXPECT_EQ(async_task_status(static_cast<Task *>(m.frame->data)), Cancelled);
                 async_task_taken(static_cast<Task *>(m.frame->data));
                 async_task_release(static_cast<Task *>(m.frame->data));
                 for (int64_t i = 0; i < count; ++i)
                   async_frame_free(arms[i].frame);
                 free(arms);
                 return done();
               }},
              {}};
  Script waits{{[](Machine &m, Outcome) { return async_arms_next(m.worker, m.child(), arms, count); }}, {}};
  EXPECT_EQ(run(main, &waits), 0);
}

// Two tasks in turns by events: of any threads, and of one.
struct AnyEvent {
  static Outcome wait(Machine &m, uint64_t *event) { return async_event_wait(m.worker, m.child(), event); }
  static void set(uint64_t *event) { async_event_set(event); }
};
struct LocalEvent {
  static Outcome wait(Machine &m, uint64_t *event) { return async_local_event_wait(m.worker, m.child(), event, reinterpret_cast<uint64_t>(m.frame)); }
  static void set(uint64_t *event) { async_local_event_set(event); }
};
template <typename Event> Script pingPong() {
  static uint64_t events[2][2];
  memset(events, 0, sizeof events);
  static Script pong{{[](Machine &m, Outcome) { return Event::wait(m, events[0]); },
                      [](Machine &m, Outcome) {
                        Event::set(events[1]);
                        if (++m.local(0) < 5000)
                          m.frame->position = 0;
                        return done();
                      }},
                     {}};
  return {{openScope(),
           [](Machine &m, Outcome) {
             async_task_release(spawn(m.worker, &m.frame->scope, pong));
             return done();
           },
           [](Machine &m, Outcome) {
             Event::set(events[0]);
             return Event::wait(m, events[1]);
           },
           [](Machine &m, Outcome) {
             if (++m.local(0) < 5000)
               m.frame->position = 2;
             return done();
           },
           waitScope(), [](Machine &, Outcome) { return done(); }},
          {}};
}

TEST_P(Tasks, EventsPingPong) { EXPECT_EQ(run(pingPong<AnyEvent>()), 0); }

TEST_P(Tasks, LocalEventsPingPong) {
  if (std::string(GetParam().workers) == "1")
    EXPECT_EQ(run(pingPong<LocalEvent>()), 0);
}

// A wait for an event of one thread that is cancelled leaves nothing in the event.
TEST_P(Tasks, CancellingALocalEvent) {
  if (std::string(GetParam().workers) != "1")
    return;
  static uint64_t event[2];
  event[0] = event[1] = 0;
  static Script waits{{[](Machine &m, Outcome) { return LocalEvent::wait(m, event); }}, {}};
  Script main{{openScope(),
               [](Machine &m, Outcome) {
                 async_task_release(spawn(m.worker, &m.frame->scope, waits));
                 return async_yield_now(m.worker, m.child());
               },
               [](Machine &m, Outcome) {
                 async_scope_cancel(&m.frame->scope);
                 return done();
               },
               waitScope(), [](Machine &, Outcome) { return done(event[0]); }},
              {}};
  EXPECT_EQ(run(main), 0);
}

// Synchronous code waits for the end of a task that runs on another worker, and has nothing to run meanwhile.
TEST_P(Tasks, FinishingATaskThatRunsElsewhere) {
  if (std::string(GetParam().workers) == "1")
    return;
  static std::atomic<bool> started, goes;
  started = goes = false;
  static Script computes{{[](Machine &, Outcome) {
                           started = true;
                           while (!goes) {
                           }
                           usleep(20'000); // until the other worker sleeps
                           return done(5);
                         }},
                         {}};
  Script main{{[](Machine &m, Outcome) {
                Task *task = spawn(m.worker, nullptr, computes);
                while (!started) {
                }
                goes = true;
                async_task_finish(task);
                EXPECT_EQ(async_task_word(task, 0), 5u);
                async_task_taken(task);
                async_task_release(task);
                return done();
              }},
              {}};
  EXPECT_EQ(run(main), 0);
}

TEST_P(Tasks, DetachedTasksAreCancelledAtTheEnd) {
  static std::atomic<int> cleaned;
  cleaned = 0;
  static Script sleeper{{sleepFor(1000'000 * ms)}, {sleepFor(ms), [](Machine &, Outcome) { return ++cleaned, done(); }}};
  Script main{{[](Machine &m, Outcome) {
                 async_task_release(spawn(m.worker, nullptr, sleeper));
                 return async_sleep_until(m.worker, m.child(), async_now() + 2 * ms);
               },
               [](Machine &, Outcome) { return done(); }},
              {}};
  EXPECT_EQ(run(main), 0);
  EXPECT_EQ(cleaned, 1);
}

// An echo server and clients over the loopback.
struct Address {
  uint64_t high, low;
  uint16_t port;
  bool isV6;
};
TEST_P(Tasks, EchoOverSockets) {
  constexpr int clients = 8, rounds = 50;
  static int64_t listener;
  static Address address;
  static std::atomic<int> answers;
  answers = 0;
  static Script connection{{[](Machine &m, Outcome) { return async_tcp_read(m.worker, m.child(), reinterpret_cast<int64_t>(m.frame->data), &m.local(0), 8); },
                            [](Machine &m, Outcome last) {
                              if (static_cast<int64_t>(last.v0) <= 0) {
                                m.frame->position = 3;
                                return done();
                              }
                              return async_tcp_write(m.worker, m.child(), reinterpret_cast<int64_t>(m.frame->data), &m.local(0), static_cast<int64_t>(last.v0));
                            },
                            [](Machine &m, Outcome) {
                              m.frame->position = 0;
                              return done();
                            },
                            [](Machine &m, Outcome) {
                              async_socket_close(reinterpret_cast<int64_t>(m.frame->data));
                              return done();
                            }},
                           {}};
  static Script client{{[](Machine &m, Outcome) { return async_tcp_connect(m.worker, m.child(), &address); },
                        [](Machine &m, Outcome last) {
                          m.frame->data = reinterpret_cast<void *>(last.v0);
                          EXPECT_GT(static_cast<int64_t>(last.v0), 0);
                          return done();
                        },
                        [](Machine &m, Outcome) {
                          m.local(0) = m.local(1) * 3 + 1;
                          return async_tcp_write(m.worker, m.child(), reinterpret_cast<int64_t>(m.frame->data), &m.local(0), 8);
                        },
                        [](Machine &m, Outcome) { return async_tcp_read(m.worker, m.child(), reinterpret_cast<int64_t>(m.frame->data), &m.local(2), 8); },
                        [](Machine &m, Outcome last) {
                          EXPECT_EQ(last.v0, 8u);
                          EXPECT_EQ(m.local(2), m.local(1) * 3 + 1);
                          ++answers;
                          if (++m.local(1) < rounds)
                            m.frame->position = 2;
                          return done();
                        },
                        [](Machine &m, Outcome) {
                          async_socket_close(reinterpret_cast<int64_t>(m.frame->data));
                          return done();
                        }},
                       {}};
  Script main{{openScope(),
               [](Machine &m, Outcome) {
                 EXPECT_TRUE(async_address_parse("127.0.0.1:0", 11, &address));
                 listener = async_tcp_listen(&address);
                 EXPECT_GT(listener, 0);
                 async_tcp_local_address(listener, &address);
                 for (int i = 0; i < clients; ++i)
                   async_task_release(spawn(m.worker, &m.frame->scope, client));
                 return done();
               },
               [](Machine &m, Outcome) { return async_tcp_accept(m.worker, m.child(), listener); },
               [](Machine &m, Outcome last) {
                 EXPECT_GT(static_cast<int64_t>(last.v0), 0);
                 async_task_release(spawn(m.worker, &m.frame->scope, connection, reinterpret_cast<void *>(last.v0)));
                 if (++m.local(0) < clients)
                   m.frame->position = 2;
                 return done();
               },
               waitScope(),
               [](Machine &, Outcome) {
                 async_socket_close(listener);
                 return done();
               }},
              {}};
  EXPECT_EQ(run(main), 0);
  EXPECT_EQ(answers, clients * rounds);
}

// An accept that is cancelled leaves the listener usable and no leaf behind.
TEST_P(Tasks, CancellingAnAccept) {
  static int64_t listener;
  static Script acceptor{{[](Machine &m, Outcome) { return async_tcp_accept(m.worker, m.child(), listener); }}, {}};
  Script main{{openScope(),
               [](Machine &m, Outcome) {
                 Address address{};
                 EXPECT_TRUE(async_address_parse("127.0.0.1:0", 11, &address));
                 listener = async_tcp_listen(&address);
                 async_task_release(spawn(m.worker, &m.frame->scope, acceptor));
                 async_task_release(spawn(m.worker, &m.frame->scope, acceptor));
                 return async_sleep_until(m.worker, m.child(), async_now() + 2 * ms);
               },
               [](Machine &m, Outcome) {
                 async_scope_cancel(&m.frame->scope);
                 return done();
               },
               waitScope(),
               [](Machine &, Outcome) {
                 async_socket_close(listener);
                 return done();
               }},
              {}};
  EXPECT_EQ(run(main), 0);
}

TEST_P(Tasks, AnInterruptCancelsMain) {
  static bool cleaned;
  cleaned = false;
  Script main{{[](Machine &m, Outcome) {
                std::raise(SIGINT);
                return async_sleep_until(m.worker, m.child(), async_now() + 1000'000 * ms);
              }},
              {sleepFor(ms), [](Machine &, Outcome) {
                 cleaned = true;
                 return done();
               }}};
  EXPECT_EQ(run(main), 130);
  EXPECT_TRUE(cleaned);
}

TEST_P(Tasks, AListenerTakesTheSignal) {
  Script main{{openScope(),
               [](Machine &m, Outcome) {
                 static Script sender{{sleepFor(2 * ms),
                                       [](Machine &, Outcome) {
                                         kill(getpid(), SIGTERM); // to the process: other threads block it
                                         return done();
                                       },
                                       sleepFor(20 * ms)},
                                      {}};
                 async_task_release(spawn(m.worker, &m.frame->scope, sender));
                 return async_signal_wait(m.worker, m.child(), SIGTERM);
               },
               [](Machine &m, Outcome last) {
                 m.local(0) = last.v0;
                 return async_scope_wait(m.worker, m.child(), &m.frame->scope);
               },
               [](Machine &m, Outcome) { return done(m.local(0)); }},
              {}};
  EXPECT_EQ(run(main), SIGTERM);
}

TEST(Simulation, TheSameSeedGivesTheSameOrder) {
  static std::string order;
  static Script child{{yieldNow(), yieldNow(),
                       [](Machine &m, Outcome) {
                         order += static_cast<char>('a' + reinterpret_cast<uint64_t>(m.frame->data));
                         return done();
                       }},
                      {}};
  Script main{{openScope(),
               [](Machine &m, Outcome) {
                 for (uint64_t i = 0; i < 20; ++i)
                   async_task_release(spawn(m.worker, &m.frame->scope, child, reinterpret_cast<void *>(i)));
                 return done();
               },
               waitScope(), [](Machine &, Outcome) { return done(); }},
              {}};
  auto orderOf = [&](const char *seed) {
    order.clear();
    EXPECT_EQ(runMain(main, nullptr, {"1", seed}), 0);
    return order;
  };
  EXPECT_EQ(orderOf("1"), orderOf("1"));
  EXPECT_NE(orderOf("1"), orderOf("2"));
}

TEST(Simulation, TheClockJumps) {
  static int64_t seconds;
  Script wrapped{{sleepFor(3600'000 * ms),
                  [](Machine &, Outcome) {
                    seconds = async_now() / (1000 * ms);
                    return done();
                  }},
                 {}};
  EXPECT_EQ(runMain(wrapped, nullptr, {"1", "3"}), 0);
  EXPECT_EQ(seconds, 3600);
}

} // namespace
