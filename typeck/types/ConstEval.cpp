// Integer constants in types: literals, constant parameters, constants, and arithmetic of these.
#include <algorithm>

#include "typeck/types/Lowering.h"

#include "frontend/diagnostics/Types.h"

namespace async::typeck {

namespace diag = frontend::diag;
using resolve::DefKind;

namespace {

constexpr uint32_t deepest = 1000; // constants that are made of constants

class Evaluation {
public:
  enum class Outcome : uint8_t { Value, Param, Unknown, Range, TooLong, Cycle };
  struct Result {
    Outcome outcome = Outcome::Unknown;
    int64_t value = 0;
    TypeId param;
  };

  // What one evaluation has done, through all constants that it needs.
  struct Work {
    uint32_t steps = 0;
    std::vector<uint32_t> open; // constants that are being computed
  };

  Evaluation(Context &context, const TypeScope &scope, Work &work) : context(context), scope(scope), work(work) {}

  // The left side of a chain of operators is followed in a loop, since chains may be long.
  Result evaluate(ast::ExprId id) {
    std::vector<ast::ExprId> chain;
    while (id.valid() && (*scope.file)[id].kind == ast::ExprKind::Binary) {
      chain.push_back(id);
      id = (*scope.file)[id].a;
    }
    Result result = simple(id);
    for (size_t i = chain.size(); i-- > 0;) {
      const ast::Expr &expr = (*scope.file)[chain[i]];
      // What fails is not looked at twice, and what succeeds is kept: constants of constants cost linear time.
      if (result.outcome != Outcome::Value)
        return failed(result);
      Result right = evaluate(expr.b);
      if (right.outcome != Outcome::Value)
        return failed(right);
      if (++work.steps > context.program.limits.constSteps)
        return {Outcome::TooLong, 0, {}};
      result = apply(static_cast<ast::BinaryOp>(expr.op), result.value, right.value);
    }
    return result;
  }

private:
  // A parameter is a length by itself, and no part of one.
  static Result failed(const Result &result) { return {result.outcome == Outcome::Param ? Outcome::Unknown : result.outcome, 0, {}}; }
  static Result value(int64_t value) { return {Outcome::Value, value, {}}; }

  Result simple(ast::ExprId id) {
    if (!id.valid())
      return {};
    const ast::Expr &expr = (*scope.file)[id];
    if (expr.kind == ast::ExprKind::Int) {
      if (expr.integer < 0)
        return {Outcome::Range, 0, {}};
      return value(expr.integer);
    }
    if (expr.kind == ast::ExprKind::Path && expr.path.valid())
      return path((*scope.file)[expr.path]);
    if (expr.kind != ast::ExprKind::Unary || static_cast<ast::UnaryOp>(expr.op) != ast::UnaryOp::Neg)
      return {};
    Result inner = evaluate(expr.a);
    if (inner.outcome != Outcome::Value)
      return failed(inner);
    return apply(ast::BinaryOp::Sub, 0, inner.value);
  }

  Result path(const ast::Path &path) {
    auto segments = ast::File::run(scope.file->segments, path.segments);
    if (segments.empty())
      return {};
    const Symbol first = segments[0].name.symbol;
    if (segments.size() == 1 && scope.generics)
      for (size_t i = scope.generics->params.size(); i-- > 0;)
        if (const GenericParam &param = scope.generics->params[i]; param.name == first && param.isConst)
          return {Outcome::Param, 0, context.program.types.param(static_cast<uint32_t>(i), param.name)};
    // Unknown names in the values of constants are reported where these are checked.
    frontend::Diagnostics quiet;
    resolve::ResolvedPath found = resolve::resolvePath(context.world, context.interner, *scope.file, scope.module, path, resolve::Namespace::Values, quiet);
    if (found.def.kind != DefKind::Const || found.used != segments.size())
      return {};
    return constant(found.def.index);
  }

