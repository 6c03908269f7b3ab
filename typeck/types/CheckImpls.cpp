// Whether an impl gives what its trait asks for.
#include <algorithm>

#include "frontend/resolve/Names.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/Collector.h"
#include "typeck/types/Heads.h"
#include "typeck/types/TypeText.h"

namespace async::typeck {

namespace diag = frontend::diag;

namespace {

std::string selfText(SelfKind kind) {
  switch (kind) {
  case SelfKind::None:
    return "no `self`";
  case SelfKind::Value:
    return "`self`";
  case SelfKind::Ref:
    return "`&self`";
  case SelfKind::RefMut:
    return "`&mut self`";
  }
  return "";
}

std::string counted(size_t count, const char *what) { return std::to_string(count) + " " + what + (count == 1 ? "" : "s"); }

size_t ownParams(const FnDecl &fn, bool hidden) {
  auto own = std::span(fn.generics.params).subspan(fn.generics.parentCount);
  return static_cast<size_t>(std::count_if(own.begin(), own.end(), [&](const GenericParam &param) { return param.isHidden == hidden; }));
}

} // namespace

void Collector::checkMembers(uint32_t index) {
  const ImplDecl &impl = program.impls[index];
  if (!impl.trait)
    return;
  const TraitDecl &trait = program.trait(impl.trait->trait);
  const auto &ref = world.impls[index];
  const std::string shown = traitText(program, context.interner, *impl.trait), self = text(context, impl.self);
  const ast::File &file = *ref.file;
  const frontend::Span head = item(ref).type.valid() ? file[item(ref).type].span : impl.span;

  std::vector<Symbol> names;
  for (FnId method : trait.methods)
    names.push_back(program.fn(method).name);
  for (size_t i = 0; i < impl.methods.size(); ++i) {
    const FnDecl &made = program.fn(impl.methods[i]);
    for (size_t j = 0; j < i; ++j)
      if (program.fn(impl.methods[j]).name == made.name)
        diagnostics.emit(made.span, diag::MemberTwice, name(made.name));
    auto found = std::find(names.begin(), names.end(), made.name);
    program.fn(impl.methods[i]).isPublic = true;
    if (found != names.end())
      checkMethod(impl, trait.methods[static_cast<size_t>(found - names.begin())], impl.methods[i]);
    else if (!made.name.empty())
      diagnostics
          .emit(made.span, diag::UnknownMember, name(made.name), shown,
                resolve::didYouMean(context.interner, resolve::nearest(context.interner, names, made.name)))
          .help(diag::OwnImpl, self);
  }
  if (file.hasErrors)
    return; // a member may be missing because it could not be read
  for (FnId method : trait.methods) {
    const FnDecl &declared = program.fn(method);
    const bool isGiven = std::any_of(impl.methods.begin(), impl.methods.end(), [&](FnId made) { return program.fn(made).name == declared.name; });
    if (!declared.hasBody && !isGiven)
      diagnostics.emit(head, diag::MissingMember, shown, self, name(declared.name)).label(declared.span, diag::MemberRequired);
  }
  for (AssocTypeId assoc : trait.assocTypes)
    if (std::none_of(impl.assocTypes.begin(), impl.assocTypes.end(), [&](const AssocBinding &binding) { return binding.assoc == assoc; }))
      diagnostics.emit(head, diag::MissingMember, shown, self, name(program.assocType(assoc).name)).label(program.assocType(assoc).span, diag::MemberRequired);
}

void Collector::checkMethod(const ImplDecl &impl, FnId declaredId, FnId madeId) {
  const FnDecl &declared = program.fn(declaredId);
  FnDecl &made = program.fn(madeId);
  const std::string_view shown = name(made.name);
  auto shape = [&](const std::string &has, const std::string &wanted) {
    diagnostics.emit(made.span, diag::MemberShapeDiffers, shown, has, wanted).label(declared.span, diag::MemberDeclared);
  };
  if (made.isConst != declared.isConst)
    return shape(made.isConst ? "a constant" : "a function", declared.isConst ? "a constant" : "a function");
  if (made.self != declared.self)
    return shape(selfText(made.self), selfText(declared.self));
  if (made.params.size() != declared.params.size())
    return shape(counted(made.params.size(), "parameter"), counted(declared.params.size(), "parameter"));
  for (bool hidden : {false, true})
    if (ownParams(made, hidden) != ownParams(declared, hidden))
      return shape(counted(ownParams(made, hidden), hidden ? "function parameter" : "type parameter"),
                   counted(ownParams(declared, hidden), hidden ? "function parameter" : "type parameter"));
  if (made.isAsync && !declared.isAsync && made.abi == Abi::Async)
    return shape("an `await`", "none");
  // An implementation may do less: it is called as its trait says.
  made.isAsync = declared.isAsync;
  made.awaitedParams.clear();
  made.modeParams.clear();

  std::vector<TypeId> args{impl.self};
  args.insert(args.end(), impl.trait->args.begin(), impl.trait->args.end());
  args.resize(declared.generics.parentCount, program.types.error);
  for (size_t i = made.generics.parentCount; i < made.generics.params.size(); ++i)
    args.push_back(program.types.param(static_cast<uint32_t>(i), made.generics.params[i].name));

  auto normal = [&](TypeId type) { return normalised(context, type, made.generics, &impl); };
  auto differs = [&](TypeId have, TypeId wanted) {
    const TypeId a = normal(have), b = normal(substitute(program.types, wanted, args));
    return a != b && !((program.types[a].flags | program.types[b].flags) & HasError);
  };
  auto wantedText = [&](TypeId wanted) { return text(context, normal(substitute(program.types, wanted, args))); };
  const auto &ref = world.fns[madeId.index];
  const ast::TypeId result = made.isConst ? (*ref.file)[ref.item].type : (*ref.file)[ref.function].result;
  auto written = made.isConst ? std::span<const ast::Param>() : ast::File::run(ref.file->params, (*ref.file)[ref.function].params);
  for (size_t i = 0; i < made.params.size(); ++i)
    if (differs(made.params[i].type, declared.params[i].type)) {
      const frontend::Span at = i < written.size() && written[i].type.valid() ? (*ref.file)[written[i].type].span : made.params[i].span;
      diagnostics.emit(at, diag::MemberTypeDiffers, shown, "a parameter of type", text(context, made.params[i].type), wantedText(declared.params[i].type))
          .label(declared.params[i].span, diag::MemberDeclared);
      return;
    }
  if (differs(made.result, declared.result)) {
    diagnostics
        .emit(result.valid() ? (*ref.file)[result].span : made.span, diag::MemberTypeDiffers, shown, made.isConst ? "the type" : "the result", text(context, made.result),
              wantedText(declared.result))
        .label(declared.span, diag::MemberDeclared);
    return;
  }
  checkBounds(declared, made, args);
}

// An implementation asks no more of its own parameters than the trait does.
void Collector::checkBounds(const FnDecl &declared, const FnDecl &made, std::span<const TypeId> args) {
  const ImplDecl *own = made.impl ? &program.impl(*made.impl) : nullptr;
  auto normal = [&](TypeId type) { return normalised(context, type, made.generics, own); };
  auto subjectOf = [&](const Predicate &predicate) { return normal(substitute(program.types, predicate.subject, args)); };
  const size_t parents = own ? own->generics.predicates.size() : 0;
  for (size_t i = parents; i < made.generics.predicates.size(); ++i) {
    const Predicate &asked = made.generics.predicates[i];
    if (asked.kind == Predicate::Kind::Equals)
      continue;
    const TypeId subject = normal(asked.subject);
    const bool isGiven = std::any_of(declared.generics.predicates.begin(), declared.generics.predicates.end(), [&](const Predicate &given) {
      if (given.kind != asked.kind || subjectOf(given) != subject)
        return false;
      if (asked.kind == Predicate::Kind::Implements)
        return needsTrait(given.trait.trait, asked.trait.trait);
      return normal(substitute(program.types, given.signature, args)) == normal(asked.signature);
    });
    if (isGiven || (program.types[subject].flags & HasError))
      continue;
    const std::string bound = asked.kind == Predicate::Kind::Implements ? traitText(program, context.interner, asked.trait) : text(context, asked.signature);
    diagnostics.emit(asked.span, diag::MemberShapeDiffers, name(made.name), "the bound `" + text(context, asked.subject) + ": " + bound + "`", "not")
        .label(declared.span, diag::MemberDeclared);
    return;
  }
}

} // namespace async::typeck
