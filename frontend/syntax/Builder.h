// Builder.h: from what the parser matched (Cst.h) to the syntax tree (Ast.h).
//
// Resolves precedence (G11), where an `await` ends (G2), literals, escapes and format specifications, and reports what the grammar
// lets through. Recursion is bounded by the parser's nesting limit; operands, suffixes and `else if` are built by loops.
#pragma once
#include <string>
#include <tuple>

#include "frontend/syntax/Cst.h"
#include "frontend/syntax/Errors.h"
#include "frontend/syntax/TokenInput.h"
#include "frontend/syntax/Ast.h"

namespace async::syntax {

using frontend::Interner;
using frontend::Symbol;

class Builder {
public:
  Builder(const Cst &cst, const TokenInput &input, std::string_view text, ast::File &file, Interner &interner, Errors &errors)
      : cst(cst), input(input), text(text), file(file), interner(interner), errors(errors) {}

  void build();

private:
  static constexpr Node none = UINT32_MAX;

  // The children of a node.
  struct Iterator {
    const Cst *cst;
    Node at;
    Node operator*() const { return at; }
    Iterator &operator++() {
      at = cst->nodes[at].end;
      return *this;
    }
    bool operator!=(const Iterator &other) const { return at != other.at; }
  };
  struct Children {
    const Cst *cst;
    Node node;
    Iterator begin() const { return {cst, node + 1}; }
    Iterator end() const { return {cst, cst->nodes[node].end}; }
  };
  Children children(Node n) const { return {&cst, n}; }
  bool isToken(Node n) const { return cst.nodes[n].kind & Cst::tokenBit; }
  bool isToken(Node n, size_t type) const { return cst.nodes[n].kind == (Cst::tokenBit | type); }
  bool isRule(Node n, size_t rule) const { return cst.nodes[n].kind == rule; }
  uint32_t tokenType(Node n) const { return cst.nodes[n].kind & ~Cst::tokenBit; }
  bool broken(Node n) const { return cst.nodes[n].broken; }
  // The first child of that kind, or none.
  Node child(Node n, size_t rule) const;
  Node childToken(Node n, size_t type) const;
  Node firstChild(Node n) const { return n + 1 < cst.nodes[n].end ? n + 1 : none; }

  std::string_view textOf(Node token) const;
  Span span(Node n) const;
  ast::Name name(Node token);
  uint32_t textLo(Node n) const { return input.lexeme(cst.nodes[n].firstToken).lo; }

  // Elements of one list, while others are being gathered inside of it.
  template <typename T> class Gather {
  public:
    explicit Gather(Builder &builder) : scratch(std::get<std::vector<T>>(builder.scratch)), mark(scratch.size()) {}
    Gather(const Gather &) = delete;
    ~Gather() { scratch.resize(mark); }
    void push(T element) { scratch.push_back(std::move(element)); }
    size_t size() const { return scratch.size() - mark; }
    T &back() { return scratch.back(); }
    T &operator[](size_t i) { return scratch[mark + i]; }
    ast::List finish(std::vector<T> &all) {
      const ast::List list{static_cast<uint32_t>(all.size()), static_cast<uint32_t>(size())};
      all.insert(all.end(), scratch.begin() + static_cast<ssize_t>(mark), scratch.end());
      return list;
    }

  private:
    std::vector<T> &scratch;
    size_t mark;
  };

  // Counts levels of the tree that the parser does not count: prefix operators and casts.
  class Deeper {
  public:
    Deeper(Builder &builder, uint32_t levels) : builder(builder), levels(levels) { builder.depth += levels; }
    ~Deeper() { builder.depth -= levels; }
    Deeper(const Deeper &) = delete;

  private:
    Builder &builder;
    uint32_t levels;
  };
  bool tooDeep(Span at);

  // Expressions (BuildExprs.cpp, BuildOperators.cpp, BuildBlocks.cpp)
  ast::Expr made(ast::ExprKind kind, Span at) const;
  ast::ExprId add(ast::Expr expr);
  ast::ExprId errorExpr(Span at) { return add(made(ast::ExprKind::Error, at)); }
  Span spanOf(ast::ExprId id) const { return file.exprs[id.index].span; }
  ast::ExprId expr(Node n);
  ast::ExprId condition(Node n);
  ast::ExprId operators(Node n, bool mayLet);
  ast::ExprId operand(Node n);
  ast::ExprId postfix(Node primary, Node behind, Node end, const std::vector<Node> &awaits);
  ast::ExprId suffixDot(Node n, ast::ExprId base, Node next, bool &tookCall, Span start);
  ast::ExprId prefixed(Node prefix, ast::ExprId base);
  void checkAwaitOperand(const std::vector<Node> &prefixes, size_t from);
  ast::ExprId afterUnary(Node n, ast::ExprId base);
  ast::ExprId primary(Node n);
  ast::ExprId parenthesis(Node n);
  ast::ExprId brackets(Node n);
  ast::ExprId structLiteral(Node path, Node body);
  ast::ExprId greedy(Node n);
  ast::ExprId closure(Node n);
  ast::ExprId fieldNameAsPath(const ast::Name &field);
  ast::List arguments(Node n);
  ast::List exprList(Node n);

