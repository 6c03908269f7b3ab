#include "typeck/types/TypeHead.h"

namespace async::typeck {

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

Head headInImpl(const Type &type) { return type.kind == TypeKind::Param ? anyHead : headOf(type); }

} // namespace async::typeck
