#include "lowering/llvm/CAbi.h"

#include "lowering/llvm/Function.h"

namespace async::llvmgen {

using namespace llvm;

namespace {

// Notes for each eight bytes of a struct whether anything but a float lies there.
void findIntegers(ModuleEmitter &module, TypeId id, uint64_t at, bool (&integers)[2]) {
  const typeck::Type &type = module.program.types[id];
  const mono::Layout &layout = module.mono.layouts.of(id);
  if (type.kind == TypeKind::Float)
    return;
  if (type.kind == TypeKind::Array) {
    const uint64_t size = module.mono.layouts.of(type.args[0]).size;
    for (uint64_t i = 0; i < module.arrayLength(id); ++i)
      findIntegers(module, type.args[0], at + i * size, integers);
    return;
  }
  if (type.kind == TypeKind::Adt && module.program.adt(AdtId{type.index}).isReprC) {
    for (size_t i = 0; i < layout.variants[0].fields.size(); ++i)
      findIntegers(module, layout.variants[0].fields[i], at + layout.variants[0].offsets[i], integers);
    return;
  }
  integers[at / 8] = true;
}

CPassing passing(ModuleEmitter &module, TypeId id) {
  CPassing made;
  const typeck::Type &type = module.program.types[id];
  const ValueShape &shape = module.shape(id);
  made.value = id;
  made.size = shape.size;
  made.align = shape.align;
  if (shape.size == 0)
    return made;
  if (type.kind != TypeKind::Adt || !module.program.adt(AdtId{type.index}).isReprC) {
    made.kind = CPassing::Kind::Scalar;
    made.count = 1;
    made.types[0] = shape.types[0];
    made.isSigned = type.kind == TypeKind::Int && static_cast<IntKind>(type.sub) < IntKind::U8;
    return made;
  }
  if (shape.size > 16) {
    made.kind = CPassing::Kind::Memory;
    return made;
  }
  bool integers[2] = {false, false};
  findIntegers(module, id, 0, integers);
  made.kind = CPassing::Kind::Words;
  made.count = shape.size > 8 ? 2 : 1;
  for (unsigned i = 0; i < made.count; ++i)
    made.types[i] = integers[i] ? module.i64 : llvm::Type::getDoubleTy(module.context);
  return made;
}

// The registers that are left for parameters.
struct Registers {
  unsigned general = 6, vector = 8;

