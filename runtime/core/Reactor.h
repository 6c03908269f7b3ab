// Reactor.h: sockets that wait, by epoll; one instance for all workers.
//
// A socket is registered once, edge-triggered, when it first has to wait. Operations try the call first, so that a request costs its read
// and its write; after a read that did not fill its buffer the next one waits at once, unless an edge has come meanwhile.
// Polling   one worker at a time, who holds Runtime::polling: one that is parked and waits, or one that looks between two entries. What it finds runs on
//           it, until others steal. Only the holder of `polling` is woken through `wakeEvent`, so nobody else takes that event.
// Edges     Descriptor::edges is set by whoever harvests, under the descriptor's lock, and taken by an operation before it calls or waits: an edge
//           between the call and the wait is seen.
// Cost      one epoll_wait a scheduling round, when the queue is empty or every 64 entries.
// Rejected  an epoll for each worker: one whose processor is taken away keeps its sockets waiting while others sleep, and costs a call more a request
//           (runtime.md). io_uring, with multishot receive and provided buffers, sends in batches: the same processor time a
//           request, within 2 %, as 95 % of it is the kernel's TCP.
#pragma once
#include "runtime/core/Scheduler.h"

namespace async::core {

enum Direction : uint32_t { Input = 0, Output = 1 };

struct IoLeaf;

struct Descriptor {
  uint32_t lock;
  uint8_t registered;
  uint8_t edges;              // bit: Direction
  uint8_t hungUp;             // an error or end was announced: calls are never skipped
  uint8_t drained;            // by the reader: the last read took all there was
  IoLeaf *first[2], *last[2]; // that wait, by Direction
};

struct IoLeaf : OpsLeaf {
  int32_t fd;
  uint32_t operation;
  void *data;
  uint64_t length;
  IoLeaf *queueNext;
};
static_assert(sizeof(IoLeaf) == 72);

Descriptor *descriptorOf(int fd);                       // null: no memory, or a number out of range
int registerDescriptor(Descriptor *descriptor, int fd); // 0 or -errno
void forgetDescriptor(int fd);                          // before it is closed

bool isReactorOpen();                                // a socket has had to wait
bool takePolling();                                  // true: the caller polls, once, by one of the next two
bool waitReactor(Worker *worker, int64_t timeoutNs); // negative: no limit; true: something was woken
void leavePolling();                                 // without having polled
bool pollReactor(Worker *worker);                    // does not wait; false too if somebody else polls
void wakeReactor();                                  // the worker that polls
void closeReactor();
void freeDescriptors();

// Time.cpp
bool fireTimers(Worker *worker, Worker *of);

} // namespace async::core
