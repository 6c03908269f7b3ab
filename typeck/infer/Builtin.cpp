// Traits that hold by the structure of a type: Debug of everything; Eq, Ord, Hash and Clone of scalars, references, tuples, arrays and derived types.
#include "typeck/infer/Inferer.h"

namespace async::infer {

Answer Inferer::builtinTrait(TypeId subject, const TraitRef &trait) {
  subject = resolve(subject);
  const Type &type = types[subject];
  if (type.kind == TypeKind::Dyn)
    return type.index == trait.trait.index ? Answer::Yes : Answer::No;
  const Symbol lang = program.trait(trait.trait).lang;
  if (lang.empty() || program.langTraits.find(lang.index)->second != trait.trait)
    return Answer::No;
  auto is = [wanted = context.interner.text(lang)](std::string_view name) { return name == wanted; };
  if (is("debug"))
    return Answer::Yes;
  if (type.kind == TypeKind::Async)
    return is("awaitable") ? Answer::Yes : Answer::No;
  bool clones = is("clone");
  if (!clones && !is("eq") && !is("ord") && !is("hash"))
    return Answer::No;

  auto all = [&](std::span<const TypeId> parts) {
    Answer answer = Answer::Yes;
    for (TypeId part : parts) {
      Answer one = evaluateTrait(part, TraitRef{trait.trait, {}});
      answer = one < answer ? one : answer;
    }
    return answer;
  };
  switch (type.kind) {
  case TypeKind::Never:
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int:
  case TypeKind::Float:
  case TypeKind::Var: // an integer or float literal
    return Answer::Yes;
  case TypeKind::Tuple:
    return all(type.args);
  case TypeKind::Array:
    return all(type.args.first(1));
  case TypeKind::Ref:
    if (clones)
      return static_cast<Mutability>(type.sub) == Mutability::Shared ? Answer::Yes : Answer::No;
    return all(type.args.first(1));
  case TypeKind::Pointer:
    return is("ord") ? Answer::No : Answer::Yes;
  case TypeKind::FnDef:
    return clones ? Answer::Yes : Answer::No;
  case TypeKind::Adt: {
    const TraitDecl &decl = program.trait(trait.trait);
    for (Symbol derived : program.adt(AdtId{type.index}).derives)
      if (derived == decl.name)
        return all(type.args);
    return Answer::No;
  }
  case TypeKind::Error:
    return Answer::Yes;
  case TypeKind::Slice:
  case TypeKind::Closure:
  case TypeKind::Fn:
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Param:
  case TypeKind::Projection:
  case TypeKind::Dyn:
  case TypeKind::ConstInt:
  case TypeKind::Frame:
  case TypeKind::BoxedAsync:
    return Answer::No;
  }
  return Answer::No;
}

} // namespace async::infer
