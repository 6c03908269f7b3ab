// Hidden.h: what stands behind `impl Trait` in the result of a function (AssocTypeDecl::hides), once the bodies were inferred.
#pragma once
#include "typeck/types/Context.h"

namespace async::typeck {

// The type behind a hidden one; any other type, and one whose body has errors, as it is.
TypeId revealed(Program &program, TypeId type);

// Reports hidden types that are made of themselves (T0023). After all bodies.
void checkHidden(const Program &program, frontend::Interner &interner, frontend::Diagnostics &diagnostics);

} // namespace async::typeck
