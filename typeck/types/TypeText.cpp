#include "typeck/types/TypeText.h"

namespace async::typeck {
namespace {

using frontend::Interner;

// Types share their parts, so a text can be much longer than its type: it is cut here.
constexpr size_t longest = 600;

class Writer {
public:
  Writer(const Program &program, const Interner &interner, TypeStyle style = TypeStyle::Words)
      : program(program), interner(interner), isExact(style == TypeStyle::Exact) {}

  void type(TypeId id) {
    if (!isExact && out.size() > longest) {
      if (!out.ends_with("…"))
        out += "…";
      return;
    }
    if (!id.valid()) {
      out += "_";
      return;
    }
    const Type &type = program.types[id];
    switch (type.kind) {
    case TypeKind::Error:
    case TypeKind::Var:
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
      integer(static_cast<IntKind>(type.sub));
      break;
    case TypeKind::Float:
      out += static_cast<FloatKind>(type.sub) == FloatKind::F32 ? "f32" : "f64";
      break;
    case TypeKind::Tuple:
      out += "(";
      list(type.args);
      out += type.args.size() == 1 ? ",)" : ")";
      break;
    case TypeKind::Array:
      out += "[";
      this->type(type.args[0]);
      out += "; ";
      this->type(type.args[1]);
      out += "]";
      break;
    case TypeKind::Slice:
      out += "[";
      this->type(type.args[0]);
      out += "]";
      break;
    case TypeKind::Ref:
      out += static_cast<Mutability>(type.sub) == Mutability::Exclusive ? "&mut " : "&";
      this->type(type.args[0]);
      break;
    case TypeKind::Pointer:
      out += static_cast<Mutability>(type.sub) == Mutability::Exclusive ? "*mut " : "*";
      this->type(type.args[0]);
      break;
    case TypeKind::Adt:
      named(program.adt(AdtId{type.index}).name, type.args);
      break;
    case TypeKind::FnDef:
      fnItem(type);
      break;
    case TypeKind::Closure:
      if (isExact)
        word("closure#" + std::to_string(type.index), type.args);
      else
        closure(program.closure(ClosureId{type.index}));
      break;
    case TypeKind::Fn:
      function(static_cast<CallKind>(type.sub), type.args);
      break;
    case TypeKind::Async:
      word("Async", type.args);
      break;
    case TypeKind::BoxedAsync:
      word(isExact ? "BoxedAsync" : "Async", type.args);
      break;
    case TypeKind::Stream:
      word("Stream", type.args);
      break;
    case TypeKind::Sink:
      word("Sink", !isExact && isClosed(type.args) ? type.args.first(1) : type.args);
      break;
    case TypeKind::Param:
      out += interner.text(Symbol{static_cast<uint32_t>(type.value)});
      break;
    case TypeKind::Projection:
      projection(type);
      break;
    case TypeKind::Dyn:
      out += "dyn ";
      named(program.trait(TraitId{type.index}).name, type.args);
      break;
    case TypeKind::ConstInt:
      out += std::to_string(type.value);
      break;
    case TypeKind::Frame:
      out += "frame#" + std::to_string(type.index);
      break;
    }
  }

  void trait(const TraitRef &trait) { named(program.trait(trait.trait).name, trait.args); }

  void signature(FnId id) {
    const FnDecl &fn = program.fn(id);
    words(fn);
    out += "fn ";
    out += interner.text(fn.name);
    ownGenerics(fn);
    out += "(";
    for (size_t i = 0; i < fn.params.size(); ++i) {
      if (i != 0)
        out += ", ";
      param(fn, i);
    }
    out += ")";
    result(fn);
  }

  void path(FnId id) {
    const FnDecl &fn = program.fn(id);
    if (fn.impl) {
      ownerName(program.impl(*fn.impl).self);
    } else if (fn.trait) {
      out += interner.text(program.trait(*fn.trait).name);
      out += "::";
    } else {
      modulePath(fn.module);
    }
    out += interner.text(fn.name);
  }

