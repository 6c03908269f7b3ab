// Describe.h: what waits where, from the descriptors of generated frames (runtime/abi).
#pragma once
#include "runtime/core/Runtime.h"

namespace async::core {

const abi::FrameDescriptor *descriptorOf(const Frame *frame); // null: a frame of the runtime, or one that has not started
// Of the state that the frame waits in; null: it is in none.
const abi::FrameStateInfo *stateInfoOf(const Frame *frame, const abi::FrameDescriptor &descriptor);
Frame *awaiterOf(Frame *frame); // what goes on when it ends; null: that is running; the task itself is the last

// Writes the main and the detached tasks to standard error, with the chain of awaits of each, and the tasks that these wait for. Nothing may run.
void reportTasks();

} // namespace async::core
