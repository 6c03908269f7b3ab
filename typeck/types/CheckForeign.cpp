// Functions between the language and C: what may cross, and what their names may be.
#include <algorithm>
#include <array>
#include <map>

#include "frontend/diagnostics/Types.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

namespace diag = frontend::diag;

namespace {

// Words of C and C++ that are names here.
constexpr std::array<std::string_view, 74> wordsOfC = {
    "alignas",     "alignof",      "and",        "asm",         "auto",     "bool",      "case",     "catch",     "char",      "class",
    "compl",       "concept",      "constexpr",  "decltype",    "default",  "delete",    "do",       "double",    "explicit",  "export",
    "float",       "friend",       "goto",       "inline",      "int",      "long",      "mutable",  "namespace", "new",       "noexcept",
    "not",         "nullptr",      "operator",   "or",          "private",  "protected", "public",   "register",  "requires",  "restrict",
    "short",       "signed",       "sizeof",     "switch",      "template", "this",      "throw",    "try",       "typedef",   "typeid",
    "typename",    "union",        "unsigned",   "using",       "virtual",  "void",      "volatile", "wchar_t",   "xor",       "bitand",
    "bitor",       "char8_t",      "char16_t",   "char32_t",    "co_await", "co_return", "co_yield", "consteval", "constinit", "reinterpret_cast",
    "static_cast", "dynamic_cast", "const_cast", "thread_local"};

// One word: neither a slice nor a trait object lies behind it.
bool isThin(const Types &types, const Type &reference) {
  const TypeKind target = types[reference.args[0]].kind;
  return target != TypeKind::Slice && target != TypeKind::Dyn;
}

} // namespace

bool isWordOfC(std::string_view name) { return std::find(wordsOfC.begin(), wordsOfC.end(), name) != wordsOfC.end(); }

// As a parameter, a result or, with `inStruct`, a field.
bool Collector::hasFormInC(TypeId id, bool inStruct) const {
  const Types &types = program.types;
  const Type &type = types[id];
  switch (type.kind) {
  case TypeKind::Error:
  case TypeKind::Bool:
  case TypeKind::Char:
  case TypeKind::Int:
  case TypeKind::Float:
    return true;
  case TypeKind::Pointer:
  case TypeKind::Ref:
    return isThin(types, type);
  case TypeKind::Array:
    return inStruct && types[type.args[1]].value > 0 && hasFormInC(type.args[0], true);
  case TypeKind::Adt: {
    auto option = langAdt(context, "option");
    if (option && type.index == option->index) // a reference that may be null
      return types[type.args[0]].kind == TypeKind::Ref && isThin(types, types[type.args[0]]);
    return program.adt(AdtId{type.index}).isReprC;
  }
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
    return false;
  }
  return false;
}

void Collector::notForC(frontend::Span span, TypeId id) {
  const Type &type = program.types[id];
  auto said = diagnostics.emit(span, diag::NotForC, text(context, id));
  const AdtDecl *adt = type.kind == TypeKind::Adt ? &program.adt(AdtId{type.index}) : nullptr;
  const bool isReference = type.kind == TypeKind::Ref || type.kind == TypeKind::Pointer;
  const std::string_view lang = adt ? name(adt->lang) : "";
  if (isReference || type.kind == TypeKind::Array || lang == "str" || lang == "bytes" || lang == "list")
    said.help(diag::PointerAndLength);
  else if (adt && !adt->isEnum && !inStd(adt->module.index) && adt->generics.params.empty())
    said.help(diag::AddReprC, name(adt->name));
  else if (adt)
    said.help(diag::PassPointer);
}

void Collector::checkForeign(const ast::File &file, const ast::Function &function, FnDecl &fn) {
  if (fn.abi == Abi::Leaf && fn.frameSize == 0)
    fn.frameSize = 32;
  if (fn.abi == Abi::Leaf)
    fn.isAsync = true;
  if (fn.abi != Abi::C && fn.abi != Abi::ExportC)
    return;
  if (!fn.generics.params.empty())
    diagnostics.emit(fn.span, diag::GenericForeign);
  if (fn.isStream || fn.isSink)
    diagnostics.emit(function.span, diag::NotCallableForC, fn.isStream ? "a `stream fn`" : "a `sink fn`");
  else if (fn.isAsync && fn.abi == Abi::C)
    diagnostics.emit(function.span, diag::NotCallableForC, "an `async fn` of C");
  // rules.md L9: what takes or gives raw pointers is not safe to call.
  auto isPointer = [&](TypeId type) { return program.types[type].kind == TypeKind::Pointer; };
  if (fn.abi == Abi::C &&
      (isPointer(fn.result) || std::any_of(fn.params.begin(), fn.params.end(), [&](const ParamDecl &param) { return isPointer(param.type); })))
    fn.isUnsafe = true;
  if (inStd(fn.module.index) || fn.isStream || fn.isSink || !fn.generics.params.empty())
    return;
  auto params = ast::File::run(file.params, function.params);
  for (size_t i = 0; i < fn.params.size() && i < params.size(); ++i)
    if (!hasFormInC(fn.params[i].type, false))
      notForC(params[i].type.valid() ? file[params[i].type].span : fn.params[i].span, fn.params[i].type);
  const bool isVoid = fn.result == program.types.unit || fn.result == program.types.never;
  if (!isVoid && !hasFormInC(fn.result, false))
    notForC(function.result.valid() ? file[function.result].span : fn.span, fn.result);
}

void Collector::checkReprC(uint32_t index) {
  const AdtDecl &adt = program.adts[index];
  if (!adt.isReprC || adt.isEnum || adt.variants.empty())
    return;
  if (adt.variants[0].fields.empty())
    diagnostics.emit(adt.span, diag::ReprC);
  for (const FieldDecl &field : adt.variants[0].fields)
    if (adt.generics.params.empty() && !hasFormInC(field.type, true))
      notForC(field.span, field.type);
}

// One symbol each, and none that others need.
void Collector::checkExports() {
  std::map<std::string_view, FnId> seen;
  for (uint32_t i = 0; i < program.fns.size(); ++i) {
    const FnDecl &fn = program.fns[i];
    if (fn.abi != Abi::ExportC)
      continue;
    const std::string_view called = name(fn.linkName);
    const char *reason = nullptr;
    if (called == "main" && i >= firstFn)
      reason = "a program begins there";
    else if (called.starts_with("async_"))
      reason = "names that begin with `async_` are those of the runtime";
    else if (isWordOfC(called))
      reason = "it is a word of C or C++";
    if (reason)
      diagnostics.emit(fn.span, diag::ReservedExport, called, reason);
    auto [other, isNew] = seen.emplace(called, FnId{i});
    if (!isNew)
      diagnostics.emit(fn.span, diag::ExportTwice, called).label(program.fn(other->second).span, diag::OtherExport);
  }
}

} // namespace async::typeck