  bool take(const CPassing &of) {
    unsigned generals = 0, vectors = 0;
    for (unsigned i = 0; i < of.count; ++i)
      ++(of.types[i]->isFloatingPointTy() ? vectors : generals);
    if (generals > general || vectors > vector)
      return false;
    general -= generals;
    vector -= vectors;
    return true;
  }
};

} // namespace

CSignature cSignature(ModuleEmitter &module, const mono::Instance &instance) {
  CSignature made;
  Registers left;
  made.result = passing(module, instance.result);
  left.general -= made.result.kind == CPassing::Kind::Memory;
  for (TypeId param : instance.params) {
    CPassing &one = made.params.emplace_back(passing(module, param));
    if (one.kind == CPassing::Kind::Memory || left.take(one))
      continue;
    if (one.kind == CPassing::Kind::Words)
      one.kind = CPassing::Kind::Memory;
  }
  auto isStruct = [](const CPassing &one) { return one.kind == CPassing::Kind::Words || one.kind == CPassing::Kind::Memory; };
  made.hasStructs = isStruct(made.result) || std::any_of(made.params.begin(), made.params.end(), isStruct);
  return made;
}

static llvm::Type *cResultType(ModuleEmitter &module, const CPassing &result) {
  if (result.kind == CPassing::Kind::Nothing || result.kind == CPassing::Kind::Memory)
    return llvm::Type::getVoidTy(module.context);
  return result.count == 1 ? result.types[0] : StructType::get(result.types[0], result.types[1]);
}

FunctionType *cFunctionType(ModuleEmitter &module, const CSignature &signature) {
  SmallVector<llvm::Type *, 8> params;
  if (signature.result.kind == CPassing::Kind::Memory)
    params.push_back(module.pointer);
  for (const CPassing &param : signature.params) {
    if (param.kind == CPassing::Kind::Memory)
      params.push_back(module.pointer);
    else
      params.append(param.types, param.types + param.count);
  }
  return FunctionType::get(cResultType(module, signature.result), params, false);
}

// Narrow integers lie in whole registers, and some compilers count on how.
static void addExtension(AttrBuilder &attributes, const CPassing &of) {
  if (of.kind == CPassing::Kind::Scalar && of.types[0]->isIntegerTy() && of.types[0]->getIntegerBitWidth() < 32)
    attributes.addAttribute(of.isSigned ? Attribute::SExt : Attribute::ZExt);
}

AttributeList cAttributes(const CSignature &signature, LLVMContext &context, bool extendsParams, bool extendsResult) {
  AttributeList list;
  unsigned at = 0;
  auto memory = [&](const CPassing &of) { return ArrayType::get(llvm::Type::getInt8Ty(context), of.size); };
  if (signature.result.kind == CPassing::Kind::Memory) {
    AttrBuilder attributes(context);
    attributes.addStructRetAttr(memory(signature.result)).addAlignmentAttr(Align(signature.result.align));
    list = list.addParamAttributes(context, at++, attributes);
  } else if (extendsResult) {
    AttrBuilder attributes(context);
    addExtension(attributes, signature.result);
    list = list.addRetAttributes(context, attributes);
  }
  for (const CPassing &param : signature.params) {
    AttrBuilder attributes(context);
    if (param.kind == CPassing::Kind::Memory)
      attributes.addByValAttr(memory(param)).addAlignmentAttr(Align(std::max(8u, param.align)));
    else if (extendsParams)
      addExtension(attributes, param);
    list = list.addParamAttributes(context, at, attributes);
    at += param.kind == CPassing::Kind::Memory ? 1 : param.count;
  }
  return list;
}

namespace {

class Adapter : public FunctionEmitter {
public:
  Adapter(ModuleEmitter &module, Function *function, const mir::Body &body, const CSignature &signature)
      : FunctionEmitter(module, function, body), signature(signature) {
    entryBlock = BasicBlock::Create(context, "entry", function);
    builder.SetInsertPoint(entryBlock);
    setPlace(body.span);
  }

protected:
  const CSignature &signature;

  // Memory for a value that is also read and written by whole words.
  Value *room(const CPassing &of) { return temporary(nullptr, (of.size + 7) / 8 * 8, std::max(8u, of.align)); }

  // An argument of C, in memory.
  void storeParam(const CPassing &of, Function::arg_iterator &argument, Value *to) {
    if (of.kind == CPassing::Kind::Memory) {
      builder.CreateMemCpy(to, Align(of.align), &*argument++, Align(std::max(8u, of.align)), of.size);
      return;
    }
    if (of.kind == CPassing::Kind::Scalar) {
      storeShape(module.shape(of.value), {&*argument++}, to);
      return;
    }
    Value *words = room(of);
    for (unsigned i = 0; i < of.count; ++i)
      builder.CreateAlignedStore(&*argument++, byteOffset(words, 8 * i), Align(8));
    builder.CreateMemCpy(to, Align(of.align), words, Align(8), of.size);
  }

  void loadWords(const CPassing &of, Value *from, SmallVectorImpl<Value *> &into) {
    if (of.kind == CPassing::Kind::Scalar) {
      loadShape(module.shape(of.value), from, into);
      return;
    }
    Value *words = room(of);
    builder.CreateMemCpy(words, Align(8), from, Align(of.align), of.size);
    for (unsigned i = 0; i < of.count; ++i)
      into.push_back(builder.CreateAlignedLoad(of.types[i], byteOffset(words, 8 * i), Align(8)));
  }

