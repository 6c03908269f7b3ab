// Lowered.h: the state machines of async bodies: suspensions, what lives across each, and where in the frame it lies.
//
// In      instances at stage Mono (Mono.h).
// Out     for each async instance its states and the layout of its frame. The MIR is not changed: the two copies (start and resume) are made from it
//         and this by lowering/llvm.
// Frame   header of 16 bytes (resume, cont), then slots, the frames of callees and the number of the state, in any order; bytes are shared by what never lives
//         together. The size is not rounded: the next thing in the frame around it may begin right behind.
// States  n is the n-th suspension in order of the source. Its number has 1, 2 or 4 bytes; a single state needs none.
// Slots   saved     a local that is stored when a state suspends and loaded when it resumes; between them it lives in registers or on the stack
//         resident  a local that lives in the frame all the time: its loan may be live at a suspension (rules.md L8), it is large, or it is the
//                   result and does not fit two words, or so many states have it that storing it at each would be too much code
//         unwind    the reason of the unwinding (two words), while cleanup waits;  shield: the old shield;  future: the heap frame that is awaited
// Children the frame of an awaited callee lies in the caller's; that of a callee in the same recursive group is on the heap (boxed).
// Holds   (verifyLowered)
//   one-slot   a local has at most one slot; every local that is live at a state has one
//   no-clash   slots that overlap never live together; nothing that lives at a state overlaps its child or the number of the state
//   inside     all lies between the header and `size`, aligned
// Cost    O(instructions * locals / 64) an instance, and the square of the number of slots and states.   Dump  --emit=states   Tests  test/unit/states
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "frontend/diagnostics/Diagnostics.h"
#include "frontend/source/Interner.h"
#include "frontend/source/SourceMap.h"
#include "lowering/mono/Mono.h"
#include "typeck/mir/BitSet.h"

namespace async::states {

using namespace typeck;

constexpr uint64_t headerSize = 16;
// Results of more bytes stay in the callee's frame.
constexpr uint64_t maxResultInRegisters = 16;
constexpr uint64_t futureLeafSize = 40; // of async_future_await
constexpr uint64_t minLeafSize = 32;    // runtime/abi: Leaf
constexpr uint32_t noSlot = UINT32_MAX;

struct Slot {
  enum class Kind : uint8_t { Saved, Resident, Unwind, Shield, Future } kind = Kind::Saved;
  mir::LocalId local; // Saved, Resident
  uint64_t offset = 0, size = 0;
  uint32_t align = 1;
};

struct State {
  mir::BlockId block; // the one that ends with the await
  frontend::Span span;
  uint32_t callee = UINT32_MAX; // instance; none: an Async value, by async_future_await
  mir::BitSet slots;            // numbers of the slots that live across it, resident ones included
  uint64_t childOffset = 0, childSize = 0;
  uint32_t childAlign = 8;
  bool boxed = false;    // the child is on the heap
  bool shielded = false; // in cleanup: a request to stop does not end it
};

struct Lowered {
  uint32_t instance = UINT32_MAX;
  std::vector<Slot> slots;
  std::vector<uint32_t> slotOf; // by local: number of its slot or noSlot
  uint32_t unwindSlot = noSlot, shieldSlot = noSlot, futureSlot = noSlot;
  std::vector<State> states;     // state n is states[n - 1]
  std::vector<uint32_t> stateOf; // by block: number of its state, or 0
  uint64_t size = headerSize;    // of the frame, once it has started
  uint32_t align = 8;
  uint64_t stateOffset = headerSize; // of the number of the state
  // What else lies in `size`: the headers of this frame and of those nested in its largest child, in bytes, and the frame of the runtime's leaf at their end.
  uint64_t headers = headerSize, waiter = 0;
  // Before the start the arguments lie in the frame.
  std::vector<uint64_t> argOffsets;    // by parameter
  uint64_t unstartedSize = headerSize; // what a frame that is made before its start needs: at least `size`

  uint32_t stateSize() const { return states.size() <= 1 ? 0 : states.size() <= 0xFF ? 1 : states.size() <= 0xFFFF ? 2 : 4; }
  bool isResident(mir::LocalId local) const {
    uint32_t slot = slotOf[local.index];
    return slot != noSlot && slots[slot].kind == Slot::Kind::Resident;
  }
};

class LoweredSet {
public:
  // Null: the instance is not async.
  const Lowered *of(uint32_t instance) const { return instance < all.size() ? all[instance].get() : nullptr; }
  std::vector<std::unique_ptr<Lowered>> all; // by instance
};

// S0503: frames that are larger than their function allows by #[frame(max: N)]. `main` counts like any other.
void checkFrames(const mono::Mono &mono, const LoweredSet &set, frontend::Diagnostics &diagnostics);

LoweredSet lowerStates(const mono::Mono &mono, const frontend::Interner &interner);

// What is wrong with it, or nothing.
std::string verifyLowered(const mono::Mono &mono, const Lowered &lowered);

// The text of --emit=states; of the instances whose name contains `function` (empty: all).
std::string printStates(const mono::Mono &mono, const LoweredSet &set, const frontend::Interner &interner, const frontend::SourceMap &sources,
                        const std::string &function = {});
// The same machines as graphs for Graphviz: states with what they keep, ways on; dashed where an await was cancelled or panicked.
std::string printStatesDot(const mono::Mono &mono, const LoweredSet &set, const frontend::Interner &interner, const frontend::SourceMap &sources,
                           const std::string &function = {});

} // namespace async::states
