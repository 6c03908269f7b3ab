#include "typeck/types/TypeFacts.h"

namespace async::typeck {
namespace {

// Recursive types are cut where they meet themselves: a type that is being looked at adds nothing.
class Facts {
public:
  explicit Facts(const Program &program) : program(program) {}

  bool needsDrop(TypeId id) {
    const Type &type = program.types[id];
    switch (type.kind) {
    case TypeKind::Error:
    case TypeKind::Never:
    case TypeKind::Bool:
    case TypeKind::Char:
    case TypeKind::Int:
    case TypeKind::Float:
    case TypeKind::Ref:
    case TypeKind::Pointer:
    case TypeKind::FnDef:
    case TypeKind::ConstInt:
      return false;
    case TypeKind::Tuple:
      return any(type.args, &Facts::needsDrop);
    case TypeKind::Array:
    case TypeKind::Slice:
      return needsDrop(type.args[0]);
    case TypeKind::Adt: {
      const AdtDecl &adt = program.adt(AdtId{type.index});
      if (adt.isCopy)
        return false;
      return adt.dropFn || adt.isShared || anyField(id, type, &Facts::needsDrop);
    }
    case TypeKind::Closure:
      return anyCapture(id, type, &Facts::needsDrop);
    case TypeKind::Fn:
    case TypeKind::Async:
    case TypeKind::Stream:
    case TypeKind::Sink:
    case TypeKind::Param:
    case TypeKind::Projection:
    case TypeKind::Dyn:
    case TypeKind::Var:
    case TypeKind::Frame:
    case TypeKind::BoxedAsync:
      return true;
    }
    return true;
  }

  bool holdsReference(TypeId id) {
    const Type &type = program.types[id];
    switch (type.kind) {
    case TypeKind::Error:
    case TypeKind::Never:
    case TypeKind::Bool:
    case TypeKind::Char:
    case TypeKind::Int:
    case TypeKind::Float:
    case TypeKind::Pointer:
    case TypeKind::FnDef:
    case TypeKind::ConstInt:
      return false;
    case TypeKind::Ref:
    case TypeKind::Fn:
    case TypeKind::Async:
    case TypeKind::Stream:
    case TypeKind::Sink:
    case TypeKind::Param:
    case TypeKind::Projection:
    case TypeKind::Dyn:
    case TypeKind::Var:
    case TypeKind::Frame:
    case TypeKind::BoxedAsync:
      return true;
    case TypeKind::Tuple:
    case TypeKind::Array:
    case TypeKind::Slice:
      return any(type.args, &Facts::holdsReference);
    case TypeKind::Adt:
      return any(type.args, &Facts::holdsReference) || anyField(id, type, &Facts::holdsReference);
    case TypeKind::Closure:
      return anyCapture(id, type, &Facts::holdsReference);
    }
    return true;
  }

private:
  using Fact = bool (Facts::*)(TypeId);

  bool any(std::span<const TypeId> types, Fact fact) {
    for (TypeId type : types)
      if ((this->*fact)(type))
        return true;
    return false;
  }

  // Fields as declared: a parameter in them stands for an argument, which is looked at in its place.
  bool anyField(TypeId id, const Type &type, Fact fact) {
    if (!enter(id))
      return false;
    bool found = false;
    for (const VariantDecl &variant : program.adt(AdtId{type.index}).variants)
      for (const FieldDecl &field : variant.fields)
        found = found || ofField(field.type, type.args, fact);
    active.pop_back();
    return found;
  }

  bool anyCapture(TypeId id, const Type &type, Fact fact) {
    if (!enter(id))
      return false;
    bool found = false;
    for (const ClosureDecl::Capture &capture : program.closure(ClosureId{type.index}).captures)
      found = found || ofField(capture.type, type.args, fact);
    active.pop_back();
    return found;
  }

  bool ofField(TypeId field, std::span<const TypeId> args, Fact fact) {
    const Type &type = program.types[field];
    if (type.kind == TypeKind::Param)
      return type.index < args.size() ? (this->*fact)(args[type.index]) : true;
    return (this->*fact)(field);
  }

  bool enter(TypeId id) {
    for (TypeId other : active)
      if (other == id)
        return false;
    active.push_back(id);
    return true;
  }

  const Program &program;
  std::vector<TypeId> active;
};

} // namespace

bool isCopy(const Program &program, TypeId id) {
  const Type &type = program.types[id];
  switch (type.kind) {
  case TypeKind::Error:
  case TypeKind::Never:
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int:
  case TypeKind::Float:
  case TypeKind::Pointer:
  case TypeKind::FnDef:
  case TypeKind::ConstInt:
    return true;
  case TypeKind::Ref:
    return static_cast<Mutability>(type.sub) == Mutability::Shared;
  case TypeKind::Tuple:
    for (TypeId element : type.args)
      if (!isCopy(program, element))
        return false;
    return true;
  case TypeKind::Array:
    return isCopy(program, type.args[0]);
  case TypeKind::Adt:
    return program.adt(AdtId{type.index}).isCopy;
  case TypeKind::Closure:
    for (const ClosureDecl::Capture &capture : program.closure(ClosureId{type.index}).captures)
      if (!isCopy(program, capture.type))
        return false;
    return true;
  case TypeKind::Slice:
  case TypeKind::Fn:
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Param:
  case TypeKind::Projection:
  case TypeKind::Dyn:
  case TypeKind::Var:
  case TypeKind::Frame:
  case TypeKind::BoxedAsync:
    return false;
  }
  return false;
}

bool isShared(const Program &program, TypeId id) {
  const Type &type = program.types[id];
  if (type.kind == TypeKind::Adt)
    return program.adt(AdtId{type.index}).isShared;
  if (type.kind == TypeKind::Array)
    return isShared(program, type.args[0]);
  if (type.kind != TypeKind::Tuple)
    return false;
  bool counts = false;
  for (TypeId element : type.args) {
    bool shared = isShared(program, element);
    if (!shared && !isCopy(program, element))
      return false;
    counts |= shared;
  }
  return counts;
}

bool mayNeedDrop(const Program &program, TypeId type) { return Facts(program).needsDrop(type); }
bool mayHoldReference(const Program &program, TypeId type) { return Facts(program).holdsReference(type); }

} // namespace async::typeck
