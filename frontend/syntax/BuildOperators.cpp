// Binary operators, ranges and assignments: the flat list of operands by precedence (G11).
#include "frontend/syntax/Builder.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/ParserBase.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;
using ast::BinaryOp;
using ast::ExprId;
using ast::ExprKind;

namespace {

// From loose to tight.
enum Precedence : uint8_t {
  Assignment = 1,
  Piping,
  Ranging,
  Disjunction,
  Conjunction,
  LetBinding,
  Comparison,
  BitOr,
  BitXor,
  BitAnd,
  Shift,
  Additive,
  Multiplicative
};

} // namespace

struct Builder::Operator {
  ExprKind kind = ExprKind::Binary;
  uint8_t precedence = 0;
  BinaryOp op = BinaryOp::Add;
  bool inclusive = false, hasLeft = true;
  Span span;
  ast::PatternId pattern;
};

struct Builder::Pending {
  std::vector<Operator> operators;
  std::vector<ExprId> values;
  ExprId openRange; // the last `a..`
  bool toldChain = false;
};

Builder::Operator Builder::decode(Node n) {
  const auto binary = [&](Precedence precedence, BinaryOp op) { return Operator{ExprKind::Binary, precedence, op, false, true, span(n), {}}; };
  const auto assigning = [&](BinaryOp op) { return Operator{ExprKind::AssignOp, Assignment, op, false, true, span(n), {}}; };
  const Node first = firstChild(n);
  switch (tokenType(first)) {
  case P::PLUS:
    return binary(Additive, BinaryOp::Add);
  case P::MINUS:
    return binary(Additive, BinaryOp::Sub);
  case P::PLUSWRAP:
    return binary(Additive, BinaryOp::WrapAdd);
  case P::MINUSWRAP:
    return binary(Additive, BinaryOp::WrapSub);
  case P::PLUSSAT:
    return binary(Additive, BinaryOp::SatAdd);
  case P::MINUSSAT:
    return binary(Additive, BinaryOp::SatSub);
  case P::STAR:
    return binary(Multiplicative, BinaryOp::Mul);
  case P::SLASH:
    return binary(Multiplicative, BinaryOp::Div);
  case P::PERCENT:
    return binary(Multiplicative, BinaryOp::Rem);
  case P::STARWRAP:
    return binary(Multiplicative, BinaryOp::WrapMul);
  case P::AND:
    return binary(BitAnd, BinaryOp::BitAnd);
  case P::BAR:
    return binary(BitOr, BinaryOp::BitOr);
  case P::CARET:
    return binary(BitXor, BinaryOp::BitXor);
  case P::SHL:
    return binary(Shift, BinaryOp::Shl);
  case P::EQEQ:
    return binary(Comparison, BinaryOp::Eq);
  case P::NE:
    return binary(Comparison, BinaryOp::Ne);
  case P::LT:
    return binary(Comparison, BinaryOp::Lt);
  case P::LE:
    return binary(Comparison, BinaryOp::Le);
  case P::ANDAND:
    return binary(Conjunction, BinaryOp::And);
  case P::OROR:
    return binary(Disjunction, BinaryOp::Or);
  case P::PIPE:
    return {ExprKind::Pipe, Piping, BinaryOp::Add, false, true, span(n), {}};
  case P::EQ:
    return {ExprKind::Assign, Assignment, BinaryOp::Add, false, true, span(n), {}};
  case P::PLUSEQ:
    return assigning(BinaryOp::Add);
  case P::MINUSEQ:
    return assigning(BinaryOp::Sub);
  case P::STAREQ:
    return assigning(BinaryOp::Mul);
  case P::SLASHEQ:
    return assigning(BinaryOp::Div);
  case P::PERCENTEQ:
    return assigning(BinaryOp::Rem);
  case P::ANDEQ:
    return assigning(BinaryOp::BitAnd);
  case P::OREQ:
    return assigning(BinaryOp::BitOr);
  case P::CARETEQ:
    return assigning(BinaryOp::BitXor);
  case P::SHLEQ:
    return assigning(BinaryOp::Shl);
  case P::PLUSWRAPEQ:
    return assigning(BinaryOp::WrapAdd);
  case P::MINUSWRAPEQ:
    return assigning(BinaryOp::WrapSub);
  case P::STARWRAPEQ:
    return assigning(BinaryOp::WrapMul);
  case P::PLUSSATEQ:
    return assigning(BinaryOp::SatAdd);
  case P::MINUSSATEQ:
    return assigning(BinaryOp::SatSub);
  default:
    break;
  }
  // `>` and what is joined of it: `>>`, `>=`, `>>=` are neighbouring tokens.
  std::string joined;
  bool apart = false;
  for (const Node c : children(n)) {
    apart |= !joined.empty() && textLo(c) != input.lexeme(cst.nodes[c].firstToken - 1).hi;
    joined += textOf(c);
  }
  if (apart)
    errors.emit(span(n), diag::SplitOperator, joined).help(diag::SplitOperatorHelp);
  if (joined == ">")
    return binary(Comparison, BinaryOp::Gt);
  if (joined == ">=")
    return binary(Comparison, BinaryOp::Ge);
  return joined == ">>" ? binary(Shift, BinaryOp::Shr) : assigning(BinaryOp::Shr);
}

