#include "tools/driver/CHeader.h"

#include <fmt/format.h>

#include <map>
#include <set>

#include "typeck/types/Collect.h"

namespace async::driver {

using namespace typeck;

namespace {

class Header {
public:
  Header(const Program &program, const frontend::Interner &interner) : program(program), interner(interner) {}

  std::string text(std::string_view name) {
    for (const FnDecl &fn : program.fns)
      if (fn.abi == Abi::ExportC && fn.hasBody)
        function(fn);
    std::string guard;
    for (char c : name)
      guard += std::isalnum(static_cast<unsigned char>(c)) ? static_cast<char>(std::toupper(static_cast<unsigned char>(c))) : '_';
    guard = (std::isdigit(static_cast<unsigned char>(guard[0])) ? "LIB" : "") + guard + "_H";
    std::string out = fmt::format("/* {}.h: made by asyncc build --lib. A panic in one of these functions ends the process with its message. */\n", name);
    out += fmt::format("#ifndef {0}\n#define {0}\n\n#include <stdbool.h>\n#include <stdint.h>\n\n#ifdef __cplusplus\nextern \"C\" {{\n#endif\n\n", guard);
    out += forward;
    if (!forward.empty())
      out += '\n';
    out += structs;
    out += functions;
    out += "\n#ifdef __cplusplus\n}\n#endif\n\n#endif\n";
    return out;
  }

private:
  const Program &program;
  const frontend::Interner &interner;
  std::string forward, structs, functions;
  std::map<uint32_t, std::string> names; // of structs, by AdtId
  std::set<std::string> taken;
  std::set<uint32_t> defined;

  std::string word(Symbol symbol) const {
    std::string name(interner.text(symbol));
    return isWordOfC(name) ? name + "_" : name;
  }

  // The name of a struct; one that several modules have is told by its module.
  const std::string &structName(AdtId id) {
    auto [found, isNew] = names.try_emplace(id.index);
    if (!isNew)
      return found->second;
    const AdtDecl &adt = program.adt(id);
    std::string name = word(adt.name);
    for (ModuleId module = adt.module; !taken.insert(name).second; module = module.valid() ? program.modules[module.index].parent : module)
      name = (module.valid() ? word(program.modules[module.index].name) : "other") + "_" + name;
    forward += fmt::format("typedef struct {0} {0};\n", name);
    return found->second = name;
  }

  // A declaration of `name`, which may be empty, with this type.
  std::string declare(TypeId id, const std::string &name) {
    const Type &type = program.types[id];
    auto with = [&](std::string_view of) { return name.empty() || name[0] == '[' ? fmt::format("{}{}", of, name) : fmt::format("{} {}", of, name); };
    switch (type.kind) {
    case TypeKind::Bool:
      return with("bool");
    case TypeKind::Char:
      return with("uint32_t");
    case TypeKind::Int: {
      static constexpr const char *integers[] = {"int8_t", "int16_t", "int32_t", "int64_t", "uint8_t", "uint16_t", "uint32_t", "uint64_t"};
      return with(integers[type.sub]);
    }
    case TypeKind::Float:
      return with(static_cast<FloatKind>(type.sub) == FloatKind::F32 ? "float" : "double");
    case TypeKind::Pointer:
    case TypeKind::Ref:
      return pointer(type, name);
    case TypeKind::Array:
      return declare(type.args[0], fmt::format("{}[{}]", name, program.types[type.args[1]].value));
    case TypeKind::Adt:
      if (!program.adt(AdtId{type.index}).isReprC) // Option<&T>
        return pointer(program.types[type.args[0]], name);
      define(AdtId{type.index});
      return with(structName(AdtId{type.index}));
    case TypeKind::Error:
    case TypeKind::Never:
    case TypeKind::Tuple:
    case TypeKind::Slice:
    case TypeKind::FnDef:
    case TypeKind::Closure:
    case TypeKind::Fn:
    case TypeKind::Async:
    case TypeKind::Stream:
    case TypeKind::Sink:
    case TypeKind::Param:
    case TypeKind::Projection:
    case TypeKind::Dyn:
    case TypeKind::Var:
    case TypeKind::ConstInt:
    case TypeKind::Frame:
    case TypeKind::BoxedAsync:
      return with("void");
    }
    return with("void");
  }

  // To what has no form in C: an incomplete struct where it has a name, else void.
  std::string pointer(const Type &type, const std::string &name) {
    const bool isConst = static_cast<Mutability>(type.sub) == Mutability::Shared;
    const Type &target = program.types[type.args[0]];
    const bool isPointer = target.kind == TypeKind::Pointer || target.kind == TypeKind::Ref;
    if (isPointer)
      return declare(type.args[0], (isConst ? "const *" : "*") + name);
    std::string of;
    if (target.kind == TypeKind::Adt)
      of = program.adt(AdtId{target.index}).generics.params.empty() ? structOf(AdtId{target.index}) : "void";
    else
      of = target.kind == TypeKind::Array ? "void" : declare(type.args[0], "");
    return fmt::format("{}{} *{}", isConst ? "const " : "", of, name);
  }

  std::string structOf(AdtId id) {
    if (program.adt(id).isReprC)
      define(id);
    return structName(id);
  }

  void define(AdtId id) {
    if (!defined.insert(id.index).second)
      return;
    std::string made = fmt::format("struct {} {{\n", structName(id));
    for (const FieldDecl &field : program.adt(id).variants[0].fields) {
      std::string name = word(field.name);
      made += fmt::format("  {};\n", declare(field.type, std::isdigit(static_cast<unsigned char>(name[0])) ? "_" + name : name));
    }
    structs += made + "};\n\n"; // behind those that it holds
  }

  void function(const FnDecl &fn) {
    std::string params;
    for (size_t i = 0; i < fn.params.size(); ++i) {
      std::string name = fn.params[i].name.empty() ? fmt::format("a{}", i) : word(fn.params[i].name);
      params += (i ? ", " : "") + declare(fn.params[i].type, name);
    }
    const std::string head = fmt::format("{}({})", interner.text(fn.linkName), params.empty() ? "void" : params);
    if (fn.isAsync)
      functions += "/* Returns when all that it has begun has ended. */\n";
    if (fn.result == program.types.never)
      functions += fmt::format("__attribute__((noreturn)) void {};\n", head);
    else if (fn.result == program.types.unit)
      functions += fmt::format("void {};\n", head);
    else
      functions += declare(fn.result, head) + ";\n";
  }
};

} // namespace

std::string cHeader(const Program &program, const frontend::Interner &interner, std::string_view name) { return Header(program, interner).text(name); }

} // namespace async::driver
