// Places.h: the types of places, and their names in the user's words.
#pragma once
#include <string>

#include "frontend/source/Interner.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

// One step further from a place of type `type` (of variant `variant` after a Downcast, else 0). The error type if there is no such step.
TypeId projectedType(Program &program, TypeId type, uint32_t variant, const Projection &projection);

// Of the first `length` steps of a place.
TypeId placeType(Program &program, const Body &body, const Place &place, size_t length = SIZE_MAX);
TypeId operandType(Program &program, const Body &body, const Operand &operand);

bool isLangAdt(const Program &program, const frontend::Interner &interner, TypeId type, std::string_view lang);

// What `Deref` of a place of this type goes through.
enum class DerefKind : uint8_t { Reference, Exclusive, Pointer, Owner };
DerefKind derefKind(const Program &program, TypeId type);

// `pair.left`, `*cell`, `items[_]`; empty if its base has no name in the program.
std::string placeText(Program &program, const frontend::Interner &interner, const Body &body, const Place &place);

} // namespace async::mir