  std::string out;

private:
  void integer(IntKind kind) {
    static constexpr const char *names[] = {"i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64"};
    out += names[static_cast<size_t>(kind)];
  }

  void list(std::span<const TypeId> types) {
    for (size_t i = 0; i < types.size(); ++i) {
      if (i != 0)
        out += ", ";
      type(types[i]);
    }
  }

  void named(Symbol name, std::span<const TypeId> args) { word(interner.text(name), args); }

  void word(std::string_view word, std::span<const TypeId> args) {
    out += word;
    if (args.empty())
      return;
    out += "<";
    list(args);
    out += ">";
  }

  // A sink's error is not shown where it is the one that it has if nothing is written.
  bool isClosed(std::span<const TypeId> args) {
    const Type &error = program.types[args[1]];
    if (error.kind == TypeKind::Adt)
      return interner.text(program.adt(AdtId{error.index}).lang) == "closed" && error.args.size() == 1 && error.args[0] == args[0];
    return args[1] == program.types.unit;
  }

  void fnItem(const Type &type) {
    const FnDecl &fn = program.fn(FnId{type.index});
    out += "fn ";
    if (isExact)
      word(exactPathText(program, interner, FnId{type.index}), type.args);
    else
      out += interner.text(fn.name);
  }

  void closure(const ClosureDecl &closure) {
    switch (closure.kind) {
    case ClosureDecl::Kind::AsyncBlock:
      word("Async", std::span(&closure.result, 1));
      return;
    case ClosureDecl::Kind::AsyncClosure:
    case ClosureDecl::Kind::Closure:
      break;
    }
    out += closure.kind == ClosureDecl::Kind::AsyncClosure ? "async |" : "|";
    list(closure.params);
    out += "|";
    arrow(closure.result);
  }

  void function(CallKind kind, std::span<const TypeId> args) {
    if (kind == CallKind::Once)
      out += "once ";
    if (kind == CallKind::Shared)
      out += "shared ";
    out += "fn(";
    list(args.first(args.size() - 1));
    out += ")";
    arrow(args.back());
  }

  void arrow(TypeId result) {
    if (!isExact && (result == program.types.unit || !result.valid()))
      return;
    out += " -> ";
    type(result);
  }

  void projection(const Type &type) {
    const AssocTypeDecl &assoc = program.assocType(AssocTypeId{type.index});
    if (!isExact && assoc.hides.valid()) {
      out += interner.text(assoc.name);
      return;
    }
    const Type &self = program.types[type.args[0]];
    bool plain = !isExact && type.args.size() == 1 && (self.kind == TypeKind::Param || self.kind == TypeKind::Projection);
    if (plain) {
      this->type(type.args[0]);
    } else {
      out += "<";
      this->type(type.args[0]);
      out += " as ";
      named(program.trait(assoc.trait).name, type.args.subspan(1));
      out += ">";
    }
    out += "::";
    out += interner.text(assoc.name);
  }

  void words(const FnDecl &fn) {
    switch (fn.abi) {
    case Abi::C:
    case Abi::ExportC:
      out += fn.abi == Abi::C ? "extern \"C\" " : "export \"C\" ";
      break;
    case Abi::Leaf:
      out += "extern \"leaf\" ";
      break;
    case Abi::Intrinsic:
      out += "extern \"intrinsic\" ";
      break;
    case Abi::Async:
      break;
    }
    if (fn.isDeterministic)
      out += "deterministic ";
    if (fn.isUnsafe)
      out += "unsafe ";
    if (fn.isBlocking)
      out += "blocking ";
    if (!fn.modeParams.empty()) {
      out += "async(";
      for (size_t i = 0; i < fn.modeParams.size(); ++i) {
        if (i != 0)
          out += ", ";
        if (fn.modeParams[i] < fn.params.size())
          out += interner.text(fn.params[fn.modeParams[i]].name);
      }
      out += ") ";
    } else if (fn.isAsync) {
      out += "async ";
    }
    if (fn.isStream)
      out += "stream ";
    if (fn.isSink)
      out += "sink ";
  }

