// ThirFixture.h: a small program and short words to write typed trees by hand.
#pragma once
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "frontend/diagnostics/Diagnostics.h"
#include "frontend/source/Interner.h"
#include "typeck/infer/Thir.h"

namespace async::thir::test {

using namespace typeck;
using thir::ExprId;
using thir::ExprKind;
using thir::PatternId;
using Shape = VariantDecl::Shape;
using TL = thir::LocalId;

class ThirTest : public ::testing::Test {
protected:
  frontend::Interner interner;
  Program program;
  Types &types = program.types;
  frontend::Diagnostics diagnostics;
  thir::Body body;
  uint32_t place = 1;
  AdtId option, result, noisy, pair, boxAdt, strAdt, formatter, scopeAdt;
  TypeId i64, unit, noisyType, pairType, str;

  ThirTest() {
    i64 = types.i64;
    unit = types.unit;
    program.modules.push_back({symbol("test"), {}, {}});
    option = adt("Option", 1, true, "option");
    variant(option, "None", {});
    variant(option, "Some", {param(0)});
    result = adt("Result", 2, true, "result");
    variant(result, "Ok", {param(0)});
    variant(result, "Err", {param(1)});
    noisy = adt("Noisy", 0, false);
    variant(noisy, "Noisy", {i64});
    noisyType = types.adt(noisy, {});
    program.adt(noisy).dropFn = fn("noisy_drop", {types.reference(Mutability::Exclusive, noisyType)}, unit);
    pair = adt("Pair", 0, false);
    variant(pair, "Pair", {noisyType, noisyType});
    pairType = types.adt(pair, {});
    boxAdt = adt("Box", 1, false, "box");
    variant(boxAdt, "Box", {types.pointer(Mutability::Exclusive, param(0))});
    program.adt(boxAdt).dropFn = fn("box_drop", {}, unit);
    strAdt = adt("str", 0, false, "str");
    program.adt(strAdt).isShared = true;
    variant(strAdt, "str", {i64});
    str = types.adt(strAdt, {});
    formatter = adt("Formatter", 0, false, "formatter");
    variant(formatter, "Formatter", {i64});
    program.adt(formatter).dropFn = fn("formatter_drop", {}, unit);
    scopeAdt = adt("Scope", 0, false, "scope");
    variant(scopeAdt, "Scope", {i64});
    TypeId scopeRef = types.reference(Mutability::Exclusive, types.adt(scopeAdt, {}));
    TypeId formatterType = types.adt(formatter, {}), formatterRef = types.reference(Mutability::Exclusive, formatterType);
    fn("box_into_inner", {types.adt(boxAdt, std::vector{param(0)})}, param(0), 1);
    fn("fmt_new", {}, formatterType);
    fn("fmt_str", {formatterRef, refTo(str)}, unit);
    fn("fmt_spec", {formatterRef, i64, i64, i64}, unit);
    fn("fmt_finish", {formatterType}, str);
    fn("scope_open", {types.boolean}, types.adt(scopeAdt, {}));
    fn("scope_enter", {scopeRef}, unit);
    for (const char *name : {"scope_leave", "scope_abandon"})
      program.fn(fn(name, {scopeRef}, unit)).isAsync = true;
    TypeId outcome = types.adt(result, std::vector{param(0), param(1)});
    program.fn(fn("scope_leave_result", {scopeRef, outcome}, outcome, 2)).isAsync = true;
    fn("scope_caused", {scopeRef}, types.boolean);
    fn("scope_forget", {scopeRef, types.boolean}, unit, 1);
    fn("scope_failure_result", {scopeRef}, outcome, 2);
    fn("scope_failure", {scopeRef}, types.never);
    for (FnDecl &decl : program.fns)
      decl.lang = decl.name;
    for (uint32_t i = 0; i < program.fns.size(); ++i)
      program.langFns[program.fns[i].lang.index] = FnId{i};
    program.langAdts[symbol("formatter").index] = formatter;
    body.fn = fn("tested", {}, unit);
    body.result = unit;
  }

