#include "typeck/types/TypeFacts.h"

#include <algorithm>

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

// What the parameters in a type stand for: arguments, in which those of the type around it may occur.
struct Arguments {
  std::span<const TypeId> types;
  const Arguments *outer = nullptr;
  bool allCopy = false; // whatever they are, they copy
};

// Deeper types contain themselves, which has been reported, or are treated as if they moved.
constexpr unsigned maxDepth = 128;

Usage usageOf(const Program &program, TypeId id, const Arguments *arguments, unsigned depth);

Usage usageOfParam(const Program &program, const Type &type, const Arguments *arguments, unsigned depth) {
  if (!arguments)
    return Usage::Moves;
  if (arguments->allCopy)
    return Usage::Copies;
  return type.index < arguments->types.size() ? usageOf(program, arguments->types[type.index], arguments->outer, depth) : Usage::Moves;
}

Usage usageOfAdt(const Program &program, const Type &type, const Arguments *arguments, unsigned depth) {
  const AdtDecl &adt = program.adt(AdtId{type.index});
  if (adt.isShared)
    return Usage::Shares;
  if (!adt.isCopy)
    return Usage::Moves;
  Usage usage = Usage::Copies;
  if (adt.generics.params.empty())
    return usage;
  const Arguments inside{type.args, arguments};
  for (const VariantDecl &variant : adt.variants)
    for (const FieldDecl &field : variant.fields)
      usage = std::max(usage, usageOf(program, field.type, &inside, depth));
  return usage;
}

Usage usageOf(const Program &program, TypeId id, const Arguments *arguments, unsigned depth) {
  if (++depth > maxDepth)
    return Usage::Moves;
  const Type &type = program.types[id];
  Usage usage = Usage::Copies;
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
    return Usage::Copies;
  case TypeKind::Ref:
    return static_cast<Mutability>(type.sub) == Mutability::Shared ? Usage::Copies : Usage::Moves;
  case TypeKind::Tuple:
    for (TypeId element : type.args)
      usage = std::max(usage, usageOf(program, element, arguments, depth));
    return usage;
  case TypeKind::Array:
    return usageOf(program, type.args[0], arguments, depth);
  case TypeKind::Adt:
    return usageOfAdt(program, type, arguments, depth);
  case TypeKind::Closure: {
    const Arguments inside{type.args, arguments};
    for (const ClosureDecl::Capture &capture : program.closure(ClosureId{type.index}).captures)
      if (usageOf(program, capture.type, &inside, depth) != Usage::Copies)
        return Usage::Moves;
    return Usage::Copies;
  }
  case TypeKind::Param:
    return usageOfParam(program, type, arguments, depth);
  case TypeKind::Slice:
  case TypeKind::Fn:
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Projection:
  case TypeKind::Dyn:
  case TypeKind::Var:
  case TypeKind::Frame:
  case TypeKind::BoxedAsync:
    return Usage::Moves;
  }
  return Usage::Moves;
}

} // namespace

Usage usage(const Program &program, TypeId type) { return usageOf(program, type, nullptr, 0); }

Usage usageIfArgumentsCopy(const Program &program, TypeId type) {
  const Arguments any{{}, nullptr, true};
  return usageOf(program, type, &any, 0);
}

bool mayNeedDrop(const Program &program, TypeId type) { return Facts(program).needsDrop(type); }
bool mayHoldReference(const Program &program, TypeId type) { return Facts(program).holdsReference(type); }

} // namespace async::typeck
