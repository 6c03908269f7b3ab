#include "frontend/resolve/Imports.h"

#include <map>
#include <set>

#include "frontend/diagnostics/Names.h"

namespace async::resolve {

using namespace frontend;

namespace {

class Solver {
public:
  Solver(World &world, std::vector<Import> &imports, const Interner &interner, Diagnostics &diagnostics)
      : world(world), imports(imports), interner(interner), diagnostics(diagnostics) {}

  void solve() {
    for (const Import &import : imports)
      if (!import.isGlob)
        ++pending[{import.module, import.bindAs.symbol}];
    // Names that could still be hidden by an import of the same module wait, until nothing else moves.
    for (;;) {
      changed = false;
      round();
      if (changed)
        continue;
      if (lenient)
        break;
      lenient = true;
    }
    for (Import &import : imports)
      if (!import.isDone)
        report(import);
  }

private:
  void round() {
    for (Import &import : imports) {
      Def container = prefix(import, false);
      if (import.isGlob)
        glob(import, container);
      else
        named(import, container);
    }
  }

  // What stands before the last segment (before `::*`, the whole path). A path of one segment has none.
  Def prefix(const Import &import, bool report) {
    const size_t count = import.path.size() - (import.isGlob ? 0 : 1);
    Def at;
    for (size_t i = 0; i < count; ++i) {
      const ast::Name &name = import.path[i];
      if (i == 0) {
        at = first(import, name, report);
      } else if (interner.text(name.symbol) == "super" && at.kind == DefKind::Module) {
        at = startWord(world, interner, at.index, name, report ? &diagnostics : nullptr);
      } else {
        Step step = stepInto(world, import.module, at, name.symbol, Namespace::Types);
        if (step.outcome != Step::Outcome::Found) {
          if (report)
            reportPart(import, at, name, step);
          return {DefKind::Error};
        }
        at = step.def;
      }
      const bool holdsNames = at.kind == DefKind::Module || (at.kind == DefKind::Adt && !world.adtVariants[at.index].empty());
      if (!holdsNames) {
        if (report && at.kind != DefKind::Error && at.kind != DefKind::None)
          diagnostics.emit(name.span, diag::WrongNamespace, interner.text(name.symbol), kindText(at.kind), "module");
        return {DefKind::Error};
      }
    }
    return at;
  }

  Def first(const Import &import, const ast::Name &name, bool report) {
    if (Def word = startWord(world, interner, import.module, name, report ? &diagnostics : nullptr); word.kind != DefKind::None)
      return word;
    const bool own = ownBinding(world, import.module, name.symbol, Namespace::Types) != nullptr;
    if (!own && !lenient && pending.contains({import.module, name.symbol}) && import.bindAs.symbol != name.symbol)
      return {};
    Def found = lookup(world, interner, import.module, name.symbol, Namespace::Types);
    if (found.kind == DefKind::None && report) {
      auto similar = suggest(world, interner, import.module, name.symbol, Namespace::Types);
      offer(diagnostics.emit(name.span, diag::UnknownName, interner.text(name.symbol), didYouMean(interner, similar)).help(diag::DeclareOrImport), name.span, interner,
            similar);
      return {DefKind::Error};
    }
    return found;
  }

  void named(Import &import, const Def &container) {
    if (container.kind == DefKind::Error || (container.kind == DefKind::None && import.path.size() > 1))
      return;
    bool found = false;
    for (Namespace space : {Namespace::Types, Namespace::Values}) {
      Def def = last(import, container, space);
      if (def.kind == DefKind::None)
        continue;
      found = true;
      bind(import, import.bindAs, space, def, false);
    }
    if (!found || import.isDone)
      return;
    import.isDone = true;
    changed = true;
    if (auto waiting = pending.find({import.module, import.bindAs.symbol}); waiting != pending.end() && --waiting->second == 0)
      pending.erase(waiting);
  }

  Def last(const Import &import, const Def &container, Namespace space) {
    const ast::Name &name = import.path.back();
    if (import.path.size() > 1) {
      Step step = stepInto(world, import.module, container, name.symbol, space);
      return step.outcome == Step::Outcome::Found ? step.def : Def{};
    }
    if (Def word = startWord(world, interner, import.module, name, nullptr); word.kind != DefKind::None)
      return space == Namespace::Types && word.kind == DefKind::Module ? word : Def{};
    // `use x as y;` and `use std;` name what is visible already, but never themselves.
    const Binding *own = ownBinding(world, import.module, name.symbol, space);
    if (own && import.bindAs.symbol == name.symbol)
      return own->span == import.bindAs.span ? own->def : Def{};
    return lookup(world, interner, import.module, name.symbol, space);
  }

  void glob(Import &import, const Def &container) {
    if (container.kind == DefKind::Adt) {
      import.isDone = true;
      const auto &variants = world.adtVariants[container.index];
      for (uint32_t i = 0; i < variants.size(); ++i)
        for (Namespace space : {Namespace::Types, Namespace::Values})
          bind(import, {variants[i], import.bindAs.span}, space, {DefKind::Variant, container.index, i}, true);
    } else if (container.kind == DefKind::Module) {
      import.isDone = true;
      globModule(import, container.index);
    }
  }

