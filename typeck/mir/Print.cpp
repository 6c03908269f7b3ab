#include "typeck/mir/Print.h"

#include <fmt/format.h>

#include "typeck/mir/Words.h"

namespace async::mir {
namespace {

class Writer {
public:
  Writer(const Program &program, const frontend::Interner &interner, const Body &body)
      : program(program), interner(interner), body(body), names(localNames(interner, body)) {}

  std::string write() {
    header();
    for (uint32_t i = 0; i < body.locals.size(); ++i)
      put("  {}{}: {}\n", i == 0 ? "" : i <= body.paramCount ? "param " : "let ", names[i], type(body.locals[i].type));
    for (uint32_t i = 0; i < body.blocks.size(); ++i) {
      const Block &block = body.blocks[i];
      put("bb{}{}:\n", i, block.isCleanup ? " cleanup" : "");
      for (const Statement &statement : block.statements)
        put("  {}\n", text(statement));
      put("  {}\n", text(block.terminator));
    }
    out += "}\n";
    return std::move(out);
  }

private:
  template <typename... Args> void put(fmt::format_string<Args...> format, Args &&...args) {
    fmt::format_to(std::back_inserter(out), format, std::forward<Args>(args)...);
  }

  void header() {
    out += "body ";
    if (body.closure.valid())
      put("closure#{} ", body.closure.index);
    if (body.fn.valid())
      put("fn {} ", printPath(program, interner, body.fn));
    put("{}{} {{\n", words::stages[static_cast<size_t>(body.stage)], body.isAsync ? " async" : "");
  }

  std::string type(TypeId id) const { return printType(program, interner, id); }

  // Names of fields want the type of the place; arguments of generic types are looked up in the environment that they stand in.
  struct Typed {
    TypeId type;
    std::vector<std::span<const TypeId>> environment;
  };

  void resolve(Typed &at) const {
    while (at.type.valid() && program.types[at.type].kind == TypeKind::Param && !at.environment.empty()) {
      std::span<const TypeId> args = at.environment.back();
      uint32_t index = program.types[at.type].index;
      at.environment.pop_back();
      at.type = index < args.size() ? args[index] : TypeId{};
    }
  }

  const VariantDecl *variantOf(const Typed &at, uint32_t variant) const {
    if (!at.type.valid() || program.types[at.type].kind != TypeKind::Adt)
      return nullptr;
    const AdtDecl &adt = program.adt(AdtId{program.types[at.type].index});
    return variant < adt.variants.size() ? &adt.variants[variant] : nullptr;
  }

  void step(Typed &at, uint32_t variant, const Projection &projection) const {
    if (!at.type.valid())
      return;
    const Type &type = program.types[at.type];
    switch (projection.kind) {
    case Projection::Kind::Field: {
      TypeId field;
      if (type.kind == TypeKind::Tuple && projection.index < type.args.size()) {
        at.type = type.args[projection.index];
        resolve(at);
        return;
      }
      const VariantDecl *decl = variantOf(at, variant);
      if (decl && projection.index < decl->fields.size())
        field = decl->fields[projection.index].type;
      if (type.kind == TypeKind::Closure && projection.index < program.closure(ClosureId{type.index}).captures.size())
        field = program.closure(ClosureId{type.index}).captures[projection.index].type;
      at.environment.push_back(type.args);
      at.type = field;
      resolve(at);
      return;
    }
    case Projection::Kind::Deref:
    case Projection::Kind::Index:
    case Projection::Kind::ConstIndex:
      at.type = type.args.empty() ? TypeId{} : type.args[0];
      resolve(at);
      return;
    case Projection::Kind::Subslice:
    case Projection::Kind::Downcast:
      return;
    }
  }