  struct Operator;
  struct Pending;
  Operator decode(Node n);
  void apply(Pending &pending, bool mayLet);
  void pushBinary(Pending &pending, Node n, bool mayLet);
  void pushRange(Pending &pending, Node n, bool hasLeft, bool hasRight, bool mayLet);

  ast::BlockId block(Node n);
  ast::ExprId blockExpr(Node n);
  void statement(Node n, Gather<ast::Stmt> &stmts);
  ast::Stmt letStatement(Node n);
  ast::Stmt deferStatement(Node n);
  ast::ExprId blockForm(Node n);
  ast::ExprId ifForm(Node n);
  ast::ExprId loopForm(Node n);
  ast::ExprId selectForm(Node n);
  ast::List arms(Node n);
  ast::ExprId armBody(Node n);

  // Literals (BuildLiterals.cpp, BuildStrings.cpp)
  ast::ExprId literal(Node n);
  ast::ExprId tokenLiteral(Node token);
  ast::ExprId number(Node token);
  ast::ExprId integerLiteral(Node token, std::string_view digits, int base, std::string_view suffix);
  ast::ExprId durationLiteral(Node token, std::string_view digits, int64_t unit);
  ast::ExprId characterLiteral(Node token);
  ast::ExprId byteString(Node token);
  ast::ExprId string(Node n);
  ast::FormatPart interpolation(Node n);
  void specification(Node n, ast::FormatPart &part);
  // The text of a string where nothing may be interpolated.
  Symbol plainString(Node n);
  void appendText(Node part, std::string &out);
  // Reads one escape at the start of `rest`; gives its length.
  size_t escape(std::string_view rest, Span at, bool bytes, std::string &out);
  static void appendLines(std::string_view from, std::string &out);

  // Types, paths, patterns
  ast::PathId path(Node n);
  ast::List typeArgs(Node n);
  ast::TypeId type(Node n);
  ast::TypeId typeBase(Node n);
  ast::TypeId functionType(Node n);
  ast::TypeId addType(ast::Type type);
  ast::List bounds(Node n);
  ast::PatternId pattern(Node n);
  ast::PatternId patternNoTop(Node n);
  ast::PatternId pathPattern(Node n, Node pathNode);
  ast::PatternId addPattern(ast::Pattern pattern);
  ast::ExprId patternLiteral(Node n);
  ast::ExprId rangeBound(Node n);
  ast::List patternList(Node n);

  // Items
  ast::ItemId item(Node n);
  ast::ItemId itemOf(Node n, ast::Item made);
  ast::List members(Node n);
  ast::List attributes(Node n);
  ast::Attribute attribute(Node n);
  ast::AttributeArg attributeArg(Node n);
  ast::Generics generics(Node n);
  ast::FunctionId function(Node n);
  void signature(Node n, ast::Function &made);
  void functionWord(Node word, ast::Function &made);
  ast::List parameters(Node n);
  ast::Param parameter(Node n);
  void result(Node n, ast::Function &made);
  ast::List names(Node n, size_t from, const char *word, size_t wordAt);
  void structItem(Node n, ast::Item &made);
  void enumItem(Node n, ast::Item &made);
  ast::Variant variant(Node n);
  ast::List fields(Node n);
  void implItem(Node n, ast::Item &made);
  uint32_t useTree(Node n);

  const Cst &cst;
  const TokenInput &input;
  std::string_view text;
  ast::File &file;
  Interner &interner;
  Errors &errors;
  uint32_t depth = 0;
  bool toldDepth = false;
  bool letAllowed = false; // for the next expression
  std::tuple<std::vector<ast::ExprId>, std::vector<ast::TypeId>, std::vector<ast::PatternId>, std::vector<ast::ItemId>, std::vector<uint32_t>,
             std::vector<ast::PathSegment>, std::vector<ast::TypeArg>, std::vector<ast::Bound>, std::vector<ast::PatternField>, std::vector<ast::Argument>,
             std::vector<ast::FieldInit>, std::vector<ast::FormatPart>, std::vector<ast::Arm>, std::vector<ast::SelectArm>, std::vector<ast::ClosureParam>,
             std::vector<ast::Stmt>, std::vector<ast::Attribute>, std::vector<ast::AttributeArg>, std::vector<ast::GenericParam>,
             std::vector<ast::WherePredicate>, std::vector<ast::Param>, std::vector<ast::Field>, std::vector<ast::Variant>, std::vector<ast::Name>>
      scratch;
};

} // namespace async::syntax
