// What the text of bodies says before they are checked: awaits, what is called once, and constructs whose meaning comes later.
#include <algorithm>
#include <unordered_map>

#include "frontend/diagnostics/Types.h"
#include "frontend/resolve/AstWalk.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

namespace diag = frontend::diag;
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
  using Find = std::function<std::optional<FnId>(const ast::Path &)>;
  Awaits(const ast::File &file, const FnDecl &fn, const Types &types, Find find) : file(file), fn(fn), types(types), find(std::move(find)) {}

  void scan(ast::BlockId body) {
    resolve::walk(file, {}, {body}, [this](const ast::Expr &expr) {
      if (isAwait(expr))
        note(expr);
      return isBodyOfItsOwn(expr.kind) ? resolve::Into::None : resolve::Into::All;
    });
  }

  bool found = false, other = false;
  std::vector<uint32_t> params; // whose calls are awaited
  std::vector<HandedOn> handedOn;

private:
  void note(const ast::Expr &expr) {
    found = true;
    auto param = expr.kind == ast::ExprKind::Await ? calledParam(expr.a) : std::nullopt;
    if (param && std::find(params.begin(), params.end(), *param) == params.end())
      params.push_back(*param);
    else if (!param && (expr.kind != ast::ExprKind::Await || !handsOn(expr.a)))
      other = true;
  }

  // `g(f, …)` or `g(&mut f, …)` where f is a parameter that is a function: whether g awaits it is known once all bodies were looked at.
  bool handsOn(ast::ExprId id) {
    if (!id.valid() || file[id].kind != ast::ExprKind::Call || !file[id].a.valid())
      return false;
    const ast::Expr &callee = file[file[id].a];
    if (callee.kind != ast::ExprKind::Path || !callee.path.valid())
      return false;
    HandedOn made;
    uint32_t position = 0;
    for (const ast::Argument &argument : ast::File::run(file.arguments, file[id].list)) {
      ast::ExprId value = argument.value;
      if (value.valid() && file[value].kind == ast::ExprKind::Ref)
        value = file[value].a;
      if (auto param = paramNamed(value))
        made.params.push_back({argument.name.symbol, position, *param});
      ++position;
    }
    auto found = made.params.empty() ? std::nullopt : find(file[callee.path]);
    if (!found)
      return false;
    made.callee = *found;
    handedOn.push_back(std::move(made));
    return true;
  }

  // `f(…)` where f is a parameter that is a function.
  std::optional<uint32_t> calledParam(ast::ExprId id) const {
    if (!id.valid() || file[id].kind != ast::ExprKind::Call || !file[id].a.valid())
      return std::nullopt;
    return paramNamed(file[id].a);
  }

  std::optional<uint32_t> paramNamed(ast::ExprId id) const {
    if (!id.valid() || file[id].kind != ast::ExprKind::Path || !file[id].path.valid())
      return std::nullopt;
    auto segments = ast::File::run(file.segments, file[file[id].path].segments);
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
  Find find;
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
  auto find = [&](const ast::Path &path) -> std::optional<FnId> {
    frontend::Diagnostics quiet; // unknown names are reported where the body is checked
    resolve::ResolvedPath found = resolve::resolvePath(world, context.interner, *source.file, source.module, path, resolve::Namespace::Values, quiet);
    const bool isFn = found.def.kind == resolve::DefKind::Fn && found.used == path.segments.count;
    return isFn ? std::optional(FnId{found.def.index}) : std::nullopt;
  };
  Awaits awaits(*source.file, fn, program.types, find);
  awaits.scan((*source.file)[source.function].body);
  if (!awaits.handedOn.empty()) {
    handingOn.push_back({FnId{index}, awaits.params, !fn.isAsync && !awaits.other, awaits.handedOn});
    for (const HandedOn &call : awaits.handedOn)
      for (const HandedOn::Param &param : call.params)
        if (std::find(awaits.params.begin(), awaits.params.end(), param.own) == awaits.params.end())
          awaits.params.push_back(param.own);
  }
  fn.awaitedParams = std::move(awaits.params);
  if (!fn.isAsync && !awaits.other)
    fn.modeParams = fn.awaitedParams;
  if (fn.abi == Abi::ExportC && awaits.found && !fn.isAsync)
    diagnostics.emit(fn.span, diag::ExportAwaits, name(fn.name)).help(diag::ExportAsync);
  fn.isAsync |= awaits.found;
  inferNeeds(fn, *source.file, (*source.file)[source.function].body);
}

// Where the parameter that takes an argument stands.
static size_t placeOf(const FnDecl &callee, const HandedOn::Param &param) {
  if (param.name.empty())
    return param.position;
  auto found = std::find_if(callee.params.begin(), callee.params.end(), [&](const ParamDecl &each) { return each.name == param.name; });
  return static_cast<size_t>(found - callee.params.begin());
}

// rules.md I1: a parameter that is handed on is awaited where the parameter that takes it is. Taken to be so at first, it is taken back where it is not.
// True: something was.
bool Collector::settleHandedOn(const HandingOn &of) {
  FnDecl &fn = program.fn(of.fn);
  std::vector<uint32_t> awaited = of.direct, others;
  bool isFree = of.decides && !fn.modeParams.empty();
  for (const HandedOn &call : of.calls) {
    const FnDecl &callee = program.fn(call.callee);
    std::vector<size_t> given;
    for (const HandedOn::Param &param : call.params) {
      given.push_back(placeOf(callee, param));
      const bool isAwaited = std::find(callee.awaitedParams.begin(), callee.awaitedParams.end(), given.back()) != callee.awaitedParams.end();
      (isAwaited ? awaited : others).push_back(param.own);
    }
    for (uint32_t mode : callee.modeParams)
      isFree = isFree && std::find(given.begin(), given.end(), mode) != given.end();
    isFree = isFree && !callee.modeParams.empty();
  }
  std::sort(awaited.begin(), awaited.end());
  awaited.erase(std::unique(awaited.begin(), awaited.end()), awaited.end());
  std::erase_if(awaited, [&](uint32_t param) {
    const bool isDirect = std::find(of.direct.begin(), of.direct.end(), param) != of.direct.end();
    return !isDirect && std::find(others.begin(), others.end(), param) != others.end();
  });
  std::vector<uint32_t> mode = isFree ? awaited : std::vector<uint32_t>{};
  const bool changes = awaited.size() != fn.awaitedParams.size() || mode.size() != fn.modeParams.size();
  fn.awaitedParams = std::move(awaited);
  fn.modeParams = std::move(mode);
  return changes;
}

void Collector::settleHandedOn() {
  std::unordered_map<FnId, std::vector<size_t>> users; // by callee
  std::vector<size_t> open;
  for (size_t i = 0; i < handingOn.size(); ++i) {
    open.push_back(i);
    for (const HandedOn &call : handingOn[i].calls)
      users[call.callee].push_back(i);
  }
  while (!open.empty()) {
    const HandingOn &next = handingOn[open.back()];
    open.pop_back();
    if (settleHandedOn(next))
      for (size_t user : users[next.fn])
        open.push_back(user);
  }
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
