// Closures, and the bodies that stand inside a body.
#include "typeck/infer/Inferer.h"

namespace async::infer {

using thir::ExprKind;

ClosureId Inferer::declareClosure(ClosureDecl::Kind kind, Span span) {
  ClosureDecl decl{};
  decl.owner = fn;
  decl.span = span;
  decl.kind = kind;
  program.closures.push_back(std::move(decl));
  ClosureId id{static_cast<uint32_t>(program.closures.size() - 1)};
  closures[id.index] = {};
  return id;
}

TypeId Inferer::closureSignature(ClosureId closure, Span) {
  auto found = closures.find(closure.index);
  const ClosureDecl &decl = program.closure(closure);
  TypeId result = found == closures.end() ? decl.result : found->second.result;
  if (decl.kind == ClosureDecl::Kind::AsyncClosure)
    result = types.async(result);
  return types.function(CallKind::Shared, found == closures.end() ? decl.params : found->second.params, result);
}

Inferer::BodySave Inferer::enterBody(Exit::Kind kind, TypeId result) {
  BodySave save{frame, exits.size(), diverges, innerBodies.size()};
  innerBodies.push_back(std::make_unique<thir::Body>());
  BodyFrame &inner = frames.emplace_back();
  inner.body = innerBodies.back().get();
  inner.body->fn = fn;
  inner.outer = frame;
  frame = &inner;
  Exit &exit = exitStore.emplace_back();
  exit.kind = kind;
  exit.frame = frame;
  exit.result = result;
  exits.push_back(&exit);
  diverges = false;
  return save;
}

ExprId Inferer::finishClosure(const BodySave &save, ClosureId closure, ClosureDecl::Kind kind, bool isMove, ExprId value, TypeId result,
                              std::vector<TypeId> params, Span span) {
  body().value = value;
  body().result = result;
  thir::ClosureExpr made{};
  made.decl = closure;
  made.isMove = isMove;
  made.body = std::move(innerBodies[save.bodyIndex]);
  BodyFrame *inner = frame;
  exits.resize(save.exits);
  frame = save.frame;
  diverges = save.diverges;
  body().closures.push_back(std::move(made));
  auto index = static_cast<uint32_t>(body().closures.size() - 1);
  ClosureState &state = closures[closure.index];
  state.params = std::move(params);
  state.result = result;
  // Names may still be captured by work that waits, so the captures are written at the end.
  captureLists.push_back({frame, index, inner});
  TypeId type;
  ExprKind nodeKind = ExprKind::Closure;
  switch (kind) {
  case ClosureDecl::Kind::Closure:
  case ClosureDecl::Kind::AsyncClosure: {
    std::vector<TypeId> args;
    const Generics &generics = program.fn(fn).generics;
    for (size_t i = 0; i < generics.params.size(); ++i)
      args.push_back(types.param(static_cast<uint32_t>(i), generics.params[i].name));
    type = types.closure(closure, args);
    break;
  }
  case ClosureDecl::Kind::AsyncBlock:
    type = types.async(result);
    nodeKind = ExprKind::AsyncBlock;
    break;
  }
  ExprId id = node(nodeKind, span, type);
  at(id).index = index;
  return id;
}

// What is expected of a closure here: a function type, or what a bound asks of the variable that it will solve.
std::optional<TypeId> Inferer::expectedSignature(TypeId hint, bool &settlesMode) {
  if (!hint.valid())
    return std::nullopt;
  hint = resolve(hint);
  if (types[hint].kind == TypeKind::Fn)
    return hint;
  if (types[hint].kind != TypeKind::Var)
    return callSignature(hint);
  for (const Pending &entry : pending)
    if (entry.state == Pending::State::Waiting && entry.isPredicate && entry.predicate.kind == Predicate::Kind::Calls &&
        resolve(entry.predicate.subject) == hint) {
      settlesMode = entry.settlesMode;
      return entry.predicate.signature;
    }
  return std::nullopt;
}

ExprId Inferer::inferClosure(ast::ExprId, const ast::Expr &expr, TypeId hint) {
  bool isAsync = expr.flag2 || awaitsInside(*file, expr.a);
  ClosureDecl::Kind kind = isAsync ? ClosureDecl::Kind::AsyncClosure : ClosureDecl::Kind::Closure;
  std::vector<ast::ClosureParam> written;
  for (const ast::ClosureParam &param : ast::File::run(file->closureParams, expr.list))
    written.push_back(param);
  bool settlesMode = false;
  std::optional<TypeId> signature = expectedSignature(hint, settlesMode);
  std::vector<TypeId> expected;
  TypeId result;
  if (signature && kindOf(*signature) == TypeKind::Fn) {
    expected.assign(typeOf(*signature).args.begin(), typeOf(*signature).args.end());
    result = resolve(expected.back());
    expected.pop_back();
    if (isAsync)
      result = types[result].kind == TypeKind::Async ? types[result].args[0] : TypeId{};
    // Whether the closure gives the value or a future of it is its own affair.
    if (settlesMode || expected.size() != written.size())
      result = {};
  }
  if (expr.type.valid())
    result = normalize(lowerType(context, scope, expr.type), (*file)[expr.type].span);
  if (!result.valid())
    result = fresh(expr.span);

  ClosureId closure = declareClosure(kind, expr.span);
  BodySave save = enterBody(Exit::Kind::Closure, result);
  body().isAsync = isAsync;
  std::vector<TypeId> params;
  for (size_t i = 0; i < written.size(); ++i) {
    TypeId type = written[i].type.valid() ? normalize(lowerType(context, scope, written[i].type), (*file)[written[i].type].span) : TypeId{};
    if (expected.size() == written.size()) {
      if (!type.valid())
        type = expected[i];
      else
        unify(expected[i], type);
    }
    if (!type.valid())
      type = fresh((*file)[written[i].pattern].span);
    params.push_back(type);
    addParam(written[i].pattern, type);
  }
  ClosureState &state = closures[closure.index];
  state.params = params;
  state.result = result;
  ExprId value = check(expr.a, result);
  return finishClosure(save, closure, kind, expr.flag, value, result, std::move(params), expr.span);
}

void Inferer::addParam(ast::PatternId pattern, TypeId type) {
  size_t before = body().locals.size();
  PatternId made = checkTopPattern(pattern, type);
  if (body().patterns[made.index].kind == thir::PatternKind::Binding)
    for (size_t i = before; i < body().locals.size(); ++i)
      body().locals[i].isParam = true;
  body().params.push_back({made, type});
}

} // namespace async::infer
