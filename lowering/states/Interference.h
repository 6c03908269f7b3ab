// Interference.h: which parts of a frame may not share bytes. Parts are the slots, then the child of each state, then the number of the state.
//
// Saved slots are in memory only while a state that has them is suspended. Residents are there wherever they are needed. A child is there while it is awaited;
// its result is copied out of it at the end, so the destination may lie over it. A resident whose last use is that it becomes another one as a whole may be the same part
// (`merged`).
// Cost: O((instructions + slots) * slots / 64), and residents^2 / 64 for each change of what is needed.
#pragma once
#include <vector>

#include "lowering/states/FrameLayout.h"
#include "lowering/states/Liveness.h"
#include "lowering/states/Lowered.h"

namespace async::states {

class Interference {
public:
  Interference(const mir::Body &body, const Liveness &live, const Lowered &made, const std::vector<bool> &reached)
      : body(body), live(live), made(made), reached(reached), slotCount(made.slots.size()), partCount(slotCount + made.states.size() + 1), items(partCount) {}

  // Sizes, alignments and conflicts; `merged` says by slot which slot's part it is.
  std::vector<FrameItem> parts();
  std::vector<uint32_t> merged;

private:
  void conflict(size_t a, size_t b);
  void conflictStates();
  void conflictChild(uint32_t state);
  void conflictResidents();
  void conflictResidentsOf(const mir::Block &block, uint32_t index);
  void needTogether(mir::BitSet slots);
  void writes(const mir::Place &place, const mir::BitSet &beside);
  void moves(const mir::Statement &statement);
  void merge();
  mir::BitSet residentsOf(const mir::BitSet &needed) const;
  bool isResident(mir::LocalId local) const { return made.isResident(local); }
  size_t childPart(size_t state) const { return slotCount + state; }
  size_t statePart() const { return partCount - 1; }

  const mir::Body &body;
  const Liveness &live;
  const Lowered &made;
  const std::vector<bool> &reached;
  size_t slotCount, partCount;
  std::vector<FrameItem> items;
  mir::BitSet last;                                     // the set that was seen before
  std::vector<std::pair<uint32_t, uint32_t>> movePairs; // slots: to, from
};

} // namespace async::states
