// Making THIR nodes, locals, and calls of what std marks for the language.
#include "typeck/infer/Inferer.h"

#include "frontend/diagnostics/Structure.h"

namespace async::infer {

using thir::ExprKind;

ExprId Inferer::add(thir::Expr expr) {
  body().exprs.push_back(std::move(expr));
  return ExprId{static_cast<uint32_t>(body().exprs.size() - 1)};
}

ExprId Inferer::node(ExprKind kind, Span span, TypeId type) {
  thir::Expr expr{};
  expr.kind = kind;
  expr.span = span;
  expr.type = type;
  return add(expr);
}

thir::List Inferer::exprList(std::span<const ExprId> ids) {
  thir::List list{static_cast<uint32_t>(body().exprLists.size()), static_cast<uint32_t>(ids.size())};
  body().exprLists.insert(body().exprLists.end(), ids.begin(), ids.end());
  return list;
}

thir::List Inferer::typeList(std::span<const TypeId> ids) {
  thir::List list{static_cast<uint32_t>(body().typeLists.size()), static_cast<uint32_t>(ids.size())};
  body().typeLists.insert(body().typeLists.end(), ids.begin(), ids.end());
  return list;
}

thir::List Inferer::patternList(std::span<const PatternId> ids) {
  thir::List list{static_cast<uint32_t>(body().patternLists.size()), static_cast<uint32_t>(ids.size())};
  body().patternLists.insert(body().patternLists.end(), ids.begin(), ids.end());
  return list;
}

ExprId Inferer::errorExpr(Span span) {
  hasErrors = true;
  return node(ExprKind::Error, span, types.error);
}

ExprId Inferer::unitExpr(Span span) { return node(ExprKind::Literal, span, types.unit); }

ExprId Inferer::localExpr(LocalId local, Span span) {
  ExprId id = node(ExprKind::Local, span, body()[local].type);
  at(id).index = local.index;
  return id;
}

ExprId Inferer::refExpr(Mutability mutability, ExprId place, Span span) {
  ExprId id = node(ExprKind::Ref, span, types.reference(mutability, typeAt(place)));
  at(id).op = static_cast<uint8_t>(mutability);
  at(id).a = place;
  return id;
}

ExprId Inferer::derefExpr(ExprId pointer, TypeId target, Span span) {
  ExprId id = node(ExprKind::Deref, span, target);
  at(id).a = pointer;
  return id;
}

ExprId Inferer::callExpr(FnId callee, std::span<const TypeId> args, std::span<const ExprId> operands, TypeId type, Span span) {
  ExprId id = node(ExprKind::Call, span, type);
  thir::List list = exprList(operands), typeArgs = typeList(args);
  at(id).def = callee.index;
  at(id).typeArgs = typeArgs;
  at(id).list = list;
  return id;
}

ExprId Inferer::variantExpr(AdtId adt, uint32_t variant, std::span<const ExprId> fields, TypeId type, Span span) {
  ExprId id = node(ExprKind::AdtLiteral, span, type);
  thir::List list = exprList(fields);
  at(id).def = adt.index;
  at(id).index = variant;
  at(id).list = list;
  return id;
}

ExprId Inferer::neverTo(ExprId expr, TypeId type) {
  if (isGeneralVar(type))
    fromNever.push_back(type);
  ExprId id = node(ExprKind::Coerce, at(expr).span, type);
  at(id).op = static_cast<uint8_t>(thir::CoercionKind::NeverToAny);
  at(id).a = expr;
  return id;
}

ExprId Inferer::strLiteral(Symbol literal, Span span) {
  ExprId id = node(ExprKind::Literal, span, strType());
  at(id).text = literal;
  return id;
}

ExprId Inferer::intLiteral(int64_t value, TypeId type, Span span) {
  ExprId id = node(ExprKind::Literal, span, type);
  at(id).integer = value;
  return id;
}

ExprId Inferer::matchExpr(ExprId scrutinee, std::span<const thir::Arm> arms, TypeId type, Span span) {
  ExprId id = node(ExprKind::Match, span, type);
  at(id).a = scrutinee;
  at(id).list = {static_cast<uint32_t>(body().arms.size()), static_cast<uint32_t>(arms.size())};
  body().arms.insert(body().arms.end(), arms.begin(), arms.end());
  return id;
}

ExprId Inferer::blockExpr(std::span<const thir::Stmt> stmts, ExprId value, TypeId type, Span span, uint32_t label) {
  ExprId id = node(ExprKind::Block, span, type);
  at(id).list = {static_cast<uint32_t>(body().stmts.size()), static_cast<uint32_t>(stmts.size())};
  at(id).a = value;
  at(id).index = label;
  body().stmts.insert(body().stmts.end(), stmts.begin(), stmts.end());
  return id;
}

PatternId Inferer::addPattern(thir::Pattern pattern) {
  body().patterns.push_back(std::move(pattern));
  return PatternId{static_cast<uint32_t>(body().patterns.size() - 1)};
}

PatternId Inferer::bindingPattern(LocalId local, TypeId type, Span span) {
  thir::Pattern pattern{};
  pattern.kind = thir::PatternKind::Binding;
  pattern.span = span;
  pattern.type = type;
  pattern.local = local;
  return addPattern(pattern);
}

PatternId Inferer::variantPattern(AdtId adt, uint32_t variant, std::span<const PatternId> fields, TypeId type, Span span) {
  thir::Pattern pattern{};
  pattern.kind = thir::PatternKind::Variant;
  pattern.span = span;
  pattern.type = type;
  pattern.def = adt.index;
  pattern.index = variant;
  pattern.list = patternList(fields);
  return addPattern(pattern);
}

LocalId Inferer::addLocal(Symbol name, TypeId type, Span span, bool isTemporary) {
  thir::Local local{};
  local.name = name;
  local.type = type;
  local.span = span;
  local.isTemporary = isTemporary;
  body().locals.push_back(local);
  return LocalId{static_cast<uint32_t>(body().locals.size() - 1)};
}

ExprId Inferer::slot(TypeId type, Span span) { return node(ExprKind::Error, span, type); }

void Inferer::fill(ExprId slot, ExprId made) {
  TypeId waited = typeAt(slot);
  thir::Expr content = at(made);
  if (types[resolve(content.type)].kind == TypeKind::Never && types[resolve(waited)].kind != TypeKind::Never)
    content = at(neverTo(made, waited));
  else if (!unify(waited, content.type))
    mismatch(content.span, waited, content.type);
  at(slot) = content;
}

LocalId Inferer::captured(BodyFrame *inner, BodyFrame *owner, LocalId local) {
  if (inner == owner)
    return local;
  LocalId outside = captured(inner->outer, owner, local);
  for (const thir::Capture &capture : inner->captures)
    if (capture.outer == outside)
      return capture.inner;
  thir::Local copy = (*inner->outer->body)[outside];
  copy.isParam = false;
  inner->body->locals.push_back(copy);
  LocalId made{static_cast<uint32_t>(inner->body->locals.size() - 1)};
  inner->captures.push_back({outside, {}, made, ClosureDecl::Capture::Mode::Copy});
  return made;
}

std::optional<LocalId> Inferer::findLocal(Symbol name) {
  for (BodyFrame *owner = frame; owner; owner = owner->outer)
    for (size_t i = owner->names.size(); i-- > 0;)
      if (owner->names[i].first == name)
        return captured(frame, owner, owner->names[i].second);
  return std::nullopt;
}

bool Inferer::isPlace(ExprId id) {
  const thir::Expr &expr = at(id);
  switch (expr.kind) {
  case ExprKind::Local:
  case ExprKind::Deref:
  case ExprKind::Index:
    return true;
  case ExprKind::Field:
    return isPlace(expr.a);
  case ExprKind::Const:
    return program.constant(ConstId{expr.def}).isStatic;
  default:
    return false;
  }
}

std::optional<AdtId> Inferer::langAdt(std::string_view name) const {
  auto found = program.langAdts.find(symbol(name).index);
  return found == program.langAdts.end() ? std::nullopt : std::optional(found->second);
}

std::optional<TraitId> Inferer::langTrait(std::string_view name) const {
  auto found = program.langTraits.find(symbol(name).index);
  return found == program.langTraits.end() ? std::nullopt : std::optional(found->second);
}

std::optional<FnId> Inferer::langFn(std::string_view name, Span span) {
  auto found = program.langFns.find(symbol(name).index);
  if (found != program.langFns.end())
    return found->second;
  error(span, diag::MissingLangItem, name);
  return std::nullopt;
}

std::optional<FnId> Inferer::traitMethod(TraitId trait, std::string_view name) const {
  for (FnId method : program.trait(trait).methods)
    if (context.interner.text(program.fn(method).name) == name)
      return method;
  return std::nullopt;
}

std::optional<FnId> Inferer::langMethod(std::string_view trait, std::string_view method) const {
  std::optional<TraitId> found = langTrait(trait);
  return found ? traitMethod(*found, method) : std::nullopt;
}

TypeId Inferer::langType(std::string_view name, std::span<const TypeId> args, Span span) {
  std::optional<AdtId> adt = langAdt(name);
  if (adt && program.adt(*adt).generics.params.size() == args.size())
    return types.adt(*adt, args);
  error(span, diag::MissingLangItem, name);
  return types.error;
}

TypeId Inferer::strType() {
  std::optional<AdtId> adt = langAdt("str");
  return adt ? types.adt(*adt, {}) : types.error;
}

ExprId Inferer::langCall(std::string_view name, std::span<const ExprId> operands, Span span) {
  std::optional<FnId> callee = langFn(name, span);
  if (!callee)
    return errorExpr(span);
  std::vector<TypeId> args = freshArgs(program.fn(*callee).generics.params.size(), span);
  std::vector<ExprId> given(operands.begin(), operands.end());
  for (size_t i = 0; i < given.size() && i < program.fn(*callee).params.size(); ++i)
    given[i] = coerce(given[i], instantiate(program.fn(*callee).params[i].type, args, span));
  requireAll(program.fn(*callee).generics.predicates, args, span);
  TypeId result = instantiate(program.fn(*callee).result, args, span);
  if (program.fn(*callee).isAsync)
    result = types.async(result);
  return callExpr(*callee, args, given, result, span);
}

ExprId Inferer::traitCall(FnId method, TypeId subject, std::vector<TypeId> traitArgs, std::span<const ExprId> operands, Span span) {
  TraitId trait = *program.fn(method).trait;
  requireTrait(subject, trait, traitArgs, span);
  std::vector<TypeId> args{subject};
  args.insert(args.end(), traitArgs.begin(), traitArgs.end());
  while (args.size() < program.fn(method).generics.params.size())
    args.push_back(fresh(span));
  TypeId result = instantiate(program.fn(method).result, args, span);
  if (program.fn(method).isAsync)
    result = types.async(result);
  return callExpr(method, args, operands, result, span);
}

} // namespace async::infer
