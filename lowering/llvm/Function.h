// Function.h: emits the code of one body (or of one of the two copies of an async body).
//
// The synchronous part: locals, places, operands, values, calls, drops, checks and unwinding. Async.cpp adds what
// the start and resume copies need; both go through `emitStatement` and `emitTerminator`.
#pragma once
#include "lowering/llvm/Module.h"

namespace async::llvmgen {

// A place in memory. `extra` is the length of a slice or the table of a dyn object behind a fat pointer.
struct PlaceValue {
  llvm::Value *address = nullptr;
  llvm::Value *extra = nullptr;
  TypeId type;
  uint32_t variant = UINT32_MAX; // after Downcast
};

class FunctionEmitter {
public:
  FunctionEmitter(ModuleEmitter &module, llvm::Function *function, const mir::Body &body);
  virtual ~FunctionEmitter() = default;

  // A synchronous body, from its parameters to the last block.
  void emitSync(const FunctionInfo &info);

protected:
  ModuleEmitter &module;
  const Program &program;
  llvm::LLVMContext &context;
  llvm::Function *function;
  const mir::Body &body;
  llvm::IRBuilder<> builder;
  llvm::BasicBlock *entryBlock = nullptr;
  std::vector<llvm::Value *> localAddresses;
  std::vector<llvm::BasicBlock *> blocks; // null until something leads there
  std::vector<uint32_t> pending; // blocks to emit
  std::vector<llvm::BasicBlock *> landingPads; // by the block that they lead to
  llvm::Value *exceptionSlot = nullptr; // the exception while cleanup blocks run
  bool stopsUnwinding = false; // the body has TakeUnwind: its landing pads catch
  std::vector<bool> lent; // by local: its address is taken somewhere
  llvm::Value *callerPlace = nullptr; // the hidden argument of #[track_caller]
  frontend::Span currentSpan;

  // Storage.
  llvm::AllocaInst *temporary(llvm::Type *type, uint64_t size, uint32_t align, const llvm::Twine &name = "");
  llvm::Value *temporary(TypeId type, const llvm::Twine &name = "");
  llvm::Value *localAddress(mir::LocalId local) { return localAddresses[local.index]; }

  // Places (Places.cpp).
  PlaceValue place(const mir::Place &place);
  PlaceValue project(PlaceValue base, const mir::Projection &projection);
  TypeId placeType(const mir::Place &place);
  llvm::Value *byteOffset(llvm::Value *address, uint64_t offset);
  llvm::Value *loadDiscriminant(PlaceValue place);
  void storeDiscriminant(llvm::Value *address, TypeId type, uint32_t variant);

  // Values (Values.cpp).
  llvm::Value *loadRegister(llvm::Type *type, llvm::Value *address, uint32_t align);
  void storeRegister(llvm::Value *value, llvm::Value *address, uint32_t align);
  void loadShape(const ValueShape &shape, llvm::Value *address, llvm::SmallVectorImpl<llvm::Value *> &into);
  void storeShape(const ValueShape &shape, llvm::ArrayRef<llvm::Value *> values, llvm::Value *address);
  void copyValue(TypeId type, llvm::Value *to, llvm::Value *from);
  // The registers of an operand, or its address if its shape is Memory.
  void operand(const mir::Operand &operand, llvm::SmallVectorImpl<llvm::Value *> &into);
  llvm::Value *scalar(const mir::Operand &operand);
  void operandTo(const mir::Operand &operand, llvm::Value *address);
  TypeId operandType(const mir::Operand &operand);
  void constant(const mir::Constant &constant, llvm::SmallVectorImpl<llvm::Value *> &into);

