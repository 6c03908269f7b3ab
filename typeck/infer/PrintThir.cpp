#include "typeck/infer/PrintThir.h"

#include <fmt/format.h>

#include "typeck/infer/ThirWalk.h"
#include "typeck/types/TypeText.h"

namespace async::infer {

using namespace typeck;
using thir::ExprKind;

namespace {

const char *kindName(ExprKind kind) {
  switch (kind) {
#define ASYNC_THIR_EXPR(Name)                                                                                          \
  case ExprKind::Name:                                                                                                 \
    return #Name;
#include "typeck/infer/ThirExprs.def"
  }
  return "?";
}

class Printer {
public:
  Printer(const Program &program, const frontend::Interner &interner) : program(program), interner(interner) {}

  std::string out;

  void print(const thir::Body &body, uint32_t depth) {
    for (const thir::Param &param : body.params)
      line(depth, "param " + pattern(body, param.pattern) + ": " + text(param.type));
    expr(body, body.value, depth);
  }

  void locals(const thir::Body &body) {
    for (const thir::Local &local : body.locals)
      if (!local.name.empty() && !local.isParam && !local.isTemporary)
        line(1, fmt::format("let {}: {}", interner.text(local.name), text(local.type)));
    for (const thir::ClosureExpr &closure : body.closures)
      if (closure.body)
        locals(*closure.body);
  }

private:
  std::string text(TypeId type) { return typeText(program, interner, type); }

  void line(uint32_t depth, std::string_view content) { out += fmt::format("{:{}}{}\n", "", depth * 2, content); }

  std::string localName(const thir::Body &body, uint32_t index) {
    frontend::Symbol name = body.locals[index].name;
    return name.empty() ? fmt::format("_{}", index) : std::string(interner.text(name));
  }

  // What the kind and the type do not say.
  std::string detail(const thir::Body &body, const thir::Expr &expr) {
    switch (expr.kind) {
    case ExprKind::Literal: {
      if (!expr.text.empty())
        return fmt::format(" \"{}\"", interner.text(expr.text));
      return program.types[expr.type] .kind == TypeKind::Tuple ? "" : fmt::format(" {}", expr.integer);
    }
    case ExprKind::Local:
    case ExprKind::Scope:
      return " " + localName(body, expr.index);
    case ExprKind::Call:
    case ExprKind::FnItem:
    case ExprKind::FormatArg: {
      std::string args;
      for (uint32_t i = 0; i < expr.typeArgs.count; ++i)
        args += (i ? ", " : "") + text(body.typeLists[expr.typeArgs.begin + i]);
      return fmt::format(" {}<{}>", pathText(program, interner, FnId{expr.def}), args);
    }
    case ExprKind::Const:
      return " " + std::string(interner.text(program.constant(ConstId{expr.def}).name));
    case ExprKind::AdtLiteral: {
      const VariantDecl &variant = program.adt(AdtId{expr.def}).variants[expr.index];
      return " " + std::string(interner.text(variant.name));
    }
    case ExprKind::Field:
    case ExprKind::Loop:
    case ExprKind::Break:
    case ExprKind::Continue:
    case ExprKind::ConstParam:
      return fmt::format(" {}", expr.index);
    case ExprKind::Ref:
      return expr.op == static_cast<uint8_t>(Mutability::Exclusive) ? " mut" : "";
    case ExprKind::Unary:
    case ExprKind::Binary:
    case ExprKind::AssignOp:
    case ExprKind::Coerce:
    case ExprKind::CallValue:
      return fmt::format(" op {}", expr.op);
    case ExprKind::Let:
      return " " + pattern(body, thir::PatternId{expr.index});
    case ExprKind::Error:
    case ExprKind::Index:
    case ExprKind::Deref:
    case ExprKind::LogicalAnd:
    case ExprKind::LogicalOr:
    case ExprKind::Assign:
    case ExprKind::Cast:
    case ExprKind::Tuple:
    case ExprKind::Array:
    case ExprKind::ArrayRepeat:
    case ExprKind::Closure:
    case ExprKind::AsyncBlock:
    case ExprKind::Block:
    case ExprKind::If:
    case ExprKind::Match:
    case ExprKind::Return:
    case ExprKind::Format:
    case ExprKind::Await:
    case ExprKind::Spawn:
      return "";
    }
    return "";
  }

