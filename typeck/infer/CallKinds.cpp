#include "typeck/infer/CallKinds.h"

#include <algorithm>

#include "frontend/diagnostics/Types.h"
#include "typeck/types/TypeText.h"

namespace async::infer {

using namespace typeck;

namespace {

class CallKinds {
public:
  explicit CallKinds(Context &context) : context(context), program(context.program) {}

  void check(const thir::Body &body) {
    for (const thir::Expr &expr : body.exprs) {
      if (expr.kind == thir::ExprKind::Coerce && static_cast<thir::CoercionKind>(expr.op) == thir::CoercionKind::ClosureToFn)
        mayBe(body, body[expr.a].type, expr.type, expr.span);
      else if (expr.kind == thir::ExprKind::Call && expr.def < program.fns.size())
        checkBounds(body, expr);
    }
    for (const thir::ClosureExpr &closure : body.closures)
      check(*closure.body);
  }

private:
  void checkBounds(const thir::Body &body, const thir::Expr &call) {
    for (const Predicate &predicate : program.fn(FnId{call.def}).generics.predicates) {
      const Type &subject = program.types[predicate.subject];
      if (predicate.kind != Predicate::Kind::Calls || subject.kind != TypeKind::Param || subject.index >= call.typeArgs.count)
        continue;
      const TypeId given = body.typeLists[call.typeArgs.begin + subject.index];
      mayBe(body, given, predicate.signature, call.span);
      if (isAwaited(body.fn, given) && !isAwaited(FnId{call.def}, predicate.subject))
        context.diagnostics.emit(call.span, frontend::diag::Mismatch, typeText(program, context.interner, predicate.signature),
                                 "a function that may give a future, since its calls are awaited here");
    }
  }

  // Whether it is the type of a parameter whose calls the function awaits (rules.md I1).
  bool isAwaited(FnId fn, TypeId type) {
    while (program.types[type].kind == TypeKind::Ref)
      type = program.types[type].args[0];
    const FnDecl &decl = program.fn(fn);
    return std::any_of(decl.awaitedParams.begin(), decl.awaitedParams.end(), [&](uint32_t param) { return decl.params[param].type == type; });
  }

  void mayBe(const thir::Body &body, TypeId callable, TypeId wanted, frontend::Span span) {
    const bool isBorrowed = program.types[callable].kind == TypeKind::Ref;
    while (program.types[callable].kind == TypeKind::Ref)
      callable = program.types[callable].args[0];
    const TypeId found = functionOf(body, callable);
    if (!found.valid() || program.types[wanted].kind != TypeKind::Fn)
      return;
    const auto kind = static_cast<CallKind>(program.types[found].sub);
    // What is called once is given away to the call, which a borrow cannot be.
    if (kind <= static_cast<CallKind>(program.types[wanted].sub) && !(isBorrowed && kind == CallKind::Once))
      return;
    if (program.types[callable].kind == TypeKind::Closure)
      span = program.closure(ClosureId{program.types[callable].index}).span;
    context.diagnostics.emit(span, frontend::diag::Mismatch, typeText(program, context.interner, wanted), typeText(program, context.interner, found));
  }

  // The Fn type that says how it may be called; invalid of functions, which may be called in any way, and of what is no function value.
  TypeId functionOf(const thir::Body &body, TypeId callable) {
    const Type &type = program.types[callable];
    if (type.kind == TypeKind::Fn)
      return callable;
    if (type.kind == TypeKind::Closure) {
      const ClosureDecl &closure = program.closure(ClosureId{type.index});
      TypeId result = closure.kind == ClosureDecl::Kind::AsyncClosure ? program.types.async(closure.result) : closure.result;
      return program.types.function(closure.callKind, closure.params, result);
    }
    if (type.kind == TypeKind::Param)
      for (const Predicate &predicate : program.fn(body.fn).generics.predicates)
        if (predicate.kind == Predicate::Kind::Calls && predicate.subject == callable)
          return predicate.signature;
    return {};
  }

  Context &context;
  Program &program;
};

} // namespace

void checkCallKinds(Context &context, const thir::Body &body) { CallKinds(context).check(body); }

} // namespace async::infer
