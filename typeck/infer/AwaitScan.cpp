// Whether a closure's own text awaits: decided before its types are, as its call then gives a future.
#include "typeck/infer/Inferer.h"

namespace async::infer {
namespace {

class Scan {
public:
  explicit Scan(const ast::File &file) : file(file) {}

  bool expr(ast::ExprId id) {
    if (!id.valid())
      return false;
    const ast::Expr &expr = file[id];
    using Kind = ast::ExprKind;
    switch (expr.kind) {
    case Kind::Await:
    case Kind::Scope:
    case Kind::Select:
      return true;
    case Kind::Async:
    case Kind::Stream:
    case Kind::Closure:
    case Kind::Shield:
    case Kind::Blocking:
      return false;
    case Kind::For:
      return expr.flag || this->expr(expr.a) || block(expr.block);
    case Kind::Block:
    case Kind::Loop:
      return block(expr.block);
    case Kind::While:
      return this->expr(expr.a) || block(expr.block);
    case Kind::Tuple:
    case Kind::Array:
      for (ast::ExprId part : ast::File::run(file.exprLists, expr.list))
        if (this->expr(part))
          return true;
      return false;
    case Kind::Call:
    case Kind::MethodCall:
    case Kind::Spawn:
    case Kind::Detach:
      for (const ast::Argument &argument : ast::File::run(file.arguments, expr.list))
        if (this->expr(argument.value))
          return true;
      return this->expr(expr.a);
    case Kind::StructLiteral:
      for (const ast::FieldInit &init : ast::File::run(file.fieldInits, expr.list))
        if (this->expr(init.value))
          return true;
      return this->expr(expr.a);
    case Kind::Interpolated:
      for (const ast::FormatPart &part : ast::File::run(file.formatParts, expr.list))
        if (this->expr(part.expr) || this->expr(part.widthExpr) || this->expr(part.precisionExpr))
          return true;
      return false;
    case Kind::Match:
    case Kind::Catch:
      for (const ast::Arm &arm : ast::File::run(file.arms, expr.list))
        if (this->expr(arm.guard) || this->expr(arm.body))
          return true;
      return this->expr(expr.a);
    case Kind::Error:
    case Kind::Int:
    case Kind::Float:
    case Kind::Bool:
    case Kind::Char:
    case Kind::Str:
    case Kind::ByteStr:
    case Kind::Duration:
    case Kind::Path:
    case Kind::Continue:
      return false;
    case Kind::ArrayRepeat:
    case Kind::Field:
    case Kind::Index:
    case Kind::Question:
    case Kind::Unary:
    case Kind::Ref:
    case Kind::Binary:
    case Kind::Assign:
    case Kind::AssignOp:
    case Kind::Range:
    case Kind::Cast:
    case Kind::Pipe:
    case Kind::LetCondition:
    case Kind::If:
    case Kind::Return:
    case Kind::Break:
    case Kind::Yield:
      return this->expr(expr.a) || this->expr(expr.b) || this->expr(expr.c);
    }
    return false;
  }

  bool block(ast::BlockId id) {
    if (!id.valid())
      return false;
    for (const ast::Stmt &stmt : ast::File::run(file.stmts, file[id].stmts))
      if (expr(stmt.expr) || block(stmt.elseBlock))
        return true;
    return false;
  }

private:
  const ast::File &file;
};

} // namespace

bool awaitsInside(const ast::File &file, ast::ExprId expr) { return Scan(file).expr(expr); }

} // namespace async::infer
