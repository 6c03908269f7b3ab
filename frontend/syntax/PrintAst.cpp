#include <algorithm>

#include "frontend/syntax/Parse.h"
#include "frontend/syntax/PrintTypes.h"

namespace async::syntax {

using ast::ExprId;
using ast::ExprKind;
using ast::File;
using ast::ItemKind;

namespace {

const char *kindName(ExprKind kind) {
  switch (kind) {
#define ASYNC_AST_EXPR(Name)                                                                                                                                   \
  case ExprKind::Name:                                                                                                                                         \
    return #Name;
#include "frontend/syntax/AstExprs.def"
  }
  return "";
}

const char *operatorText(ast::BinaryOp op) {
  constexpr const char *texts[] = {"+", "-",  "*",  "/",  "%",  "+%", "-%", "*%", "+|", "-|", "&", "|",
                                   "^", "<<", ">>", "==", "!=", "<",  "<=", ">",  ">=", "&&", "||"};
  return texts[static_cast<size_t>(op)];
}

// Walks with a stack of its own: chains of operators are as deep as the text is long.
class Printer {
public:
  Printer(const File &file, const frontend::Interner &interner) : file(file), line(file, interner) {}

  std::string run() {
    for (const ast::ItemId id : File::run(file.itemLists, file.items)) {
      later(Kind::Item, id.index, "");
      while (!work.empty()) {
        const Task task = work.back();
        work.pop_back();
        indent = task.indent;
        label = task.label;
        const size_t before = work.size();
        print(task);
        std::reverse(work.begin() + static_cast<ssize_t>(before), work.end());
      }
      indent = 0;
    }
    return std::move(out);
  }

private:
  enum class Kind : uint8_t { Expr, Block, Stmt, Item, Arm, SelectArm, Argument, Field, Format, Param, Variant };
  struct Task {
    Kind kind;
    uint32_t id, indent;
    const char *label;
  };

  void later(Kind kind, uint32_t id, const char *as) { work.push_back({kind, id, work.empty() ? indent : indent + 1, as}); }
  void later(ExprId id, const char *as) {
    if (id.valid())
      work.push_back({Kind::Expr, id.index, indent + 1, as});
  }
  void later(ast::BlockId id, const char *as) {
    if (id.valid())
      work.push_back({Kind::Block, id.index, indent + 1, as});
  }
  void all(Kind kind, ast::List list, const char *as) {
    for (uint32_t i = 0; i < list.count; ++i)
      work.push_back({kind, list.begin + i, indent + 1, as});
  }

  // Deeper than 60 levels a number stands for the blanks.
  void begin(std::string_view what) {
    constexpr uint32_t most = 60;
    out.append(2 * std::min(indent, most), ' ');
    if (indent > most)
      out += fmt::format("[{}] ", indent);
    if (*label)
      out += fmt::format("{}: ", label);
    out += what;
  }
  void put(std::string_view more) {
    if (!more.empty()) {
      out += ' ';
      out += more;
    }
  }
  void flag(bool on, std::string_view word) {
    if (on)
      put(word);
  }
  void end() { out += '\n'; }

  void print(const Task &task) {
    switch (task.kind) {
    case Kind::Expr:
      return expr(file.exprs[task.id]);
    case Kind::Block:
      begin("Block");
      end();
      return all(Kind::Stmt, file.blocks[task.id].stmts, "");
    case Kind::Stmt:
      return stmt(file.stmts[task.id]);
    case Kind::Item:
      return item(file.itemTable[task.id]);
    case Kind::Arm: {
      const ast::Arm &arm = file.arms[task.id];
      begin("Arm");
      put(line.pattern(arm.pattern));
      end();
      later(arm.guard, "guard");
      return later(arm.body, "body");
    }
    case Kind::SelectArm: {
      const ast::SelectArm &arm = file.selectArms[task.id];
      begin("Arm");
      put(arm.pattern.valid() ? line.pattern(arm.pattern) : "else");
      end();
      later(arm.expr, "of");
      later(arm.guard, "guard");
      return later(arm.body, "body");
    }
    case Kind::Argument:
      return named(file.arguments[task.id].name, file.arguments[task.id].value);
    case Kind::Field:
      return named(file.fieldInits[task.id].name, file.fieldInits[task.id].value);
    case Kind::Format:
      return format(file.formatParts[task.id]);
    case Kind::Param: {
      const ast::Param &param = file.params[task.id];
      begin("Param");
      constexpr const char *selves[] = {"", "self", "&self", "&mut self"};
      put(param.self == ast::SelfParam::None ? line.pattern(param.pattern) + ": " + line.type(param.type) : selves[static_cast<size_t>(param.self)]);
      end();
      return later(param.defaultValue, "default");
    }
    case Kind::Variant: {
      const ast::Variant &variant = file.variants[task.id];
      begin("Variant");
      put(line.name(variant.name) + line.attributes(variant.attributes));
      fields(variant);
      end();
      return later(variant.discriminant, "value");
    }
    }
  }