// Takes the operator on top with its operands.
void Builder::apply(Pending &pending, bool mayLet) {
  const Operator top = pending.operators.back();
  pending.operators.pop_back();
  const auto pop = [&] {
    const ExprId value = pending.values.back();
    pending.values.pop_back();
    return value;
  };
  const ExprId right = pop();
  ast::Expr expr = made(top.kind, cover(top.span, spanOf(right)));
  expr.span2 = top.span;
  expr.op = static_cast<uint8_t>(top.op);
  if (top.kind == ExprKind::LetCondition) {
    expr.a = right;
    expr.pattern = top.pattern;
    if (!mayLet) {
      errors.emit(expr.span, diag::LetOutsideHead).help(diag::LetOutsideHeadHelp);
      expr.kind = ExprKind::Error;
    }
  } else {
    expr.b = right;
    expr.flag = top.inclusive;
    if (top.hasLeft) {
      expr.a = pop();
      expr.span = cover(spanOf(expr.a), expr.span);
    }
    const auto isLet = [&](ExprId id) { return id.valid() && file.exprs[id.index].kind == ExprKind::LetCondition; };
    if (!(top.kind == ExprKind::Binary && top.op == BinaryOp::And) && (isLet(expr.a) || isLet(expr.b))) {
      errors.emit(expr.span, diag::LetOutsideHead).help(diag::LetOutsideHeadHelp);
      expr.kind = ExprKind::Error;
    }
  }
  pending.values.push_back(add(expr));
}

void Builder::pushBinary(Pending &pending, Node n, bool mayLet) {
  const Operator next = decode(n);
  const bool rightward = next.precedence == Assignment;
  while (!pending.operators.empty() &&
         (rightward ? pending.operators.back().precedence > next.precedence : pending.operators.back().precedence >= next.precedence)) {
    if (next.precedence == Comparison && pending.operators.back().precedence == Comparison && !std::exchange(pending.toldChain, true))
      errors.emit(next.span, diag::ChainedComparison).label(pending.operators.back().span, diag::ChainedFirst).help(diag::ChainedComparisonHelp);
    apply(pending, mayLet);
  }
  pending.operators.push_back(next);
}

void Builder::pushRange(Pending &pending, Node n, bool hasLeft, bool hasRight, bool mayLet) {
  Operator range{ExprKind::Range, Ranging, BinaryOp::Add, isToken(firstChild(n), P::DOTDOTEQ), hasLeft, span(n), {}};
  bool chained = hasLeft && !pending.values.empty() && pending.openRange.valid() && pending.values.back() == pending.openRange;
  while (!pending.operators.empty() && pending.operators.back().precedence >= Ranging) {
    chained |= pending.operators.back().precedence == Ranging;
    apply(pending, mayLet);
  }
  if (chained && !std::exchange(pending.toldChain, true))
    errors.emit(range.span, diag::ChainedRange);
  if (chained && !hasRight)
    return; // one range stands for all
  if (!hasRight && range.inclusive)
    errors.emit(range.span, diag::OpenInclusiveRange).help(diag::OpenInclusiveRangeHelp);
  if (hasRight) {
    pending.operators.push_back(range);
    return;
  }
  ast::Expr expr = made(ExprKind::Range, range.span);
  expr.span2 = range.span;
  expr.flag = range.inclusive;
  if (hasLeft) {
    expr.a = pending.values.back();
    pending.values.pop_back();
    expr.span = cover(spanOf(expr.a), expr.span);
  }
  pending.openRange = add(expr);
  pending.values.push_back(pending.openRange);
}

ExprId Builder::operators(Node n, bool mayLet) {
  std::vector<Node> parts;
  for (const Node c : children(n)) {
    if (isRule(c, P::RuleExprTail))
      for (const Node part : children(c))
        parts.push_back(part);
    else
      parts.push_back(c);
  }
  Pending pending;
  for (size_t i = 0; i < parts.size(); ++i) {
    const Node part = parts[i];
    if (isRule(part, P::RuleBinaryOp)) {
      pushBinary(pending, part, mayLet);
    } else if (isRule(part, P::RuleRangeOp)) {
      const bool hasRight = i + 1 < parts.size() && !isRule(parts[i + 1], P::RuleBinaryOp) && !isRule(parts[i + 1], P::RuleRangeOp);
      pushRange(pending, part, i > 0, hasRight, mayLet);
    } else if (isRule(part, P::RuleGreedy)) {
      pending.values.push_back(greedy(part));
    } else {
      if (const Node let = child(part, P::RuleLetCondition); let != none)
        pending.operators.push_back(
            {ExprKind::LetCondition, LetBinding, BinaryOp::Add, false, false, span(let), patternNoTop(child(let, P::RulePatternNoTop))});
      pending.values.push_back(operand(part));
    }
    // Only assignments pile up without bound.
    const Deeper deeper(*this, static_cast<uint32_t>(pending.operators.size()));
    if (pending.operators.size() > Multiplicative && tooDeep(span(part)))
      return errorExpr(span(n));
  }
  while (!pending.operators.empty())
    apply(pending, mayLet);
  return pending.values.empty() ? errorExpr(span(n)) : pending.values.back();
}

} // namespace async::syntax
