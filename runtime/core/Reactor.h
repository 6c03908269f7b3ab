// Reactor.h: sockets that wait, by epoll; one instance a worker.
//
// A socket is registered once, edge-triggered, with the worker on which it first had to wait. Operations try the call first, so that a request costs its read
// and its write; after a read that did not fill its buffer the next one waits at once, unless an edge has come meanwhile.
// Edges     Descriptor::edges is set by whoever harvests, under the descriptor's lock, and taken by an operation before it calls or waits: an edge
//           between the call and the wait is seen.
// Cost      one epoll_wait a scheduling round, when the queue is empty or every 64 entries.
#pragma once
#include "runtime/core/Runtime.h"

namespace async::core {

enum Direction : uint32_t { Input = 0, Output = 1 };

struct IoLeaf;

struct Descriptor {
  uint32_t lock;
  uint8_t registered;
  uint8_t edges; // bit: Direction
  uint8_t hungUp; // an error or end was announced: calls are never skipped
  uint8_t drained; // by the reader: the last read took all there was
  IoLeaf *first[2], *last[2]; // that wait, by Direction
};

struct IoLeaf : Leaf {
  int32_t fd;
  uint32_t operation;
  void *data;
  uint64_t length;
  IoLeaf *queueNext;
};
static_assert(sizeof(IoLeaf) <= 96);

Descriptor *descriptorOf(int fd); // null: no memory, or a number out of range
int registerDescriptor(Worker *worker, Descriptor *descriptor, int fd); // 0 or -errno
void forgetDescriptor(int fd); // before it is closed

bool waitReactor(Worker *worker, int64_t timeoutNs); // negative: no limit; true: something was woken
bool pollReactorOf(Worker *worker, Worker *other); // without waiting; what is woken runs on `worker`
void wakeReactor(Worker *worker);
void closeReactor(Worker *worker);
void freeDescriptors();

// Time.cpp
bool fireTimers(Worker *worker, Worker *of);

} // namespace async::core