  std::string text(const Place &place) const {
    std::string result = names[place.base.index];
    Typed at{body.localType(place.base), {}};
    uint32_t variant = 0;
    for (const Projection &projection : place.path) {
      const VariantDecl *decl = variantOf(at, projection.kind == Projection::Kind::Downcast ? projection.index : variant);
      switch (projection.kind) {
      case Projection::Kind::Field:
        if (decl && projection.index < decl->fields.size())
          result += fmt::format(".{}", interner.text(decl->fields[projection.index].name));
        else
          result += fmt::format(".{}", projection.index);
        break;
      case Projection::Kind::Deref:
        result += ".*";
        break;
      case Projection::Kind::Index:
        result += fmt::format("[{}]", names[projection.local.index]);
        break;
      case Projection::Kind::ConstIndex:
        result += projection.fromEndCount ? fmt::format("[=-{}]", projection.fromEndCount) : fmt::format("[={}]", projection.index);
        break;
      case Projection::Kind::Subslice:
        result += fmt::format("[={}..-{}]", projection.index, projection.fromEndCount);
        break;
      case Projection::Kind::Downcast:
        result += decl ? fmt::format("@{}", interner.text(decl->name)) : fmt::format("@{}", projection.index);
        break;
      }
      step(at, variant, projection);
      variant = projection.kind == Projection::Kind::Downcast ? projection.index : 0;
    }
    return result;
  }

  static std::string quoted(std::string_view text) {
    std::string result = "\"";
    for (char c : text) {
      unsigned char byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\')
        result += {'\\', c};
      else if (byte < 32 || byte == 127)
        result += fmt::format("\\x{:02x}", byte);
      else
        result += c;
    }
    return result + "\"";
  }

  std::string text(const Constant &constant) const {
    switch (constant.kind) {
    case Constant::Kind::Unit:
      return "unit";
    case Constant::Kind::Int:
      if (constant.type == program.types.boolean)
        return constant.value ? "true" : "false";
      return fmt::format("{}: {}", constant.value, type(constant.type));
    case Constant::Kind::Float:
      return fmt::format("float {:#x}: {}", static_cast<uint64_t>(constant.value), type(constant.type));
    case Constant::Kind::Str:
      return fmt::format("{}: {}", quoted(interner.text(constant.text)), type(constant.type));
    case Constant::Kind::Bytes:
      return fmt::format("b{}: {}", quoted(interner.text(constant.text)), type(constant.type));
    case Constant::Kind::FnItem:
      return type(constant.type);
    case Constant::Kind::ConstParam:
      return fmt::format("param {}: {}", constant.value, type(constant.type));
    case Constant::Kind::Static:
      return fmt::format("static#{}: {}", constant.item.index, type(constant.type));
    case Constant::Kind::Undef:
      return "undef: " + type(constant.type);
    }
    return {};
  }

  std::string text(const Operand &operand) const {
    switch (operand.kind) {
    case Operand::Kind::Copy:
      return "copy " + text(operand.place);
    case Operand::Kind::Share:
      return "share " + text(operand.place);
    case Operand::Kind::Move:
      return "move " + text(operand.place);
    case Operand::Kind::Const:
      return text(operand.constant);
    }
    return {};
  }

  std::string list(const std::vector<Operand> &operands, size_t from = 0) const {
    std::string result = "(";
    for (size_t i = from; i < operands.size(); ++i)
      result += (i == from ? "" : ", ") + text(operands[i]);
    return result + ")";
  }

  std::string text(const Callee &callee) const {
    if (callee.instance != UINT32_MAX)
      return fmt::format("instance#{}", callee.instance);
    if (!callee.fn.valid())
      return "_";
    std::string result = printPath(program, interner, callee.fn);
    for (size_t i = 0; i < callee.args.size(); ++i)
      result += (i == 0 ? "<" : ", ") + type(callee.args[i]);
    return callee.args.empty() ? result : result + ">";
  }

  std::string text(const Rvalue &value) const {
    std::string word(words::rvalues[static_cast<size_t>(value.kind)]);
    bool isExclusive = static_cast<Mutability>(value.op) == Mutability::Exclusive;
    switch (value.kind) {
    case Rvalue::Kind::Use:
      return text(value.operands[0]);
    case Rvalue::Kind::Ref:
    case Rvalue::Kind::AddressOf:
      return fmt::format("{} {}{}", word, isExclusive ? "mut " : "", text(value.place));
    case Rvalue::Kind::Unary:
      return fmt::format("{} {}", words::unaryOps[value.op], text(value.operands[0]));
    case Rvalue::Kind::Binary:
      return fmt::format("{}{}", words::binaryOps[value.op], list(value.operands));
    case Rvalue::Kind::Cast:
    case Rvalue::Kind::Repeat:
      return fmt::format("{} {} as {}", word, text(value.operands[0]), type(value.type));
    case Rvalue::Kind::Coerce:
      return fmt::format("{} {} {} as {}", word, words::coercions[value.op], text(value.operands[0]), type(value.type));
    case Rvalue::Kind::Tuple:
    case Rvalue::Kind::Array:
      return word + list(value.operands);
    case Rvalue::Kind::Adt: {
      const AdtDecl &adt = program.adt(value.adt);
      std::string variant = adt.isEnum && value.variant < adt.variants.size() ? fmt::format("@{}", interner.text(adt.variants[value.variant].name)) : "";
      return fmt::format("{} {}{}{}", word, interner.text(adt.name), variant, list(value.operands));
    }
    case Rvalue::Kind::Closure:
    case Rvalue::Kind::AsyncBlock:
      return fmt::format("{}#{}{}", word, value.closure.index, list(value.operands));
    case Rvalue::Kind::Future:
      return fmt::format("{} {}{}", word, text(value.callee), list(value.operands));
    case Rvalue::Kind::Discriminant:
    case Rvalue::Kind::Len:
      return word + " " + text(value.place);
    }
    return word;
  }