  // Definitions.
  Symbol symbol(std::string_view text) { return interner.intern(text); }
  TypeId param(uint32_t index) { return types.param(index, symbol(index == 0 ? "T" : "U")); }
  TypeId refTo(TypeId type) { return types.reference(Mutability::Shared, type); }
  TypeId mutTo(TypeId type) { return types.reference(Mutability::Exclusive, type); }
  TypeId optionOf(TypeId type) { return types.adt(option, std::vector{type}); }
  TypeId boxOf(TypeId type) { return types.adt(boxAdt, std::vector{type}); }
  TypeId resultOf(TypeId ok, TypeId err) { return types.adt(result, std::vector{ok, err}); }
  AdtId adt(std::string_view name, uint32_t params, bool isEnum, std::string_view lang = "") {
    AdtDecl decl;
    decl.name = symbol(name);
    decl.module = ModuleId{0};
    decl.isEnum = isEnum;
    decl.lang = symbol(lang);
    for (uint32_t i = 0; i < params; ++i)
      decl.generics.params.push_back({symbol(i == 0 ? "T" : "U"), false, false, {}});
    program.adts.push_back(decl);
    return AdtId{static_cast<uint32_t>(program.adts.size() - 1)};
  }
  void variant(AdtId of, std::string_view name, std::vector<TypeId> fields) {
    VariantDecl decl;
    decl.name = symbol(name);
    decl.shape = fields.empty() ? Shape::Unit : Shape::Tuple;
    for (size_t i = 0; i < fields.size(); ++i)
      decl.fields.push_back({symbol(std::to_string(i)), fields[i], {}, true});
    program.adt(of).variants.push_back(decl);
  }
  FnId fn(std::string_view name, std::vector<TypeId> params, TypeId resultType, uint32_t generics = 0) {
    FnDecl decl;
    decl.name = symbol(name);
    decl.module = ModuleId{0};
    decl.result = resultType;
    for (TypeId type : params)
      decl.params.push_back({symbol("p"), type, {}, false, {}});
    for (uint32_t i = 0; i < generics; ++i)
      decl.generics.params.push_back({symbol(i == 0 ? "T" : "U"), false, false, {}});
    program.fns.push_back(decl);
    return FnId{static_cast<uint32_t>(program.fns.size() - 1)};
  }

  // Trees.
  frontend::Span span() {
    ++place;
    return {place, place + 1};
  }
  ExprId add(thir::Expr expr) {
    expr.span = span();
    body.exprs.push_back(expr);
    return ExprId{static_cast<uint32_t>(body.exprs.size() - 1)};
  }
  ExprId node(ExprKind kind, TypeId type, ExprId a = {}, ExprId b = {}, ExprId c = {}, uint8_t op = 0) {
    thir::Expr expr{};
    expr.kind = kind;
    expr.type = type;
    expr.a = a;
    expr.b = b;
    expr.c = c;
    expr.op = op;
    return add(expr);
  }
  ExprId number(int64_t value) { return integer(value, i64); }
  ExprId integer(int64_t value, TypeId type) {
    ExprId id = node(ExprKind::Literal, type);
    body[id].integer = value;
    return id;
  }
  ExprId text(std::string_view value) {
    ExprId id = node(ExprKind::Literal, str);
    body[id].text = symbol(value);
    return id;
  }
  TL local(std::string_view name, TypeId type) {
    body.locals.push_back({symbol(name), type, span()});
    return TL{static_cast<uint32_t>(body.locals.size() - 1)};
  }
  ExprId get(TL of) {
    ExprId id = node(ExprKind::Local, body[of].type);
    body[id].index = of.index;
    return id;
  }
  thir::List list(std::vector<ExprId> ids) {
    thir::List made{static_cast<uint32_t>(body.exprLists.size()), static_cast<uint32_t>(ids.size())};
    body.exprLists.insert(body.exprLists.end(), ids.begin(), ids.end());
    return made;
  }
  ExprId field(ExprId of, uint32_t index, TypeId type) {
    ExprId id = node(ExprKind::Field, type, of);
    body[id].index = index;
    return id;
  }
  ExprId deref(ExprId of) { return node(ExprKind::Deref, types[body[of].type].args[0], of); }
  ExprId ref(ExprId of) { return node(ExprKind::Ref, refTo(body[of].type), of); }
  ExprId refMut(ExprId of) { return node(ExprKind::Ref, mutTo(body[of].type), of, {}, {}, 1); }
  ExprId binary(thir::BinaryOp op, ExprId a, ExprId b, TypeId type) { return node(ExprKind::Binary, type, a, b, {}, static_cast<uint8_t>(op)); }
  ExprId call(FnId of, std::vector<ExprId> args, std::optional<TypeId> type = {}) {
    ExprId id = node(ExprKind::Call, type ? *type : program.fn(of).result);
    thir::List made = list(args);
    body[id].list = made;
    body[id].def = of.index;
    return id;
  }
  ExprId make(TypeId type, uint32_t variantIndex, std::vector<ExprId> fields) {
    ExprId id = node(ExprKind::AdtLiteral, type);
    thir::List made = list(fields);
    body[id].list = made;
    body[id].def = types[type].index;
    body[id].index = variantIndex;
    return id;
  }
  ExprId block(std::vector<thir::Stmt> stmts, ExprId value = {}, uint32_t label = UINT32_MAX) {
    ExprId id = node(ExprKind::Block, value.valid() ? body[value].type : unit, value);
    body[id].list = {static_cast<uint32_t>(body.stmts.size()), static_cast<uint32_t>(stmts.size())};
    body[id].index = label;
    body.stmts.insert(body.stmts.end(), stmts.begin(), stmts.end());
    return id;
  }
  thir::Stmt stmt(ExprId expr) { return {thir::Stmt::Kind::Expr, false, span(), {}, expr, {}}; }
  thir::Stmt let(PatternId pattern, ExprId value, ExprId otherwise = {}) { return {thir::Stmt::Kind::Let, false, span(), pattern, value, otherwise}; }
  thir::Stmt let(TL of, ExprId value) { return let(bind(of), value); }
  thir::Stmt defer(ExprId expr, bool isErr = false) { return {thir::Stmt::Kind::Defer, isErr, span(), {}, expr, {}}; }
  ExprId match(ExprId of, std::vector<thir::Arm> arms, TypeId type) {
    ExprId id = node(ExprKind::Match, type, of);
    body[id].list = {static_cast<uint32_t>(body.arms.size()), static_cast<uint32_t>(arms.size())};
    body.arms.insert(body.arms.end(), arms.begin(), arms.end());
    return id;
  }
  ExprId loop(ExprId inner, uint32_t label, TypeId type) {
    ExprId id = node(ExprKind::Loop, type, inner);
    body[id].index = label;
    return id;
  }
  ExprId leave(ExprKind kind, uint32_t label, ExprId value = {}) {
    ExprId id = node(kind, types.never, value);
    body[id].index = label;
    return id;
  }
  ExprId letCondition(PatternId pattern, ExprId of) {
    ExprId id = node(ExprKind::Let, types.boolean, of);
    body[id].index = pattern.index;
    return id;
  }

