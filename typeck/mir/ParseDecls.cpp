#include <charconv>

#include "typeck/mir/Print.h"
#include "typeck/mir/TextParser.h"
#include "typeck/mir/Words.h"

namespace async::mir {

constexpr uint32_t deepestType = 200;

TextParser::TextParser(Program &program, frontend::Interner &interner, std::string_view text, uint32_t base)
    : program(program), interner(interner), tokens(lexText(text, base)) {
  for (uint32_t i = 0; i < program.adts.size(); ++i)
    adts.emplace(std::string(interner.text(program.adts[i].name)), AdtId{i});
  for (uint32_t i = 0; i < program.traits.size(); ++i)
    traits.emplace(std::string(interner.text(program.traits[i].name)), TraitId{i});
  for (uint32_t i = 0; i < program.fns.size(); ++i) {
    std::string path = printPath(program, interner, FnId{i});
    if (path.starts_with('`'))
      path = path.substr(1, path.size() - 2);
    fns.emplace(path, FnId{i});
  }
}

bool TextParser::is(std::string_view text) const {
  const Token &token = peek();
  return (token.kind == Token::Kind::Name || token.kind == Token::Kind::Symbol) && token.text == text;
}

bool TextParser::accept(std::string_view text) {
  if (!is(text))
    return false;
  ++at;
  return true;
}

void TextParser::expect(std::string_view text) {
  if (!accept(text))
    fail("expected `" + std::string(text) + "`");
}

void TextParser::fail(const std::string &message) {
  if (failed)
    return;
  failed = true;
  std::string found = peek().kind == Token::Kind::End ? "the end" : "`" + std::string(peek().text) + "`";
  parsed.error = "line " + std::to_string(peek().line) + ": " + message + ", found " + found;
}

std::string_view TextParser::name() {
  if (peek().kind != Token::Kind::Name) {
    fail("expected a name");
    return {};
  }
  return tokens[at++].text;
}

int64_t TextParser::number() {
  std::string_view text = peek().text;
  if (peek().kind != Token::Kind::Number) {
    fail("expected a number");
    return 0;
  }
  if (text.starts_with("0x")) {
    uint64_t value = 0;
    auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    if (error != std::errc() || end != text.data() + text.size())
      fail("no number");
    ++at;
    return static_cast<int64_t>(value);
  }
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    fail("no number");
  ++at;
  return value;
}

std::vector<TypeId> TextParser::typeArgs() {
  std::vector<TypeId> args;
  if (accept("<"))
    list(">", [&] { args.push_back(type()); });
  return args;
}

TypeId TextParser::function(CallKind kind) {
  std::vector<TypeId> params;
  expect("(");
  list(")", [&] { params.push_back(type()); });
  expect("->");
  return program.types.function(kind, params, type());
}

TypeId TextParser::type() {
  Types &types = program.types;
  struct Deeper {
    uint32_t &depth;
    explicit Deeper(uint32_t &depth) : depth(depth) { ++depth; }
    ~Deeper() { --depth; }
  } deeper{depth};
  if (depth > deepestType)
    fail("a type that is too deep");
  if (failed)
    return types.error;
  if (peek().kind == Token::Kind::Number)
    return types.constInt(number());
  if (accept("!"))
    return types.never;
  if (accept("(")) {
    std::vector<TypeId> elements;
    list(")", [&] { elements.push_back(type()); });
    return types.tuple(elements);
  }
  if (accept("[")) {
    TypeId element = type();
    if (accept("]"))
      return types.slice(element);
    expect(";");
    TypeId length = type();
    expect("]");
    return types.array(element, length);
  }
  if (is("&") || is("*")) {
    bool isReference = accept("&") || !accept("*");
    Mutability mutability = accept("mut") ? Mutability::Exclusive : Mutability::Shared;
    TypeId target = type();
    return isReference ? types.reference(mutability, target) : types.pointer(mutability, target);
  }
  if (accept("<")) {
    TypeId self = type();
    expect("as");
    std::string trait(name());
    std::vector<TypeId> args = typeArgs();
    expect(">");
    expect("::");
    Symbol member = interner.intern(name());
    auto found = traits.find(trait);
    if (found != traits.end())
      for (AssocTypeId assoc : program.trait(found->second).assocTypes)
        if (program.assocType(assoc).name == member)
          return types.projection(self, assoc, args);
    fail("no such associated type");
    return types.error;
  }
  return namedType(name());
}

TypeId TextParser::namedType(std::string_view word) {
  Types &types = program.types;
  if (word == "_")
    return types.error;
  if (word == "bool")
    return types.boolean;
  if (word == "char")
    return types.character;
  if (word == "f32" || word == "f64")
    return word == "f32" ? types.f32 : types.f64;
  for (size_t i = 0; i < words::integers.size(); ++i)
    if (word == words::integers[i])
      return types.integer(static_cast<IntKind>(i));
  if (word == "shared" || word == "once") {
    expect("fn");
    return function(word == "shared" ? CallKind::Shared : CallKind::Once);
  }
  if (word == "fn") {
    if (is("("))
      return function(CallKind::Exclusive);
    std::optional<FnId> fn = findFn(path());
    std::vector<TypeId> args = typeArgs();
    return fn ? types.fnDef(*fn, args) : types.error;
  }
  for (size_t i = 0; i < scope.size(); ++i)
    if (interner.text(scope[i].name) == word)
      return types.param(static_cast<uint32_t>(i), scope[i].name);
  if (word == "dyn") {
    auto found = traits.find(std::string(name()));
    std::vector<TypeId> args = typeArgs();
    if (found == traits.end())
      fail("no such trait");
    return failed ? types.error : types.dyn(found->second, args);
  }
  std::vector<TypeId> args = typeArgs();
  if (word.starts_with("closure#")) {
    uint32_t index = UINT32_MAX;
    std::from_chars(word.data() + 8, word.data() + word.size(), index);
    if (index >= program.closures.size())
      fail("no such closure");
    return failed ? types.error : types.closure(ClosureId{index}, args);
  }
  if (word == "Async" && args.size() == 1)
    return types.async(args[0]);
  if (word == "Stream" && args.size() == 1)
    return types.stream(args[0]);
  if (word == "Sink" && args.size() == 2)
    return types.sink(args[0], args[1]);
  auto found = adts.find(std::string(word));
  if (found == adts.end() || program.adt(found->second).generics.params.size() != args.size()) {
    fail("no type `" + std::string(word) + "` of that many arguments");
    return types.error;
  }
  return types.adt(found->second, args);
}

TextParser::Attributes TextParser::attributes() {
  Attributes made;
  while (!failed && accept("#[")) {
    std::string_view word = name();
    if (word == "copy")
      made.copy = true;
    else if (word == "shared")
      made.shared = true;
    else if (word == "drop")
      made.drop = true;
    else if (word == "may_ignore")
      made.mayIgnore = true;
    else if (word == "must_use")
      made.mustUse = true;
    else if (word == "lang" && accept("(") && peek().kind == Token::Kind::Text) {
      made.lang = interner.intern(tokens[at++].text);
      expect(")");
    } else {
      fail("no such attribute");
    }
    expect("]");
  }
  return made;
}

Generics TextParser::generics() {
  Generics made;
  if (accept("<"))
    list(">", [&] {
      GenericParam param;
      param.name = interner.intern(name());
      made.params.push_back(param);
    });
  return made;
}

void TextParser::fields(VariantDecl &variant, std::string_view end, bool isNamed) {
  list(end, [&] {
    FieldDecl field;
    field.name = interner.intern(isNamed ? name() : std::string_view(std::to_string(variant.fields.size())));
    if (isNamed)
      expect(":");
    field.type = type();
    variant.fields.push_back(field);
  });
}

void TextParser::adt(const Attributes &attributes, bool isEnum) {
  AdtId id{static_cast<uint32_t>(program.adts.size())};
  AdtDecl made;
  made.name = interner.intern(name());
  made.span = peek().span;
  made.generics = generics();
  made.isEnum = isEnum;
  made.isCopy = attributes.copy;
  made.isShared = attributes.shared;
  made.mayIgnore = attributes.mayIgnore;
  made.mustUse = attributes.mustUse;
  made.lang = attributes.lang;
  if (attributes.drop)
    made.dropFn = FnId{0};
  scope = made.generics.params;
  adts[std::string(interner.text(made.name))] = id;
  if (!made.lang.empty())
    program.langAdts[made.lang.index] = id;
  program.adts.push_back(made);
  std::vector<VariantDecl> variants;
  if (!isEnum) {
    VariantDecl variant;
    variant.name = made.name;
    if (accept("{"))
      fields(variant, "}", true);
    variants.push_back(std::move(variant));
  } else {
    expect("{");
    list("}", [&] {
      VariantDecl variant;
      variant.name = interner.intern(name());
      variant.discriminant = static_cast<int64_t>(variants.size());
      if (accept("("))
        fields(variant, ")", false);
      else if (accept("{"))
        fields(variant, "}", true);
      variants.push_back(std::move(variant));
    });
  }
  program.adt(id).variants = std::move(variants);
}

void TextParser::fn(const Attributes &attributes, bool isAsync, Abi abi) {
  FnDecl made;
  made.span = peek().span;
  std::string path(this->path());
  made.name = interner.intern(path);
  made.lang = attributes.lang;
  made.isAsync = isAsync;
  made.abi = abi;
  made.generics = generics();
  scope = made.generics.params;
  expect("(");
  list(")", [&] {
    ParamDecl param;
    param.name = interner.intern(name());
    expect(":");
    param.type = type();
    if (made.params.empty() && interner.text(param.name) == "self") {
      const Type &self = program.types[param.type];
      made.self = self.kind != TypeKind::Ref ? SelfKind::Value
                  : static_cast<Mutability>(self.sub) == Mutability::Exclusive ? SelfKind::RefMut
                                                                               : SelfKind::Ref;
    }
    made.params.push_back(param);
  });
  made.result = accept("->") ? type() : program.types.unit;
  FnId id{static_cast<uint32_t>(program.fns.size())};
  fns[path] = id;
  if (!made.lang.empty())
    program.langFns[made.lang.index] = id;
  program.fns.push_back(std::move(made));
}

// closure#0 of main async (x: i64) -> i64 [captured: &i64]
void TextParser::closure() {
  ClosureDecl made;
  made.span = peek().span;
  name();
  expect("of");
  std::optional<FnId> owner = findFn(path());
  if (!owner)
    return;
  made.owner = *owner;
  scope = program.fn(*owner).generics.params;
  if (accept("async"))
    made.kind = is("(") ? ClosureDecl::Kind::AsyncClosure : ClosureDecl::Kind::AsyncBlock;
  if (accept("("))
    list(")", [&] {
      name();
      expect(":");
      made.params.push_back(type());
    });
  expect("->");
  made.result = type();
  expect("[");
  list("]", [&] {
    ClosureDecl::Capture capture;
    capture.name = interner.intern(name());
    expect(":");
    capture.type = type();
    const Type &held = program.types[capture.type];
    capture.mode = held.kind == TypeKind::Ref ? static_cast<Mutability>(held.sub) == Mutability::Exclusive ? ClosureDecl::Capture::Mode::RefMut
                                                                                                           : ClosureDecl::Capture::Mode::Ref
                                              : ClosureDecl::Capture::Mode::Move;
    made.captures.push_back(capture);
  });
  program.closures.push_back(std::move(made));
}

std::string_view TextParser::path() {
  if (peek().kind == Token::Kind::Quoted)
    return tokens[at++].text;
  return name();
}

std::optional<FnId> TextParser::findFn(std::string_view path) {
  auto found = fns.find(std::string(path));
  if (found != fns.end())
    return found->second;
  fail("no function `" + std::string(path) + "`");
  return std::nullopt;
}

Parsed TextParser::run() {
  while (!failed && peek().kind != Token::Kind::End) {
    Attributes given = attributes();
    if (accept("struct"))
      adt(given, false);
    else if (accept("enum"))
      adt(given, true);
    else if (accept("fn"))
      fn(given, false, Abi::Async);
    else if (accept("async")) {
      expect("fn");
      fn(given, true, Abi::Async);
    } else if (accept("leaf")) {
      expect("fn");
      fn(given, false, Abi::Leaf);
    } else if (accept("body"))
      body();
    else if (peek().kind == Token::Kind::Name && peek().text.starts_with("closure#"))
      closure();
    else
      fail("expected a declaration or a body");
  }
  return std::move(parsed);
}

Parsed parse(Program &program, frontend::Interner &interner, std::string_view text, uint32_t base) {
  return TextParser(program, interner, text, base).run();
}

} // namespace async::mir
