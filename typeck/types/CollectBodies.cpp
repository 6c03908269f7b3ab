// What the text of bodies says before they are checked: awaits, what is called once, and constructs whose meaning comes later.
#include <algorithm>

#include "frontend/resolve/AstWalk.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

using resolve::FnRef;

bool isBodyOfItsOwn(ast::ExprKind kind) {
  return kind == ast::ExprKind::Async || kind == ast::ExprKind::Stream || kind == ast::ExprKind::Closure || kind == ast::ExprKind::Shield ||
         kind == ast::ExprKind::Blocking;
}

namespace {

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

// Whether a parameter is called at one place at most, which runs once at most: what the place says of a value that is given away holds there.
class CalledOnce {
public:
  CalledOnce(const ast::File &file, Symbol name) : file(file), name(name) {}

  bool in(ast::BlockId body) {
    parts.push_back({{}, body, false});
    while (!parts.empty() && !repeats) {
      Part part = parts.back();
      parts.pop_back();
      if (part.block.valid())
        scan(file[part.block], part.repeats);
      else
        scan(file[part.expr], part.repeats);
    }
    return !repeats && uses <= 1 && calls == uses;
  }

private:
  struct Part {
    ast::ExprId expr;
    ast::BlockId block;
    bool repeats; // it may run more than once, or later
  };

  void scan(const ast::Block &block, bool again) {
    for (const ast::Stmt &stmt : ast::File::run(file.stmts, block.stmts)) {
      if (stmt.kind == ast::StmtKind::Item)
        continue;
      if (stmt.expr.valid())
        parts.push_back({stmt.expr, {}, again || stmt.kind == ast::StmtKind::Defer});
      if (stmt.elseBlock.valid())
        parts.push_back({{}, stmt.elseBlock, again});
    }
  }

  void scan(const ast::Expr &expr, bool again) {
    if (isName(expr)) {
      ++uses;
      repeats |= again;
    }
    calls += expr.kind == ast::ExprKind::Call && expr.a.valid() && isName(file[expr.a]);
    again |= expr.kind == ast::ExprKind::While || expr.kind == ast::ExprKind::Loop || expr.kind == ast::ExprKind::For || expr.kind == ast::ExprKind::Closure ||
             expr.kind == ast::ExprKind::Stream;
    resolve::forEachPart(
        file, expr, [&](ast::ExprId id) { parts.push_back({id, {}, again}); }, [&](ast::BlockId id) { parts.push_back({{}, id, again}); });
  }

  bool isName(const ast::Expr &expr) const {
    if (expr.kind != ast::ExprKind::Path || !expr.path.valid())
      return false;
    auto segments = ast::File::run(file.segments, file[expr.path].segments);
    return segments.size() == 1 && segments[0].name.symbol == name;
  }

  const ast::File &file;
  const Symbol name;
  std::vector<Part> parts;
  unsigned uses = 0, calls = 0;
  bool repeats = false;
};

} // namespace

// rules.md I6: what a parameter that is plain `fn` needs is inferred from the body. Where a trait says what is needed, it is exclusive.
void Collector::inferNeeds(FnDecl &fn, const ast::File &file, ast::BlockId body) {
  if (fn.trait || (fn.impl && program.impl(*fn.impl).trait))
    return;
  for (Predicate &predicate : fn.generics.predicates) {
    if (predicate.kind != Predicate::Kind::Calls || program.types[predicate.subject].kind != TypeKind::Param)
      continue;
    const Type signature = program.types[predicate.signature];
    auto param = std::find_if(fn.params.begin(), fn.params.end(), [&](const ParamDecl &each) { return each.type == predicate.subject; });
    bool isHidden = fn.generics.params[program.types[predicate.subject].index].isHidden;
    if (!isHidden || param == fn.params.end() || static_cast<CallKind>(signature.sub) != CallKind::Exclusive || !CalledOnce(file, param->name).in(body))
      continue;
    std::vector<TypeId> params(signature.args.begin(), signature.args.end() - 1);
    predicate.signature = program.types.function(CallKind::Once, params, signature.args.back());
  }
}

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
  inferNeeds(fn, *source.file, (*source.file)[source.function].body);
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
  }
}

} // namespace async::typeck
