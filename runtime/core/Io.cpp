// Io.cpp: the waiting operations of sockets and of other streams (pipes, terminals). Each tries its call first; the results are a count or descriptor, or
// -errno.
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "runtime/core/Net.h"
#include "runtime/core/Reactor.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

using sync::SpinLock;

namespace {

enum Operation : uint32_t { Accept, Connect, Read, Write, ReadStream };
constexpr uint32_t queued = 0x100; // waits in the descriptor's queue; under its lock

Direction directionOf(const IoLeaf *leaf) {
  uint32_t operation = leaf->operation & 0xff;
  return operation == Accept || operation == Read || operation == ReadStream ? Input : Output;
}

// A stream that is not ours stays blocking, so it is asked first. Two that read it at once may then block each other's worker.
int64_t readStream(IoLeaf *leaf) {
  pollfd asked{leaf->fd, POLLIN, 0};
  int count = poll(&asked, 1, 0);
  if (count == 0)
    return -EAGAIN;
  ssize_t result = count < 0 ? count : read(leaf->fd, leaf->data, leaf->length);
  return result < 0 ? -errno : result;
}

int64_t acceptNow(int fd) {
  int accepted = openDescriptor([=] { return accept4(fd, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC); });
  if (accepted < 0)
    return -errno;
  int one = 1;
  setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  ++currentWorker()->counts.descriptors;
  return accepted;
}

int64_t connectNow(IoLeaf *leaf) {
  int error = 0;
  socklen_t length = sizeof error;
  if (getsockopt(leaf->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0)
    error = errno;
  if (error != 0)
    return -error;
  sockaddr_storage peer;
  length = sizeof peer;
  if (getpeername(leaf->fd, reinterpret_cast<sockaddr *>(&peer), &length) < 0)
    return errno == ENOTCONN ? -EAGAIN : -errno; // still under way
  return leaf->fd;
}

int64_t call(IoLeaf *leaf) {
  for (;;) {
    int64_t result = 0;
    switch (static_cast<Operation>(leaf->operation & 0xff)) {
    case Accept:
      result = acceptNow(leaf->fd);
      break;
    case Connect:
      result = connectNow(leaf);
      break;
    case Read:
      result = recv(leaf->fd, leaf->data, leaf->length, 0);
      if (result < 0)
        result = -errno;
      break;
    case Write:
      result = send(leaf->fd, leaf->data, leaf->length, MSG_NOSIGNAL);
      if (result < 0)
        result = -errno;
      break;
    case ReadStream:
      result = readStream(leaf);
      break;
    }
    if (result != -EINTR && result != -ECONNABORTED)
      return result;
  }
}

// Takes the edge that was announced, since the call will see what is there.
void takeEdge(Descriptor *descriptor, Direction direction) {
  if (!(Real::loadRelaxed(&descriptor->edges) & (1 << direction)))
    return;
  SpinLock held(descriptor->lock);
  Real::storeRelaxed(&descriptor->edges, static_cast<uint8_t>(descriptor->edges & ~(1 << direction)));
}

// Makes the call, or finds that it would block. -EAGAIN: the leaf has to wait.
int64_t attempt(Descriptor *descriptor, IoLeaf *leaf) {
  Direction direction = directionOf(leaf);
  if (direction == Input && descriptor->drained && !Real::loadRelaxed(&descriptor->hungUp) && !(Real::load(&descriptor->edges) & (1 << Input)))
    return -EAGAIN;
  takeEdge(descriptor, direction);
  int64_t result = call(leaf);
  if ((leaf->operation & 0xff) == Read && Real::loadRelaxed(&descriptor->registered))
    descriptor->drained = result > 0 && static_cast<uint64_t>(result) < leaf->length;
  return result;
}

// Puts the leaf into the descriptor's queue. 0: it waits; 1: an edge has come, try again; else -errno.
int enqueue(Descriptor *descriptor, IoLeaf *leaf) {
  Direction direction = directionOf(leaf);
  SpinLock held(descriptor->lock);
  if (!descriptor->registered) {
    if (int error = registerDescriptor(descriptor, leaf->fd))
      return error;
  } else if (descriptor->edges & (1 << direction)) {
    return 1;
  }
  leaf->operation |= queued;
  leaf->queueNext = nullptr;
  if (descriptor->last[direction])
    descriptor->last[direction]->queueNext = leaf;
  else
    descriptor->first[direction] = leaf;
  descriptor->last[direction] = leaf;
  return 0;
}

ASYNC_RESUME void resumed(Worker *worker, Frame *frame, int64_t status, uint64_t v0, uint64_t v1);
bool cancelIo(Worker *worker, Leaf *leaf);
constexpr LeafOps ioOps{"a socket", &cancelIo, &resumed};

// Until there is a result, or the leaf waits (then it is linked).
bool drive(Worker *worker, IoLeaf *leaf, int64_t &result) {
  Descriptor *descriptor = descriptorOf(leaf->fd);
  if (!descriptor) {
    result = leaf->fd < 0 ? -EBADF : -EMFILE;
    return true;
  }
  if (worker->budget-- <= 0) { // a turn of the others
    beginWait(worker, leaf, &ioOps);
    yieldTurn(worker, leaf);
    return false;
  }
  for (;;) {
    result = attempt(descriptor, leaf);
    if (result != -EAGAIN)
      return true;
    beginWait(worker, leaf, &ioOps);
    int outcome = enqueue(descriptor, leaf);
    if (outcome == 0)
      return false;
    if (outcome < 0) {
      result = outcome;
      return true;
    }
  }
}

// A connection that does not come about leaves no socket behind.
void giveUp(IoLeaf *leaf) {
  if ((leaf->operation & 0xff) == Connect)
    closeSocket(leaf->fd);
}

ASYNC_RESUME void resumed(Worker *worker, Frame *frame, int64_t status, uint64_t, uint64_t) {
  auto *leaf = reinterpret_cast<IoLeaf *>(frame);
  Frame *cont = frame->cont;
  int64_t result = 0;
  if (status == abi::Cancelled) {
    giveUp(leaf);
  } else {
    if (!drive(worker, leaf, result))
      return;
    if (result < 0)
      giveUp(leaf);
  }
  [[clang::musttail]] return cont->resume(worker, cont, status, static_cast<uint64_t>(result), 0);
}

Outcome start(Worker *worker, Frame *frame, Operation operation, int64_t fd, const void *data, int64_t length) {
  auto *leaf = reinterpret_cast<IoLeaf *>(frame);
  leaf->fd = static_cast<int32_t>(fd);
  leaf->operation = operation;
  leaf->data = const_cast<void *>(data);
  leaf->length = length < 0 ? 0 : static_cast<uint64_t>(length);
  int64_t result;
  if (!drive(worker, leaf, result))
    return pendingOutcome;
  if (result < 0)
    giveUp(leaf);
  return ready(static_cast<uint64_t>(result));
}

bool cancelIo(Worker *, Leaf *waiting) {
  auto *leaf = static_cast<IoLeaf *>(waiting);
  Descriptor *descriptor = descriptorOf(leaf->fd);
  SpinLock held(descriptor->lock);
  if (!(leaf->operation & queued))
    return false;
  Direction direction = directionOf(leaf);
  IoLeaf *before = nullptr;
  for (IoLeaf *at = descriptor->first[direction]; at && at != leaf; at = at->queueNext)
    before = at;
  (before ? before->queueNext : descriptor->first[direction]) = leaf->queueNext;
  if (descriptor->last[direction] == leaf)
    descriptor->last[direction] = before;
  leaf->operation &= 0xff;
  return true;
}

} // namespace

} // namespace async::core

using namespace async::core;

extern "C" {

ASYNC_START Outcome async_tcp_accept(Worker *worker, Frame *leaf, int64_t listener) { return start(worker, leaf, Accept, listener, nullptr, 0); }

ASYNC_START Outcome async_tcp_connect(Worker *worker, Frame *leaf, const SocketAddr *address) {
  int64_t fd = beginConnect(address);
  if (fd < 0)
    return ready(static_cast<uint64_t>(fd));
  return start(worker, leaf, Connect, fd, nullptr, 0);
}

ASYNC_START Outcome async_tcp_read(Worker *worker, Frame *leaf, int64_t socket, void *to, int64_t capacity) {
  return start(worker, leaf, Read, socket, to, capacity);
}

ASYNC_START Outcome async_stream_read(Worker *worker, Frame *leaf, int64_t descriptor, void *to, int64_t capacity) {
  return start(worker, leaf, ReadStream, descriptor, to, capacity);
}

ASYNC_START Outcome async_tcp_write(Worker *worker, Frame *leaf, int64_t socket, const void *from, int64_t length) {
  return start(worker, leaf, Write, socket, from, length);
}
}