  std::string text(const Statement &statement) const {
    std::string word(words::statements[static_cast<size_t>(statement.kind)]);
    switch (statement.kind) {
    case Statement::Kind::Assign:
      return text(statement.place) + " = " + text(statement.value);
    case Statement::Kind::StorageLive:
    case Statement::Kind::StorageDead:
      return word + " " + names[statement.local.index];
    case Statement::Kind::TakeUnwind:
      return text(statement.place) + " = " + word;
    case Statement::Kind::Nop:
      return word;
    }
    return word;
  }

  std::string after(const Terminator &terminator) const {
    std::string result;
    if (!terminator.targets.empty())
      result += fmt::format(" -> bb{}", terminator.targets[0].index);
    if (terminator.unwind.valid())
      result += fmt::format(" unwind bb{}", terminator.unwind.index);
    return result;
  }

  std::string text(const Terminator &terminator) const {
    std::string word(words::terminators[static_cast<size_t>(terminator.kind)]);
    switch (terminator.kind) {
    case Terminator::Kind::Goto:
      return word + after(terminator);
    case Terminator::Kind::Switch: {
      std::string result = fmt::format("{} {} [", word, text(terminator.operands[0]));
      for (size_t i = 0; i < terminator.values.size(); ++i)
        result += fmt::format("{}: bb{}, ", terminator.values[i], terminator.targets[i].index);
      return result + fmt::format("otherwise: bb{}]", terminator.targets.back().index);
    }
    case Terminator::Kind::Return:
    case Terminator::Kind::Unwind:
    case Terminator::Kind::Unreachable:
      return word;
    case Terminator::Kind::Drop:
      return fmt::format("{} {}{}{}", word, terminator.isReplace ? "replace " : "", text(terminator.place), after(terminator));
    case Terminator::Kind::Assert:
      return fmt::format("{} {} is {} {} {}{}{}", word, text(terminator.operands[0]), terminator.expected,
                         words::asserts[static_cast<size_t>(terminator.assertKind)], words::binaryOps[static_cast<size_t>(terminator.op)],
                         list(terminator.operands, 1), after(terminator));
    case Terminator::Kind::Call:
    case Terminator::Kind::AwaitCall:
      return fmt::format("{} = {} {}{}{}{}", text(terminator.place), word, terminator.isShielded ? "shielded " : "", text(terminator.callee),
                         list(terminator.operands), after(terminator));
    case Terminator::Kind::CallValue:
      return fmt::format("{} = {} {}{} {}{}", text(terminator.place), word, terminator.isShielded ? "shielded " : "",
                         words::callKinds[static_cast<size_t>(terminator.callKind)], list(terminator.operands), after(terminator));
    case Terminator::Kind::Await:
      return fmt::format("{} = {} {}{}{}", text(terminator.place), word, terminator.isShielded ? "shielded " : "", text(terminator.operands[0]),
                         after(terminator));
    case Terminator::Kind::Spawn:
      return fmt::format("{} = {} {}{}{} settle {}{}", text(terminator.place), word, terminator.hasScope ? "scoped " : "", text(terminator.callee),
                         list(terminator.operands), text(terminator.settle), after(terminator));
    }
    return word;
  }

  const Program &program;
  const frontend::Interner &interner;
  const Body &body;
  std::vector<std::string> names;
  std::string out;
};

} // namespace

std::string print(const Program &program, const frontend::Interner &interner, const Body &body) { return Writer(program, interner, body).write(); }

} // namespace async::mir
