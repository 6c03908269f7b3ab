#include "runtime/core/Reactor.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "runtime/core/Net.h"
#include "runtime/core/Parking.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

using sync::SpinLock;

namespace {

constexpr unsigned chunkBits = 10, chunks = 1024;
Descriptor *table[chunks];

constexpr uint64_t wakeTag = ~uint64_t{0};

} // namespace

Descriptor *descriptorOf(int fd) {
  auto number = static_cast<unsigned>(fd);
  if (number >= chunks << chunkBits)
    return nullptr;
  Descriptor **place = &table[number >> chunkBits];
  Descriptor *chunk = __atomic_load_n(place, __ATOMIC_ACQUIRE);
  if (!chunk) {
    auto *made = static_cast<Descriptor *>(calloc(size_t{1} << chunkBits, sizeof(Descriptor)));
    if (!made)
      return nullptr;
    if (__atomic_compare_exchange_n(place, &chunk, made, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
      chunk = made;
    else
      free(made);
  }
  return &chunk[number & ((1u << chunkBits) - 1)];
}

void freeDescriptors() {
  for (Descriptor *&chunk : table) {
    free(chunk);
    chunk = nullptr;
  }
}

static int openReactor() {
  SpinLock held(runtime.reactorLock);
  if (runtime.epoll >= 0)
    return 0;
  int epoll = openDescriptor([] { return epoll_create1(EPOLL_CLOEXEC); });
  if (epoll < 0)
    return -errno;
  int wake = openDescriptor([] { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); });
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  event.data.u64 = wakeTag;
  if (wake < 0 || epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event) < 0) {
    int error = errno;
    close(epoll);
    if (wake >= 0)
      close(wake);
    return -error;
  }
  runtime.wakeEvent = wake;
  Real::store(&runtime.epoll, epoll); // release: the event
  return 0;
}

void closeReactor() {
  if (runtime.epoll < 0)
    return;
  close(runtime.epoll);
  close(runtime.wakeEvent);
  runtime.epoll = runtime.wakeEvent = -1;
}

// Under the descriptor's lock.
int registerDescriptor(Descriptor *descriptor, int fd) {
  if (!isReactorOpen())
    if (int error = openReactor())
      return error;
  epoll_event event{};
  event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  event.data.u64 = static_cast<uint64_t>(fd);
  if (epoll_ctl(runtime.epoll, EPOLL_CTL_ADD, fd, &event) < 0 && errno != EEXIST)
    return -errno;
  Real::storeRelaxed(&descriptor->registered, uint8_t{1});
  return 0;
}

void forgetDescriptor(int fd) {
  Descriptor *descriptor = descriptorOf(fd);
  if (!descriptor)
    return;
  SpinLock held(descriptor->lock);
  Real::storeRelaxed(&descriptor->registered, uint8_t{0});
  Real::storeRelaxed(&descriptor->edges, uint8_t{0});
  Real::storeRelaxed(&descriptor->hungUp, uint8_t{0});
  descriptor->drained = 0;
}

bool isReactorOpen() { return Real::load(&runtime.epoll) >= 0; }

bool takePolling() {
  uint32_t nobody = 0;
  return Real::loadRelaxed(&runtime.polling) == 0 && Real::cas(&runtime.polling, nobody, 1u);
}

void leavePolling() { Real::store(&runtime.polling, 0u); }

void wakeReactor() {
  uint64_t one = 1;
  ssize_t written = write(runtime.wakeEvent, &one, sizeof one); // full: it is awake anyway
  (void)written;
}

namespace {

void setEdge(Descriptor *descriptor, Direction direction) {
  Real::store(&descriptor->edges, static_cast<uint8_t>(descriptor->edges | (1 << direction)));
}

void wakeDirection(Worker *worker, Descriptor *descriptor, Direction direction) {
  IoLeaf *leaf = descriptor->first[direction];
  descriptor->first[direction] = descriptor->last[direction] = nullptr;
  while (leaf) {
    IoLeaf *next = leaf->queueNext;
    leaf->queueNext = nullptr;
    leaf->operation &= 0xff; // no longer queued
    wakeLeafLater(worker, leaf);
    leaf = next;
  }
}

// Events of a descriptor that was closed meanwhile only cause a call in vain.
void harvest(Worker *worker, const epoll_event &event) {
  Descriptor *descriptor = descriptorOf(static_cast<int>(event.data.u64));
  SpinLock held(descriptor->lock);
  bool ended = event.events & (EPOLLERR | EPOLLHUP | EPOLLRDHUP);
  if (ended)
    Real::storeRelaxed(&descriptor->hungUp, uint8_t{1}); // before the edge
  if (ended || event.events & EPOLLIN) {
    setEdge(descriptor, Input);
    wakeDirection(worker, descriptor, Input);
  }
  if (event.events & (EPOLLOUT | EPOLLERR | EPOLLHUP)) {
    setEdge(descriptor, Output);
    wakeDirection(worker, descriptor, Output);
  }
}

int waitEvents(int epoll, epoll_event *events, int capacity, int64_t timeoutNs) {
  timespec limit{static_cast<time_t>(timeoutNs / 1'000'000'000), static_cast<long>(timeoutNs % 1'000'000'000)};
  if (timeoutNs <= 0)
    return epoll_wait(epoll, events, capacity, timeoutNs < 0 ? -1 : 0);
  long count = syscall(SYS_epoll_pwait2, epoll, events, capacity, &limit, nullptr, 0);
  if (count >= 0 || errno != ENOSYS)
    return static_cast<int>(count);
  int64_t ms = (timeoutNs + 999'999) / 1'000'000;
  return epoll_wait(epoll, events, capacity, ms > 1'000'000 ? 1'000'000 : static_cast<int>(ms));
}

} // namespace

bool waitReactor(Worker *worker, int64_t timeoutNs) {
  constexpr int capacity = 256;
  epoll_event events[capacity];
  int count = waitEvents(runtime.epoll, events, capacity, timeoutNs);
  leavePolling();
  bool woken = false;
  for (int i = 0; i < count; ++i)
    if (events[i].data.u64 != wakeTag) {
      harvest(worker, events[i]);
      woken = true;
    }
  return woken;
}

bool pollReactor(Worker *worker) { return isReactorOpen() && takePolling() && waitReactor(worker, 0); }

bool pollSources(Worker *worker) {
  bool found = fireTimers(worker, worker);
  found |= !worker->ring.empty() && pollReactor(worker); // else it waits there soon
  found |= handleSignals(worker);
  if (Real::load(&runtime.injectorSize)) {
    SpinLock held(runtime.injectorLock);
    for (uint32_t i = 0; i < runtime.injectorSize; ++i)
      pushEntry(worker, runtime.injector[i]);
    Real::store(&runtime.injectorSize, 0u);
    found = true;
  }
  if (Real::loadRelaxed(&runtime.phase) == Ending)
    endIfDone(worker);
  if (found)
    shareWork(worker);
  return found;
}

} // namespace async::core
