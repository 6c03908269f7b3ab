// Constants that need themselves: their value would never be there.
#include "frontend/diagnostics/Types.h"
#include "frontend/resolve/AstWalk.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

namespace diag = frontend::diag;

namespace {

struct Use {
  uint32_t constant;
  frontend::Span span;
};

// The constants that a value names, in its own code: what stands in a closure is needed when that is called.
std::vector<Use> usesOf(const resolve::World &world, const frontend::Interner &interner, const resolve::ItemRef &ref) {
  std::vector<Use> uses;
  const ast::File &file = *ref.file;
  frontend::Diagnostics quiet; // unknown names are reported where the value is checked
  if (!file[ref.item].expr.valid())
    return uses;
  resolve::walk(file, {file[ref.item].expr}, {}, [&](const ast::Expr &expr) {
    if (isBodyOfItsOwn(expr.kind))
      return resolve::Into::None;
    if (expr.kind == ast::ExprKind::Path && expr.path.valid()) {
      resolve::ResolvedPath found = resolve::resolvePath(world, interner, file, ref.module, file[expr.path], resolve::Namespace::Values, quiet);
      if (found.def.kind == resolve::DefKind::Const && found.used == file[expr.path].segments.count)
        uses.push_back({found.def.index, expr.span});
    }
    return resolve::Into::All;
  });
  return uses;
}

} // namespace

// Depth first with a stack of its own: chains of constants may be long.
void Collector::checkConstCycles() {
  enum class State : uint8_t { New, Open, Done };
  struct Step {
    uint32_t constant;
    std::vector<Use> uses;
    size_t next = 0;
  };
  std::vector<State> states(world.consts.size(), State::New);
  std::vector<Step> steps;
  auto open = [&](uint32_t index) {
    states[index] = State::Open;
    steps.push_back({index, usesOf(world, context.interner, world.consts[index])});
  };
  for (uint32_t first = firstConst; first < world.consts.size(); ++first) {
    if (states[first] == State::New && world.consts[first].file)
      open(first);
    while (!steps.empty()) {
      Step &step = steps.back();
      if (step.next == step.uses.size()) {
        states[step.constant] = State::Done;
        steps.pop_back();
        continue;
      }
      const Use use = step.uses[step.next++];
      if (use.constant < firstConst || !world.consts[use.constant].file)
        continue;
      const ConstDecl &named = program.consts[use.constant];
      if (states[use.constant] == State::New)
        open(use.constant);
      else if (states[use.constant] == State::Open)
        diagnostics.emit(named.span, diag::ConstantCycle, name(named.name)).label(use.span, diag::ConstantThrough, name(named.name));
    }
  }
}

} // namespace async::typeck
