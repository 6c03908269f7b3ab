#include "typeck/infer/Exhaustiveness.h"

#include "frontend/diagnostics/Structure.h"
#include "frontend/diagnostics/Types.h"
#include "frontend/diagnostics/Warnings.h"
#include "typeck/infer/ExhaustivenessMatrix.h"
#include "typeck/infer/ThirWalk.h"

namespace async::infer {
namespace {

using namespace typeck;
using frontend::Diagnostics;

class PatternChecker {
public:
  PatternChecker(Program &program, const frontend::Interner &interner, const thir::Body &body, Diagnostics &diagnostics)
      : program(program), interner(interner), body(body), diagnostics(diagnostics) {}

  void check() {
    for (const thir::Param &param : body.params)
      checkIrrefutable(param.pattern, "a parameter");
    std::vector<thir::ExprId> pending{body.value};
    while (!pending.empty()) {
      thir::ExprId id = pending.back();
      pending.pop_back();
      const thir::Expr &expr = body[id];
      if (expr.kind == thir::ExprKind::Match)
        checkMatch(expr);
      if (expr.kind == thir::ExprKind::Block)
        for (uint32_t i = 0; i < expr.list.count; ++i) {
          const thir::Stmt &stmt = body.stmts[expr.list.begin + i];
          if (stmt.kind == thir::Stmt::Kind::Let && !stmt.elseBlock.valid())
            checkIrrefutable(stmt.pattern, "`let`");
        }
      thir::forEachChild(body, id, [&](thir::ExprId child) { pending.push_back(child); });
    }
  }

private:
  void checkMatch(const thir::Expr &expr) {
    Matrix matrix(program, interner, body);
    for (uint32_t i = 0; i < expr.list.count; ++i) {
      const thir::Arm &arm = body.arms[expr.list.begin + i];
      uint32_t row = matrix.flatten(arm.pattern);
      bool isReached = matrix.useful(row).has_value();
      if (matrix.isExhausted())
        return tooLarge(expr.span);
      if (!isReached && body[arm.pattern].span.known())
        diagnostics.emit(body[arm.pattern].span, frontend::diag::UnreachableArm);
      if (!arm.guard.valid())
        matrix.addRow(row);
    }
    std::optional<Witness> missing = matrix.useful(matrix.wild(body[expr.a].type));
    if (matrix.isExhausted())
      return tooLarge(expr.span);
    if (missing)
      diagnostics.emit(expr.span, frontend::diag::NotExhaustive, say(*missing)).help(frontend::diag::AddArm);
  }

  void checkIrrefutable(thir::PatternId pattern, std::string_view where) {
    Matrix matrix(program, interner, body);
    matrix.addRow(matrix.flatten(pattern));
    std::optional<Witness> missing = matrix.useful(matrix.wild(body[pattern].type));
    if (missing)
      diagnostics.emit(body[pattern].span, frontend::diag::RefutablePattern, where, say(*missing)).help(frontend::diag::AddElse);
  }

  void tooLarge(frontend::Span span) { diagnostics.emit(span, frontend::diag::BodyTooLarge); }

  static std::string say(const Witness &missing) { return missing[0] == "_" ? "any other value" : "pattern `" + missing[0] + "`"; }

  Program &program;
  const frontend::Interner &interner;
  const thir::Body &body;
  Diagnostics &diagnostics;
};

} // namespace

void checkPatterns(Program &program, const frontend::Interner &interner, const thir::Body &body, Diagnostics &diagnostics) {
  if (body.hasErrors || !body.value.valid())
    return;
  PatternChecker(program, interner, body, diagnostics).check();
  for (const thir::ClosureExpr &closure : body.closures)
    if (closure.body)
      checkPatterns(program, interner, *closure.body, diagnostics);
}

} // namespace async::infer
