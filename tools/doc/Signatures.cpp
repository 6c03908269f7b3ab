#include "tools/doc/Signatures.h"

#include "typeck/types/TypeText.h"

namespace async::doc {

using namespace typeck;

// A longer value says nothing on a page.
constexpr size_t longestValue = 60;

std::string Signatures::type(TypeId id) const { return typeText(program, session.interner, id); }

std::string Signatures::value(const ast::File *file, ast::ExprId expr) const {
  if (!file || !expr.valid())
    return {};
  std::string_view text = session.sources.text((*file)[expr].span);
  if (text.empty() || text.size() > longestValue || text.find('\n') != std::string_view::npos)
    return {};
  return fmt::format(" = {}", text);
}

std::string Signatures::bound(const Predicate &predicate) const {
  switch (predicate.kind) {
  case Predicate::Kind::Implements:
    return traitText(program, session.interner, predicate.trait);
  case Predicate::Kind::Calls:
    return type(predicate.signature);
  case Predicate::Kind::Equals:
    break;
  }
  return type(predicate.target);
}

// What signatureText does not show: bounds on parameters of the impl and on associated types. `ownToo`: of all parameters. That a trait's Self implements it,
// and what that asks for, is no news.
std::string Signatures::where(const Generics &generics, bool ownToo, std::optional<TraitId> ofTrait) const {
  const size_t traitsOwn = ofTrait ? program.trait(*ofTrait).generics.predicates.size() : 0;
  std::string text;
  TypeId last{};
  for (size_t i = 0; i < generics.predicates.size(); ++i) {
    const Predicate &predicate = generics.predicates[i];
    const Type &subject = program.types[predicate.subject];
    const bool isEqual = predicate.kind == Predicate::Kind::Equals;
    const bool isParam = subject.kind == TypeKind::Param;
    const bool isHidden = isParam && subject.index < generics.params.size() && generics.params[subject.index].isHidden;
    const bool saysTrait = ofTrait && predicate.kind == Predicate::Kind::Implements && predicate.trait.trait == *ofTrait;
    const bool isSelf = isParam && (i < traitsOwn || saysTrait) && name(generics.params[subject.index].name) == "Self";
    if (isHidden || isSelf || (!ownToo && isParam && subject.index >= generics.parentCount && !isEqual))
      continue;
    if (last.valid() && last == predicate.subject && !isEqual)
      text += fmt::format(" + {}", bound(predicate));
    else
      text += fmt::format("{}{}{}{}", text.empty() ? " where " : ", ", type(predicate.subject), isEqual ? " = " : ": ", bound(predicate));
    last = isEqual ? TypeId{} : predicate.subject;
  }
  return text;
}

std::string Signatures::generics(const Generics &generics) const {
  std::string text;
  for (uint32_t i = generics.parentCount; i < generics.params.size(); ++i) {
    const GenericParam &param = generics.params[i];
    if (param.isHidden || name(param.name) == "Self")
      continue;
    text += fmt::format("{}{}{}{}", text.empty() ? "<" : ", ", param.isConst ? "const " : "", name(param.name), param.isConst ? ": i64" : "");
    if (param.fallback.valid())
      text += fmt::format(" = {}", type(param.fallback));
  }
  return text.empty() ? text : text + ">";
}

// Puts the values of parameters that may be left out behind their types.
std::string Signatures::defaults(std::string signature, FnId id) const {
  const FnDecl &fn = program.fn(id);
  const resolve::FnRef &ref = session.world.fns[id.index];
  if (!ref.file || !ref.function.valid())
    return signature;
  auto params = ast::File::run(ref.file->params, (*ref.file)[ref.function].params);
  for (size_t i = 0; i < params.size() && i < fn.params.size(); ++i) {
    if (!fn.params[i].hasDefault)
      continue;
    const std::string written = fmt::format("{}: {}", name(fn.params[i].name), type(fn.params[i].type));
    size_t at = signature.find("(" + written);
    if (at == std::string::npos)
      at = signature.find(", " + written) + 1;
    std::string given = value(ref.file, params[i].defaultValue);
    if (at != std::string::npos && at != 0)
      signature.insert(at + 1 + written.size(), given.empty() ? " = …" : given);
  }
  return signature;
}

std::string Signatures::function(FnId id) const {
  const FnDecl &fn = program.fn(id);
  if (!fn.isConst)
    return defaults(signatureText(program, session.interner, id), id) + where(fn.generics, false, fn.trait);
  const resolve::FnRef &ref = session.world.fns[id.index];
  std::string given = ref.file && ref.item.valid() ? value(ref.file, (*ref.file)[ref.item].expr) : std::string();
  return fmt::format("const {}: {}{}", name(fn.name), type(fn.result), given);
}

std::string Signatures::fields(const VariantDecl &variant) const {
  std::string text;
  bool hidesSome = false;
  const bool isNamed = variant.shape == VariantDecl::Shape::Named;
  for (const FieldDecl &field : variant.fields) {
    if (!field.isPublic) {
      hidesSome = true;
      continue;
    }
    text += fmt::format("{}{}{}{}", text.empty() ? "" : ", ", isNamed ? name(field.name) : "", isNamed ? ": " : "", type(field.type));
  }
  if (hidesSome)
    text += text.empty() ? "…" : ", …";
  switch (variant.shape) {
  case VariantDecl::Shape::Unit:
    return {};
  case VariantDecl::Shape::Tuple:
    return fmt::format("({})", text);
  case VariantDecl::Shape::Named:
    break;
  }
  return text.empty() ? " {}" : fmt::format(" {{ {} }}", text);
}

std::string Signatures::adt(AdtId id) const {
  const AdtDecl &adt = program.adt(id);
  std::string head = fmt::format("{}{} {}{}", adt.isCopy ? "copy " : "", adt.isEnum ? "enum" : "struct", name(adt.name), generics(adt.generics));
  const std::string bounds = where(adt.generics, true, {});
  if (!adt.isEnum)
    return head + (adt.variants.empty() ? std::string() : fields(adt.variants[0])) + bounds;
  head += bounds + " {\n";
  for (const VariantDecl &variant : adt.variants) {
    VariantDecl shown = variant;
    for (FieldDecl &field : shown.fields)
      field.isPublic = true; // as the enum is
    head += fmt::format("    {}{},\n", name(variant.name), fields(shown));
  }
  return head + "}";
}

std::string Signatures::trait(TraitId id) const {
  const TraitDecl &trait = program.trait(id);
  std::string text = fmt::format("trait {}{}", name(trait.name), generics(trait.generics));
  for (size_t i = 0; i < trait.supertraits.size(); ++i)
    text += (i == 0 ? ": " : " + ") + traitText(program, session.interner, trait.supertraits[i]);
  text += where(trait.generics, true, id);
  if (trait.assocTypes.empty())
    return text;
  text += " {\n";
  for (AssocTypeId assoc : trait.assocTypes) {
    const AssocTypeDecl &decl = program.assocType(assoc);
    text += fmt::format("    type {}", name(decl.name));
    bool first = true;
    std::string equal;
    for (const Predicate &predicate : decl.bounds) {
      if (predicate.kind == Predicate::Kind::Equals) {
        equal += fmt::format("{}{} = {}", equal.empty() ? " where " : ", ", type(predicate.subject), bound(predicate));
        continue;
      }
      text += (first ? ": " : " + ") + bound(predicate);
      first = false;
    }
    text += equal + ";\n";
  }
  return text + "}";
}

std::string Signatures::constant(ConstId id) const {
  const ConstDecl &decl = program.constant(id);
  const resolve::ItemRef &ref = session.world.consts[id.index];
  std::string given = ref.file ? value(ref.file, (*ref.file)[ref.item].expr) : std::string();
  return fmt::format("{} {}: {}{}", decl.isStatic ? "static" : "const", name(decl.name), type(decl.type), given);
}

std::string Signatures::alias(uint32_t index) const {
  const AliasDecl &decl = program.aliases[index];
  return fmt::format("type {}{} = {}", name(decl.name), generics(decl.generics), type(decl.type));
}

} // namespace async::doc
