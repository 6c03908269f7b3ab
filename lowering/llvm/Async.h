// Async.h: emits one of the two copies of an async body.
//
// start   { status, v0, v1 } (worker, frame, arguments…): values are in registers; the frame is touched only by residents and when a callee says pending.
// resume  (worker, frame, status, v0, v1), preserve_none: loads what lives in the state and goes on behind its await. A loop with an await is entered at
//         its header only, by `sel`, so that it stays reducible and LLVM peels the interrupted iteration (docs/internals/llvm.md).
// A panic of a synchronous callee is caught and becomes status panicked; both copies end by `finish`.
#pragma once
#include "lowering/llvm/Function.h"
#include "lowering/states/Lowered.h"

namespace async::llvmgen {

class AsyncEmitter : public FunctionEmitter {
public:
  enum class Copy : uint8_t { Start, Resume };
  AsyncEmitter(ModuleEmitter &module, llvm::Function *function, const mir::Body &body, const states::Lowered &lowered, Copy copy)
      : FunctionEmitter(module, function, body), lowered(lowered), isResume(copy == Copy::Resume) {}

  void emit();

private:
  // The two ways on from an await, entered from its call and, in the resume copy, from the entry.
  struct Point {
    llvm::BasicBlock *good = nullptr, *bad = nullptr;
    llvm::PHINode *v0 = nullptr, *v1 = nullptr; // good
    llvm::PHINode *status = nullptr, *payload = nullptr; // bad
  };

  void prepareLocals();
  void storeParameters();
  // Kept.cpp
  void findKept();
  bool isInOwnSlot(const llvm::Value *address);
  void separateOwnSlots(); // once all is emitted
  void enterStates();
  void enterByState(llvm::ArrayRef<llvm::BasicBlock *> loads);
  void emitAll();
  void emitBlock(uint32_t index) override;
  void emitDispatch(uint32_t header);
  llvm::BasicBlock *next(uint32_t state, size_t depth); // towards a state from `depth` loops inside
  llvm::BasicBlock *arrival(uint32_t state);

  void emitTerminator(const mir::Terminator &terminator) override;
  void emitAwait(const mir::Terminator &terminator);
  llvm::Value *startChild(const mir::Terminator &terminator, const states::State &state, llvm::Value *child);
  llvm::Value *childAddress(const states::State &state);
  Point &point(uint32_t state);
  void connect(Point &to, llvm::BasicBlock *from, llvm::Value *status, llvm::Value *v0, llvm::Value *v1);
  void emitSuspend(uint32_t number, llvm::Value *child);
  void emitGood(uint32_t number);
  void emitBad(uint32_t number);
  void endShield(const states::State &state);
  void releaseChild(const states::State &state);
  void saveSlot(const states::Slot &slot);
  void loadSlot(const states::Slot &slot);

  void emitStorage(mir::LocalId local, bool live) override;
  void emitReturn() override;
  void emitUnwind() override;
  void takeUnwind(const mir::Place &to) override;
  llvm::BasicBlock *unwindDestination(mir::BlockId unwind) override;
  llvm::BasicBlock *landingPad(mir::BlockId target) override;
  llvm::BasicBlock *unwindTarget(mir::BlockId unwind); // a cleanup block, or the way out
  void keepReason(llvm::Value *status, llvm::Value *payload);
  void finish(llvm::Value *status, llvm::Value *v0, llvm::Value *v1);
  llvm::Value *currentWorker() override { return worker; }
  llvm::Value *currentFrame() override { return frame; }

  const states::Lowered &lowered;
  bool isResume;
  llvm::Value *worker = nullptr, *frame = nullptr;
  llvm::AllocaInst *reason = nullptr, *shield = nullptr, *future = nullptr, *selector = nullptr; // made in the entry
  llvm::BasicBlock *wayOut = nullptr, *padOut = nullptr;
  uint32_t currentBlock = 0;
  std::vector<bool> ownSlots;  // by slot: saved, and nothing else ever lies in its bytes
  std::vector<bool> keptSlots; // by slot: the resume copy does not save it
  bool keepsCont = false; // nor the way back of its only callee
  std::vector<Point> points; // by state
  std::vector<uint32_t> openPoints;
  std::vector<llvm::BasicBlock *> arrivals; // by state
  std::vector<std::vector<uint32_t>> loops; // by state: headers of the loops around it, outermost first
  std::vector<std::vector<uint32_t>> statesOfLoop; // by header block
};

// The headers of the natural loops around each block, outermost first.
std::vector<std::vector<uint32_t>> loopsAround(const mir::Body &body, const std::vector<uint32_t> &blocks);

} // namespace async::llvmgen
