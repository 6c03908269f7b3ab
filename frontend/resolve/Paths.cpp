// Paths, segment by segment.
#include "frontend/resolve/Names.h"

#include "frontend/diagnostics/Names.h"

namespace async::resolve {

using namespace frontend;

const char *kindText(DefKind kind) {
  switch (kind) {
  case DefKind::None:
  case DefKind::Error:
    return "name";
  case DefKind::Module:
    return "module";
  case DefKind::Primitive:
  case DefKind::Adt:
  case DefKind::Alias:
  case DefKind::AssocType:
    return "type";
  case DefKind::Variant:
    return "variant";
  case DefKind::Trait:
    return "trait";
  case DefKind::Fn:
    return "function";
  case DefKind::Const:
    return "constant";
  }
  return "name";
}

std::string moduleText(const World &world, const Interner &interner, uint32_t module) {
  module = fileModule(world, module);
  std::string text;
  for (; module != UINT32_MAX; module = world.modules[module].parent) {
    std::string_view name = interner.text(world.modules[module].name);
    if (name.empty())
      continue;
    text = text.empty() ? std::string(name) : std::string(name) + "::" + text;
  }
  return text.empty() ? "this package" : text;
}

std::string didYouMean(const Interner &interner, const std::optional<Meant> &meant) {
  return meant ? "; did you mean `" + std::string(interner.text(meant->name)) + "`?" : std::string();
}

void offer(frontend::DiagnosticBuilder built, Span span, const Interner &interner, const std::optional<Meant> &meant) {
  if (meant)
    built.fix(span, std::string(interner.text(meant->name)),
              meant->isSure ? frontend::Applicability::MachineApplicable : frontend::Applicability::MaybeIncorrect);
}

Step stepInto(const World &world, uint32_t from, const Def &container, Symbol name, Namespace space) {
  if (container.kind == DefKind::Adt) {
    const auto &variants = world.adtVariants[container.index];
    for (uint32_t i = 0; i < variants.size(); ++i)
      if (variants[i] == name)
        return {Step::Outcome::Found, {DefKind::Variant, container.index, i}, {}};
    return {};
  }
  const Binding *found = ownBinding(world, container.index, name, space);
  if (!found)
    return {};
  if (!found->isPublic && !canSee(world, from, container.index))
    return {Step::Outcome::Private, found->def, found->span};
  return {Step::Outcome::Found, found->def, found->span};
}

void reportStep(const World &world, const Interner &interner, const Def &container, const ast::Name &name, const Step &step, Diagnostics &diagnostics) {
  const std::string_view text = interner.text(name.symbol);
  if (container.kind == DefKind::Adt) {
    auto similar = nearest(interner, world.adtVariants[container.index], name.symbol);
    offer(diagnostics.emit(name.span, diag::UnknownVariant, text, didYouMean(interner, similar)), name.span, interner, similar);
    return;
  }
  const std::string owner = moduleText(world, interner, container.index);
  if (step.outcome == Step::Outcome::Private) {
    diagnostics.emit(name.span, diag::PrivateName, text, owner).label(step.span, diag::PrivateDeclared);
    return;
  }
  std::vector<Symbol> candidates;
  const Module &module = world.modules[container.index];
  for (const auto *names : {&module.types, &module.values})
    for (const auto &[candidate, binding] : *names)
      if (binding.isPublic)
        candidates.push_back(candidate);
  auto similar = nearest(interner, candidates, name.symbol);
  offer(diagnostics.emit(name.span, diag::NotInModule, owner, text, didYouMean(interner, similar)), name.span, interner, similar);
}

Def startWord(const World &world, const Interner &interner, uint32_t module, const ast::Name &name, Diagnostics *diagnostics) {
  const std::string_view text = interner.text(name.symbol);
  if (text == "self")
    return {DefKind::Module, fileModule(world, module)};
  if (text == "crate")
    return {DefKind::Module, rootOf(world, module)};
  if (text != "super")
    return {};
  const uint32_t above = world.modules[fileModule(world, module)].parent;
  if (above != UINT32_MAX)
    return {DefKind::Module, above};
  if (diagnostics)
    diagnostics->emit(name.span, diag::TooManySupers);
  return {DefKind::Error};
}

namespace {

class PathWalk {
public:
  PathWalk(const World &world, const Interner &interner, uint32_t module, std::span<const ast::PathSegment> segments, Namespace space, Diagnostics &diagnostics)
      : world(world), interner(interner), module(module), segments(segments), space(space), diagnostics(diagnostics) {}

