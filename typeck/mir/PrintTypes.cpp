// Types and paths of MIR text.
#include "typeck/mir/Print.h"
#include "typeck/mir/Words.h"
#include "typeck/types/TypeText.h"

namespace async::mir {
namespace {

class TypeWriter {
public:
  TypeWriter(const Program &program, const frontend::Interner &interner) : program(program), interner(interner) {}

  void write(TypeId id) {
    if (!id.valid()) {
      out += "_";
      return;
    }
    const Type &type = program.types[id];
    bool isExclusive = static_cast<Mutability>(type.sub) == Mutability::Exclusive;
    switch (type.kind) {
    case TypeKind::Error:
      out += "_";
      break;
    case TypeKind::Never:
      out += "!";
      break;
    case TypeKind::Bool:
      out += "bool";
      break;
    case TypeKind::Char:
      out += "char";
      break;
    case TypeKind::Int:
      out += words::integers[type.sub];
      break;
    case TypeKind::Float:
      out += static_cast<FloatKind>(type.sub) == FloatKind::F32 ? "f32" : "f64";
      break;
    case TypeKind::Tuple:
      list("(", type.args, type.args.size() == 1 ? ",)" : ")");
      break;
    case TypeKind::Array:
      wrapped("[", type.args[0], "; ");
      wrapped("", type.args[1], "]");
      break;
    case TypeKind::Slice:
      wrapped("[", type.args[0], "]");
      break;
    case TypeKind::Ref:
      wrapped(isExclusive ? "&mut " : "&", type.args[0], "");
      break;
    case TypeKind::Pointer:
      wrapped(isExclusive ? "*mut " : "*", type.args[0], "");
      break;
    case TypeKind::Adt:
      named(interner.text(program.adt(AdtId{type.index}).name), type.args);
      break;
    case TypeKind::FnDef:
      out += "fn ";
      named(printPath(program, interner, FnId{type.index}), type.args);
      break;
    case TypeKind::Closure:
      named("closure#" + std::to_string(type.index), type.args);
      break;
    case TypeKind::Fn: {
      static constexpr std::string_view kinds[] = {"shared fn", "fn", "once fn"};
      out += kinds[type.sub];
      list("(", type.args.first(type.args.size() - 1), ") -> ");
      write(type.args.back());
      break;
    }
    case TypeKind::Async:
      named("Async", type.args);
      break;
    case TypeKind::BoxedAsync:
      named("BoxedAsync", type.args);
      break;
    case TypeKind::Stream:
      named("Stream", type.args);
      break;
    case TypeKind::Sink:
      named("Sink", type.args);
      break;
    case TypeKind::Param:
      out += interner.text(Symbol{static_cast<uint32_t>(type.value)});
      break;
    case TypeKind::Projection: {
      const AssocTypeDecl &assoc = program.assocType(AssocTypeId{type.index});
      wrapped("<", type.args[0], " as ");
      named(interner.text(program.trait(assoc.trait).name), type.args.subspan(1));
      out += ">::";
      out += interner.text(assoc.name);
      break;
    }
    case TypeKind::Dyn:
      out += "dyn ";
      named(interner.text(program.trait(TraitId{type.index}).name), type.args);
      break;
    case TypeKind::Var:
      out += "_";
      break;
    case TypeKind::ConstInt:
      out += std::to_string(type.value);
      break;
    case TypeKind::Frame:
      out += "frame#" + std::to_string(type.index);
      break;
    }
  }

  std::string out;

private:
  void wrapped(std::string_view before, TypeId type, std::string_view after) {
    out += before;
    write(type);
    out += after;
  }

  void list(std::string_view before, std::span<const TypeId> types, std::string_view after) {
    out += before;
    for (size_t i = 0; i < types.size(); ++i) {
      if (i != 0)
        out += ", ";
      write(types[i]);
    }
    out += after;
  }

  void named(std::string_view name, std::span<const TypeId> args) {
    out += name;
    if (!args.empty())
      list("<", args, ">");
  }

  const Program &program;
  const frontend::Interner &interner;
};

bool isNameByte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' || (c & 0x80); }

} // namespace

std::string printType(const Program &program, const frontend::Interner &interner, TypeId type) {
  TypeWriter writer(program, interner);
  writer.write(type);
  return std::move(writer.out);
}

std::string printPath(const Program &program, const frontend::Interner &interner, FnId fn) {
  std::string path = pathText(program, interner, fn);
  for (char c : path)
    if (!isNameByte(c))
      return "`" + path + "`";
  return path;
}

std::vector<std::string> localNames(const frontend::Interner &interner, const Body &body) {
  std::vector<std::string> names;
  std::unordered_map<std::string, uint32_t> used;
  for (uint32_t i = 0; i < body.locals.size(); ++i) {
    std::string_view given = interner.text(body.locals[i].name);
    std::string name(i == 0 ? "result" : given.empty() ? "tmp" : given);
    uint32_t count = used[name]++;
    names.push_back(count == 0 ? name : name + "#" + std::to_string(count));
  }
  return names;
}

} // namespace async::mir