  void globModule(const Import &import, uint32_t from) {
    if (from == import.module)
      return;
    for (Namespace space : {Namespace::Types, Namespace::Values}) {
      // Copied: binding may grow the table that is walked when modules import each other.
      std::vector<std::pair<Symbol, Def>> visible;
      const Module &module = world.modules[from];
      for (const auto &[name, binding] : space == Namespace::Types ? module.types : module.values)
        if (binding.isPublic || canSee(world, import.module, from))
          visible.emplace_back(name, binding.def);
      for (const auto &[name, def] : visible)
        bind(import, {name, import.bindAs.span}, space, def, true);
    }
  }

  void bind(const Import &import, const ast::Name &name, Namespace space, const Def &def, bool isGlob) {
    if (name.symbol.empty() || interner.text(name.symbol) == "_")
      return;
    Module &module = world.modules[import.module];
    auto &names = space == Namespace::Types ? module.types : module.values;
    auto [at, isNew] = names.try_emplace(name.symbol, Binding{def, import.isPublic, name.span, isGlob});
    if (isNew) {
      changed = true;
      return;
    }
    Binding &old = at->second;
    if (old.def == def) {
      if (import.isPublic && !old.isPublic) {
        old.isPublic = true;
        changed = true;
      }
      if (!isGlob && old.isGlob)
        old.isGlob = false;
      return;
    }
    if (old.isGlob && !isGlob) {
      old = {def, import.isPublic, name.span, false};
      changed = true;
    } else if (old.isGlob && isGlob && old.def.kind != DefKind::Error && old.span != name.span) {
      diagnostics.emit(name.span, diag::AmbiguousGlob, interner.text(name.symbol)).label(old.span, diag::OtherGlob).help(diag::ImportByName);
      old.def = {DefKind::Error};
      changed = true;
    } else if (!isGlob && !old.isGlob && old.def.kind != DefKind::Error && old.span != name.span && reportedTwice.insert({name.span.lo, name.span.hi}).second) {
      diagnostics.emit(name.span, diag::DefinedTwice, interner.text(name.symbol)).label(old.span, diag::FirstDefinition);
    }
  }

  void report(Import &import) {
    Def container = prefix(import, true);
    // What is unknown has been said once: its later uses are no further mistakes.
    if (!import.isGlob)
      for (Namespace space : {Namespace::Types, Namespace::Values})
        bind(import, import.bindAs, space, {DefKind::Error}, false);
    if (import.isGlob || container.kind == DefKind::Error)
      return;
    const ast::Name &name = import.path.back();
    if (import.path.size() == 1) {
      if (startWord(world, interner, import.module, name, &diagnostics).kind == DefKind::None)
        diagnostics.emit(name.span, diag::UnknownName, interner.text(name.symbol), "").help(diag::DeclareOrImport);
      return;
    }
    Step step = stepInto(world, import.module, container, name.symbol, Namespace::Types);
    if (step.outcome == Step::Outcome::Unknown)
      step = stepInto(world, import.module, container, name.symbol, Namespace::Values);
    if (step.outcome == Step::Outcome::Found && step.def.kind == DefKind::Error)
      return isCycle(container, name) ? reportCycle(name) : void();
    reportUnknown(container, name, step);
  }

  // A part that others follow may be there as a value, which holds no names.
  void reportPart(const Import &import, const Def &container, const ast::Name &name, const Step &step) {
    Step value = stepInto(world, import.module, container, name.symbol, Namespace::Values);
    if (step.outcome == Step::Outcome::Unknown && value.outcome == Step::Outcome::Found && value.def.kind != DefKind::Error)
      diagnostics.emit(name.span, diag::WrongNamespace, interner.text(name.symbol), kindText(value.def.kind), "module");
    else
      reportUnknown(container, name, step);
  }

  void reportUnknown(const Def &container, const ast::Name &name, const Step &step) {
    if (step.outcome == Step::Outcome::Unknown && isCycle(container, name))
      reportCycle(name);
    else
      reportStep(world, interner, container, name, step, diagnostics);
  }

  void reportCycle(const ast::Name &name) { diagnostics.emit(name.span, diag::ImportCycle, interner.text(name.symbol)).help(diag::ImportFromSource); }

  bool isCycle(const Def &container, const ast::Name &name) {
    if (container.kind != DefKind::Module)
      return false;
    for (const Import &other : imports)
      if (!other.isGlob && !other.isDone && other.module == container.index && other.bindAs.symbol == name.symbol)
        return true;
    return false;
  }

  World &world;
  std::vector<Import> &imports;
  const Interner &interner;
  Diagnostics &diagnostics;
  std::map<std::pair<uint32_t, Symbol>, uint32_t> pending; // named imports of a module that are not solved
  std::set<std::pair<uint32_t, uint32_t>> reportedTwice;
  bool changed = false, lenient = false;
};

} // namespace

void solveImports(World &world, std::vector<Import> imports, const Interner &interner, Diagnostics &diagnostics) {
  Solver(world, imports, interner, diagnostics).solve();
}

} // namespace async::resolve
