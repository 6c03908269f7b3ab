// Module.h: what the emission of one module shares: types, functions, constants, functions of the runtime.
//
// Values have one of four shapes, by layout alone. Locals live in allocas and are read and written whole or by register;
// LLVM makes registers of them. Shapes decide how values pass between functions:
//   Empty   nothing          Scalar  one register       Pair  two registers, each of its own type
//   Memory  the address; the callee owns what lies there. A result is written to the address of a hidden first argument.
#pragma once
#include "lowering/llvm/Pch.h"

#include <optional>

#include "frontend/source/Interner.h"
#include "frontend/source/SourceMap.h"
#include "lowering/llvm/Codegen.h"
#include "lowering/llvm/Debug.h"
#include "lowering/mono/Layout.h"
#include "lowering/mono/Mono.h"
#include "lowering/states/Lowered.h"
#include "typeck/mir/Mir.h"

namespace async::llvmgen {

using namespace typeck;

// Of a task that is a future: behind the header of its frame lies the future.
constexpr uint64_t futureTaskAt = states::headerSize;

struct ValueShape {
  enum class Kind : uint8_t { Empty, Scalar, Pair, Memory } kind = Kind::Empty;
  llvm::Type *types[2] = {nullptr, nullptr}; // as in registers: bool is i1
  uint64_t offsets[2] = {0, 0};
  uint64_t size = 0;
  uint32_t align = 1;

  unsigned count() const { return kind == Kind::Empty ? 0 : kind == Kind::Pair ? 2 : 1; }
};

// How a function is called. `function` is the start copy of an async one.
struct FunctionInfo {
  llvm::Function *function = nullptr;
  ValueShape result;
  bool trackCaller = false;
};

class ModuleEmitter {
public:
  ModuleEmitter(const Input &input, const Options &options, llvm::Module &module);

  const Input &input;
  const Options &options;
  Program &program;
  const mono::Mono &mono;
  const states::LoweredSet &lowered;
  llvm::LLVMContext &context;
  llvm::Module &module;
  std::unique_ptr<DebugInfo> debug;
  std::string errors;

  void emitAll();
  void internalError(std::string text);

  // Types.cpp
  const ValueShape &shape(TypeId type);
  uint64_t fieldOffset(TypeId type, uint32_t variant, uint32_t field);
  TypeId fieldType(TypeId type, uint32_t variant, uint32_t field);
  uint64_t arrayLength(TypeId type);
  TypeId sliceOf(TypeId element);
  bool fitsWords(TypeId type) { return shape(type).size <= 16; }
  llvm::Type *resultType(const ValueShape &shape);

  // Functions.cpp
  const FunctionInfo &function(uint32_t instance);
  llvm::Function *resumeFunction(uint32_t instance);
  // Starts a frame that holds its arguments (Thunks.cpp).
  llvm::Function *startThunk(uint32_t instance);
  // The same for a frame that holds a future; its size and alignment.
  llvm::Function *futureThunk(TypeId output, uint64_t &size, uint32_t &align);
  llvm::Constant *spawnInfo(uint64_t size, uint32_t align, llvm::Function *thunk, llvm::Constant *settle, std::string_view name);
  llvm::Function *leafFunction(uint32_t instance, llvm::ArrayRef<llvm::Value *> args);
  llvm::Function *boxedDrop();
  llvm::Constant *table(uint32_t index);
  llvm::Function *resumeLike(const llvm::Twine &name); // a new function of resumeType
  // Ends a function of resumeType: goes on with the frame that waits for this one.
  void continueWith(llvm::IRBuilder<> &builder, llvm::Value *worker, llvm::Value *frame, llvm::Value *status, llvm::Value *v0, llvm::Value *v1);
  // A start of the runtime: three words come back in registers, as from `f.start`.
  llvm::FunctionCallee runtimeStart(llvm::StringRef name, llvm::ArrayRef<llvm::Type *> params);
  llvm::CallInst *callStart(llvm::IRBuilder<> &builder, llvm::FunctionCallee start, llvm::ArrayRef<llvm::Value *> args);
  llvm::FunctionCallee cFunction(llvm::StringRef name, llvm::Type *result, llvm::ArrayRef<llvm::Type *> params);
  llvm::FunctionCallee panicFunction(mir::AssertKind kind, mir::BinaryOp op, llvm::ArrayRef<llvm::Value *> args);
  llvm::Function *personality();

  // Constants.cpp
  std::string_view text(Symbol symbol) const;
  std::string typeName(TypeId type);
  llvm::Constant *bytes(std::string_view text);                     // with no zero at the end
  llvm::Constant *textConstant(TypeId type, std::string_view text); // the address of a constant of std's str or bytes
  std::string_view pathInProgram(frontend::FileId file) const;
  llvm::Constant *location(Span span); // the address of a Location of runtime/abi
  llvm::Constant *staticAddress(ConstId item);
  llvm::Constant *constantGlobal(llvm::Constant *value, uint64_t align, llvm::StringRef name = "");
  llvm::GlobalVariable *runtimeGlobal(llvm::StringRef name, llvm::Type *type);
  llvm::MDNode *boolRange();

  static constexpr uint64_t childLeaf = 1, childPointer = 2;                                              // runtime/abi: ChildKind
  static constexpr uint32_t descriptorMark = 0x43535941;                                                  // runtime/abi: descriptorMark
  static constexpr uint64_t taskBodyOffset = 64;                                                          // runtime/abi: bodyOffset
  static constexpr uint64_t locationLengthOffset = 8, locationLineOffset = 16, locationColumnOffset = 20; // Location of runtime/abi

  llvm::PointerType *pointer;
  llvm::IntegerType *i1, *i8, *i32, *i64;
  llvm::StructType *outcome;      // { i64 status, i64 v0, i64 v1 }: what a start gives
  llvm::FunctionType *resumeType; // void (worker, frame, i64 status, i64 v0, i64 v1)

private:
  void declare(uint32_t instance, FunctionInfo &info);
  void describe(llvm::Function &function, const mono::Instance &instance);
  void emitInstance(uint32_t instance);
  std::pair<llvm::Constant *, llvm::Constant *> entryOf(const mono::Entry &entry);
  void emitMain();
  llvm::Constant *descriptor(uint32_t instance);
  struct StateText {
    Span place;
    std::string awaited;
    uint64_t child;
  };
  llvm::Constant *descriptor(const std::string &name, uint64_t frameSize, uint64_t stateOffset, llvm::ArrayRef<StateText> states);
  void describeFrame(llvm::Function &resume, llvm::Constant *descriptor);

  std::unordered_map<uint32_t, std::unique_ptr<ValueShape>> shapes;
  std::unordered_map<uint32_t, std::unique_ptr<FunctionInfo>> functions;
  std::unordered_map<uint32_t, llvm::Function *> resumes, thunks, futureThunks;
  std::unordered_map<uint32_t, llvm::Constant *> tables;
  std::unordered_map<uint32_t, llvm::GlobalVariable *> statics;
  std::vector<uint32_t> toEmit; // instances whose function has been declared
  llvm::Function *boxedDropFunction = nullptr;
  llvm::StringMap<llvm::Constant *> byteConstants;
  llvm::StringMap<llvm::Constant *> textConstants;
  std::unordered_map<uint64_t, llvm::Constant *> locations;
  llvm::MDNode *boolRangeNode = nullptr;
};

} // namespace async::llvmgen
