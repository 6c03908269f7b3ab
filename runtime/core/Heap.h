// Heap.h: memory by size class. A worker allocates from and frees to its own lists, without atomics; a list that has grown long gives a batch to a depot
// that all share, and an empty one takes a batch from there, so that memory which is freed on another worker comes back.
//
// Classes   steps of 16 bytes to 512, then four a power of two to 32 kB; larger ones are the C heap's.
// Caller    tells the size again when it frees: nothing is kept in front of a block. Blocks are aligned to 16; larger alignments go to the C heap.
// Rejected  a queue of remote frees a block's owner: a lookup of the owner at each free, for what the depot does once in 32.
#pragma once
#include <stddef.h>
#include <stdint.h>

namespace async::core {

struct Heap {
  static constexpr size_t largest = 32768;
  static constexpr unsigned classes = 32 + 4 * 6;
  static constexpr unsigned batch = 32;
  static constexpr size_t kept = 256 * 1024; // bytes of a class that a worker keeps to itself, but at least four batches

  struct Block {
    Block *next;
  };
  struct List {
    Block *first;
    uint32_t count, limit;
  };
  void init() {
    for (unsigned i = 0; i < classes; ++i)
      lists[i].limit = static_cast<uint32_t>(kept / sizeOf(i) > 4 * batch ? kept / sizeOf(i) : 4 * batch);
  }

  static unsigned classOf(size_t size) {
    if (size <= 512)
      return size == 0 ? 0 : static_cast<unsigned>((size - 1) / 16);
    unsigned power = 63u - static_cast<unsigned>(__builtin_clzll(size - 1)); // 9 for 513..1024
    return 32 + (power - 9) * 4 + static_cast<unsigned>(((size - 1) >> (power - 2)) & 3);
  }
  static size_t sizeOf(unsigned index) {
    if (index < 32)
      return (index + 1) * 16;
    unsigned power = 9 + (index - 32) / 4;
    return (size_t{1} << power) + ((index - 32) % 4 + 1) * (size_t{1} << (power - 2));
  }

  void *allocate(size_t size) {
    List &list = lists[classOf(size)];
    if (__builtin_expect(list.first != nullptr, true)) {
      Block *block = list.first;
      list.first = block->next;
      --list.count;
      return block;
    }
    return refill(classOf(size));
  }
  void release(void *at, size_t size) {
    List &list = lists[classOf(size)];
    auto *block = static_cast<Block *>(at);
    block->next = list.first;
    list.first = block;
    if (__builtin_expect(++list.count >= list.limit, false))
      spill(classOf(size));
  }
  // The same for any size. Blocks of the C heap may enter a list: they are as large as their class and never go back to it.
  void *take(size_t size) { return __builtin_expect(usesLists && size <= largest, true) ? allocate(size) : takeLarge(size); }
  void give(void *at, size_t size) {
    if (__builtin_expect(usesLists && size <= largest, true))
      release(at, size);
    else
      giveLarge(at);
  }
  void giveAll(); // to the depot

  List lists[classes];
  char *bump, *bumpEnd;

private:
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  static constexpr bool usesLists = false; // the sanitizer sees each block
#else
  static constexpr bool usesLists = true;
#endif
  static void *takeLarge(size_t size);
  static void giveLarge(void *at);
  void *refill(unsigned index);
  void spill(unsigned index);
};

// Both panic out of memory; `size` may be 0.
void *allocate(size_t size);
void release(void *at, size_t size);

} // namespace async::core
