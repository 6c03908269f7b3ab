// `stream { }`, `stream fn`, `sink fn` and `yield`: blocks whose future runs at one end of a queue (std/core/stream.async).
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Types.h"

namespace async::infer {

using thir::ExprKind;

thir::Stmt Inferer::letStmt(LocalId local, TypeId type, ExprId value, Span span) {
  thir::Stmt made{};
  made.kind = thir::Stmt::Kind::Let;
  made.span = span;
  made.pattern = bindingPattern(local, type, span);
  made.expr = value;
  return made;
}

// A queue of items of that type, which the body that is entered next may name.
thir::Stmt Inferer::letQueue(LocalId &queue, TypeId item, Span span) {
  TypeId args[]{item};
  TypeId type = langType("queue", args, span);
  queue = addLocal(Symbol{}, type, span, true);
  ExprId made = langCall("queue_new", {}, span);
  if (!isError(typeAt(made)))
    unify(typeAt(made), type);
  return letStmt(queue, type, made, span);
}

// { let queue = queue_new(); stream_new(queue, async { …; await stream_yield(queue, x); … }) }
ExprId Inferer::streamBlock(ast::BlockId block, TypeId item, bool isMove, Span span) {
  LocalId queue;
  thir::Stmt let = letQueue(queue, item, span);
  ClosureId closure = declareClosure(ClosureDecl::Kind::AsyncBlock, span);
  BodySave save = enterBody(Exit::Kind::StreamBlock, types.unit);
  exits.back()->item = item;
  exits.back()->queue = queue;
  body().isAsync = true;
  ExprId value = checkBlock(block, types.unit, (*file)[block].span);
  ExprId future = finishClosure(save, closure, ClosureDecl::Kind::AsyncBlock, isMove, value, types.unit, {}, span);
  ExprId operands[]{localExpr(queue, span), future};
  ExprId made = langCall("stream_new", operands, span);
  return blockExpr(std::span(&let, 1), made, typeAt(made), span);
}

ExprId Inferer::inferStream(const ast::Expr &expr, TypeId hint) {
  TypeId item;
  if (hint.valid() && kindOf(hint) == TypeKind::Stream)
    item = typeOf(hint).args[0];
  return streamBlock(expr.block, item.valid() ? item : fresh(expr.span), expr.flag, expr.span);
}

// { let queue = queue_new(); let input = sink_input(queue); sink_new(queue, async move { … input … }) }
ExprId Inferer::sinkBody(const ast::Function &function, TypeId sink) {
  Span span = (*file)[function.body].span;
  TypeId item = kindOf(sink) == TypeKind::Sink ? typeOf(sink).args[0] : types.error;
  LocalId queue;
  thir::Stmt lets[2];
  lets[0] = letQueue(queue, item, span);
  Symbol name = symbol("input");
  LocalId input = addLocal(name, types.stream(item), function.name.span);
  ExprId end[]{localExpr(queue, span)};
  lets[1] = letStmt(input, types.stream(item), langCall("sink_input", end, span), function.name.span);
  frame->names.push_back({name, input});
  ClosureId closure = declareClosure(ClosureDecl::Kind::AsyncBlock, span);
  BodySave save = enterBody(Exit::Kind::AsyncBlock, types.unit);
  body().isAsync = true;
  ExprId value = checkBlock(function.body, types.unit, span);
  ExprId future = finishClosure(save, closure, ClosureDecl::Kind::AsyncBlock, true, value, types.unit, {}, span);
  ExprId operands[]{localExpr(queue, span), future};
  ExprId made = langCall("sink_new", operands, span);
  return blockExpr(lets, made, typeAt(made), span);
}

ExprId Inferer::inferYield(const ast::Expr &expr) {
  Exit *exit = nullptr;
  for (size_t i = exits.size(); i-- > 0 && !exit;)
    if (exits[i]->kind != Exit::Kind::Scope) {
      exit = exits[i];
      leavesDefer(i, expr.span, "yield");
    }
  if (!exit || exit->kind != Exit::Kind::StreamBlock) {
    error(expr.span, diag::YieldOutside);
    if (expr.a.valid())
      infer(expr.a);
    return errorExpr(expr.span);
  }
  ExprId value = expr.a.valid() ? check(expr.a, exit->item) : coerce(unitExpr(expr.span), exit->item);
  return yieldOf(exit, value, expr.span);
}

// The block may stand in others that are inside of the stream's.
ExprId Inferer::yieldOf(Exit *exit, ExprId value, Span span) {
  LocalId queue = captured(frame, exit->frame->outer, exit->queue);
  ExprId operands[]{localExpr(queue, span), value};
  ExprId id = node(ExprKind::Await, span, types.unit);
  ExprId call = langCall("stream_yield", operands, span);
  at(id).a = call;
  return id;
}

} // namespace async::infer
