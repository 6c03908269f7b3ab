#include "typeck/mir/Places.h"

namespace async::mir {

namespace {

TypeId fieldType(Program &program, TypeId id, uint32_t variant, uint32_t index) {
  const Type &type = program.types[id];
  switch (type.kind) {
  case TypeKind::Tuple:
    return index < type.args.size() ? type.args[index] : program.types.error;
  case TypeKind::Adt: {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    if (variant >= adt.variants.size() || index >= adt.variants[variant].fields.size())
      return program.types.error;
    return substitute(program.types, adt.variants[variant].fields[index].type, type.args);
  }
  case TypeKind::Closure: {
    const ClosureDecl &closure = program.closure(ClosureId{type.index});
    if (index >= closure.captures.size())
      return program.types.error;
    return substitute(program.types, closure.captures[index].type, type.args);
  }
  default:
    return program.types.error;
  }
}

} // namespace

TypeId projectedType(Program &program, TypeId id, uint32_t variant, const Projection &projection) {
  if (!id.valid())
    return program.types.error;
  const Type &type = program.types[id];
  switch (projection.kind) {
  case Projection::Kind::Field:
    return fieldType(program, id, variant, projection.index);
  case Projection::Kind::Deref:
    // A box has one argument: what it owns.
    return (type.kind == TypeKind::Ref || type.kind == TypeKind::Pointer || type.kind == TypeKind::Adt) && !type.args.empty() ? type.args[0]
                                                                                                                              : program.types.error;
  case Projection::Kind::Index:
  case Projection::Kind::ConstIndex:
    return type.kind == TypeKind::Array || type.kind == TypeKind::Slice ? type.args[0] : program.types.error;
  case Projection::Kind::Subslice: {
    if (type.kind == TypeKind::Slice)
      return id;
    if (type.kind != TypeKind::Array)
      return program.types.error;
    const Type &length = program.types[type.args[1]];
    if (length.kind != TypeKind::ConstInt)
      return program.types.slice(type.args[0]);
    return program.types.array(type.args[0], program.types.constInt(length.value - projection.index - projection.fromEndCount));
  }
  case Projection::Kind::Downcast:
    return id;
  }
  return program.types.error;
}

TypeId placeType(Program &program, const Body &body, const Place &place, size_t length) {
  TypeId type = body.localType(place.base);
  uint32_t variant = 0;
  for (size_t i = 0; i < place.path.size() && i < length; ++i) {
    const Projection &projection = place.path[i];
    type = projectedType(program, type, variant, projection);
    variant = projection.kind == Projection::Kind::Downcast ? projection.index : 0;
  }
  return type;
}

TypeId operandType(Program &program, const Body &body, const Operand &operand) {
  return operand.kind == Operand::Kind::Const ? operand.constant.type : placeType(program, body, operand.place);
}

bool isLangAdt(const Program &program, const frontend::Interner &interner, TypeId id, std::string_view lang) {
  if (!id.valid())
    return false;
  const Type &type = program.types[id];
  return type.kind == TypeKind::Adt && interner.text(program.adt(AdtId{type.index}).lang) == lang;
}

DerefKind derefKind(const Program &program, TypeId id) {
  const Type &type = program.types[id];
  if (type.kind == TypeKind::Ref)
    return static_cast<Mutability>(type.sub) == Mutability::Exclusive ? DerefKind::Exclusive : DerefKind::Reference;
  return type.kind == TypeKind::Pointer ? DerefKind::Pointer : DerefKind::Owner;
}

namespace {

std::string_view fieldName(Program &program, const frontend::Interner &interner, TypeId id, uint32_t variant, uint32_t index) {
  const Type &type = program.types[id];
  if (type.kind == TypeKind::Adt) {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    if (variant < adt.variants.size() && index < adt.variants[variant].fields.size())
      return interner.text(adt.variants[variant].fields[index].name);
  }
  if (type.kind == TypeKind::Closure && index < program.closure(ClosureId{type.index}).captures.size())
    return interner.text(program.closure(ClosureId{type.index}).captures[index].name);
  return {};
}

} // namespace

std::string placeText(Program &program, const frontend::Interner &interner, const Body &body, const Place &place) {
  std::string text(interner.text(body.locals[place.base.index].name));
  TypeId type = body.localType(place.base);
  uint32_t variant = 0;
  size_t start = 0;
  // Fields of a closure's environment are the captured variables themselves.
  if (body.closure.valid() && place.base.index == 1 && text.empty()) {
    if (start < place.path.size() && place.path[start].kind == Projection::Kind::Deref)
      type = projectedType(program, type, 0, place.path[start++]);
    if (start < place.path.size() && place.path[start].kind == Projection::Kind::Field && program.types[type].kind == TypeKind::Closure) {
      text = fieldName(program, interner, type, 0, place.path[start].index);
      type = projectedType(program, type, 0, place.path[start++]);
      if (start < place.path.size() && place.path[start].kind == Projection::Kind::Deref && program.types[type].kind == TypeKind::Ref)
        type = projectedType(program, type, 0, place.path[start++]);
    }
  }
  if (text.empty())
    return text;
  for (size_t i = start; i < place.path.size(); ++i) {
    const Projection &projection = place.path[i];
    switch (projection.kind) {
    case Projection::Kind::Field: {
      std::string_view name = fieldName(program, interner, type, variant, projection.index);
      text += ".";
      text += name.empty() ? std::to_string(projection.index) : std::string(name);
      break;
    }
    case Projection::Kind::Deref:
      if (i + 1 == place.path.size())
        text.insert(0, "*");
      break;
    case Projection::Kind::Index:
    case Projection::Kind::ConstIndex:
      text += "[_]";
      break;
    case Projection::Kind::Subslice:
      text += "[..]";
      break;
    case Projection::Kind::Downcast:
      break;
    }
    type = projectedType(program, type, variant, projection);
    variant = projection.kind == Projection::Kind::Downcast ? projection.index : 0;
  }
  return text;
}

} // namespace async::mir
