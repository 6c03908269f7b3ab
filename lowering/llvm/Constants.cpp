#include "lowering/llvm/Module.h"

namespace async::llvmgen {

using namespace llvm;

std::string_view ModuleEmitter::text(Symbol symbol) const { return input.interner.text(symbol); }

Constant *ModuleEmitter::constantGlobal(Constant *value, uint64_t align, StringRef name) {
  auto *global = new GlobalVariable(module, value->getType(), true, GlobalValue::PrivateLinkage, value, name);
  global->setUnnamedAddr(GlobalValue::UnnamedAddr::Global);
  global->setAlignment(Align(align));
  return global;
}

Constant *ModuleEmitter::bytes(std::string_view text) {
  Constant *&known = byteConstants[StringRef(text)];
  if (!known)
    known = constantGlobal(ConstantDataArray::getString(context, StringRef(text), false), 1, "text");
  return known;
}

// str and bytes are { data, length, owner }, without an owner in a literal.
Constant *ModuleEmitter::textConstant(TypeId type, std::string_view text) {
  Constant *&known = textConstants[StringRef(text)];
  if (!known) {
    uint64_t dataAt = fieldOffset(type, UINT32_MAX, 0), lengthAt = fieldOffset(type, UINT32_MAX, 1);
    uint64_t ownerAt = fieldOffset(type, UINT32_MAX, 2);
    Constant *words[3] = {};
    words[dataAt / 8] = bytes(text);
    words[lengthAt / 8] = ConstantInt::get(i64, text.size());
    words[ownerAt / 8] = ConstantPointerNull::get(pointer);
    known = constantGlobal(ConstantStruct::getAnon({words[0], words[1], words[2]}), 8, "literal");
  }
  return known;
}

GlobalVariable *ModuleEmitter::runtimeGlobal(StringRef name, llvm::Type *type) {
  if (GlobalVariable *known = module.getNamedGlobal(name))
    return known;
  return new GlobalVariable(module, type, false, GlobalValue::ExternalLinkage, nullptr, name);
}

MDNode *ModuleEmitter::boolRange() {
  if (!boolRangeNode)
    boolRangeNode = MDBuilder(context).createRange(APInt(8, 0), APInt(8, 2));
  return boolRangeNode;
}

} // namespace async::llvmgen
