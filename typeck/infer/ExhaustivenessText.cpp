// ExhaustivenessText.cpp: examples of values in the words of patterns.
#include "typeck/infer/ExhaustivenessMatrix.h"

#include <fmt/format.h>

#include <algorithm>

namespace async::infer {

using namespace typeck;
using CK = Constructor::Kind;

std::string Matrix::keyText(TypeId id, uint64_t key) const {
  const Type &type = program.types[id];
  if (type.kind == TypeKind::Bool)
    return key != 0 ? "true" : "false";
  if (type.kind == TypeKind::Char)
    return key >= 0x20 && key < 0x7F ? fmt::format("'{}'", static_cast<char>(key)) : fmt::format("'\\u{{{:X}}}'", key);
  bool isSigned = static_cast<IntKind>(type.sub) <= IntKind::I64;
  std::string name = fmt::format("{}{}", isSigned ? 'i' : 'u', 8u << (static_cast<unsigned>(type.sub) % 4));
  auto [low, high] = bounds(id);
  if (key == low && isSigned)
    return name + "::MIN";
  if (key == high)
    return name + "::MAX";
  return isSigned ? fmt::format("{}", static_cast<int64_t>(key ^ uint64_t{1} << 63)) : fmt::format("{}", key);
}

// std's error as its patterns are written (rules.md S3), from the text of what is in it.
static std::string errorText(std::string_view content) {
  constexpr std::string_view kind = "ErrorKind::";
  size_t at = content.find(kind);
  if (at == std::string_view::npos)
    return "_";
  std::string_view name = content.substr(at + kind.size());
  return fmt::format("Error::{}(_)", name.substr(0, name.find_first_of(" ,}")));
}

std::string Matrix::variantText(const AdtDecl &adt, uint32_t index, std::span<const std::string> fields) const {
  const VariantDecl &variant = adt.variants[index];
  std::string_view lang = interner.text(adt.lang);
  if (lang == "error" && fields.size() == 1)
    return errorText(fields[0]);
  std::string result(interner.text(adt.name));
  if (lang == "option" || lang == "result")
    result = interner.text(variant.name);
  else if (adt.isEnum)
    result += fmt::format("::{}", interner.text(variant.name));
  switch (variant.shape) {
  case VariantDecl::Shape::Unit:
    return result;
  case VariantDecl::Shape::Tuple: {
    result += '(';
    for (size_t i = 0; i < variant.fields.size(); ++i)
      result += fmt::format("{}{}", i == 0 ? "" : ", ", i < fields.size() ? fields[i] : "_");
    return result + ')';
  }
  case VariantDecl::Shape::Named: {
    result += " { ";
    bool isWhole = true;
    for (size_t i = 0; i < variant.fields.size(); ++i) {
      if (i < fields.size() && fields[i] != "_")
        result += fmt::format("{}: {}, ", interner.text(variant.fields[i].name), fields[i]);
      else
        isWhole = false;
    }
    if (!isWhole || variant.fields.empty())
      return result + ".. }";
    result.resize(result.size() - 2);
    return result + " }";
  }
  }
  return result;
}

std::string Matrix::text(TypeId id, const Split &split, std::span<const std::string> fields) const {
  const Type &type = program.types[id];
  const Constructor &made = split.made;
  switch (made.kind) {
  case CK::Interval:
    return made.low == made.high ? keyText(id, made.low) : fmt::format("{}..={}", keyText(id, made.low), keyText(id, made.high));
  case CK::Opaque:
    return "_";
  case CK::Slice: {
    std::string result = "[";
    uint32_t count = made.prefix + made.suffix;
    for (uint32_t i = 0; i <= count; ++i) {
      if (i == made.prefix && made.isOpen)
        result += result.size() > 1 ? ", .." : "..";
      if (i < count)
        result += fmt::format("{}{}", result.size() > 1 ? ", " : "", i < fields.size() ? fields[i] : "_");
    }
    return result + ']';
  }
  case CK::Variant:
    return variantText(program.adt(AdtId{type.index}), made.variant, fields);
  case CK::Single:
    break;
  }
  if (type.kind == TypeKind::Tuple)
    return fmt::format("({}{})", fmt::join(fields, ", "), fields.size() == 1 ? "," : "");
  if (type.kind == TypeKind::Ref)
    return fields.empty() ? "_" : fields[0];
  if (type.kind == TypeKind::Adt && !program.adt(AdtId{type.index}).variants.empty()) {
    if (std::all_of(fields.begin(), fields.end(), [](const std::string &field) { return field == "_"; }))
      return "_";
    return variantText(program.adt(AdtId{type.index}), 0, fields);
  }
  return "_";
}

} // namespace async::infer