  void expr(const thir::Body &body, thir::ExprId id, uint32_t depth) {
    if (!id.valid())
      return;
    const thir::Expr &node = body[id];
    line(depth, fmt::format("{}{}: {}", kindName(node.kind), detail(body, node), text(node.type)));
    if (node.kind == ExprKind::Block) {
      block(body, node, depth + 1);
      return;
    }
    if (node.kind == ExprKind::Match) {
      expr(body, node.a, depth + 1);
      for (uint32_t i = 0; i < node.list.count; ++i) {
        const thir::Arm &arm = body.arms[node.list.begin + i];
        line(depth + 1, pattern(body, arm.pattern) + " =>");
        expr(body, arm.guard, depth + 2);
        expr(body, arm.body, depth + 2);
      }
      return;
    }
    if (node.kind == ExprKind::Closure || node.kind == ExprKind::AsyncBlock)
      print(*body.closures[node.index].body, depth + 1);
    thir::forEachChild(body, id, [&](thir::ExprId child) { expr(body, child, depth + 1); });
  }

  void block(const thir::Body &body, const thir::Expr &node, uint32_t depth) {
    for (uint32_t i = 0; i < node.list.count; ++i) {
      const thir::Stmt &stmt = body.stmts[node.list.begin + i];
      if (stmt.kind == thir::Stmt::Kind::Let)
        line(depth, "let " + pattern(body, stmt.pattern) + ": " + text(body[stmt.pattern].type));
      else if (stmt.kind == thir::Stmt::Kind::Defer)
        line(depth, stmt.isErr ? "errdefer" : "defer");
      expr(body, stmt.expr, depth + (stmt.kind == thir::Stmt::Kind::Expr ? 0 : 1));
      if (stmt.elseBlock.valid())
        expr(body, stmt.elseBlock, depth + 1);
    }
    expr(body, node.a, depth);
  }

  std::string patterns(const thir::Body &body, thir::List list, const char *between) {
    std::string all;
    for (uint32_t i = 0; i < list.count; ++i)
      all += (i ? between : "") + pattern(body, body.patternLists[list.begin + i]);
    return all;
  }

  std::string pattern(const thir::Body &body, thir::PatternId id) {
    if (!id.valid())
      return "..";
    const thir::Pattern &made = body[id];
    switch (made.kind) {
    case thir::PatternKind::Wildcard:
      return "_";
    case thir::PatternKind::Binding: {
      std::string mode = made.mode == thir::BindingMode::Ref ? "ref " : made.mode == thir::BindingMode::RefMut ? "ref mut " : "";
      return mode + localName(body, made.local.index) + (made.sub.valid() ? " @ " + pattern(body, made.sub) : "");
    }
    case thir::PatternKind::Literal:
      return "literal" + detail(body, body[made.lo]);
    case thir::PatternKind::Range:
      return std::string(made.lo.valid() ? detail(body, body[made.lo]) : "") + (made.inclusive ? "..=" : "..") +
             (made.hi.valid() ? detail(body, body[made.hi]) : "");
    case thir::PatternKind::Tuple:
      return "(" + patterns(body, made.list, ", ") + ")";
    case thir::PatternKind::Variant:
      return std::string(interner.text(program.adt(AdtId{made.def}).variants[made.index].name)) + "(" + patterns(body, made.list, ", ") + ")";
    case thir::PatternKind::Deref:
      return "&" + pattern(body, made.sub);
    case thir::PatternKind::Or:
      return patterns(body, made.list, " | ");
    case thir::PatternKind::Slice:
      return "[" + patterns(body, made.list, ", ") + (made.hasRest ? ", .." : "") + patterns(body, made.list2, ", ") + "]";
    }
    return "?";
  }

  const Program &program;
  const frontend::Interner &interner;
};

} // namespace

std::string printThir(const Program &program, const frontend::Interner &interner, const thir::Body &body) {
  Printer printer(program, interner);
  printer.print(body, 0);
  return std::move(printer.out);
}

std::string printLocals(const Program &program, const frontend::Interner &interner, const thir::Body &body) {
  Printer printer(program, interner);
  printer.locals(body);
  return std::move(printer.out);
}

} // namespace async::infer
