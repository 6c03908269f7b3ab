#include "typeck/infer/Lookup.h"

namespace async::infer {

using namespace typeck;

Head headOf(const Type &type) {
  switch (type.kind) {
  case TypeKind::Error:
  case TypeKind::Var:
  case TypeKind::Projection:
    return anyHead;
  case TypeKind::Never:
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int:
  case TypeKind::Float:
  case TypeKind::Tuple:
  case TypeKind::Array:
  case TypeKind::Slice:
  case TypeKind::Ref:
  case TypeKind::Pointer:
  case TypeKind::Adt:
  case TypeKind::FnDef:
  case TypeKind::Closure:
  case TypeKind::Fn:
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Param:
  case TypeKind::Dyn:
  case TypeKind::ConstInt:
  case TypeKind::Frame:
  case TypeKind::BoxedAsync:
    break;
  }
  return static_cast<Head>(type.kind) << 40 | static_cast<Head>(type.sub) << 32 | type.index;
}

void Lookup::placeMembers(const Program &program, TraitId trait, Head head) {
  for (FnId fn : program.trait(trait).methods)
    traitMethodsByName[program.fn(fn).name.index].place(head, {trait, fn});
}

void Lookup::refresh(const Program &program) {
  for (; knownTraits < program.traits.size(); ++knownTraits) {
    TraitId id{static_cast<uint32_t>(knownTraits)};
    for (FnId fn : program.trait(id).methods)
      traitMethodsByName[program.fn(fn).name.index].add({id, fn});
    if (!program.trait(id).lang.empty())
      placeMembers(program, id, anyHead);
  }
  for (; knownImpls < program.impls.size(); ++knownImpls) {
    ImplId id{static_cast<uint32_t>(knownImpls)};
    const ImplDecl &impl = program.impl(id);
    const Type &self = program.types[impl.self];
    const Head head = self.kind == TypeKind::Param ? anyHead : headOf(self); // its parameters may be anything
    if (impl.trait) {
      implsByTrait[impl.trait->trait.index].add(id);
      implsByTrait[impl.trait->trait.index].place(head, id);
      placeMembers(program, impl.trait->trait, head);
      continue;
    }
    for (FnId fn : impl.methods) {
      inherentByName[program.fn(fn).name.index].add({id, fn});
      inherentByName[program.fn(fn).name.index].place(head, {id, fn});
    }
  }
}

std::vector<frontend::Symbol> Lookup::methodNames() const {
  std::vector<frontend::Symbol> names;
  for (const auto &[name, members] : inherentByName)
    names.push_back(frontend::Symbol{name});
  for (const auto &[name, members] : traitMethodsByName)
    if (!inherentByName.contains(name))
      names.push_back(frontend::Symbol{name});
  return names;
}

} // namespace async::infer