  ResolvedPath walk() {
    ResolvedPath at = start();
    while (at.def.kind == DefKind::Module) {
      if (at.used == segments.size()) {
        const ast::Name &last = segments.back().name;
        diagnostics.emit(last.span, diag::ModuleAsThing, interner.text(last.symbol), wanted());
        return {{DefKind::Error}, at.used};
      }
      at = next(at);
    }
    // A name that an enum has no variant for is a member, which typeck looks up (`Option::map`).
    if (at.def.kind == DefKind::Adt && at.used < segments.size())
      if (Step step = stepInto(world, module, at.def, segments[at.used].name.symbol, space); step.outcome == Step::Outcome::Found)
        return {step.def, at.used + 1};
    return at;
  }

private:
  const char *wanted() const { return space == Namespace::Types ? "type" : "value"; }

  ResolvedPath start() {
    const ast::Name &first = segments[0].name;
    const std::string_view text = interner.text(first.symbol);
    if (text == "Self")
      return {};
    if (Def word = startWord(world, interner, module, first, segments.size() > 1 ? &diagnostics : nullptr); word.kind != DefKind::None) {
      if (segments.size() == 1)
        return {}; // `self` is a local
      return {word, 1};
    }
    if (segments.size() == 1) {
      Def found = lookup(world, interner, module, first.symbol, space);
      return {found, found.kind == DefKind::None ? 0u : 1u};
    }
    Def found = lookup(world, interner, module, first.symbol, Namespace::Types);
    if (found.kind != DefKind::None)
      return {found, 1};
    if (!first.symbol.empty()) {
      auto similar = suggest(world, interner, module, first.symbol, Namespace::Types);
      offer(diagnostics.emit(first.span, diag::UnknownName, text, didYouMean(interner, similar)).help(diag::DeclareOrImport), first.span, interner, similar);
    }
    return {{DefKind::Error}, 1};
  }

  ResolvedPath next(const ResolvedPath &at) {
    const ast::Name &name = segments[at.used].name;
    const std::string_view text = interner.text(name.symbol);
    if (text == "super") {
      const uint32_t above = world.modules[at.def.index].parent;
      if (above != UINT32_MAX)
        return {{DefKind::Module, above}, at.used + 1};
      diagnostics.emit(name.span, diag::TooManySupers);
      return {{DefKind::Error}, at.used + 1};
    }
    if (text == "self" || text == "crate" || text == "Self") {
      diagnostics.emit(name.span, diag::WordInPath, text);
      return {{DefKind::Error}, at.used + 1};
    }
    const bool isLast = at.used + 1 == segments.size();
    const Namespace first = isLast ? space : Namespace::Types;
    Step step = stepInto(world, module, at.def, name.symbol, first);
    if (step.outcome == Step::Outcome::Found)
      return {step.def, at.used + 1};
    if (step.outcome == Step::Outcome::Unknown) {
      const Namespace other = first == Namespace::Types ? Namespace::Values : Namespace::Types;
      Step elsewhere = stepInto(world, module, at.def, name.symbol, other);
      if (elsewhere.outcome == Step::Outcome::Found && elsewhere.def.kind != DefKind::Module) {
        diagnostics.emit(name.span, diag::WrongNamespace, text, kindText(elsewhere.def.kind), isLast ? wanted() : "module");
        return {{DefKind::Error}, at.used + 1};
      }
    }
    if (!name.symbol.empty())
      reportStep(world, interner, at.def, name, step, diagnostics);
    return {{DefKind::Error}, at.used + 1};
  }

  const World &world;
  const Interner &interner;
  uint32_t module;
  std::span<const ast::PathSegment> segments;
  Namespace space;
  Diagnostics &diagnostics;
};

} // namespace

ResolvedPath resolvePath(const World &world, const Interner &interner, const ast::File &file, uint32_t module, const ast::Path &path, Namespace space,
                         Diagnostics &diagnostics) {
  auto segments = ast::File::run(file.segments, path.segments);
  if (segments.empty())
    return {{DefKind::Error}, 0};
  return PathWalk(world, interner, module, segments, space, diagnostics).walk();
}

} // namespace async::resolve
