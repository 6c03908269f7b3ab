#include "frontend/syntax/PrintTypes.h"

#include <fmt/format.h>

namespace async::syntax {

using ast::ExprKind;
using ast::PatternKind;
using ast::TypeKind;

std::string LinePrinter::quoted(frontend::Symbol symbol) const {
  std::string out = "\"";
  for (const char c : interner.text(symbol)) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F)
      out += fmt::format("\\x{:02x}", static_cast<unsigned>(static_cast<unsigned char>(c)));
    else
      out += c;
  }
  return out + '"';
}

std::string LinePrinter::path(ast::PathId id) const {
  std::string out;
  for (const ast::PathSegment &segment : ast::File::run(file.segments, file[id].segments)) {
    out += (out.empty() ? "" : "::") + name(segment.name);
    if (!segment.hasArgs)
      continue;
    out += '<';
    bool first = true;
    for (const ast::TypeArg &arg : ast::File::run(file.typeArgs, segment.args)) {
      out += std::exchange(first, false) ? "" : ", ";
      if (!arg.name.symbol.empty())
        out += name(arg.name) + " = ";
      out += arg.type.valid() ? type(arg.type) : std::to_string(arg.constant);
    }
    out += '>';
  }
  return out;
}

std::string LinePrinter::types(ast::List list) const {
  std::string out;
  for (const ast::TypeId id : ast::File::run(file.typeLists, list))
    out += (out.empty() ? "" : ", ") + type(id);
  return out;
}

std::string LinePrinter::type(ast::TypeId id) const {
  if (!id.valid())
    return "-";
  const ast::Type &it = file[id];
  switch (it.kind) {
  case TypeKind::Error:
    return "<error>";
  case TypeKind::Path:
    return path(it.path);
  case TypeKind::Tuple:
    return "(" + types(it.list) + (it.list.count == 1 ? ",)" : ")");
  case TypeKind::Array:
    return "[" + type(it.a) + "; " + constant(it.expr) + "]";
  case TypeKind::Slice:
    return "[" + type(it.a) + "]";
  case TypeKind::Ref:
    return (it.flag ? "&mut " : "&") + type(it.a);
  case TypeKind::Pointer:
    return (it.flag ? "*mut " : "*") + type(it.a);
  case TypeKind::Function: {
    const char *word = it.word == ast::FunctionWord::None ? "" : it.word == ast::FunctionWord::Once ? "once " : "shared ";
    return word + ("fn(" + types(it.list)) + ")" + (it.a.valid() ? " -> " + type(it.a) : "");
  }
  case TypeKind::ImplTrait:
    return "impl " + bounds(it.bounds);
  case TypeKind::Dyn:
    return "dyn " + bounds(it.bounds);
  case TypeKind::Optional: {
    const TypeKind inner = file[it.a].kind;
    const bool group =
        inner == TypeKind::Ref || inner == TypeKind::Pointer || inner == TypeKind::Function || inner == TypeKind::ImplTrait || inner == TypeKind::Dyn;
    return (group ? "(" : "") + type(it.a) + (group ? ")?" : "?");
  }
  case TypeKind::Never:
    return "!";
  case TypeKind::Infer:
    return "_";
  }
  return {};
}

std::string LinePrinter::bounds(ast::List list) const {
  std::string out;
  for (const ast::Bound &bound : ast::File::run(file.bounds, list))
    out += (out.empty() ? "" : " + ") + (bound.function.valid() ? type(bound.function) : path(bound.path));
  return out;
}

std::string LinePrinter::patterns(ast::List list) const {
  std::string out;
  for (const ast::PatternId id : ast::File::run(file.patternLists, list))
    out += (out.empty() ? "" : ", ") + pattern(id);
  return out;
}