  void returnToC(Value *from) {
    const CPassing &result = signature.result;
    if (result.kind == CPassing::Kind::Nothing || result.kind == CPassing::Kind::Memory) {
      builder.CreateRetVoid();
      return;
    }
    SmallVector<Value *, 2> values;
    loadWords(result, from, values);
    Value *value = values[0];
    if (result.count == 2)
      value = builder.CreateInsertValue(builder.CreateInsertValue(PoisonValue::get(function->getReturnType()), values[0], 0), values[1], 1);
    builder.CreateRet(value);
  }

  Value *resultPlace() {
    if (signature.result.kind == CPassing::Kind::Memory)
      return function->getArg(0);
    return signature.result.kind == CPassing::Kind::Nothing ? nullptr : room(signature.result);
  }
  Function::arg_iterator firstArgument() { return function->arg_begin() + (signature.result.kind == CPassing::Kind::Memory ? 1 : 0); }
};

class Exporter : public Adapter {
public:
  using Adapter::Adapter;

  void emit(uint32_t instance) {
    Value *result = resultPlace();
    if (module.mono.instance(instance).isAsync)
      runAsync(instance, result);
    else
      callSync(instance, result);
    const bool returns = program.types[module.mono.instance(instance).result].kind != TypeKind::Never;
    if (returns)
      returnToC(result);
    else
      builder.CreateUnreachable();
    if (!pad)
      return;
    builder.SetInsertPoint(pad);
    builder.CreateCall(module.cFunction("async_export_panic", builder.getVoidTy(), {module.pointer}), {catchException()});
    builder.CreateUnreachable();
  }

private:
  BasicBlock *pad = nullptr;

  void callSync(uint32_t instance, Value *result) {
    const FunctionInfo &info = module.function(instance);
    SmallVector<Value *, 8> args;
    if (info.result.kind == ValueShape::Kind::Memory)
      args.push_back(result);
    Function::arg_iterator argument = firstArgument();
    for (const CPassing &param : signature.params) {
      Value *at = room(param);
      storeParam(param, argument, at);
      loadShape(module.shape(param.value), at, args);
    }
    if (info.trackCaller)
      args.push_back(module.location(body.span));
    receiveResult(callOrInvoke(info.function, args, {}), info.result, result);
  }

  void runAsync(uint32_t instance, Value *result) {
    const states::Lowered &machine = *module.lowered.of(instance);
    Constant *info = module.spawnInfo(machine.unstartedSize, machine.align, module.startThunk(instance), nullptr, module.mono.instance(instance).name);
    Value *task = builder.CreateCall(module.cFunction("async_export_begin", module.pointer, {module.pointer}), {info});
    Value *frame = byteOffset(task, module.taskBodyOffset);
    Function::arg_iterator argument = firstArgument();
    for (size_t i = 0; i < signature.params.size(); ++i)
      storeParam(signature.params[i], argument, byteOffset(frame, machine.argOffsets[i]));
    auto *words = StructType::get(module.i64, module.i64);
    Value *outcome = builder.CreateCall(module.cFunction("async_export_run", words, {module.pointer}), {task});
    if (result)
      decodeWords(signature.result.value, builder.CreateExtractValue(outcome, 0), builder.CreateExtractValue(outcome, 1), result);
    builder.CreateCall(module.cFunction("async_export_end", builder.getVoidTy(), {module.pointer}), {task});
  }

  // A panic goes no further.
  BasicBlock *unwindDestination(mir::BlockId) override {
    stopsUnwinding = true;
    if (!pad)
      pad = BasicBlock::Create(context, "caught", function);
    return pad;
  }
};

class Shim : public Adapter {
public:
  using Adapter::Adapter;

