#include "typeck/infer/Infer.h"

#include "typeck/infer/CallKinds.h"
#include "typeck/infer/Captures.h"
#include "typeck/infer/Exhaustiveness.h"
#include "typeck/infer/Inferer.h"

namespace async::infer {

Inferer::Inferer(Context &context, const Bodies &bodies, FnId fn, Lookup &lookup)
    : context(context), program(context.program), types(context.program.types), bodies(bodies), lookup(lookup), fn(fn) {}

namespace {

// A test that can give an Err: where its body has no value, it ends with `Ok(())`.
ExprId testValue(Inferer &inferer, ast::BlockId body, TypeId result, Span span) {
  Types &types = inferer.types;
  ExprId value = inferer.inferBlock(body, {}, span, UINT32_MAX, false);
  const AdtId adt{types[result].index};
  std::optional<uint32_t> ok = inferer.variantNamed(adt, "Ok");
  if (!ok || inferer.resolve(inferer.typeAt(value)) != types.unit) {
    auto stmts = ast::File::run(inferer.file->stmts, (*inferer.file)[body].stmts);
    if (!stmts.empty() && stmts.back().kind == ast::StmtKind::Expr)
      inferer.at(value).span = (*inferer.file)[stmts.back().expr].span; // a wrong value is shown alone
    return inferer.coerce(value, result);
  }
  thir::Stmt first{};
  first.kind = thir::Stmt::Kind::Expr;
  first.span = span;
  first.expr = value;
  ExprId fields[]{inferer.unitExpr(span)};
  ExprId good = inferer.variantExpr(adt, *ok, fields, result, span);
  return inferer.blockExpr(std::span(&first, 1), good, result, span);
}

// The function's own body; `stream fn` and `sink fn` are bodies of a block.
ExprId functionValue(Inferer &inferer, const ast::Function &function, TypeId result) {
  Span span = (*inferer.file)[function.body].span;
  if (inferer.program.fn(inferer.fn).isTest && inferer.kindOf(result) == TypeKind::Adt)
    return testValue(inferer, function.body, result, span);
  if (function.isSink)
    return inferer.sinkBody(function, result);
  if (!function.isStream)
    return inferer.checkBlock(function.body, result, span);
  TypeId item = inferer.kindOf(result) == TypeKind::Stream ? inferer.typeOf(result).args[0] : inferer.types.error;
  return inferer.streamBlock(function.body, item, true, span);
}

void calledKinds(const Program &program, thir::Body &body) {
  for (thir::Expr &expr : body.exprs) {
    if (expr.kind != thir::ExprKind::CallValue)
      continue;
    const Type &callee = program.types[body[expr.a].type];
    if (callee.kind == TypeKind::Closure)
      expr.op = static_cast<uint8_t>(program.closure(ClosureId{callee.index}).callKind);
  }
  for (thir::ClosureExpr &closure : body.closures)
    calledKinds(program, *closure.body);
}

} // namespace

std::unique_ptr<thir::Body> Inferer::run() {
  const BodySource &source = bodies.sources[fn.index];
  file = source.file;
  scope = scopeOf(context, bodies, fn);
  scope.fresh = [this] { return fresh(Span{}); };
  auto made = std::make_unique<thir::Body>();
  frame = &frames.emplace_back();
  frame->body = made.get();
  made->fn = fn;
  makeAssumptions();
  const FnDecl &decl = program.fn(fn);
  beginHidden();
  TypeId result = normalize(decl.result, decl.span);
  made->result = result;
  made->isAsync = decl.isAsync;
  Exit &exit = exitStore.emplace_back();
  exit.kind = Exit::Kind::Function;
  exit.frame = frame;
  exit.result = result;
  exits.push_back(&exit);

  if (source.function.valid()) {
    const ast::Function &function = (*file)[source.function];
    std::vector<ast::Param> params;
    for (const ast::Param &param : ast::File::run(file->params, function.params))
      params.push_back(param);
    patternNames.emplace_back();
    for (size_t i = 0; i < params.size() && i < decl.params.size(); ++i) {
      TypeId type = normalize(decl.params[i].type, decl.params[i].span);
      if (params[i].self == ast::SelfParam::None) {
        addParam(params[i].pattern, type);
        continue;
      }
      Symbol self = symbol("self");
      LocalId local = addLocal(self, type, params[i].span);
      body().locals[local.index].isParam = true;
      frame->names.push_back({self, local});
      body().params.push_back({bindingPattern(local, type, params[i].span), type});
    }
    patternNames.pop_back();
    if (decl.isUnsafe)
      ++unsafeDepth;
    ExprId value = functionValue(*this, function, result);
    made->value = value;
  } else {
    ExprId value = check(source.expr, result);
    made->value = value;
  }
  finish();
  // Later checks may add to the list.
  for (size_t i = 0; i < atEnd.size(); ++i)
    atEnd[i]();
  for (const CaptureList &list : captureLists)
    list.outer->body->closures[list.index].captures = list.inner->captures;
  frame = &frames.front();
  endHidden();
  zonkBody(*made);
  made->hasErrors = hasErrors;
  return made;
}

std::unique_ptr<thir::Body> inferBody(Context &context, const Bodies &bodies, FnId fn) {
  if (fn.index >= bodies.sources.size() || !bodies.sources[fn.index].file)
    return nullptr;
  const BodySource &source = bodies.sources[fn.index];
  if (source.function.valid() ? !(*source.file)[source.function].body.valid() : !source.expr.valid())
    return nullptr;
  if (!context.lookup)
    context.lookup = std::make_shared<Lookup>();
  context.lookup->refresh(context.program);
  uint32_t before = context.diagnostics.errorCount();
  std::unique_ptr<thir::Body> body = Inferer(context, bodies, fn, *context.lookup).run();
  body->hasErrors |= context.diagnostics.errorCount() != before;
  if (body->hasErrors)
    return body;
  checkPatterns(context.program, context.interner, *body, context.diagnostics);
  body->hasErrors = context.diagnostics.errorCount() != before;
  computeCaptures(context.program, *body);
  calledKinds(context.program, *body);
  checkCallKinds(context, *body);
  body->hasErrors = context.diagnostics.errorCount() != before;
  return body;
}

} // namespace async::infer
