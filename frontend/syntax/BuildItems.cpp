// Functions, types, traits, implementations and the other items.
#include "frontend/syntax/Builder.h"
#include "frontend/diagnostics/Syntax.h"
#include "frontend/syntax/generated/AsyncParser.h"

namespace async::syntax {

using P = AsyncParser;
using ast::ItemId;
using ast::ItemKind;

// RuleItem and the members of traits, implementations and foreign blocks.
ItemId Builder::item(Node n) {
  if (broken(n))
    return {};
  ast::Item made;
  made.span = span(n);
  made.attributes = attributes(n);
  made.isPublic = childToken(n, P::PUB) != none;
  if (childToken(n, P::TYPE) != none) { // an associated type
    made.kind = ItemKind::AssocType;
    made.name = name(childToken(n, P::IDENT));
    made.bounds = bounds(child(n, P::RuleBounds));
    if (const Node node = child(n, P::RuleType); node != none)
      made.type = type(node);
    file.itemTable.push_back(made);
    return {static_cast<uint32_t>(file.itemTable.size() - 1)};
  }
  Node inner = none;
  for (const Node c : children(n))
    if (!isToken(c) && !isRule(c, P::RuleAttribute))
      inner = isRule(c, P::RuleItemKind) ? firstChild(c) : c;
  return inner == none ? ItemId{} : itemOf(inner, made);
}

ItemId Builder::itemOf(Node n, ast::Item made) {
  made.name = name(childToken(n, P::IDENT));
  switch (cst.nodes[n].kind) {
  case P::RuleFunction:
    made.kind = ItemKind::Function;
    made.function = function(n);
    break;
  case P::RuleStructItem:
    structItem(n, made);
    break;
  case P::RuleEnumItem:
    enumItem(n, made);
    break;
  case P::RuleTraitItem:
    made.kind = ItemKind::Trait;
    made.generics = generics(n);
    made.bounds = bounds(child(n, P::RuleBounds));
    made.list = members(child(n, P::RuleTraitMembers));
    break;
  case P::RuleImplItem:
    implItem(n, made);
    break;
  case P::RuleConstItem:
  case P::RuleTraitConst:
  case P::RuleStaticItem:
    made.kind = isRule(n, P::RuleStaticItem) ? ItemKind::Static : ItemKind::Const;
    made.type = type(child(n, P::RuleType));
    if (const Node value = child(n, P::RuleExpr); value != none || !isRule(n, P::RuleTraitConst))
      made.expr = expr(value);
    break;
  case P::RuleTypeItem:
    made.kind = ItemKind::TypeAlias;
    made.generics = generics(n);
    made.type = type(child(n, P::RuleType));
    break;
  case P::RuleUseItem:
    made.kind = ItemKind::Use;
    made.useTree = useTree(child(n, P::RuleUseTree));
    break;
  case P::RuleExternItem: {
    const Node abi = child(n, P::RuleString);
    made.kind = ItemKind::Extern;
    made.name = {plainString(abi), span(abi)};
    made.abi = made.name.symbol;
    made.list = members(child(n, P::RuleExternMembers));
    break;
  }
  case P::RuleExportItem: {
    const Node inner = child(n, P::RuleFunction);
    made.kind = ItemKind::Export;
    made.abi = plainString(child(n, P::RuleString));
    made.function = function(inner);
    made.name = file[made.function].name;
    break;
  }
  default: { // a test
    const Node title = child(n, P::RuleString);
    made.kind = ItemKind::Test;
    made.name = {plainString(title), span(title)};
    ast::Function body;
    body.name = made.name;
    body.span = {span(n).lo, span(title).hi};
    if (const Node params = child(n, P::RuleParameters); params != none)
      body.params = parameters(params);
    body.body = block(child(n, P::RuleBlock));
    file.functions.push_back(body);
    made.function = {static_cast<uint32_t>(file.functions.size() - 1)};
  }
  }
  file.itemTable.push_back(made);
  return {static_cast<uint32_t>(file.itemTable.size() - 1)};
}

ast::List Builder::members(Node n) {
  Gather<ItemId> list(*this);
  if (n == none)
    return {};
  for (const Node c : children(n))
    if (!isToken(c))
      if (const ItemId made = item(c); made.valid())
        list.push(made);
  return list.finish(file.itemLists);
}

ast::List Builder::attributes(Node n) {
  Gather<ast::Attribute> list(*this);
  for (const Node c : children(n))
    if (isRule(c, P::RuleAttribute))
      for (const Node one : children(c))
        if (isRule(one, P::RuleAttributeItem))
          list.push(attribute(one));
  return list.finish(file.attributes);
}

ast::Attribute Builder::attribute(Node n) {
  ast::Attribute made;
  made.name = name(firstChild(n));
  made.span = span(n);
  Gather<ast::AttributeArg> args(*this);
  for (const Node c : children(n))
    if (isRule(c, P::RuleAttributeArgument))
      args.push(attributeArg(c));
  made.args = args.finish(file.attributeArgs);
  return made;
}

ast::AttributeArg Builder::attributeArg(Node n) {
  ast::AttributeArg made_;
  if (isToken(firstChild(n), P::IDENT))
    made_.name = name(firstChild(n));
  if (const Node value = child(n, P::RuleLiteral); value != none) {
    if (const Node text = child(value, P::RuleString); text != none) {
      ast::Expr plain = made(ast::ExprKind::Str, span(text));
      plain.name = plainString(text);
      made_.literal = add(plain);
    } else {
      made_.literal = literal(value);
    }
  } else if (const Node named = child(n, P::RulePath); named != none) {
    made_.path = path(named);
  }
  return made_;
}

// Of the item `n`: its parameters and its `where`.
ast::Generics Builder::generics(Node n) {
  ast::Generics made;
  if (const Node list = child(n, P::RuleGenerics); list != none) {
    Gather<ast::GenericParam> params(*this);
    for (const Node c : children(list)) {
      if (!isRule(c, P::RuleGenericParam))
        continue;
      ast::GenericParam param;
      param.name = name(childToken(c, P::IDENT));
      param.isConst = isToken(firstChild(c), P::CONST);
      const Node written = child(c, P::RuleType);
      if (written != none)
        param.type = type(written);
      if (!param.isConst)
        param.bounds = bounds(child(c, P::RuleBounds));
      if (!param.isConst && param.type.valid() && !isRule(n, P::RuleStructItem) && !isRule(n, P::RuleEnumItem) && !isRule(n, P::RuleTraitItem))
        errors.emit(span(written), diag::NotInPlace, "a default of a type parameter");
      params.push(param);
    }
    made.params = params.finish(file.genericParams);
  }
  if (const Node where = child(n, P::RuleWhereClause); where != none) {
    Gather<ast::WherePredicate> predicates(*this);
    for (const Node c : children(where))
      if (isRule(c, P::RuleWherePredicate)) {
        const ast::TypeId subject = type(child(c, P::RuleType));
        predicates.push({subject, bounds(child(c, P::RuleBounds))});
      }
    made.where = predicates.finish(file.wherePredicates);
  }
  return made;
}

ast::FunctionId Builder::function(Node n) {
  ast::Function made;
  signature(n, made);
  if (const Node body = child(n, P::RuleBlock); body != none)
    made.body = block(body);
  file.functions.push_back(made);
  return {static_cast<uint32_t>(file.functions.size() - 1)};
}

void Builder::signature(Node n, ast::Function &made) {
  made.name = name(childToken(n, P::IDENT));
  made.span = span(n);
  made.generics = generics(n);
  for (const Node c : children(n)) {
    if (isRule(c, P::RuleFunctionWord))
      functionWord(c, made);
    else if (isRule(c, P::RuleParameters))
      made.params = parameters(c);
    else if (isRule(c, P::RuleResult))
      result(c, made);
    else if (isRule(c, P::RuleOutLoans))
      made.outNames = names(c, 1, "from", 2);
    if (!isRule(c, P::RuleBlock) && !isToken(c, P::SEMI))
      made.span.hi = span(c).hi;
  }
}

void Builder::functionWord(Node word, ast::Function &made) {
  bool *flag = nullptr;
  switch (tokenType(firstChild(word))) {
  case P::ASYNC:
    flag = &made.isAsync;
    break;
  case P::UNSAFE:
    flag = &made.isUnsafe;
    break;
  case P::KW_STREAM:
    flag = &made.isStream;
    break;
  case P::KW_SINK:
    flag = &made.isSink;
    break;
  case P::KW_DETERMINISTIC:
    flag = &made.isDeterministic;
    break;
  default:
    flag = &made.isBlocking;
  }
  if (*flag)
    errors.emit(span(word), diag::DoubleWord, textOf(firstChild(word)));
  *flag = true;
}

ast::List Builder::parameters(Node n) {
  Gather<ast::Param> list(*this);
  for (const Node c : children(n))
    if (isRule(c, P::RuleParameter))
      list.push(parameter(c));
  return list.finish(file.params);
}

ast::Param Builder::parameter(Node n) {
  ast::Param made;
  made.span = span(n);
  if (childToken(n, P::SELF) != none) {
    made.self = childToken(n, P::AND) == none ? ast::SelfParam::Value : childToken(n, P::MUT) == none ? ast::SelfParam::Ref : ast::SelfParam::RefMut;
    return made;
  }
  made.pattern = patternNoTop(child(n, P::RulePatternNoTop));
  made.type = type(child(n, P::RuleType));
  if (const Node value = child(n, P::RuleExpr); value != none)
    made.defaultValue = expr(value);
  return made;
}

void Builder::result(Node n, ast::Function &made) {
  const bool arrow = isToken(firstChild(n), P::ARROW);
  if (arrow == made.isSink)
    errors.emit(span(n), diag::NotInPlace, arrow ? "the `->` of a `sink fn`, which takes its items by `<-`," : "`<-` of a function that is no `sink fn`");
  made.result = type(child(n, P::RuleType));
  if (const Node loans = child(n, P::RuleFromLoans); loans != none)
    made.fromNames = names(loans, 1, "from", 0);
}

// The names of a list of loans without the word that stands in it: `word` is the name number `wordAt`, counted in tokens.
ast::List Builder::names(Node n, size_t from, const char *word, size_t wordAt) {
  Gather<ast::Name> list(*this);
  size_t at = 0;
  for (const Node c : children(n)) {
    if (at == wordAt && textOf(c) != word)
      errors.emit(span(c), diag::UnknownWord, word, textOf(c));
    if (at >= from && at != wordAt && (isToken(c, P::IDENT) || isToken(c, P::SELF)))
      list.push(name(c));
    ++at;
  }
  return list.finish(file.names);
}

void Builder::structItem(Node n, ast::Item &made) {
  made.kind = ItemKind::Struct;
  made.flag = childToken(n, P::KW_COPY) != none;
  made.generics = generics(n);
  ast::Variant only;
  only.name = made.name;
  if (const Node tuple = child(n, P::RuleTupleFields); tuple != none) {
    only.shape = ast::VariantShape::Tuple;
    only.fields = fields(tuple);
  } else if (const Node named = child(n, P::RuleNamedFields); named != none) {
    only.shape = ast::VariantShape::Named;
    only.fields = fields(named);
  }
  made.variant = static_cast<uint32_t>(file.variants.size());
  file.variants.push_back(only);
}

void Builder::enumItem(Node n, ast::Item &made) {
  made.kind = ItemKind::Enum;
  made.flag = childToken(n, P::KW_COPY) != none;
  made.generics = generics(n);
  Gather<ast::Variant> variants(*this);
  for (const Node c : children(n))
    if (isRule(c, P::RuleVariant))
      variants.push(variant(c));
  made.list = variants.finish(file.variants);
}

ast::Variant Builder::variant(Node n) {
  ast::Variant made;
  made.name = name(childToken(n, P::IDENT));
  made.attributes = attributes(n);
  for (const Node c : children(n)) {
    if (isRule(c, P::RuleTupleFields) || isRule(c, P::RuleNamedFields)) {
      made.shape = isRule(c, P::RuleTupleFields) ? ast::VariantShape::Tuple : ast::VariantShape::Named;
      made.fields = fields(c);
    } else if (isRule(c, P::RuleExpr)) {
      made.discriminant = expr(c);
    }
  }
  return made;
}

// Of a tuple the names are its numbers.
ast::List Builder::fields(Node n) {
  Gather<ast::Field> list(*this);
  for (const Node c : children(n)) {
    if (!isRule(c, P::RuleField) && !isRule(c, P::RuleTupleField))
      continue;
    ast::Field made;
    made.attributes = attributes(c);
    made.isPublic = childToken(c, P::PUB) != none;
    if (isRule(c, P::RuleField))
      made.name = name(childToken(c, P::IDENT));
    else
      made.name = {interner.intern(std::to_string(list.size())), span(c)};
    made.type = type(child(c, P::RuleType));
    list.push(made);
  }
  return list.finish(file.fields);
}

void Builder::implItem(Node n, ast::Item &made) {
  made.kind = ItemKind::Impl;
  made.generics = generics(n);
  const bool ofTrait = childToken(n, P::FOR) != none;
  bool first = true;
  for (const Node c : children(n)) {
    if (!isRule(c, P::RuleType))
      continue;
    (ofTrait && first ? made.type : made.type2) = type(c);
    first = false;
  }
  made.list = members(child(n, P::RuleImplMembers));
}

uint32_t Builder::useTree(Node n) {
  ast::UseTree made;
  if (n != none) {
    made.span = span(n);
    Gather<ast::Name> segments(*this);
    Gather<uint32_t> inner(*this);
    for (const Node c : children(n)) {
      if (isRule(c, P::RuleUseSegment))
        segments.push(name(firstChild(c)));
      else if (isRule(c, P::RuleUseTree))
        inner.push(useTree(c));
      else if (isToken(c, P::STAR))
        made.kind = ast::UseTree::Kind::Glob;
      else if (isToken(c, P::LBRACE))
        made.kind = ast::UseTree::Kind::Group;
      else if (isToken(c, P::IDENT))
        made.alias = name(c);
    }
    made.segments = segments.finish(file.names);
    made.children = inner.finish(file.useTreeLists);
  }
  file.useTrees.push_back(made);
  return static_cast<uint32_t>(file.useTrees.size() - 1);
}

} // namespace async::syntax