  Result constant(uint32_t index) {
    const ConstDecl &decl = context.program.constant(ConstId{index});
    if (decl.literal)
      return value(*decl.literal);
    const resolve::ItemRef &ref = context.world.consts[index];
    if (!ref.file || decl.isStatic)
      return {};
    if (std::find(work.open.begin(), work.open.end(), index) != work.open.end())
      return {Outcome::Cycle, 0, {}};
    if (work.open.size() >= deepest || ++work.steps > context.program.limits.constSteps)
      return {Outcome::TooLong, 0, {}};
    TypeScope inside;
    inside.file = ref.file;
    inside.module = ref.module;
    work.open.push_back(index);
    Result result = Evaluation(context, inside, work).evaluate((*ref.file)[ref.item].expr);
    work.open.pop_back();
    if (result.outcome == Outcome::Value)
      context.program.constant(ConstId{index}).literal = result.value;
    return result;
  }

  static Result apply(ast::BinaryOp op, int64_t a, int64_t b) {
    int64_t out = 0;
    bool overflows = false;
    if (op == ast::BinaryOp::Add)
      overflows = __builtin_add_overflow(a, b, &out);
    else if (op == ast::BinaryOp::Sub)
      overflows = __builtin_sub_overflow(a, b, &out);
    else if (op == ast::BinaryOp::Mul)
      overflows = __builtin_mul_overflow(a, b, &out);
    else if (op == ast::BinaryOp::Div || op == ast::BinaryOp::Rem) {
      if (b == 0 || (a == INT64_MIN && b == -1))
        return {Outcome::Range, 0, {}};
      out = op == ast::BinaryOp::Div ? a / b : a % b;
    } else {
      return {};
    }
    return overflows ? Result{Outcome::Range, 0, {}} : value(out);
  }

  Context &context;
  const TypeScope &scope;
  Work &work;
};

} // namespace

TypeId lowerConst(Context &context, const TypeScope &scope, ast::ExprId expr) {
  Types &types = context.program.types;
  if (!expr.valid() || (*scope.file)[expr].kind == ast::ExprKind::Error)
    return types.error;
  Evaluation::Work work;
  Evaluation::Result result = Evaluation(context, scope, work).evaluate(expr);
  const int64_t steps = std::min(context.program.limits.constSteps, work.steps);
  switch (result.outcome) {
  case Evaluation::Outcome::Value:
    return types.constInt(result.value);
  case Evaluation::Outcome::Param:
    return result.param;
  case Evaluation::Outcome::Range:
    context.diagnostics.emit((*scope.file)[expr].span, diag::ConstantRange);
    return types.error;
  case Evaluation::Outcome::TooLong:
    context.diagnostics.emit((*scope.file)[expr].span, diag::ConstantTooLong, steps).help(diag::RaiseConstSteps, steps * 4);
    return types.error;
  case Evaluation::Outcome::Cycle: // ConstCycles.cpp
    return types.error;
  case Evaluation::Outcome::Unknown:
    break;
  }
  context.diagnostics.emit((*scope.file)[expr].span, diag::NotConstant).help(diag::SimpleConstants);
  return types.error;
}

std::optional<TypeId> lengthOf(Context &context, const TypeScope &scope, ast::ExprId expr) {
  Evaluation::Work work;
  Evaluation::Result result = Evaluation(context, scope, work).evaluate(expr);
  if (result.outcome == Evaluation::Outcome::Value)
    return context.program.types.constInt(result.value);
  return result.outcome == Evaluation::Outcome::Param ? std::optional(result.param) : std::nullopt;
}

std::optional<int64_t> constValue(Context &context, ConstId constant) {
  const ConstDecl &decl = context.program.constant(constant);
  if (decl.literal)
    return decl.literal;
  const resolve::ItemRef &ref = context.world.consts[constant.index];
  if (!ref.file || decl.isStatic)
    return std::nullopt;
  TypeScope scope;
  scope.file = ref.file;
  scope.module = ref.module;
  Evaluation::Work work;
  work.open.push_back(constant.index);
  Evaluation::Result result = Evaluation(context, scope, work).evaluate((*ref.file)[ref.item].expr);
  return result.outcome == Evaluation::Outcome::Value ? std::optional(result.value) : std::nullopt;
}

} // namespace async::typeck
