// Structs and enums: bounds, fields, values of variants.
#include <unordered_map>

#include "typeck/types/CollectBounds.h"

#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"

namespace async::typeck {

namespace diag = frontend::diag;
using resolve::ItemRef;

void Collector::adtGenerics(uint32_t index) {
  const ItemRef &ref = world.adts[index];
  Generics generics = program.adts[index].generics;
  TypeScope scope = scopeIn(ref.file, ref.module, &generics);
  std::vector<TypeId> args;
  for (uint32_t i = 0; i < generics.params.size(); ++i)
    args.push_back(program.types.param(i, generics.params[i].name));
  scope.self = program.types.adt(AdtId{index}, args);
  {
    Bounds bounds(context, scope, item(ref).generics, generics, 0);
    bounds.params();
    bounds.where();
  }
  program.adts[index].generics = std::move(generics);
}

void Collector::adtFields(uint32_t index) {
  const ItemRef &ref = world.adts[index];
  const ast::File &file = *ref.file;
  const ast::Item &from = item(ref);
  AdtDecl &adt = program.adts[index];
  TypeScope scope = scopeIn(ref.file, ref.module, &adt.generics);
  std::vector<TypeId> args;
  for (uint32_t i = 0; i < adt.generics.params.size(); ++i)
    args.push_back(program.types.param(i, adt.generics.params[i].name));
  scope.self = program.types.adt(AdtId{index}, args);

  auto variants = ast::File::run(file.variants, from.list);
  for (size_t v = 0; v < adt.variants.size(); ++v) {
    if (!adt.isEnum && from.variant >= file.variants.size())
      break;
    const ast::Variant &written = adt.isEnum ? variants[v] : file.variants[from.variant];
    VariantDecl &variant = adt.variants[v];
    auto fields = ast::File::run(file.fields, written.fields);
    for (size_t f = 0; f < fields.size(); ++f) {
      const ast::Field &field = fields[f];
      const bool isTuple = variant.shape == VariantDecl::Shape::Tuple;
      const Symbol fieldName = isTuple ? context.interner.intern(std::to_string(f)) : field.name.symbol;
      for (const FieldDecl &other : variant.fields)
        if (other.name == fieldName && !fieldName.empty())
          diagnostics.emit(field.name.span, diag::DefinedTwice, name(fieldName)).label(other.span, diag::FirstDefinition);
      const frontend::Span span = field.name.span.known() ? field.name.span : field.type.valid() ? file[field.type].span : variant.span;
      variant.fields.push_back({fieldName, lowerSized(context, scope, field.type), span, field.isPublic || adt.isEnum});
    }
  }
  if (adt.isEnum)
    discriminants(file, from, adt, scope);
}

void Collector::discriminants(const ast::File &file, const ast::Item &from, AdtDecl &adt, const TypeScope &scope) {
  auto variants = ast::File::run(file.variants, from.list);
  std::unordered_map<int64_t, bool> used;
  int64_t next = 0;
  bool hasFields = false, hasValues = false;
  for (size_t v = 0; v < adt.variants.size(); ++v) {
    VariantDecl &variant = adt.variants[v];
    hasFields |= !variant.fields.empty();
    if (variants[v].discriminant.valid()) {
      hasValues = true;
      const Type &value = program.types[lowerConst(context, scope, variants[v].discriminant)];
      if (value.kind == TypeKind::ConstInt)
        next = value.value;
      else if (value.kind == TypeKind::Param)
        diagnostics.emit(file[variants[v].discriminant].span, diag::NotConstant).help(diag::SimpleConstants);
    }
    variant.discriminant = next;
    if (!used.emplace(next, true).second)
      diagnostics.emit(variant.span, diag::DiscriminantTwice, next);
    next = static_cast<int64_t>(static_cast<uint64_t>(next) + 1);
  }
  if (hasFields && hasValues)
    for (const VariantDecl &variant : adt.variants)
      if (!variant.fields.empty()) {
        diagnostics.emit(variant.span, diag::DiscriminantWithFields, name(variant.name));
        break;
      }
}

} // namespace async::typeck
