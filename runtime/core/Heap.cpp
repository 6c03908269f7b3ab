#include "runtime/core/Heap.h"

#include <stdlib.h>

#include "runtime/core/Panic.h"
#include "runtime/core/Runtime.h"

namespace async::core {

namespace {

constexpr size_t chunkSize = 256 * 1024;

// Batches of blocks by class. A batch is a list; the batches are linked through the second word of their first blocks.
struct Depot {
  uint32_t lock;
  Heap::Block *batches[Heap::classes];
};
Depot depot;

struct BatchHead {
  Heap::Block *next;
  BatchHead *nextBatch;
};
static_assert(sizeof(BatchHead) <= 16);

[[noreturn]] void outOfMemory() { raiseText("out of memory", 13, nullptr); }

void *fromC(size_t size) {
  void *at = malloc(size == 0 ? 1 : size);
  if (!at)
    outOfMemory();
  return at;
}

// The heap of all threads that are no worker: of those who call a library.
struct {
  uint32_t lock;
  bool isReady;
  Heap heap;
} outside;

// Under the lock.
Heap &heapOutside() {
  if (!outside.isReady)
    outside.heap.init();
  outside.isReady = true;
  return outside.heap;
}

} // namespace

// A batch from the depot, or new blocks: few at first, since most classes are hardly used.
void *Heap::refill(unsigned index) {
  {
    sync::SpinLock held(depot.lock);
    if (auto *head = reinterpret_cast<BatchHead *>(depot.batches[index])) {
      depot.batches[index] = reinterpret_cast<Block *>(head->nextBatch);
      lists[index].first = head->next;
      uint32_t count = 0;
      for (Block *block = head->next; block; block = block->next)
        ++count;
      lists[index].count = count;
      return head;
    }
  }
  size_t size = sizeOf(index);
  if (static_cast<size_t>(bumpEnd - bump) < size) {
    for (; bumpEnd - bump >= 16; bump += 16) // the rest is small blocks
      release(bump, 16);
    bump = static_cast<char *>(aligned_alloc(64, chunkSize));
    if (!bump) {
      bumpEnd = nullptr;
      outOfMemory();
    }
    bumpEnd = bump + chunkSize;
  }
  void *block = bump;
  bump += size;
  return block;
}

void Heap::spill(unsigned index) {
  List &list = lists[index];
  Block *first = list.first, *last = first;
  for (unsigned i = 1; i < batch; ++i)
    last = last->next;
  list.first = last->next;
  list.count -= batch;
  last->next = nullptr;
  auto *head = reinterpret_cast<BatchHead *>(first);
  sync::SpinLock held(depot.lock);
  head->nextBatch = reinterpret_cast<BatchHead *>(depot.batches[index]);
  depot.batches[index] = first;
}

void Heap::giveAll() {
  for (unsigned i = 0; i < classes; ++i) {
    if (!lists[i].first)
      continue;
    auto *head = reinterpret_cast<BatchHead *>(lists[i].first);
    lists[i].first = nullptr;
    lists[i].count = 0;
    sync::SpinLock held(depot.lock);
    head->nextBatch = reinterpret_cast<BatchHead *>(depot.batches[i]);
    depot.batches[i] = reinterpret_cast<Block *>(head);
  }
}

void *Heap::takeLarge(size_t size) { return fromC(size); }
void Heap::giveLarge(void *at) { free(at); }

void *allocate(size_t size) {
  if (Worker *worker = currentWorker())
    return worker->heap.take(size);
  sync::SpinLock held(outside.lock);
  return heapOutside().take(size);
}

void release(void *at, size_t size) {
  if (Worker *worker = currentWorker())
    return worker->heap.give(at, size);
  sync::SpinLock held(outside.lock);
  heapOutside().give(at, size);
}

} // namespace async::core

using namespace async::core;

extern "C" {

void *async_alloc(int64_t size, int64_t align) {
  if (__builtin_expect(size < 0, false))
    raiseText("out of memory", 13, nullptr);
  if (__builtin_expect(align <= 16, true))
    return allocate(static_cast<size_t>(size));
  size_t rounded = (static_cast<size_t>(size) + static_cast<size_t>(align) - 1) & ~(static_cast<size_t>(align) - 1);
  void *at = aligned_alloc(static_cast<size_t>(align), rounded);
  if (!at)
    raiseText("out of memory", 13, nullptr);
  return at;
}

void async_free(void *at, int64_t size, int64_t align) {
  if (!at)
    return;
  if (__builtin_expect(align <= 16, true))
    release(at, static_cast<size_t>(size));
  else
    free(at);
}

void async_buffer_free(async::abi::Buffer *buffer) { async_free(buffer, buffer->capacity + 16, 8); }
}