  void fields(const ast::Variant &variant) {
    if (variant.shape == ast::VariantShape::Unit)
      return;
    out += variant.shape == ast::VariantShape::Tuple ? " (" : " {";
    for (const ast::Field &field : File::run(file.fields, variant.fields))
      out += fmt::format(" {}{}: {}{};", field.isPublic ? "pub " : "", line.name(field.name), line.type(field.type), line.attributes(field.attributes));
    out += variant.shape == ast::VariantShape::Tuple ? " )" : " }";
  }

  void named(const ast::Name &name, ExprId value) {
    if (name.symbol.empty()) { // by position: the value alone
      work.push_back({Kind::Expr, value.index, indent, label});
      return;
    }
    begin("Named");
    put(line.name(name));
    end();
    later(value, "");
  }

  void format(const ast::FormatPart &part) {
    if (!part.expr.valid()) {
      begin("Text");
      put(line.quoted(part.text));
      return end();
    }
    begin("Value");
    if (part.fill)
      put(fmt::format("fill U+{:04X}", part.fill));
    for (const char c : {part.align, part.sign})
      if (c)
        put(fmt::format("'{}'", c));
    flag(part.alternate, "#");
    flag(part.zero, "zero");
    if (part.width >= 0)
      put(fmt::format("width {}", part.width));
    if (part.precision >= 0)
      put(fmt::format("precision {}", part.precision));
    if (part.type)
      put(fmt::format("type {}", part.type));
    end();
    later(part.expr, "");
    later(part.widthExpr, "width");
    later(part.precisionExpr, "precision");
  }

  void stmt(const ast::Stmt &stmt) {
    switch (stmt.kind) {
    case ast::StmtKind::Expr:
      if (!stmt.hasSemi) {
        work.push_back({Kind::Expr, stmt.expr.index, indent, ""});
        return;
      }
      begin("Discard");
      end();
      return later(stmt.expr, "");
    case ast::StmtKind::Let:
      begin("Let");
      put(line.pattern(stmt.pattern));
      if (stmt.type.valid())
        put(": " + line.type(stmt.type));
      end();
      later(stmt.expr, "");
      return later(stmt.elseBlock, "else");
    case ast::StmtKind::Defer:
      begin(stmt.flag ? "ErrDefer" : "Defer");
      end();
      return later(stmt.expr, "");
    case ast::StmtKind::Item:
      work.push_back({Kind::Item, stmt.item.index, indent, ""});
      return;
    }
  }

  void function(const ast::Function &function) {
    flag(function.isAsync, "async");
    flag(function.isUnsafe, "unsafe");
    flag(function.isStream, "stream");
    flag(function.isSink, "sink");
    flag(function.isDeterministic, "deterministic");
    flag(function.isBlocking, "blocking");
    put(line.name(function.name) + line.generics(function.generics));
    if (function.result.valid())
      put((function.isSink ? "<- " : "-> ") + line.type(function.result));
    names("from", function.fromNames);
    names("out", function.outNames);
    end();
    all(Kind::Param, function.params, "");
    later(function.body, "body");
  }

  void names(const char *word, ast::List list) {
    if (list.count == 0)
      return;
    put(word);
    for (const ast::Name &name : File::run(file.names, list))
      put(line.name(name));
  }

  std::string useTree(uint32_t id) const {
    const ast::UseTree &tree = file.useTrees[id];
    std::string text;
    for (const ast::Name &name : File::run(file.names, tree.segments))
      text += (text.empty() ? "" : "::") + line.name(name);
    if (tree.kind == ast::UseTree::Kind::Glob)
      return text + "::*";
    if (tree.kind == ast::UseTree::Kind::Name)
      return text + (tree.alias.symbol.empty() ? "" : " as " + line.name(tree.alias));
    text += "::{";
    bool first = true;
    for (const uint32_t inner : File::run(file.useTreeLists, tree.children))
      text += (std::exchange(first, false) ? "" : ", ") + useTree(inner);
    return text + "}";
  }

  void item(const ast::Item &item) {
    constexpr const char *kinds[] = {"Function",  "Struct",    "Enum", "Trait",  "Impl",   "Const", "Static",
                                     "TypeAlias", "AssocType", "Use",  "Extern", "Export", "Test"};
    begin(kinds[static_cast<size_t>(item.kind)]);
    out += line.attributes(item.attributes);
    flag(item.isPublic, "pub");
    switch (item.kind) {
    case ItemKind::Function:
      return function(file[item.function]);
    case ItemKind::Export:
      put(line.quoted(item.abi));
      return function(file[item.function]);
    case ItemKind::Struct:
      flag(item.flag, "copy");
      put(line.name(item.name) + line.generics(item.generics));
      fields(file.variants[item.variant]);
      return end();
    case ItemKind::Enum:
      flag(item.flag, "copy");
      put(line.name(item.name) + line.generics(item.generics));
      end();
      return all(Kind::Variant, item.list, "");
    case ItemKind::Trait:
      put(line.name(item.name) + line.generics(item.generics));
      if (item.bounds.count > 0)
        put(": " + line.bounds(item.bounds));
      end();
      return members(item.list);
    case ItemKind::Impl:
      put(line.generics(item.generics));
      if (item.type.valid())
        put(line.type(item.type) + " for");
      put(line.type(item.type2));
      end();
      return members(item.list);
    case ItemKind::Const:
    case ItemKind::Static:
      put(line.name(item.name) + ": " + line.type(item.type));
      end();
      return later(item.expr, "");
    case ItemKind::TypeAlias:
    case ItemKind::AssocType:
      put(line.name(item.name) + line.generics(item.generics));
      if (item.bounds.count > 0)
        put(": " + line.bounds(item.bounds));
      if (item.type.valid())
        put("= " + line.type(item.type));
      return end();
    case ItemKind::Use:
      put(useTree(item.useTree));
      return end();
    case ItemKind::Extern:
      put(line.quoted(item.name.symbol));
      end();
      return members(item.list);
    case ItemKind::Test:
      put(line.quoted(item.name.symbol));
      end();
      all(Kind::Param, file[item.function].params, "");
      return later(file[item.function].body, "body");
    }
  }

