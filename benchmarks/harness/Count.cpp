// Count.cpp: counts what a program allocates. The linker puts these functions in place of the runtime's and C's (--wrap), so that calls from
// generated code and from the runtime count alike. What one of them allocates for itself (a chunk for its size classes) does not count again.
#include <stddef.h>
#include <stdint.h>

namespace {

uint64_t count;
thread_local int inside;

struct Counted {
  Counted() {
    if (inside++ == 0)
      __atomic_fetch_add(&count, 1, __ATOMIC_RELAXED);
  }
  ~Counted() { --inside; }
};

} // namespace

extern "C" {
int64_t bench_allocations() { return static_cast<int64_t>(__atomic_load_n(&count, __ATOMIC_RELAXED)); }

void *__real_async_alloc(int64_t size, int64_t align);
void *__real_async_frame_new(uint64_t size, uint64_t align, void *start);
void *__real_async_spawn(void *worker, void *scope, const void *info);
void *__real_malloc(size_t size);
void *__real_calloc(size_t many, size_t size);
void *__real_realloc(void *at, size_t size);

void *__wrap_async_alloc(int64_t size, int64_t align) {
  Counted here;
  return __real_async_alloc(size, align);
}
void *__wrap_async_frame_new(uint64_t size, uint64_t align, void *start) {
  Counted here;
  return __real_async_frame_new(size, align, start);
}
void *__wrap_async_spawn(void *worker, void *scope, const void *info) {
  Counted here;
  return __real_async_spawn(worker, scope, info);
}
void *__wrap_malloc(size_t size) {
  Counted here;
  return __real_malloc(size);
}
void *__wrap_calloc(size_t many, size_t size) {
  Counted here;
  return __real_calloc(many, size);
}
void *__wrap_realloc(void *at, size_t size) {
  Counted here;
  return __real_realloc(at, size);
}
}
