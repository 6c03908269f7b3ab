// Names.h: one step of a path, for imports and for paths in code.
#pragma once
#include <string>

#include "frontend/resolve/Resolve.h"

namespace async::resolve {

const Binding *ownBinding(const World &world, uint32_t module, Symbol name, Namespace space);
// The module of the file that a module of a block stands in.
uint32_t fileModule(const World &world, uint32_t module);
uint32_t rootOf(const World &world, uint32_t module);
// `std::time`; of the user's root `this package`.
std::string moduleText(const World &world, const Interner &interner, uint32_t module);
std::optional<Meant> nearest(const Interner &interner, const std::vector<Symbol> &candidates, Symbol name);
// "; did you mean `x`?", or nothing.
std::string didYouMean(const Interner &interner, const std::optional<Meant> &meant);
// The fix that puts it in place of the name at `span`.
void offer(frontend::DiagnosticBuilder built, Span span, const Interner &interner, const std::optional<Meant> &meant);

// What a name stands for below a module or an enum.
struct Step {
  enum class Outcome : uint8_t { Found, Unknown, Private } outcome = Outcome::Unknown;
  Def def;
  Span span; // of the definition, where it is private
};
Step stepInto(const World &world, uint32_t from, const Def &container, Symbol name, Namespace space);
// Reports a step that was not found.
void reportStep(const World &world, const Interner &interner, const Def &container, const ast::Name &name, const Step &step, Diagnostics &diagnostics);

// The words that start a path. None: it is no such word; Error: reported (if `diagnostics`).
Def startWord(const World &world, const Interner &interner, uint32_t module, const ast::Name &name, Diagnostics *diagnostics);

const char *kindText(DefKind kind);

} // namespace async::resolve
