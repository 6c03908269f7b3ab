#include "runtime/core/Walk.h"

#include "runtime/core/Describe.h"
#include "runtime/core/Scheduler.h"

namespace async::core {

using abi::Arm;

namespace {

// Down from a frame to its leaf; null: it is not waiting.
Leaf *leafUnder(Frame *frame) {
  for (;;) {
    const abi::FrameDescriptor *descriptor = descriptorOf(frame);
    const abi::FrameStateInfo *state = descriptor ? stateInfoOf(frame, *descriptor) : nullptr;
    if (!state)
      return nullptr;
    char *child = reinterpret_cast<char *>(frame) + (state->child & ~abi::childKindMask);
    switch (static_cast<abi::ChildKind>(state->child & abi::childKindMask)) {
    case abi::ChildFrame:
      frame = reinterpret_cast<Frame *>(child);
      break;
    case abi::ChildPointer:
      frame = *reinterpret_cast<Frame **>(child);
      break;
    case abi::ChildLeaf:
      return reinterpret_cast<Leaf *>(child);
    }
  }
}

} // namespace

LeafWalk::LeafWalk(Task *task) : body(bodyOf(task)) {
  // Those that a leaf waits for are found through it.
  eachOpened(
      task, [](Scope *) {},
      [this](Arm *other) {
        if (!other->waiter)
          add(other);
      });
}

void LeafWalk::add(Arm *other) {
  other->head.cont = reinterpret_cast<Frame *>(later);
  later = other;
}

Frame *LeafWalk::nextChain() {
  if (Frame *first = body) {
    body = nullptr;
    return first;
  }
  for (;;) {
    for (; group && at < group->started; ++at)
      if (isRunning(&group[at]))
        return group[at++].frame;
    group = later;
    at = 0;
    if (!group)
      return nullptr;
    later = reinterpret_cast<Arm *>(group->head.cont);
  }
}

Leaf *LeafWalk::next() {
  while (Frame *chain = nextChain())
    if (Leaf *leaf = leafUnder(chain)) {
      if (Arm *awaited = groupOf(leaf))
        add(awaited);
      return leaf;
    }
  return nullptr;
}

bool isFrameOf(const Frame *frame, const Scope *scope) {
  const abi::FrameDescriptor *descriptor = descriptorOf(frame);
  return descriptor && reinterpret_cast<uintptr_t>(scope) - reinterpret_cast<uintptr_t>(frame) < descriptor->frameSize;
}

} // namespace async::core
