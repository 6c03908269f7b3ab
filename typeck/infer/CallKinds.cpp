#include "typeck/infer/CallKinds.h"

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
        mayBe(body[expr.a].type, expr.type);
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
      if (predicate.kind == Predicate::Kind::Calls && subject.kind == TypeKind::Param && subject.index < call.typeArgs.count &&
          static_cast<CallKind>(program.types[predicate.signature].sub) == CallKind::Shared)
        mayBe(body.typeLists[call.typeArgs.begin + subject.index], predicate.signature);
    }
  }

  void mayBe(TypeId callable, TypeId wanted) {
    const Type &type = program.types[callable], &place = program.types[wanted];
    if (type.kind != TypeKind::Closure || place.kind != TypeKind::Fn)
      return;
    const ClosureDecl &closure = program.closure(ClosureId{type.index});
    if (closure.callKind <= static_cast<CallKind>(place.sub))
      return;
    TypeId result = closure.kind == ClosureDecl::Kind::AsyncClosure ? program.types.async(closure.result) : closure.result;
    TypeId found = program.types.function(closure.callKind, closure.params, result);
    context.diagnostics.emit(closure.span, frontend::diag::Mismatch, typeText(program, context.interner, wanted), typeText(program, context.interner, found));
  }

  Context &context;
  Program &program;
};

} // namespace

void checkCallKinds(Context &context, const thir::Body &body) { CallKinds(context).check(body); }

} // namespace async::infer