  // Patterns.
  PatternId pattern(thir::Pattern made) {
    made.span = span();
    body.patterns.push_back(made);
    return PatternId{static_cast<uint32_t>(body.patterns.size() - 1)};
  }
  PatternId wild(TypeId type) {
    thir::Pattern made{};
    made.kind = thir::PatternKind::Wildcard;
    made.type = type;
    return pattern(made);
  }
  PatternId bind(TL of, thir::BindingMode mode = thir::BindingMode::Value, std::optional<TypeId> type = {}) {
    thir::Pattern made{};
    made.kind = thir::PatternKind::Binding;
    made.mode = mode;
    made.type = type ? *type : body[of].type;
    made.local = of;
    return pattern(made);
  }
  PatternId many(thir::PatternKind kind, TypeId type, std::vector<PatternId> parts, uint32_t variantIndex = 0) {
    thir::Pattern made{};
    made.kind = kind;
    made.type = type;
    made.list = {static_cast<uint32_t>(body.patternLists.size()), static_cast<uint32_t>(parts.size())};
    body.patternLists.insert(body.patternLists.end(), parts.begin(), parts.end());
    made.index = variantIndex;
    if (kind == thir::PatternKind::Variant)
      made.def = types[type].index;
    return pattern(made);
  }
  PatternId some(PatternId inner, TypeId type) { return many(thir::PatternKind::Variant, type, {inner}, 1); }
  PatternId none(TypeId type) { return many(thir::PatternKind::Variant, type, {}, 0); }
  PatternId literal(ExprId value) {
    thir::Pattern made{};
    made.kind = thir::PatternKind::Literal;
    made.type = body[value].type;
    made.lo = value;
    return pattern(made);
  }
  PatternId range(int64_t low, int64_t high) {
    thir::Pattern made{};
    made.kind = thir::PatternKind::Range;
    made.type = i64;
    made.lo = number(low);
    made.hi = number(high);
    made.inclusive = true;
    return pattern(made);
  }
  TL parameter(std::string_view name, TypeId type) {
    TL made = local(name, type);
    body.params.push_back({bind(made), type});
    return made;
  }
};

} // namespace async::thir::test
