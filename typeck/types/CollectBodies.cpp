// What the text of bodies says before they are checked: awaits, and constructs whose meaning comes later.
#include <algorithm>

#include "frontend/resolve/AstWalk.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

using resolve::FnRef;

namespace {

// Futures and functions of their own: their awaits are not those of the body around them.
bool isBodyOfItsOwn(ast::ExprKind kind) {
  return kind == ast::ExprKind::Async || kind == ast::ExprKind::Stream || kind == ast::ExprKind::Closure || kind == ast::ExprKind::Shield ||
         kind == ast::ExprKind::Blocking;
}

bool isAwait(const ast::Expr &expr) {
  return expr.kind == ast::ExprKind::Await || expr.kind == ast::ExprKind::Scope || expr.kind == ast::ExprKind::Select ||
         (expr.kind == ast::ExprKind::For && expr.flag);
}

class Awaits {
public:
  Awaits(const ast::File &file, const FnDecl &fn, const Types &types) : file(file), fn(fn), types(types) {}

  void scan(ast::BlockId body) {
    blocks.push_back(body);
    auto onExpr = [this](ast::ExprId id) { exprs.push_back(id); };
    auto onBlock = [this](ast::BlockId id) { blocks.push_back(id); };
    while (!blocks.empty() || !exprs.empty()) {
      if (exprs.empty()) {
        const ast::Block &block = file[blocks.back()];
        blocks.pop_back();
        resolve::forEachPart(file, block, onExpr, onBlock);
        continue;
      }
      const ast::Expr &expr = file[exprs.back()];
      exprs.pop_back();
      if (isAwait(expr))
        note(expr);
      if (!isBodyOfItsOwn(expr.kind))
        resolve::forEachPart(file, expr, onExpr, onBlock);
    }
  }

  bool found = false, other = false;
  std::vector<uint32_t> params; // whose calls are awaited

private:
  void note(const ast::Expr &expr) {
    found = true;
    auto param = expr.kind == ast::ExprKind::Await ? calledParam(expr.a) : std::nullopt;
    if (!param)
      other = true;
    else if (std::find(params.begin(), params.end(), *param) == params.end())
      params.push_back(*param);
  }

  // `f(…)` where f is a parameter that is a function.
  std::optional<uint32_t> calledParam(ast::ExprId id) const {
    if (!id.valid() || file[id].kind != ast::ExprKind::Call || !file[id].a.valid())
      return std::nullopt;
    const ast::Expr &callee = file[file[id].a];
    if (callee.kind != ast::ExprKind::Path || !callee.path.valid())
      return std::nullopt;
    auto segments = ast::File::run(file.segments, file[callee.path].segments);
    if (segments.size() != 1)
      return std::nullopt;
    for (uint32_t i = 0; i < fn.params.size(); ++i)
      if (fn.params[i].name == segments[0].name.symbol && isCallable(fn.params[i].type))
        return i;
    return std::nullopt;
  }

  // What is said to give a future is no question of mode.
  bool isCallable(TypeId type) const {
    for (const Predicate &predicate : fn.generics.predicates)
      if (predicate.kind == Predicate::Kind::Calls && predicate.subject == type)
        return types[types[predicate.signature].args.back()].kind != TypeKind::Async;
    return false;
  }

  const ast::File &file;
  const FnDecl &fn;
  const Types &types;
  std::vector<ast::ExprId> exprs;
  std::vector<ast::BlockId> blocks;
};

} // namespace

void Collector::scanBody(uint32_t index) {
  const BodySource &source = bodies.sources[index];
  FnDecl &fn = program.fns[index];
  if (!source.file || !source.function.valid() || fn.isStream || fn.isSink)
    return;
  Awaits awaits(*source.file, fn, program.types);
  awaits.scan((*source.file)[source.function].body);
  fn.awaitedParams = std::move(awaits.params);
  if (!fn.isAsync && !awaits.other)
    fn.modeParams = fn.awaitedParams;
  fn.isAsync |= awaits.found;
}

void Collector::unsupported() {
  // Loaded files have no tree: those that are here are new.
  for (const auto &tree : world.files) {
    const ast::File &file = *tree;
    for (const ast::Expr &expr : file.exprs) {
      if (expr.kind == ast::ExprKind::Select)
        notYet(expr.span, "`select`");
      else if (expr.kind == ast::ExprKind::Blocking)
        notYet(expr.span, "`blocking { }`");
    }
    for (const ast::Item &item : file.itemTable)
      if (item.kind == ast::ItemKind::Test)
        notYet(item.span, "a `test` block");
  }
}

} // namespace async::typeck
