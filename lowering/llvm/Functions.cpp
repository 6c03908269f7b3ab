// Functions.cpp: declares the functions of a module with their types and attributes.
#include "lowering/llvm/CAbi.h"

namespace async::llvmgen {

using namespace llvm;

llvm::Type *ModuleEmitter::resultType(const ValueShape &shape) {
  switch (shape.kind) {
  case ValueShape::Kind::Empty:
  case ValueShape::Kind::Memory:
    return llvm::Type::getVoidTy(context);
  case ValueShape::Kind::Scalar:
    return shape.types[0];
  case ValueShape::Kind::Pair:
    return StructType::get(shape.types[0], shape.types[1]);
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

const FunctionInfo &ModuleEmitter::function(uint32_t index) {
  std::unique_ptr<FunctionInfo> &known = functions[index];
  if (known)
    return *known;
  known = std::make_unique<FunctionInfo>();
  FunctionInfo &info = *known; // stays where it is while others are added
  declare(index, info);
  return info;
}

// Narrow integers lie in whole registers, and C may count on how.
static void extendNarrow(Function &function, const CSignature &signature) {
  AttributeList said = cAttributes(signature, function.getContext(), true, false);
  for (unsigned i = 0; i < function.arg_size(); ++i)
    for (Attribute::AttrKind kind : {Attribute::SExt, Attribute::ZExt})
      if (said.hasParamAttr(i, kind))
        function.addParamAttr(i, kind);
}

void ModuleEmitter::declare(uint32_t index, FunctionInfo &info) {
  const mono::Instance &instance = mono.instance(index);
  bool isStart = instance.isAsync && instance.body;
  info.result = shape(instance.result);
  info.trackCaller = instance.trackCaller && !isStart && instance.kind == mono::Instance::Kind::Body;
  SmallVector<llvm::Type *, 8> params;
  bool isMemoryResult = !isStart && info.result.kind == ValueShape::Kind::Memory;
  if (isStart)
    params.append({pointer, pointer});
  if (isMemoryResult)
    params.push_back(pointer);
  std::vector<std::pair<unsigned, TypeId>> described;
  for (TypeId param : instance.params) {
    const ValueShape &of = shape(param);
    if (of.kind == ValueShape::Kind::Scalar || of.kind == ValueShape::Kind::Memory || of.kind == ValueShape::Kind::Pair)
      described.emplace_back(static_cast<unsigned>(params.size()), param);
    if (of.kind == ValueShape::Kind::Memory)
      params.push_back(pointer);
    else
      for (unsigned i = 0; i < of.count(); ++i)
        params.push_back(of.types[i]);
  }
  if (info.trackCaller)
    params.push_back(pointer);
  llvm::Type *result = isStart ? outcome : resultType(info.result);
  auto *type = FunctionType::get(result, params, false);
  bool isForeign = instance.kind == mono::Instance::Kind::Foreign;
  CSignature foreign = isForeign ? cSignature(*this, instance) : CSignature{};
  if (foreign.hasStructs) {
    info.function = Function::Create(type, GlobalValue::InternalLinkage, "c::" + instance.name, module);
    info.function->addFnAttr(Attribute::AlwaysInline);
    info.function->setUWTableKind(UWTableKind::Default);
  } else if (instance.kind != mono::Instance::Kind::Body) {
    info.function = llvm::cast<Function>(module.getOrInsertFunction(instance.name, type).getCallee()->stripPointerCasts());
    if (info.function->getFunctionType() != type)
      internalError("a foreign function has two signatures: " + instance.name);
  } else {
    // A name of one word could be that of a C function.
    bool isPlain = instance.name.find("::") == std::string::npos;
    std::string name = isStart ? instance.name + ".start" : isPlain ? "program::" + instance.name : instance.name;
    info.function = Function::Create(type, GlobalValue::InternalLinkage, name, module);
    describe(*info.function, instance);
    toEmit.push_back(index);
  }
  for (auto [at, param] : described)
    describeParam(*this, *info.function, at, param, shape(param));
  if (result->isIntegerTy(1))
    info.function->addRetAttr(Attribute::ZExt);
  if (isMemoryResult) {
    info.function->addParamAttr(0, Attribute::NoAlias);
    info.function->addParamAttr(0, Attribute::NoUndef);
    info.function->addParamAttr(0, Attribute::NonNull);
    info.function->addParamAttr(0, Attribute::getWithAlignment(context, Align(info.result.align)));
  }
  if (isStart) {
    info.function->setDoesNotThrow();
    info.function->addParamAttr(0, Attribute::NonNull);
    info.function->addParamAttr(1, Attribute::NonNull);
  }
  if (program.types[instance.result].kind == TypeKind::Never && !isStart)
    info.function->setDoesNotReturn();
  if (foreign.hasStructs)
    emitForeignShim(*this, index, info.function, info);
  else if (isForeign)
    extendNarrow(*info.function, foreign);
}

void ModuleEmitter::describe(Function &function, const mono::Instance &instance) {
  function.setUWTableKind(UWTableKind::Default);
  if (instance.inlineNever)
    function.addFnAttr(Attribute::NoInline);
  if (instance.inlineAlways && !instance.inlineNever)
    function.addFnAttr(options.level == 0 ? Attribute::InlineHint : Attribute::AlwaysInline);
  if (instance.isCold)
    function.addFnAttr(Attribute::Cold);
  if (debug)
    debug->beginFunction(function, instance.name, instance.body->span);
}

// A leaf is called with what the arguments are in registers; its frame comes second.
Function *ModuleEmitter::leafFunction(uint32_t index, ArrayRef<Value *> args) {
  SmallVector<llvm::Type *, 8> types;
  for (Value *arg : args)
    types.push_back(arg->getType());
  FunctionCallee start = runtimeStart(mono.instance(index).name, types);
  auto *function = dyn_cast<Function>(start.getCallee());
  if (!function || function->getFunctionType() != start.getFunctionType()) {
    internalError("a leaf has two signatures: " + mono.instance(index).name);
    return Function::Create(start.getFunctionType(), GlobalValue::ExternalLinkage, "async.leaf", module);
  }
  return function;
}

FunctionCallee ModuleEmitter::runtimeStart(StringRef name, ArrayRef<llvm::Type *> params) {
  FunctionCallee start = cFunction(name, outcome, params);
  if (auto *function = dyn_cast<Function>(start.getCallee())) {
    function->setCallingConv(CallingConv::Swift); // ASYNC_START
    function->setDoesNotThrow();
  }
  return start;
}

CallInst *ModuleEmitter::callStart(IRBuilder<> &builder, FunctionCallee start, ArrayRef<Value *> args) {
  CallInst *call = builder.CreateCall(start, args);
  call->setCallingConv(CallingConv::Swift);
  return call;
}

FunctionCallee ModuleEmitter::panicFunction(mir::AssertKind kind, mir::BinaryOp op, ArrayRef<Value *> args) {
  StringRef name;
  switch (kind) {
  case mir::AssertKind::Overflow:
    name = op == mir::BinaryOp::SubChecked || op == mir::BinaryOp::Sub   ? "async_panic_overflow_sub"
           : op == mir::BinaryOp::MulChecked || op == mir::BinaryOp::Mul ? "async_panic_overflow_mul"
                                                                         : "async_panic_overflow_add";
    break;
  case mir::AssertKind::DivisionByZero:
    name = "async_panic_div_zero";
    break;
  case mir::AssertKind::RemainderByZero:
    name = "async_panic_rem_zero";
    break;
  case mir::AssertKind::DivisionOverflow:
    name = op == mir::BinaryOp::Rem ? "async_panic_overflow_rem" : "async_panic_overflow_div";
    break;
  case mir::AssertKind::ShiftOverflow:
    name = op == mir::BinaryOp::Shr ? "async_panic_overflow_shr" : "async_panic_overflow_shl";
    break;
  case mir::AssertKind::NegationOverflow:
    name = "async_panic_overflow_neg";
    break;
  case mir::AssertKind::Bounds:
    name = "async_panic_bounds";
    break;
  }
  SmallVector<llvm::Type *, 3> types;
  for (Value *arg : args)
    types.push_back(arg->getType());
  types.push_back(pointer);
  FunctionCallee callee = cFunction(name, llvm::Type::getVoidTy(context), types);
  auto *function = llvm::cast<Function>(callee.getCallee()->stripPointerCasts());
  function->addFnAttr(Attribute::Cold);
  function->setDoesNotReturn();
  return callee;
}

} // namespace async::llvmgen
