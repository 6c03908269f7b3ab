#include "typeck/types/TypeFacts.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace async::typeck {
namespace {

// Whether something is anywhere in a type. What was looked at once adds nothing: so recursive types end, and shared parts cost once.
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
    return found;
  }

  bool anyCapture(TypeId id, const Type &type, Fact fact) {
    if (!enter(id))
      return false;
    bool found = false;
    for (const ClosureDecl::Capture &capture : program.closure(ClosureId{type.index}).captures)
      found = found || ofField(capture.type, type.args, fact);
    return found;
  }

  bool ofField(TypeId field, std::span<const TypeId> args, Fact fact) {
    const Type &type = program.types[field];
    if (type.kind == TypeKind::Param)
      return type.index < args.size() ? (this->*fact)(args[type.index]) : true;
    return (this->*fact)(field);
  }

  bool enter(TypeId id) {
    if (!many.empty())
      return many.insert(id.index).second;
    for (TypeId other : few)
      if (other == id)
        return false;
    few.push_back(id);
    if (few.size() == 32)
      for (TypeId other : few)
        many.insert(other.index);
    return true;
  }

  const Program &program;
  std::vector<TypeId> few;
  std::unordered_set<uint32_t> many; // all of them, once they are no longer few
};

// What the parameters in a type stand for: arguments, in which those of the type around it may occur.
struct Arguments {
  std::span<const TypeId> types;
  const Arguments *outer = nullptr;
  bool allCopy = false; // whatever they are, they copy
};

// Deeper types contain themselves, which has been reported, or are treated as if they moved.
constexpr unsigned maxDepth = 128;

class Usages {
public:
  Usages(const Program &program, const Arguments *root) : program(program), root(root) {}

  Usage of(TypeId id, const Arguments *arguments, unsigned depth = 0) {
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
        usage = std::max(usage, of(element, arguments, depth));
      return usage;
    case TypeKind::Array:
      return of(type.args[0], arguments, depth);
    case TypeKind::Adt:
      return ofAdt(id, type, arguments, depth);
    case TypeKind::Closure: {
      const Arguments inside{type.args, arguments};
      for (const ClosureDecl::Capture &capture : program.closure(ClosureId{type.index}).captures)
        if (of(capture.type, &inside, depth) != Usage::Copies)
          return Usage::Moves;
      return Usage::Copies;
    }
    case TypeKind::Param:
      return ofParam(type, arguments, depth);
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

private:
  Usage ofParam(const Type &type, const Arguments *arguments, unsigned depth) {
    if (!arguments)
      return Usage::Moves;
    if (arguments->allCopy)
      return Usage::Copies;
    return type.index < arguments->types.size() ? of(arguments->types[type.index], arguments->outer, depth) : Usage::Moves;
  }

  Usage ofAdt(TypeId id, const Type &type, const Arguments *arguments, unsigned depth) {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    if (adt.isShared)
      return Usage::Shares;
    if (!adt.isCopy)
      return Usage::Moves;
    if (adt.generics.params.empty())
      return Usage::Copies;
    // Parts may be shared; what depends on nothing but the root is looked at once.
    const bool isKept = arguments == root || !(type.flags & HasParam);
    if (auto found = known.find(id.index); isKept && found != known.end())
      return found->second;
    Usage usage = Usage::Copies;
    const Arguments inside{type.args, arguments};
    for (const VariantDecl &variant : adt.variants)
      for (const FieldDecl &field : variant.fields)
        usage = std::max(usage, of(field.type, &inside, depth));
    if (isKept)
      known.emplace(id.index, usage);
    return usage;
  }

  const Program &program;
  const Arguments *root;
  std::unordered_map<uint32_t, Usage> known;
};

} // namespace

Usage usage(const Program &program, TypeId type) { return Usages(program, nullptr).of(type, nullptr); }

Usage usageIfArgumentsCopy(const Program &program, TypeId type) {
  const Arguments any{{}, nullptr, true};
  return Usages(program, &any).of(type, &any);
}

bool mayNeedDrop(const Program &program, TypeId type) { return Facts(program).needsDrop(type); }
bool mayHoldReference(const Program &program, TypeId type) { return Facts(program).holdsReference(type); }

} // namespace async::typeck