  void ownGenerics(const FnDecl &fn) {
    bool first = true;
    for (uint32_t i = fn.generics.parentCount; i < fn.generics.params.size(); ++i) {
      const GenericParam &param = fn.generics.params[i];
      if (param.isHidden)
        continue;
      out += first ? "<" : ", ";
      first = false;
      if (param.isConst)
        out += "const ";
      out += interner.text(param.name);
      if (param.isConst)
        out += ": i64";
      bounds(fn, i);
    }
    if (!first)
      out += ">";
  }

  void bounds(const FnDecl &fn, uint32_t index) {
    bool first = true;
    for (const Predicate &predicate : fn.generics.predicates) {
      const Type &subject = program.types[predicate.subject];
      if (subject.kind != TypeKind::Param || subject.index != index || predicate.kind == Predicate::Kind::Equals)
        continue;
      out += first ? ": " : " + ";
      first = false;
      if (predicate.kind == Predicate::Kind::Implements)
        trait(predicate.trait);
      else
        calls(predicate.signature);
    }
  }

  // A bound says nothing of how often it may be called unless it was written.
  void calls(TypeId signature) {
    const Type &type = program.types[signature];
    if (type.kind == TypeKind::Fn)
      function(static_cast<CallKind>(type.sub), type.args);
    else
      this->type(signature);
  }

  void param(const FnDecl &fn, size_t index) {
    const ParamDecl &param = fn.params[index];
    if (index == 0 && fn.self != SelfKind::None) {
      switch (fn.self) {
      case SelfKind::Ref:
        out += "&self";
        return;
      case SelfKind::RefMut:
        out += "&mut self";
        return;
      case SelfKind::Value:
      case SelfKind::None:
        out += "self";
        return;
      }
    }
    out += param.name.empty() ? "_" : interner.text(param.name);
    out += ": ";
    type(param.type);
  }

  void result(const FnDecl &fn) {
    if (!fn.result.valid())
      return;
    const Type &type = program.types[fn.result];
    if (fn.isStream && type.kind == TypeKind::Stream)
      return arrow(type.args[0]);
    if (fn.isSink && type.kind == TypeKind::Sink) {
      out += " <- ";
      return this->type(type.args[0]);
    }
    arrow(fn.result);
  }

  void ownerName(TypeId self) {
    const Type &type = program.types[self];
    if (type.kind == TypeKind::Adt)
      out += interner.text(program.adt(AdtId{type.index}).name);
    else
      this->type(self);
    out += "::";
  }

  void modulePath(ModuleId module) {
    std::vector<Symbol> names;
    for (ModuleId at = module; at.valid() && at.index < program.modules.size(); at = program.modules[at.index].parent)
      if (!program.modules[at.index].name.empty())
        names.push_back(program.modules[at.index].name);
    for (size_t i = names.size(); i-- > 0;) {
      out += interner.text(names[i]);
      out += "::";
    }
  }

  const Program &program;
  const Interner &interner;
  const bool isExact;
};

bool isNameByte(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ':' || (c & 0x80); }

} // namespace

std::string typeText(const Program &program, const Interner &interner, TypeId type, TypeStyle style) {
  Writer writer(program, interner, style);
  writer.type(type);
  return std::move(writer.out);
}

std::string traitText(const Program &program, const Interner &interner, const TraitRef &trait) {
  Writer writer(program, interner);
  writer.trait(trait);
  return std::move(writer.out);
}

std::string signatureText(const Program &program, const Interner &interner, FnId fn) {
  Writer writer(program, interner);
  writer.signature(fn);
  return std::move(writer.out);
}

std::string pathText(const Program &program, const Interner &interner, FnId fn) {
  Writer writer(program, interner);
  writer.path(fn);
  return std::move(writer.out);
}

std::string exactPathText(const Program &program, const Interner &interner, FnId fn) {
  std::string path = pathText(program, interner, fn);
  for (char c : path)
    if (!isNameByte(c))
      return "`" + path + "`";
  return path;
}

} // namespace async::typeck
