#include "runtime/core/Describe.h"

#include <string.h>
#include <sys/mman.h>

#include "runtime/core/Panic.h"
#include "runtime/core/Scheduler.h"
#include "runtime/core/Walk.h"

namespace async::core {

namespace {

constexpr uintptr_t pageSize = 4096;

// What lies in front of a function that begins a page may not be there.
bool mayReadBefore(uintptr_t function) {
  if (function % pageSize >= abi::descriptorBefore)
    return true;
  return msync(reinterpret_cast<void *>(function / pageSize * pageSize - pageSize), pageSize, MS_ASYNC) == 0;
}

} // namespace

const abi::FrameDescriptor *descriptorOf(const Frame *frame) {
  auto function = reinterpret_cast<uintptr_t>(frame->resume);
  if (function < pageSize || !mayReadBefore(function))
    return nullptr;
  struct {
    int32_t distance;
    uint32_t mark;
    uint64_t zero;
  } prefix;
  static_assert(sizeof prefix == abi::descriptorBefore);
  memcpy(&prefix, reinterpret_cast<const char *>(function) - sizeof prefix, sizeof prefix);
  if (prefix.mark != abi::descriptorMark || prefix.zero != 0)
    return nullptr;
  return reinterpret_cast<const abi::FrameDescriptor *>(function + static_cast<uintptr_t>(static_cast<intptr_t>(prefix.distance)));
}

const abi::FrameStateInfo *stateInfoOf(const Frame *frame, const abi::FrameDescriptor &descriptor) {
  const char *at = reinterpret_cast<const char *>(frame) + descriptor.stateOffset;
  uint32_t state = descriptor.stateCount == 1 ? 1 : 0;
  memcpy(&state, at, abi::stateSize(descriptor.stateCount)); // little-endian
  return state == 0 || state > descriptor.stateCount ? nullptr : &descriptor.states[state - 1];
}

Frame *awaiterOf(Frame *frame) {
  if (frame->resume != &armEnded)
    return frame->cont;
  Leaf *waiter = reinterpret_cast<abi::Arm *>(frame)->base->waiter;
  return waiter ? waiter->cont : nullptr;
}

namespace {

const char *nameOf(const Leaf *leaf) {
  switch (kindOf(leaf)) {
  case YieldKind:
  case StoppedYieldKind:
    return "its turn";
  case LocalEventKind:
    return "an event";
  case JoinKind:
    return "the end of a task";
  case PlainKind:
  case HookedKind:
    return opsOf(leaf)->name;
  }
  return "";
}

void writeFrame(const Frame *frame) {
  const abi::FrameDescriptor *descriptor = descriptorOf(frame);
  const abi::FrameStateInfo *state = descriptor ? stateInfoOf(frame, *descriptor) : nullptr;
  if (!state || !state->place)
    return;
  char line[20], column[20];
  Piece pieces[] = {{"    ", 4},     {state->place->file, state->place->fileLength},
                    {":", 1},        {line, formatNumber(state->place->line, line)},
                    {":", 1},        {column, formatNumber(state->place->column, column)},
                    {" ", 1},        {descriptor->name, descriptor->nameLength},
                    {" awaits ", 8}, {state->awaited, state->awaitedLength},
                    {"\n", 1}};
  writeError(pieces, 11);
}

void writeTask(Task *task, int depth) {
  char id[20];
  const abi::SpawnInfo *info = infoOf(task);
  Piece head[] = {{"task ", 5}, {id, formatNumber(task->id, id)}, {" ", 1}, {info->name, info->nameLength}, {"\n", 1}};
  writeError(head, 5);
  LeafWalk waits(task);
  while (Leaf *leaf = waits.next()) {
    const char *what = nameOf(leaf);
    Piece wait[] = {{"  waits for ", 12}, {what, strlen(what)}, {"\n", 1}};
    writeError(wait, 3);
    for (Frame *frame = leaf->cont; frame && frame != frameOf(task); frame = awaiterOf(frame))
      writeFrame(frame);
  }
  if (depth == 0)
    return;
  LeafWalk others(task);
  while (Leaf *leaf = others.next()) {
    if (Task *joined = joinedBy(leaf))
      writeTask(joined, depth - 1);
    if (Scope *scope = scopeOf(leaf))
      for (Task *child = scope->first; child; child = child->scopeNext)
        writeTask(child, depth - 1);
  }
}

} // namespace

void reportTasks() {
  for (Task *task = runtime.detached.first; task; task = task->scopeNext)
    writeTask(task, 20);
}

} // namespace async::core