  void members(ast::List list) {
    for (const ast::ItemId id : File::run(file.itemLists, list))
      work.push_back({Kind::Item, id.index, indent + 1, ""});
  }

  // What stands on the line of the node.
  void details(const ast::Expr &expr) {
    switch (expr.kind) {
    case ExprKind::Int:
    case ExprKind::Float:
    case ExprKind::Bool:
    case ExprKind::Char:
    case ExprKind::Str:
    case ExprKind::ByteStr:
    case ExprKind::Duration:
      return put(line.constant({static_cast<uint32_t>(&expr - file.exprs.data())}));
    case ExprKind::Unary:
      return put(expr.op == 0 ? "-" : expr.op == 1 ? "!" : "*");
    case ExprKind::Binary:
    case ExprKind::AssignOp:
      return put(operatorText(static_cast<ast::BinaryOp>(expr.op)));
    case ExprKind::Range:
      return put(expr.flag ? "..=" : "..");
    case ExprKind::Ref:
      return flag(expr.flag, "mut");
    case ExprKind::Block:
      flag(expr.flag, "unsafe");
      return flag(expr.flag2, "move");
    case ExprKind::For:
      return flag(expr.flag, "await");
    case ExprKind::Select:
      return flag(expr.flag, "biased");
    case ExprKind::Async:
    case ExprKind::Stream:
    case ExprKind::Blocking:
      return flag(expr.flag, "move");
    case ExprKind::Closure: {
      flag(expr.flag, "move");
      flag(expr.flag2, "async");
      std::string params;
      for (const ast::ClosureParam &param : File::run(file.closureParams, expr.list))
        params += (params.empty() ? "" : ", ") + line.pattern(param.pattern) + (param.type.valid() ? ": " + line.type(param.type) : "");
      return put("|" + params + "|");
    }
    default:
      return;
    }
  }

  void lists(const ast::Expr &expr) {
    switch (expr.kind) {
    case ExprKind::Tuple:
    case ExprKind::Array:
      for (const ExprId id : File::run(file.exprLists, expr.list))
        later(id, "");
      return;
    case ExprKind::StructLiteral:
      return all(Kind::Field, expr.list, "");
    case ExprKind::Interpolated:
      return all(Kind::Format, expr.list, "");
    case ExprKind::Call:
    case ExprKind::MethodCall:
      return all(Kind::Argument, expr.list, "");
    case ExprKind::Spawn:
    case ExprKind::Detach:
    case ExprKind::Scope:
      return all(Kind::Argument, expr.list, "option");
    case ExprKind::Match:
    case ExprKind::Catch:
      return all(Kind::Arm, expr.list, "");
    case ExprKind::Select:
      return all(Kind::SelectArm, expr.list, "");
    default:
      return;
    }
  }

  void expr(const ast::Expr &expr) {
    begin(kindName(expr.kind));
    if (!expr.label.symbol.empty())
      put(line.name(expr.label));
    details(expr);
    const bool literal = expr.kind <= ExprKind::Duration;
    if (!literal && !expr.name.empty())
      put(line.text(expr.name));
    if (expr.path.valid())
      put(line.path(expr.path));
    if (expr.pattern.valid())
      put(line.pattern(expr.pattern));
    if (expr.type.valid())
      put(line.type(expr.type));
    if (expr.kind == ExprKind::MethodCall && expr.list2.count > 0) {
      std::string types;
      for (const ast::TypeId id : File::run(file.typeLists, expr.list2))
        types += (types.empty() ? "<" : ", ") + line.type(id);
      put(types + ">");
    }
    end();
    const bool conditional = expr.kind == ExprKind::If;
    later(expr.a, conditional ? "if" : "");
    lists(expr);
    later(expr.b, conditional ? "then" : "");
    later(expr.c, conditional ? "else" : "");
    later(expr.block, "");
  }

  const File &file;
  LinePrinter line;
  std::vector<Task> work;
  std::string out;
  uint32_t indent = 0;
  const char *label = "";
};

} // namespace

std::string printAst(const ast::File &file, const frontend::Interner &interner) { return Printer(file, interner).run(); }

} // namespace async::syntax
