// Types.cpp: the shape of values: which registers they are in when they pass between functions.
#include "lowering/llvm/Module.h"

#include <algorithm>

#include "typeck/types/TypeText.h"

namespace async::llvmgen {

using namespace llvm;

namespace {

// A scalar at a place of a value.
struct Leaf {
  uint64_t offset = 0, size = 0;
  llvm::Type *type = nullptr;
};

// Finds the scalars that a value consists of; gives up when there are too many for two registers.
class Leaves {
public:
  Leaves(ModuleEmitter &module) : module(module) {}
  std::vector<Leaf> found;

  // False: the value is no scalar or pair.
  bool collect(TypeId id, uint64_t at) {
    const typeck::Type &type = module.program.types[id];
    const mono::Layout &layout = module.mono.layouts.of(id);
    if (layout.size == 0)
      return true;
    switch (type.kind) {
    case TypeKind::Bool: return add(at, 1, module.i1);
    case TypeKind::Char: return add(at, 4, module.i32);
    case TypeKind::Int: return add(at, layout.size, IntegerType::get(module.context, static_cast<unsigned>(layout.size * 8)));
    case TypeKind::Float:
      return add(at, layout.size, layout.size == 8 ? llvm::Type::getDoubleTy(module.context) : llvm::Type::getFloatTy(module.context));
    case TypeKind::Ref:
    case TypeKind::Pointer: return pointer(at, layout.size, module.program.types[type.args[0]].kind == TypeKind::Slice ? module.i64 : nullptr);
    case TypeKind::Fn:
    case TypeKind::Async:
    case TypeKind::BoxedAsync:
    case TypeKind::Stream:
    case TypeKind::Sink: return pointer(at, layout.size, nullptr);
    case TypeKind::Array: return array(id, at);
    case TypeKind::Tuple:
    case TypeKind::Adt:
    case TypeKind::Closure: return variants(layout, at);
    case TypeKind::Error:
    case TypeKind::Never:
    case TypeKind::FnDef:
    case TypeKind::ConstInt: return true;
    case TypeKind::Slice:
    case TypeKind::Dyn:
    case TypeKind::Param:
    case TypeKind::Projection:
    case TypeKind::Var:
    case TypeKind::Frame: return false;
    }
    return false;
  }

private:
  ModuleEmitter &module;

  bool add(uint64_t at, uint64_t size, llvm::Type *type) {
    for (Leaf &leaf : found)
      if (leaf.offset == at && leaf.size == size) {
        if (leaf.type != type)
          leaf.type = IntegerType::get(module.context, static_cast<unsigned>(size * 8));
        return true;
      }
    found.push_back({at, size, type});
    return found.size() <= 16;
  }

  bool pointer(uint64_t at, uint64_t size, llvm::Type *second) {
    return add(at, 8, module.pointer) && (size == 8 || add(at + 8, 8, second ? second : module.pointer));
  }

  bool array(TypeId id, uint64_t at) {
    TypeId element = module.program.types[id].args[0];
    uint64_t length = module.arrayLength(id), size = module.mono.layouts.of(element).size;
    if (length > 16)
      return false;
    for (uint64_t i = 0; i < length; ++i)
      if (!collect(element, at + i * size))
        return false;
    return true;
  }

  bool variants(const mono::Layout &layout, uint64_t at) {
    if (layout.tag != mono::Layout::Tag::None &&
        !add(at + layout.tagOffset, layout.tagSize, IntegerType::get(module.context, layout.tagSize * 8u)))
      return false;
    for (const mono::VariantLayout &variant : layout.variants)
      for (size_t i = 0; i < variant.fields.size(); ++i)
        if (!collect(variant.fields[i], at + variant.offsets[i]))
          return false;
    return true;
  }
};

bool overlap(const std::vector<Leaf> &leaves) {
  for (size_t i = 1; i < leaves.size(); ++i)
    if (leaves[i - 1].offset + leaves[i - 1].size > leaves[i].offset)
      return true;
  return false;
}

// What has many small parts but at most 16 bytes passes as one or two integers.
void asWords(ModuleEmitter &module, ValueShape &shape) {
  auto integer = [&](uint64_t size) { return IntegerType::get(module.context, static_cast<unsigned>(size * 8)); };
  auto isPower = [](uint64_t size) { return size == 1 || size == 2 || size == 4 || size == 8; };
  if (isPower(shape.size)) {
    shape.kind = ValueShape::Kind::Scalar;
    shape.types[0] = integer(shape.size);
  } else if (shape.size > 8 && isPower(shape.size - 8)) {
    shape.kind = ValueShape::Kind::Pair;
    shape.types[0] = module.i64;
    shape.types[1] = integer(shape.size - 8);
    shape.offsets[1] = 8;
  }
}

} // namespace

const ValueShape &ModuleEmitter::shape(TypeId type) {
  std::unique_ptr<ValueShape> &known = shapes[type.index];
  if (known)
    return *known;
  auto made = std::make_unique<ValueShape>();
  const mono::Layout &layout = mono.layouts.of(type);
  made->size = layout.size;
  made->align = std::max(1u, layout.align);
  if (layout.size > 0) {
    made->kind = ValueShape::Kind::Memory;
    Leaves leaves(*this);
    if (layout.size <= 16 && leaves.collect(type, 0)) {
      std::sort(leaves.found.begin(), leaves.found.end(), [](const Leaf &a, const Leaf &b) { return a.offset != b.offset ? a.offset < b.offset : a.size < b.size; });
      if (leaves.found.empty() || leaves.found.size() > 2 || overlap(leaves.found)) {
        asWords(*this, *made);
      } else {
        made->kind = leaves.found.size() == 1 ? ValueShape::Kind::Scalar : ValueShape::Kind::Pair;
        for (size_t i = 0; i < leaves.found.size(); ++i) {
          made->types[i] = leaves.found[i].type;
          made->offsets[i] = leaves.found[i].offset;
        }
      }
    }
  }
  std::unique_ptr<ValueShape> &slot = shapes[type.index];
  slot = std::move(made);
  return *slot;
}

// Of an array: the place of an element.
uint64_t ModuleEmitter::fieldOffset(TypeId type, uint32_t variant, uint32_t field) {
  const typeck::Type &kind = program.types[type];
  if (kind.kind == TypeKind::Array)
    return mono.layouts.of(kind.args[0]).size * field;
  const mono::Layout &layout = mono.layouts.of(type);
  uint32_t at = variant == UINT32_MAX ? 0 : variant;
  if (at >= layout.variants.size() || field >= layout.variants[at].offsets.size()) {
    internalError("a field that its type does not have: " + typeName(type));
    return 0;
  }
  return layout.variants[at].offsets[field];
}

TypeId ModuleEmitter::fieldType(TypeId type, uint32_t variant, uint32_t field) {
  const mono::Layout &layout = mono.layouts.of(type);
  uint32_t at = variant == UINT32_MAX ? 0 : variant;
  if (at >= layout.variants.size() || field >= layout.variants[at].fields.size()) {
    internalError("a field that its type does not have: " + typeName(type));
    return program.types.unit;
  }
  return layout.variants[at].fields[field];
}

uint64_t ModuleEmitter::arrayLength(TypeId type) { return mono.layouts.arrayLength(type); }
TypeId ModuleEmitter::sliceOf(TypeId element) { return program.types.slice(element); }
std::string ModuleEmitter::typeName(TypeId type) { return typeck::typeText(program, input.interner, type); }

} // namespace async::llvmgen
