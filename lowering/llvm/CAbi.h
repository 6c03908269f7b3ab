// CAbi.h: how values pass between functions of C on x86-64 (System V), for functions that C calls and that are called in C.
//
// Scalars pass as they are. A struct of at most 16 bytes passes in a general or a vector register for each eight bytes, by whether all of them are floats; a
// larger one, and one for which too few registers are left, by its memory. Our own convention differs (Module.h), so an exported function has a second entry
// for C, and a C function that takes or gives structs a shim of ours.
#pragma once
#include "lowering/llvm/Module.h"

namespace async::llvmgen {

struct CPassing {
  enum class Kind : uint8_t { Nothing, Scalar, Words, Memory } kind = Kind::Nothing;
  TypeId value;
  llvm::Type *types[2] = {nullptr, nullptr}; // Scalar: one; Words: i64 or double for each eight bytes
  unsigned count = 0;
  uint64_t size = 0;
  uint32_t align = 1;
  bool isSigned = false; // Scalar narrower than 32 bits: how it is extended
};

struct CSignature {
  CPassing result;
  std::vector<CPassing> params;
  bool hasStructs = false;
};

CSignature cSignature(ModuleEmitter &module, const mono::Instance &instance);
llvm::FunctionType *cFunctionType(ModuleEmitter &module, const CSignature &signature);
// What C's convention says beside the types: how narrow integers are extended, which pointers are arguments in memory.
llvm::AttributeList cAttributes(const CSignature &signature, llvm::LLVMContext &context, bool extendsParams, bool extendsResult);

// The function that C calls for an exported instance.
void emitExport(ModuleEmitter &module, uint32_t instance);
// A function of no parameters that sets the statics of a library.
llvm::Function *emitLibraryStart(ModuleEmitter &module);
// A function of ours that calls the C function of a foreign instance.
void emitForeignShim(ModuleEmitter &module, uint32_t instance, llvm::Function *shim, const FunctionInfo &info);

} // namespace async::llvmgen
