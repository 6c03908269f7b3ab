#include <charconv>

#include "typeck/mir/Places.h"
#include "typeck/mir/TextParser.h"
#include "typeck/mir/Words.h"

namespace async::mir {

namespace {

template <typename Words> std::optional<uint8_t> indexOf(const Words &words, std::string_view word) {
  for (size_t i = 0; i < words.size(); ++i)
    if (words[i] == word)
      return static_cast<uint8_t>(i);
  return std::nullopt;
}

uint32_t numberBehind(std::string_view word, char mark) {
  uint32_t index = UINT32_MAX;
  size_t start = word.find(mark);
  if (start != std::string_view::npos)
    std::from_chars(word.data() + start + 1, word.data() + word.size(), index);
  return index;
}

} // namespace

// body [closure#N] fn PATH STAGE [async] {
void TextParser::body() {
  auto made = std::make_unique<Body>();
  out = made.get();
  out->span = peek().span;
  if (peek().text.starts_with("closure#")) {
    out->closure = ClosureId{numberBehind(name(), '#')};
    if (out->closure.index >= program.closures.size())
      fail("no such closure");
  }
  scope.clear();
  if (accept("fn"))
    if (std::optional<FnId> fn = findFn(path())) {
      out->fn = *fn;
      scope = program.fn(*fn).generics.params;
    }
  if (!out->fn.valid() && !out->closure.valid())
    fail("a body belongs to `fn` or `closure#`");
  std::optional<uint8_t> stage = indexOf(words::stages, name());
  if (!stage)
    fail("no such stage");
  else
    out->stage = static_cast<Stage>(*stage);
  out->isAsync = accept("async");
  expect("{");
  locals();
  blocks();
  if (!failed)
    parsed.bodies.push_back(std::move(made));
  out = nullptr;
}

void TextParser::locals() {
  localByName.clear();
  while (!failed && !(peek().kind == Token::Kind::Name && peek().text.starts_with("bb")) && !is("}")) {
    bool isParam = accept("param");
    if (!isParam)
      accept("let");
    Local local;
    local.span = peek().span;
    std::string text(name());
    std::string given = text.substr(0, text.find('#'));
    if (given != "tmp" && !out->locals.empty())
      local.name = interner.intern(given);
    expect(":");
    local.type = type();
    if (isParam && out->locals.size() == out->paramCount + 1)
      ++out->paramCount;
    if (!localByName.emplace(text, LocalId{static_cast<uint32_t>(out->locals.size())}).second)
      fail("two locals of one name");
    out->locals.push_back(local);
  }
  if (out->locals.empty())
    fail("expected the result's type");
}

void TextParser::blocks() {
  while (!failed && !accept("}")) {
    std::string_view word = name();
    if (word != "bb" + std::to_string(out->blocks.size()))
      fail("blocks stand in the order of their numbers");
    Block block{};
    block.isCleanup = accept("cleanup");
    expect(":");
    out->blocks.push_back(std::move(block));
    blockEnded = false;
    while (!failed && !blockEnded)
      instruction();
  }
  // Targets were read before the blocks that they name.
  for (const Block &block : out->blocks) {
    for (BlockId to : block.terminator.targets)
      if (to.index >= out->blocks.size())
        fail("a target that does not exist");
    if (block.terminator.unwind.valid() && block.terminator.unwind.index >= out->blocks.size())
      fail("a target that does not exist");
  }
  if (!failed && out->blocks.empty())
    fail("a body without blocks");
}

LocalId TextParser::local() {
  auto found = localByName.find(std::string(peek().text));
  if (peek().kind != Token::Kind::Name || found == localByName.end()) {
    fail("expected a local");
    return LocalId{0};
  }
  ++at;
  return found->second;
}

BlockId TextParser::block() {
  std::string_view word = name();
  uint32_t index = UINT32_MAX;
  if (word.starts_with("bb"))
    std::from_chars(word.data() + 2, word.data() + word.size(), index);
  if (index == UINT32_MAX)
    fail("expected a block");
  return BlockId{index};
}

Place TextParser::place() {
  Place made;
  made.base = local();
  // The list of a switch begins with `[` too.
  auto isIndex = [&] { return is("[") && (peek(1).text == "=" || localByName.contains(std::string(peek(1).text))); };
  while (!failed && (is(".") || is("@") || isIndex()))
    projection(made);
  return made;
}

void TextParser::projection(Place &place) {
  TypeId type = placeType(program, *out, place);
  bool isVariant = !place.path.empty() && place.path.back().kind == Projection::Kind::Downcast;
  uint32_t variant = isVariant ? place.path.back().index : 0;
  const AdtDecl *adt = program.types[type].kind == TypeKind::Adt ? &program.adt(AdtId{program.types[type].index}) : nullptr;
  Projection made{Projection::Kind::Field, 0, {}, 0};
  if (accept("[")) {
    if (!accept("=")) {
      made.kind = Projection::Kind::Index;
      made.local = local();
    } else {
      int64_t index = number();
      made.kind = Projection::Kind::ConstIndex;
      made.index = index < 0 ? 0 : static_cast<uint32_t>(index);
      made.fromEndCount = index < 0 ? static_cast<uint32_t>(-index) : 0;
      if (accept("..")) {
        made.kind = Projection::Kind::Subslice;
        made.fromEndCount = static_cast<uint32_t>(-number());
      }
    }
    expect("]");
  } else if (accept("@")) {
    made.kind = Projection::Kind::Downcast;
    Symbol wanted = interner.intern(name());
    std::optional<uint32_t> variant = adt ? adt->variantNamed(wanted) : std::nullopt;
    made.index = variant.value_or(0);
    if (!variant)
      fail("no such variant");
  } else {
    expect(".");
    if (accept("*")) {
      made.kind = Projection::Kind::Deref;
    } else if (peek().kind == Token::Kind::Number) {
      made.index = static_cast<uint32_t>(number());
    } else {
      Symbol wanted = interner.intern(name());
      bool found = false;
      for (uint32_t i = 0; adt && variant < adt->variants.size() && i < adt->variants[variant].fields.size(); ++i)
        if (adt->variants[variant].fields[i].name == wanted) {
          made.index = i;
          found = true;
        }
      if (!found)
        fail("no such field");
    }
  }
  place.path.push_back(made);
  if (place.path.size() > 100)
    fail("a place that is too deep");
}

Operand TextParser::operand() {
  Operand made;
  if (accept("copy"))
    made.kind = Operand::Kind::Copy;
  else if (accept("share"))
    made.kind = Operand::Kind::Share;
  else if (accept("move"))
    made.kind = Operand::Kind::Move;
  else
    return constantOperand();
  made.place = place();
  return made;
}

Operand TextParser::constantOperand() {
  Operand made;
  made.kind = Operand::Kind::Const;
  Constant &constant = made.constant;
  constant = Constant{Constant::Kind::Unit, program.types.unit, 0, {}, {}};
  auto typed = [&](Constant::Kind kind) {
    constant.kind = kind;
    expect(":");
    constant.type = type();
  };
  if (accept("unit"))
    return made;
  if (is("true") || is("false")) {
    constant.kind = Constant::Kind::Int;
    constant.type = program.types.boolean;
    constant.value = accept("true") || !accept("false");
  } else if (peek().kind == Token::Kind::Number) {
    constant.value = number();
    typed(Constant::Kind::Int);
  } else if (accept("float")) {
    constant.value = number();
    typed(Constant::Kind::Float);
  } else if (peek().kind == Token::Kind::Text || (is("b") && peek(1).kind == Token::Kind::Text)) {
    bool isBytes = accept("b");
    constant.text = interner.intern(unescape(tokens[at++].text));
    typed(isBytes ? Constant::Kind::Bytes : Constant::Kind::Str);
  } else if (is("fn")) {
    constant.kind = Constant::Kind::FnItem;
    constant.type = type();
  } else if (accept("param")) {
    constant.value = number();
    typed(Constant::Kind::ConstParam);
  } else if (peek().text.starts_with("static#")) {
    constant.item = ConstId{numberBehind(name(), '#')};
    typed(Constant::Kind::Static);
  } else if (accept("undef")) {
    typed(Constant::Kind::Undef);
  } else {
    fail("expected an operand");
  }
  return made;
}

std::vector<Operand> TextParser::operands() {
  std::vector<Operand> made;
  expect("(");
  list(")", [&] { made.push_back(operand()); });
  return made;
}

Callee TextParser::callee() {
  Callee made;
  if (accept("_"))
    return made;
  if (peek().text.starts_with("instance#")) {
    made.instance = numberBehind(name(), '#');
    return made;
  }
  if (std::optional<FnId> fn = findFn(path()))
    made.fn = *fn;
  made.args = typeArgs();
  return made;
}

// Of the operators: neg, add, ….
bool TextParser::operatorRvalue(Rvalue &made, std::string_view word) {
  if (std::optional<uint8_t> op = indexOf(words::unaryOps, word)) {
    made.kind = Rvalue::Kind::Unary;
    made.op = *op;
    ++at;
    made.operands = {operand()};
    return true;
  }
  std::optional<uint8_t> op = indexOf(words::binaryOps, word);
  if (!op)
    return false;
  made.kind = Rvalue::Kind::Binary;
  made.op = *op;
  ++at;
  made.operands = operands();
  if (made.operands.size() != 2)
    fail("expected two operands");
  return true;
}

Rvalue TextParser::rvalue(TypeId type) {
  Rvalue made{};
  made.type = type;
  std::string_view word = peek().text;
  bool isWord = peek().kind == Token::Kind::Name;
  if (isWord && operatorRvalue(made, word))
    return made;
  std::optional<uint8_t> kind = indexOf(words::rvalues, word.substr(0, word.find('#')));
  if (!kind || !isWord) {
    made.kind = Rvalue::Kind::Use;
    made.operands = {operand()};
    return made;
  }
  ++at;
  made.kind = static_cast<Rvalue::Kind>(*kind);
  switch (made.kind) {
  case Rvalue::Kind::Ref:
  case Rvalue::Kind::AddressOf:
    made.op = static_cast<uint8_t>(accept("mut") ? Mutability::Exclusive : Mutability::Shared);
    made.place = place();
    break;
  case Rvalue::Kind::Discriminant:
  case Rvalue::Kind::Len:
    made.place = place();
    break;
  case Rvalue::Kind::Coerce:
    if (std::optional<uint8_t> op = indexOf(words::coercions, name()))
      made.op = *op;
    else
      fail("no such coercion");
    [[fallthrough]];
  case Rvalue::Kind::Cast:
  case Rvalue::Kind::Repeat:
    made.operands = {operand()};
    expect("as");
    made.type = this->type();
    break;
  case Rvalue::Kind::Tuple:
  case Rvalue::Kind::Array:
    made.operands = operands();
    break;
  case Rvalue::Kind::Adt: {
    auto found = adts.find(std::string(name()));
    if (found == adts.end()) {
      fail("no such type");
      return made;
    }
    made.adt = found->second;
    const AdtDecl &adt = program.adt(made.adt);
    if (accept("@")) {
      Symbol wanted = interner.intern(name());
      while (made.variant < adt.variants.size() && adt.variants[made.variant].name != wanted)
        ++made.variant;
      if (made.variant == adt.variants.size())
        fail("no such variant");
    }
    made.operands = operands();
    break;
  }
  case Rvalue::Kind::Closure:
  case Rvalue::Kind::AsyncBlock:
    made.closure = ClosureId{numberBehind(word, '#')};
    if (made.closure.index >= program.closures.size())
      fail("no such closure");
    made.operands = operands();
    break;
  case Rvalue::Kind::Future:
    made.callee = callee();
    made.operands = operands();
    break;
  case Rvalue::Kind::Use:
  case Rvalue::Kind::Unary:
  case Rvalue::Kind::Binary:
    fail("expected a value");
    break;
  }
  return made;
}

void TextParser::targets(Terminator &made) {
  if (accept("->"))
    made.targets = {block()};
  if (accept("unwind"))
    made.unwind = block();
}

void TextParser::statement(Statement made) { out->blocks.back().statements.push_back(std::move(made)); }

void TextParser::terminator(Terminator made) {
  out->blocks.back().terminator = std::move(made);
  blockEnded = true;
}

bool TextParser::destinationTerminator(const Place &to, frontend::Span span) {
  std::optional<uint8_t> kind = indexOf(words::terminators, peek().text);
  if (!kind || peek().kind != Token::Kind::Name)
    return false;
  ++at;
  Terminator made{};
  made.kind = static_cast<Terminator::Kind>(*kind);
  made.span = span;
  made.place = to;
  if (made.kind == Terminator::Kind::Call || made.kind == Terminator::Kind::AwaitCall) {
    made.isShielded = made.kind == Terminator::Kind::AwaitCall && accept("shielded");
    made.callee = callee();
    made.operands = operands();
  } else if (made.kind == Terminator::Kind::CallValue) {
    made.isShielded = accept("shielded");
    if (std::optional<uint8_t> how = indexOf(words::callKinds, name()))
      made.callKind = static_cast<CallKind>(*how);
    else
      fail("no such kind of call");
    made.operands = operands();
    if (made.operands.empty())
      fail("expected the function value");
  } else if (made.kind == Terminator::Kind::Await) {
    made.isShielded = accept("shielded");
    made.operands = {operand()};
  } else if (made.kind == Terminator::Kind::Spawn) {
    made.hasScope = accept("scoped");
    made.callee = callee();
    made.operands = operands();
    expect("settle");
    made.settle = callee();
    if (made.hasScope && made.operands.empty())
      fail("expected the scope");
  } else {
    fail("an instruction that gives no value");
  }
  targets(made);
  terminator(std::move(made));
  return true;
}

bool TextParser::plainTerminator(frontend::Span span) {
  std::optional<uint8_t> kind = indexOf(words::terminators, peek().text);
  if (!kind)
    return false;
  ++at;
  Terminator made{};
  made.kind = static_cast<Terminator::Kind>(*kind);
  made.span = span;
  switch (made.kind) {
  case Terminator::Kind::Goto:
    targets(made);
    break;
  case Terminator::Kind::Switch:
    made.operands = {operand()};
    expect("[");
    list("]", [&] {
      if (accept("otherwise")) {
        expect(":");
        made.targets.push_back(block());
        return;
      }
      made.values.push_back(number());
      expect(":");
      made.targets.push_back(block());
    });
    if (made.targets.size() != made.values.size() + 1)
      fail("expected one `otherwise`, last");
    break;
  case Terminator::Kind::Return:
  case Terminator::Kind::Unwind:
  case Terminator::Kind::Unreachable:
    break;
  case Terminator::Kind::Drop:
    made.isReplace = accept("replace");
    made.place = place();
    targets(made);
    break;
  case Terminator::Kind::Assert: {
    made.operands = {operand()};
    expect("is");
    made.expected = accept("true") || !accept("false");
    std::optional<uint8_t> what = indexOf(words::asserts, name()), op = indexOf(words::binaryOps, name());
    if (!what || !op) {
      fail("no such assertion");
      break;
    }
    made.assertKind = static_cast<AssertKind>(*what);
    made.op = static_cast<BinaryOp>(*op);
    for (Operand &more : operands())
      made.operands.push_back(std::move(more));
    targets(made);
    break;
  }
  case Terminator::Kind::Call:
  case Terminator::Kind::CallValue:
  case Terminator::Kind::AwaitCall:
  case Terminator::Kind::Await:
  case Terminator::Kind::Spawn:
    fail("expected a destination");
    break;
  }
  if ((made.kind == Terminator::Kind::Goto || made.kind == Terminator::Kind::Drop || made.kind == Terminator::Kind::Assert) && made.targets.empty())
    fail("expected a target");
  terminator(std::move(made));
  return true;
}

void TextParser::instruction() {
  Statement made{};
  made.span = peek().span;
  bool isWord = peek().kind == Token::Kind::Name && !localByName.contains(std::string(peek().text));
  if (isWord) {
    if (is("live") || is("dead")) {
      made.kind = is("live") ? Statement::Kind::StorageLive : Statement::Kind::StorageDead;
      ++at;
      made.local = local();
      return statement(std::move(made));
    }
    if (accept("nop")) {
      made.kind = Statement::Kind::Nop;
      return statement(std::move(made));
    }
    if (plainTerminator(made.span))
      return;
  }
  made.place = place();
  expect("=");
  if (failed || destinationTerminator(made.place, made.span))
    return;
  made.kind = Statement::Kind::Assign;
  if (accept("take_unwind"))
    made.kind = Statement::Kind::TakeUnwind;
  else
    made.value = rvalue(placeType(program, *out, made.place));
  statement(std::move(made));
}

} // namespace async::mir
