// Attributes of definitions.
#include <algorithm>
#include <array>

#include "frontend/diagnostics/Suggest.h"
#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"
#include "frontend/diagnostics/Warnings.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

namespace diag = frontend::diag;

namespace {

constexpr std::array<std::string_view, 14> known = {"lang",   "inline",   "cold",       "track_caller", "takes",    "frame", "derive", "repr",
                                                    "shared", "must_use", "may_ignore", "bench",        "property", "simulate"};
constexpr std::array<std::string_view, 4> derivable = {"Eq", "Ord", "Hash", "Clone"};

std::string similar(std::string_view name, std::span<const std::string_view> candidates) {
  auto found = frontend::nearestName(name, {candidates.begin(), candidates.end()});
  return found ? "; did you mean `" + std::string(found->name) + "`?" : std::string();
}

// The single word of an argument, as in `inline(never)`.
Symbol word(const ast::File &file, const ast::AttributeArg &arg) {
  if (!arg.path.valid())
    return {};
  auto segments = ast::File::run(file.segments, file[arg.path].segments);
  return segments.size() == 1 ? segments[0].name.symbol : Symbol{};
}

} // namespace

Symbol Collector::langName(const ast::File &file, const ast::Attribute &attribute, uint32_t module) {
  auto args = ast::File::run(file.attributeArgs, attribute.args);
  if (!inStd(module)) {
    diagnostics.emit(attribute.span, diag::LangOutsideStd, "lang");
    return {};
  }
  if (args.size() != 1 || !args[0].literal.valid() || file[args[0].literal].kind != ast::ExprKind::Str) {
    diagnostics.emit(attribute.span, diag::AttributeArguments, "lang", "one text");
    return {};
  }
  return file[args[0].literal].name;
}

void Collector::derive(const ast::File &file, const ast::Attribute &attribute, AdtDecl &adt) {
  for (const ast::AttributeArg &arg : ast::File::run(file.attributeArgs, attribute.args)) {
    const Symbol trait = word(file, arg);
    const std::string_view shown = trait.empty() ? "this" : name(trait);
    if (std::find(derivable.begin(), derivable.end(), name(trait)) == derivable.end())
      diagnostics.emit(arg.path.valid() ? file[arg.path].span : attribute.span, diag::UnknownDerive, shown, similar(shown, derivable)).help(diag::DeriveList);
    else if (std::find(adt.derives.begin(), adt.derives.end(), trait) == adt.derives.end())
      adt.derives.push_back(trait);
  }
}

// The frame of a leaf is as large as its runtime function needs; of a body, the compiler makes it and it may be bounded.
void Collector::frame(const ast::File &file, const ast::Attribute &attribute, FnDecl &fn) {
  auto args = ast::File::run(file.attributeArgs, attribute.args);
  const bool isLeaf = !fn.hasBody;
  const bool isNumber = args.size() == 1 && name(args[0].name.symbol) == (isLeaf ? "size" : "max") && args[0].literal.valid() &&
                        file[args[0].literal].kind == ast::ExprKind::Int;
  const int64_t bytes = isNumber ? file[args[0].literal].integer : 0;
  if (isLeaf && (bytes < 32 || bytes > 65536 || bytes % 8 != 0))
    diagnostics.emit(attribute.span, diag::AttributeArguments, "frame", "`size: N`, N from 32 in steps of 8");
  else if (bytes < 1 || bytes > INT32_MAX)
    diagnostics.emit(attribute.span, diag::AttributeArguments, "frame", "`max: N`, the bytes that the frame may take");
  else
    fn.frameSize = static_cast<uint32_t>(bytes);
}

void Collector::attributes(const ast::File &file, ast::List list, uint32_t module, AdtDecl *adt, FnDecl *fn, TraitDecl *trait) {
  for (const ast::Attribute &attribute : ast::File::run(file.attributes, list)) {
    const std::string_view what = name(attribute.name.symbol);
    auto args = ast::File::run(file.attributeArgs, attribute.args);
    if (what == "lang") {
      const Symbol lang = langName(file, attribute, module);
      if (adt)
        adt->lang = lang;
      if (fn)
        fn->lang = lang;
      if (trait)
        trait->lang = lang;
    } else if (what == "derive" && adt) {
      derive(file, attribute, *adt);
    } else if (what == "shared" && adt) {
      if (inStd(module))
        adt->isShared = true;
      else
        diagnostics.emit(attribute.span, diag::LangOutsideStd, what);
    } else if (what == "repr" && adt) {
      adt->isReprC = true;
      if (args.size() != 1 || name(word(file, args[0])) != "C")
        diagnostics.emit(attribute.span, diag::AttributeArguments, what, "`C`");
      else if (adt->isEnum || !adt->generics.params.empty())
        diagnostics.emit(attribute.span, diag::ReprC);
    } else if (what == "must_use") {
      if (adt)
        adt->mustUse = true;
    } else if (what == "may_ignore" && adt) {
      adt->mayIgnore = true;
    } else if (what == "inline" && fn) {
      const std::string_view how = args.size() == 1 ? name(word(file, args[0])) : "";
      fn->inlineNever = how == "never";
      fn->inlineAlways = how == "always";
      if (how != "never" && how != "always")
        diagnostics.emit(attribute.span, diag::AttributeArguments, what, "`never` or `always`");
    } else if (what == "cold" && fn) {
      fn->isCold = true;
    } else if (what == "track_caller" && fn) {
      fn->trackCaller = true;
    } else if (what == "takes" && fn) {
      fn->takes = true;
    } else if (what == "frame" && fn) {
      frame(file, attribute, *fn);
    } else if (what == "bench" && fn && !fn->isTest) {
      fn->isBench = true;
      if (!args.empty())
        diagnostics.emit(attribute.span, diag::AttributeArguments, what, "nothing");
    } else if ((what == "property" || what == "simulate") && fn && fn->isTest) {
      notYet(attribute.span, what == "property" ? "`#[property]`" : "`#[simulate]`");
    } else {
      diagnostics.emit(attribute.span, diag::UnknownAttribute, what, similar(what, known));
    }
  }
}

} // namespace async::typeck
