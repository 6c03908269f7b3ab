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

// An absolute path is named from the folder of `main`: the same program is the same bytes wherever it lies.
std::string_view ModuleEmitter::pathInProgram(frontend::FileId file) const {
  std::string_view path = input.sources.path(file);
  if (!path.starts_with('/'))
    return path;
  auto first = std::find_if(mono.instances.begin(), mono.instances.end(), [](const auto &instance) { return instance->isExported && instance->body; });
  if (mono.entries.empty() && first == mono.instances.end())
    return path;
  Span inMain = mono.entries.empty() ? (*first)->body->span : mono.instance(mono.entries[0].body).body->span;
  if (!inMain.known())
    return path;
  std::string_view main = input.sources.path(input.sources.fileOf(inMain.lo));
  std::string_view folder = main.substr(0, main.rfind('/') + 1);
  return path.starts_with(folder) ? path.substr(folder.size()) : path;
}

Constant *ModuleEmitter::location(Span span) {
  Constant *&known = locations[span.lo];
  if (known)
    return known;
  std::string_view path = "?";
  frontend::Location at;
  if (span.known()) {
    at = input.sources.locate(span.lo);
    path = pathInProgram(at.file);
  }
  Constant *fields[] = {bytes(path), ConstantInt::get(i64, path.size()), ConstantInt::get(i32, at.line), ConstantInt::get(i32, at.column)};
  known = constantGlobal(ConstantStruct::getAnon(fields), 8, "place");
  return known;
}

// Zero at first; the main task sets it before anything reads it.
Constant *ModuleEmitter::staticAddress(ConstId item) {
  GlobalVariable *&known = statics[item.index];
  if (!known) {
    const ConstDecl &decl = program.constant(item);
    const ValueShape &of = shape(decl.type);
    auto *type = ArrayType::get(i8, of.size);
    known = new GlobalVariable(module, type, false, GlobalValue::InternalLinkage, ConstantAggregateZero::get(type), StringRef(text(decl.name)));
    known->setAlignment(Align(of.align));
  }
  return known;
}

Constant *ModuleEmitter::spawnInfo(uint64_t size, uint32_t align, Function *thunk, Constant *settle, std::string_view name) {
  Constant *none = ConstantPointerNull::get(pointer);
  Constant *fields[] = {ConstantInt::get(i64, size),       ConstantInt::get(i64, align), thunk, settle ? settle : none, bytes(name),
                        ConstantInt::get(i64, name.size())};
  return constantGlobal(ConstantStruct::getAnon(fields), 8, "spawn");
}

// What a frame's state says (FrameDescriptor of runtime/abi): for requests to stop, dumps and reports.
Constant *ModuleEmitter::descriptor(uint32_t instance) {
  const states::Lowered &machine = *lowered.of(instance);
  std::vector<StateText> states;
  for (const states::State &state : machine.states) {
    bool isValue = state.callee == UINT32_MAX;
    uint64_t child = state.childOffset;
    if (isValue || state.boxed)
      child = machine.slots[machine.futureSlot].offset | childPointer;
    else if (mono.instance(state.callee).kind == mono::Instance::Kind::Leaf)
      child |= childLeaf;
    states.push_back({state.span, isValue ? "a future" : mono.instance(state.callee).name, child});
  }
  return descriptor(mono.instance(instance).name, machine.size, machine.stateOffset, states);
}

Constant *ModuleEmitter::descriptor(const std::string &name, uint64_t frameSize, uint64_t stateOffset, ArrayRef<StateText> states) {
  auto number = [&](uint64_t value) { return ConstantInt::get(i32, value); };
  std::vector<Constant *> rows;
  for (const StateText &state : states) {
    Constant *fields[] = {location(state.place), bytes(state.awaited), number(state.awaited.size()), number(state.child)};
    rows.push_back(ConstantStruct::getAnon(fields));
  }
  auto *rowType = StructType::get(pointer, pointer, i32, i32);
  Constant *table = ConstantArray::get(ArrayType::get(rowType, rows.size()), rows);
  Constant *fields[] = {bytes(name), number(name.size()), number(frameSize), number(rows.size()), number(stateOffset), table};
  return constantGlobal(ConstantStruct::getAnon(fields), 8, "frame");
}

} // namespace async::llvmgen
