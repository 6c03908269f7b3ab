// Functions.cpp: declares the functions of a module with their types and attributes.
#include "lowering/llvm/Module.h"

namespace async::llvmgen {

using namespace llvm;

llvm::Type *ModuleEmitter::resultType(const ValueShape &shape) {
  switch (shape.kind) {
  case ValueShape::Kind::Empty:
  case ValueShape::Kind::Memory: return llvm::Type::getVoidTy(context);
  case ValueShape::Kind::Scalar: return shape.types[0];
  case ValueShape::Kind::Pair: return StructType::get(shape.types[0], shape.types[1]);
  }
  return nullptr;
}

FunctionCallee ModuleEmitter::cFunction(StringRef name, llvm::Type *result, ArrayRef<llvm::Type *> params) {
  FunctionCallee callee = module.getOrInsertFunction(name, FunctionType::get(result, params, false));
  return callee;
}

Function *ModuleEmitter::personality() {
  auto *type = FunctionType::get(i32, true);
  return llvm::cast<Function>(module.getOrInsertFunction("async_personality", type).getCallee());
}

// What is known of a parameter by its type: references are never null and refer to a whole value.
static void describeParam(ModuleEmitter &module, Function &function, unsigned index, TypeId typeId, const ValueShape &shape) {
  const typeck::Type &type = module.program.types[typeId];
  AttrBuilder attributes(function.getContext());
  if (shape.kind == ValueShape::Kind::Memory) {
    attributes.addAttribute(Attribute::NoUndef).addAttribute(Attribute::NonNull).addAttribute(Attribute::NoAlias);
    attributes.addAttribute(Attribute::NoCapture);
    attributes.addDereferenceableAttr(shape.size).addAlignmentAttr(Align(shape.align));
  } else if (type.kind == TypeKind::Ref && shape.types[0]->isPointerTy()) {
    attributes.addAttribute(Attribute::NoUndef).addAttribute(Attribute::NonNull);
    const typeck::Type &target = module.program.types[type.args[0]];
    if (target.kind != TypeKind::Slice && target.kind != TypeKind::Dyn) {
      const ValueShape &of = module.shape(type.args[0]);
      if (of.size > 0)
        attributes.addDereferenceableAttr(of.size);
      attributes.addAlignmentAttr(Align(of.align));
    }
    if (static_cast<Mutability>(type.sub) == Mutability::Exclusive)
      attributes.addAttribute(Attribute::NoAlias);
  } else if (shape.types[0]->isIntegerTy(1)) {
    attributes.addAttribute(Attribute::ZExt);
  }
  function.addParamAttrs(index, attributes);
}

} // namespace async::llvmgen
