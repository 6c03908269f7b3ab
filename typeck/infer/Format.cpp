// Interpolated texts: pieces, and values shown by Display or Debug.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Structure.h"

namespace async::infer {

using thir::ExprKind;

namespace {

int64_t packed(const ast::FormatPart &part, bool debug) {
  auto code = [](std::string_view all, char c) -> int64_t {
    size_t found = c == 0 ? std::string_view::npos : all.find(c);
    return found == std::string_view::npos ? 0 : static_cast<int64_t>(found);
  };
  int64_t spec = part.fill;
  spec |= code(" <^>", part.align) << 32;
  spec |= code("-+ ", part.sign) << 35;
  spec |= int64_t{part.alternate} << 37;
  spec |= int64_t{part.zero} << 38;
  if (part.type != '?')
    spec |= static_cast<int64_t>(static_cast<unsigned char>(part.type)) << 40;
  spec |= int64_t{debug} << 48;
  return spec;
}

} // namespace

ExprId Inferer::inferInterpolated(const ast::Expr &expr) {
  std::vector<ExprId> pieces;
  for (uint32_t i = 0; i < expr.list.count; ++i) {
    const ast::FormatPart &part = file->formatParts[expr.list.begin + i];
    if (!part.expr.valid()) {
      pieces.push_back(strLiteral(part.text, expr.span));
      continue;
    }
    bool debug = part.type == '?';
    ExprId value = infer(part.expr);
    if (kindOf(typeAt(value)) == TypeKind::Never)
      value = neverTo(value, types.unit);
    std::optional<FnId> method = debug ? langMethod("debug", "debug") : langMethod("display", "fmt");
    if (!method) {
      error(part.span, diag::MissingLangItem, debug ? "debug" : "display");
      continue;
    }
    TypeId shown = typeAt(value);
    requireTrait(shown, *program.fn(*method).trait, {}, tree(part.expr).span);
    ExprId reference = refExpr(Mutability::Shared, value, tree(part.expr).span);
    auto count = [&](ast::ExprId written, int64_t fixed) -> ExprId {
      if (written.valid())
        return check(written, types.i64);
      return fixed >= 0 ? intLiteral(fixed, types.i64, part.span) : ExprId{};
    };
    ExprId width = count(part.widthExpr, part.width), precision = count(part.precisionExpr, part.precision);
    ExprId piece = node(ExprKind::FormatArg, part.span, types.unit);
    TypeId args[]{shown};
    thir::List typeArgs = typeList(args);
    thir::Expr &made = at(piece);
    made.a = reference;
    made.b = width;
    made.c = precision;
    made.def = method->index;
    made.typeArgs = typeArgs;
    made.integer = packed(part, debug);
    pieces.push_back(piece);
  }
  ExprId id = node(ExprKind::Format, expr.span, strType());
  thir::List list = exprList(pieces);
  at(id).list = list;
  return id;
}

} // namespace async::infer