  // Rvalues.cpp.
  void assign(const mir::Place &to, const mir::Rvalue &value);
  void emitAggregate(llvm::Value *address, TypeId type, uint32_t variant, const std::vector<mir::Operand> &operands);
  llvm::Value *binary(mir::BinaryOp op, TypeId type, llvm::Value *a, llvm::Value *b);
  void checkedBinary(mir::BinaryOp op, TypeId operandType, llvm::Value *a, llvm::Value *b, TypeId tupleType, llvm::Value *address);
  llvm::Value *cast(llvm::Value *value, TypeId from, TypeId to);
  void coerce(llvm::Value *address, const mir::Rvalue &value);
  void emitRepeat(const PlaceValue &target, const mir::Operand &operand);
  void boxInto(llvm::Value *address, const mir::Rvalue &value); // Boxed.cpp
  void emitFuture(const PlaceValue &target, const mir::Rvalue &value); // Futures.cpp
  void storeArguments(uint32_t instance, llvm::Value *frame, llvm::ArrayRef<mir::Operand> operands);
  void emitSpawn(const mir::Terminator &terminator);
  llvm::Value *enumNumber(const mir::Operand &operand, TypeId to);

  // Control.cpp.
  virtual void emitBlock(uint32_t index);
  void emitStatement(const mir::Statement &statement);
  virtual void emitTerminator(const mir::Terminator &terminator);
  virtual void emitStorage(mir::LocalId local, bool live);
  void emitSwitch(const mir::Terminator &terminator);
  void emitAssert(const mir::Terminator &terminator);
  virtual void emitReturn();
  virtual void emitUnwind();
  virtual void takeUnwind(const mir::Place &to);
  llvm::BasicBlock *block(mir::BlockId id);
  void prepareBlocks(const std::vector<mir::Block> &from);
  void emitPending();
  virtual llvm::BasicBlock *unwindDestination(mir::BlockId unwind); // null: a plain call
  virtual llvm::BasicBlock *landingPad(mir::BlockId target);
  llvm::Value *catchException();
  llvm::Value *exceptionPlace();

  // Calls (Calls.cpp).
  llvm::CallBase *callOrInvoke(llvm::FunctionCallee callee, llvm::ArrayRef<llvm::Value *> args, mir::BlockId unwind, bool mayUnwind = true);
  void emitCall(const mir::Terminator &terminator);
  void callInstance(uint32_t instance, llvm::ArrayRef<mir::Operand> operands, llvm::Value *to, mir::BlockId unwind);
  void passOperand(const mir::Operand &operand, llvm::SmallVectorImpl<llvm::Value *> &args);
  void receiveResult(llvm::CallBase *call, const ValueShape &shape, llvm::Value *to);
  bool mayReadDestination(const mir::Terminator &terminator);
  // Boxed.cpp.
  void emitCallValue(const mir::Terminator &terminator);
  void freeBoxed(llvm::Value *data, llvm::Value *table);
  void dropDyn(llvm::Value *data, llvm::Value *table, mir::BlockId unwind);
  void emitDrop(const mir::Terminator &terminator);
  llvm::Value *placeArgument(); // the place for a #[track_caller] callee
  // Intrinsics.cpp. False: no such intrinsic.
  bool emitIntrinsic(const typeck::FnDecl &decl, llvm::ArrayRef<TypeId> typeArgs, const mir::Terminator &call, llvm::Value *to);
  void emitAtomic(unsigned operation, TypeId type, const mir::Terminator &call, llvm::Value *to);
  void emitCallerFile(TypeId type, llvm::Value *to);
  void emitDropAt(const PlaceValue &at, mir::BlockId unwind);

  // Results as two words (lowering of async functions, and std's decode_result).
  void decodeWords(TypeId type, llvm::Value *first, llvm::Value *second, llvm::Value *to);
  std::pair<llvm::Value *, llvm::Value *> encodeWords(TypeId type, llvm::Value *address);
  llvm::Value *toWord(llvm::Value *value);
  llvm::Value *fromWord(llvm::Value *word, llvm::Type *type);
  virtual llvm::Value *currentWorker();
  virtual llvm::Value *currentFrame();

  void setPlace(frontend::Span span);
  llvm::Value *word(uint64_t value) { return builder.getInt64(value); }
};

} // namespace async::llvmgen