  void emit(Function *callee, const FunctionInfo &info) {
    Function::arg_iterator argument = function->arg_begin();
    Value *result = info.result.kind == ValueShape::Kind::Memory ? &*argument++ : resultPlaceOf(info);
    SmallVector<Value *, 8> args;
    if (signature.result.kind == CPassing::Kind::Memory)
      args.push_back(result);
    for (const CPassing &param : signature.params) {
      const ValueShape &shape = module.shape(param.value);
      Value *at = nullptr;
      if (shape.kind == ValueShape::Kind::Memory) {
        at = &*argument++;
      } else {
        at = room(param);
        SmallVector<Value *, 2> values;
        for (unsigned i = 0; i < shape.count(); ++i)
          values.push_back(&*argument++);
        storeShape(shape, values, at);
      }
      if (param.kind == CPassing::Kind::Memory)
        args.push_back(at);
      else
        loadWords(param, at, args);
    }
    CallInst *call = builder.CreateCall(callee, args);
    call->setAttributes(callee->getAttributes());
    finish(call, info, result);
  }

private:
  Value *resultPlaceOf(const FunctionInfo &info) { return info.result.kind == ValueShape::Kind::Empty ? nullptr : room(signature.result); }

  void finish(CallInst *call, const FunctionInfo &info, Value *result) {
    const CPassing &given = signature.result;
    if (given.kind == CPassing::Kind::Scalar) {
      storeShape(module.shape(given.value), {call}, result);
    } else if (given.kind == CPassing::Kind::Words) {
      Value *words = room(given);
      for (unsigned i = 0; i < given.count; ++i)
        builder.CreateAlignedStore(given.count == 1 ? call : builder.CreateExtractValue(call, i), byteOffset(words, 8 * i), Align(8));
      builder.CreateMemCpy(result, Align(given.align), words, Align(8), given.size);
    }
    if (info.result.kind == ValueShape::Kind::Empty || info.result.kind == ValueShape::Kind::Memory) {
      builder.CreateRetVoid();
      return;
    }
    SmallVector<Value *, 2> values;
    loadShape(info.result, result, values);
    Value *value = values[0];
    if (values.size() == 2)
      value = builder.CreateInsertValue(builder.CreateInsertValue(PoisonValue::get(function->getReturnType()), values[0], 0), values[1], 1);
    builder.CreateRet(value);
  }
};

// The function of that name; C code that the program declares may have named it already.
Function *named(ModuleEmitter &module, StringRef name, FunctionType *type) {
  auto *found = dyn_cast<Function>(module.module.getOrInsertFunction(name, type).getCallee()->stripPointerCasts());
  if (found && found->getFunctionType() == type)
    return found;
  module.internalError("a C function has two signatures: " + name.str());
  return Function::Create(type, GlobalValue::InternalLinkage, name, module.module);
}

} // namespace

static void emitEntry(ModuleEmitter &module, uint32_t index, Function *function, const CSignature &signature) {
  const mono::Instance &instance = module.mono.instance(index);
  function->setUWTableKind(UWTableKind::Default);
  function->setDoesNotThrow();
  if (module.debug)
    module.debug->beginFunction(*function, instance.name, instance.body->span);
  Exporter(module, function, *instance.body, signature).emit(index);
}

void emitExport(ModuleEmitter &module, uint32_t index) {
  const mono::Instance &instance = module.mono.instance(index);
  CSignature signature = cSignature(module, instance);
  Function *function = named(module, instance.linkName, cFunctionType(module, signature));
  if (!function->isDeclaration())
    return;
  function->setAttributes(cAttributes(signature, module.context, false, true));
  function->setLinkage(GlobalValue::ExternalLinkage);
  emitEntry(module, index, function, signature);
}

Function *emitLibraryStart(ModuleEmitter &module) {
  CSignature signature;
  auto *type = FunctionType::get(llvm::Type::getVoidTy(module.context), false);
  Function *function = Function::Create(type, GlobalValue::InternalLinkage, "library.begin", module.module);
  emitEntry(module, module.mono.libraryStart, function, signature);
  return function;
}

void emitForeignShim(ModuleEmitter &module, uint32_t index, Function *shim, const FunctionInfo &info) {
  static const mir::Body none;
  CSignature signature = cSignature(module, module.mono.instance(index));
  Function *callee = named(module, module.mono.instance(index).linkName, cFunctionType(module, signature));
  if (callee->isDeclaration())
    callee->setAttributes(cAttributes(signature, module.context, true, false));
  Shim(module, shim, none, signature).emit(callee, info);
}

} // namespace async::llvmgen