std::string LinePrinter::pattern(ast::PatternId id) const {
  if (!id.valid())
    return "-";
  const ast::Pattern &it = file[id];
  switch (it.kind) {
  case PatternKind::Error:
    return "<error>";
  case PatternKind::Wildcard:
    return "_";
  case PatternKind::Rest:
    return "..";
  case PatternKind::Binding:
    return name(it.name) + (it.a.valid() ? " @ " + pattern(it.a) : "");
  case PatternKind::Literal:
    return constant(it.expr);
  case PatternKind::Range:
    return (it.lo.valid() ? constant(it.lo) : "") + (it.flag ? "..=" : "..") + (it.hi.valid() ? constant(it.hi) : "");
  case PatternKind::Ref:
    return (it.flag ? "&mut " : "&") + pattern(it.a);
  case PatternKind::Tuple:
    return "(" + patterns(it.list) + (it.list.count == 1 ? ",)" : ")");
  case PatternKind::Slice:
    return "[" + patterns(it.list) + "]";
  case PatternKind::Path:
    return path(it.path);
  case PatternKind::TupleStruct:
    return path(it.path) + "(" + patterns(it.list) + ")";
  case PatternKind::Struct: {
    std::string out;
    for (const ast::PatternField &field : ast::File::run(file.patternFields, it.list))
      out += (out.empty() ? "" : ", ") + name(field.name) + ": " + pattern(field.pattern);
    return path(it.path) + " { " + out + (it.flag ? out.empty() ? ".." : ", .." : "") + " }";
  }
  case PatternKind::Or: {
    std::string out;
    for (const ast::PatternId one : ast::File::run(file.patternLists, it.list))
      out += (out.empty() ? "" : " | ") + pattern(one);
    return "(" + out + ")";
  }
  }
  return {};
}

std::string LinePrinter::generics(const ast::Generics &generics) const {
  std::string out;
  for (const ast::GenericParam &param : ast::File::run(file.genericParams, generics.params)) {
    out += (out.empty() ? "<" : ", ") + ((param.isConst ? "const " : "") + name(param.name));
    if (param.isConst)
      out += ": " + type(param.type);
    else if (param.bounds.count > 0)
      out += ": " + bounds(param.bounds);
    if (!param.isConst && param.type.valid())
      out += " = " + type(param.type);
  }
  if (!out.empty())
    out += '>';
  bool first = true;
  for (const ast::WherePredicate &predicate : ast::File::run(file.wherePredicates, generics.where))
    out += (std::exchange(first, false) ? " where " : ", ") + type(predicate.subject) + ": " + bounds(predicate.bounds);
  return out;
}

std::string LinePrinter::attributes(ast::List list) const {
  std::string out;
  for (const ast::Attribute &attribute : ast::File::run(file.attributes, list)) {
    out += " #[" + name(attribute.name);
    bool first = true;
    for (const ast::AttributeArg &arg : ast::File::run(file.attributeArgs, attribute.args)) {
      out += std::exchange(first, false) ? "(" : ", ";
      if (!arg.name.symbol.empty())
        out += name(arg.name) + ": ";
      out += arg.path.valid() ? path(arg.path) : constant(arg.literal);
    }
    out += attribute.args.count > 0 ? ")]" : "]";
  }
  return out;
}

std::string LinePrinter::constant(ast::ExprId id) const {
  if (!id.valid())
    return "-";
  const ast::Expr &it = file[id];
  switch (it.kind) {
  case ExprKind::Int:
    return std::to_string(static_cast<uint64_t>(it.integer)) + text(it.name);
  case ExprKind::Float:
    return text(it.name) + text(it.name2);
  case ExprKind::Bool:
    return it.integer ? "true" : "false";
  case ExprKind::Char:
    return fmt::format("'\\u{{{:x}}}'", it.integer);
  case ExprKind::Str:
    return quoted(it.name);
  case ExprKind::ByteStr:
    return "b" + quoted(it.name);
  case ExprKind::Duration:
    return std::to_string(it.integer) + "ns";
  case ExprKind::Path:
    return path(it.path);
  case ExprKind::Unary:
    return file[it.a].kind == ExprKind::Int || file[it.a].kind == ExprKind::Float ? "-" + constant(it.a) : "…";
  default:
    return "…";
  }
}

} // namespace async::syntax
