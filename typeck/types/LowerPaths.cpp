// Paths in type position: parameters, `Self`, associated types, definitions with their arguments.
#include <algorithm>

#include "frontend/resolve/Names.h"
#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/Lowering.h"
#include "typeck/types/TypeText.h"

namespace async::typeck {

namespace diag = frontend::diag;
using resolve::DefKind;
using resolve::Namespace;

namespace {

constexpr size_t mostSupertraits = 1000;

std::span<const ast::PathSegment> segmentsOf(const TypeScope &scope, const ast::Path &path) { return ast::File::run(scope.file->segments, path.segments); }

std::optional<uint32_t> paramNamed(const TypeScope &scope, Symbol name) {
  if (!scope.generics || name.empty())
    return std::nullopt;
  // The innermost first: a method's parameter hides one of its impl.
  for (size_t i = scope.generics->params.size(); i-- > 0;)
    if (scope.generics->params[i].name == name && !scope.generics->params[i].isHidden)
      return static_cast<uint32_t>(i);
  return std::nullopt;
}

class PathLowering {
public:
  PathLowering(Context &context, const TypeScope &scope, const ast::Path &path)
      : context(context), types(context.program.types), scope(scope), path(path), segments(segmentsOf(scope, path)) {}

  TypeId lower() {
    if (segments.empty())
      return types.error;
    size_t used = 0;
    TypeId at = start(used);
    const bool isSelf = context.interner.text(segments[0].name.symbol) == "Self";
    const size_t first = used;
    for (; used < segments.size() && at != types.error; ++used) {
      noArgs(segments[used]);
      at = assocOf(context, scope, at, isSelf && used == first, segments[used].name);
    }
    return at;
  }

private:
  TypeId start(size_t &used) {
    const ast::PathSegment &first = segments[0];
    used = 1;
    if (context.interner.text(first.name.symbol) == "Self") {
      noArgs(first);
      if (scope.self.valid())
        return scope.self;
      context.diagnostics.emit(first.name.span, diag::SelfOutside);
      return types.error;
    }
    if (auto index = paramNamed(scope, first.name.symbol)) {
      noArgs(first);
      const GenericParam &param = scope.generics->params[*index];
      if (!param.isConst)
        return types.param(*index, param.name);
      context.diagnostics.emit(first.name.span, diag::NotAType, context.interner.text(param.name), "constant");
      return types.error;
    }
    return definition(used);
  }

  TypeId definition(size_t &used) {
    resolve::ResolvedPath found = resolve::resolvePath(context.world, context.interner, *scope.file, scope.module, path, Namespace::Types, context.diagnostics);
    used = std::max<size_t>(found.used, 1);
    const ast::PathSegment &last = segments[used - 1];
    for (size_t i = 0; i + 1 < used; ++i)
      noArgs(segments[i]);
    switch (found.def.kind) {
    case DefKind::None:
      unknown(last.name);
      return types.error;
    case DefKind::Error:
    case DefKind::Module:
      return types.error;
    case DefKind::Primitive:
      return primitive(static_cast<resolve::PrimitiveType>(found.def.index), last);
    case DefKind::Adt: {
      const AdtId adt{found.def.index};
      return types.adt(adt, lowerArgs(context, scope, last, context.program.adt(adt).generics, 0));
    }
    case DefKind::Alias: {
      const AliasDecl &alias = ensureAlias(context, found.def.index);
      const TypeId type = alias.type;
      const Generics generics = alias.generics;
      return substitute(types, type, lowerArgs(context, scope, last, generics, 0));
    }
    case DefKind::Trait: {
      std::string_view name = context.interner.text(last.name.symbol);
      context.diagnostics.emit(last.name.span, diag::NotAType, name, "trait").help(diag::UseBound, name);
      return types.error;
    }
    case DefKind::Variant:
    case DefKind::AssocType:
    case DefKind::Fn:
    case DefKind::Const:
      context.diagnostics.emit(last.name.span, diag::NotAType, context.interner.text(last.name.symbol), resolve::kindText(found.def.kind));
      return types.error;
    }
    return types.error;
  }

  void unknown(const ast::Name &name) {
    if (name.symbol.empty())
      return;
    std::vector<Symbol> params;
    if (scope.generics)
      for (const GenericParam &param : scope.generics->params)
        if (!param.isHidden)
          params.push_back(param.name);
    auto similar = resolve::suggest(context.world, context.interner, scope.module, name.symbol, Namespace::Types);
    if (!similar)
      similar = resolve::nearest(context.interner, params, name.symbol);
    auto built = context.diagnostics.emit(name.span, diag::UnknownName, context.interner.text(name.symbol), resolve::didYouMean(context.interner, similar));
    resolve::offer(built.help(diag::DeclareOrImport), name.span, context.interner, similar);
  }

  void noArgs(const ast::PathSegment &segment) {
    if (segment.hasArgs && segment.args.count != 0)
      context.diagnostics.emit(segment.name.span, diag::NoTypeArguments, context.interner.text(segment.name.symbol));
  }

  TypeId primitive(resolve::PrimitiveType type, const ast::PathSegment &segment) {
    using resolve::PrimitiveType;
    switch (type) {
    case PrimitiveType::Async:
    case PrimitiveType::Stream:
    case PrimitiveType::Sink:
      return constructor(type, segment);
    case PrimitiveType::I8:
    case PrimitiveType::I16:
    case PrimitiveType::I32:
    case PrimitiveType::I64:
    case PrimitiveType::U8:
    case PrimitiveType::U16:
    case PrimitiveType::U32:
    case PrimitiveType::U64:
    case PrimitiveType::F32:
    case PrimitiveType::F64:
    case PrimitiveType::Bool:
    case PrimitiveType::Char:
      break;
    }
    noArgs(segment);
    const TypeId scalars[] = {types.i8,  types.i16, types.i32, types.i64, types.u8,      types.u16,
                              types.u32, types.u64, types.f32, types.f64, types.boolean, types.character};
    return scalars[static_cast<size_t>(type)];
  }

  TypeId constructor(resolve::PrimitiveType type, const ast::PathSegment &segment) {
    auto given = ast::File::run(scope.file->typeArgs, segment.args);
    const size_t most = type == resolve::PrimitiveType::Sink ? 2 : 1;
    if (given.size() > most || (given.empty() && !scope.fresh)) {
      context.diagnostics.emit(segment.name.span, diag::ArgumentCount, context.interner.text(segment.name.symbol), 1, static_cast<int64_t>(given.size()));
      return types.error;
    }
    std::vector<TypeId> args;
    for (const ast::TypeArg &arg : given)
      args.push_back(typeArg(arg));
    if (args.empty())
      args.push_back(scope.fresh());
    if (type == resolve::PrimitiveType::Async)
      return types.async(args[0]);
    if (type == resolve::PrimitiveType::Stream)
      return types.stream(args[0]);
    if (args.size() < 2)
      args.push_back(closed(args[0]));
    return types.sink(args[0], args[1]);
  }

  TypeId closed(TypeId item) {
    auto adt = langAdt(context, "closed");
    return adt ? types.adt(*adt, std::span(&item, 1)) : types.unit;
  }

public:
  TypeId typeArg(const ast::TypeArg &arg) {
    if (!arg.name.symbol.empty())
      context.diagnostics.emit(arg.name.span, diag::BindingOutsideTrait, context.interner.text(arg.name.symbol));
    else if (!arg.type.valid())
      context.diagnostics.emit(arg.span, diag::TypeExpected);
    else
      return lowerSized(context, scope, arg.type);
    return types.error;
  }

  TypeId constArg(const ast::TypeArg &arg, const GenericParam &param) {
    if (!arg.type.valid() && arg.name.symbol.empty())
      return types.constInt(arg.constant);
    if (!arg.name.symbol.empty())
      return typeArg(arg);
    const ast::Type &type = (*scope.file)[arg.type];
    if (type.kind == ast::TypeKind::Infer && scope.fresh)
      return scope.fresh();
    if (type.kind == ast::TypeKind::Error)
      return types.error;
    if (type.kind == ast::TypeKind::Path && type.path.valid())
      if (TypeId found = constPath((*scope.file)[type.path]); found.valid())
        return found;
    context.diagnostics.emit(type.span, diag::ConstExpected, context.interner.text(param.name));
    return types.error;
  }

private:
  TypeId constPath(const ast::Path &name) {
    auto parts = segmentsOf(scope, name);
    if (parts.size() == 1)
      if (auto index = paramNamed(scope, parts[0].name.symbol))
        return scope.generics->params[*index].isConst ? types.param(*index, parts[0].name.symbol) : TypeId{};
    if (parts.size() == 1 && resolve::lookup(context.world, context.interner, scope.module, parts[0].name.symbol, Namespace::Values).kind != DefKind::Const)
      return {};
    resolve::ResolvedPath found =
        resolve::resolvePath(context.world, context.interner, *scope.file, scope.module, name, Namespace::Values, context.diagnostics);
    if (found.def.kind == DefKind::Error)
      return types.error;
    if (found.def.kind != DefKind::Const || found.used != parts.size())
      return {};
    auto value = constValue(context, ConstId{found.def.index});
    return value ? types.constInt(*value) : TypeId{};
  }

  Context &context;
  Types &types;
  const TypeScope &scope;
  const ast::Path &path;
  std::span<const ast::PathSegment> segments;
};

} // namespace

TypeId lowerTypePath(Context &context, const TypeScope &scope, const ast::Path &path) { return PathLowering(context, scope, path).lower(); }

std::vector<TypeId> lowerArgs(Context &context, const TypeScope &scope, const ast::PathSegment &segment, const Generics &generics, uint32_t skip, TypeId self) {
  Types &types = context.program.types;
  static const ast::Path none;
  PathLowering lowering(context, scope, none);
  auto given = ast::File::run(scope.file->typeArgs, segment.args);
  std::vector<TypeId> args;
  size_t at = 0;
  int64_t written = 0; // parameters that can be given
  int64_t needed = 0; // that must be
  auto fallback = [&](const GenericParam &param) {
    std::vector<TypeId> before(skip, self.valid() ? self : types.error);
    before.insert(before.end(), args.begin(), args.end());
    return substitute(types, param.fallback, before);
  };
  for (size_t i = skip; i < generics.params.size(); ++i) {
    const GenericParam &param = generics.params[i];
    written += !param.isHidden;
    needed += !param.isHidden && !param.fallback.valid();
    while (!param.isHidden && at < given.size() && !given[at].name.symbol.empty())
      lowering.typeArg(given[at++]);
    if (!param.isHidden && at < given.size()) {
      const ast::TypeArg &arg = given[at++];
      args.push_back(param.isConst ? lowering.constArg(arg, param) : lowering.typeArg(arg));
    } else if (param.fallback.valid() && (!scope.fresh || self.valid() || segment.hasArgs)) {
      args.push_back(fallback(param));
    } else {
      args.push_back(scope.fresh ? scope.fresh() : types.error);
    }
  }
  const bool tooFew = !scope.fresh && given.size() < static_cast<size_t>(needed);
  if (tooFew || at < given.size())
    context.diagnostics.emit(segment.name.span, diag::ArgumentCount, context.interner.text(segment.name.symbol), written, static_cast<int64_t>(given.size()));
  return args;
}

std::optional<TypeId> assocInTrait(Program &program, const TraitRef &trait, TypeId subject, Symbol name) {
  // Breadth first: the nearest trait with the name; each reference once, since supertraits may be reached on many ways.
  std::vector<TraitRef> open{trait};
  for (size_t at = 0; at < open.size() && at < mostSupertraits; ++at) {
    for (AssocTypeId assoc : program.trait(open[at].trait).assocTypes)
      if (program.assocType(assoc).name == name)
        return program.types.projection(subject, assoc, open[at].args);
    std::vector<TypeId> args{subject};
    args.insert(args.end(), open[at].args.begin(), open[at].args.end());
    for (const TraitRef &super : program.trait(open[at].trait).supertraits) {
      TraitRef said{super.trait, {}};
      for (TypeId arg : super.args)
        said.args.push_back(substitute(program.types, arg, args));
      const bool isKnown = std::any_of(open.begin(), open.end(), [&](const TraitRef &other) { return other.trait == said.trait && other.args == said.args; });
      if (!isKnown)
        open.push_back(std::move(said));
    }
  }
  return std::nullopt;
}

TypeId assocOf(Context &context, const TypeScope &scope, TypeId subject, bool isSelf, const ast::Name &name) {
  Program &program = context.program;
  Types &types = program.types;
  if (name.symbol.empty() || types[subject].kind == TypeKind::Error)
    return types.error;
  std::vector<TypeId> found;
  auto add = [&](const TraitRef &trait) {
    auto projection = assocInTrait(program, trait, subject, name.symbol);
    if (projection && std::find(found.begin(), found.end(), *projection) == found.end())
      found.push_back(*projection);
  };
  if (isSelf && scope.selfImpl && program.impl(*scope.selfImpl).trait) {
    const ImplDecl &impl = program.impl(*scope.selfImpl);
    for (const AssocBinding &binding : impl.assocTypes)
      if (program.assocType(binding.assoc).name == name.symbol)
        return binding.type;
    add(*impl.trait);
    if (!found.empty())
      return found[0];
  }
  if (scope.selfTrait && subject == scope.self)
    add(*scope.selfTrait);
  if (scope.generics)
    for (const Predicate &predicate : scope.generics->predicates)
      if (predicate.kind == Predicate::Kind::Implements && predicate.subject == subject)
        add(predicate.trait);
  if (const Type &type = types[subject]; type.kind == TypeKind::Projection)
    for (const Predicate &bound : program.assocType(AssocTypeId{type.index}).bounds)
      if (bound.kind == Predicate::Kind::Implements && bound.subject.valid() && substitute(types, bound.subject, type.args) == subject) {
        TraitRef said{bound.trait.trait, {}};
        for (TypeId arg : bound.trait.args)
          said.args.push_back(substitute(types, arg, type.args));
        add(said);
      }
  if (found.empty() && scope.pendingBound)
    if (auto bound = scope.pendingBound(subject, name.symbol))
      add(*bound);
  if (found.size() == 1)
    return found[0];
  const std::string shown = text(context, subject);
  if (found.empty())
    context.diagnostics.emit(name.span, diag::NoAssocType, shown, context.interner.text(name.symbol), "");
  else
    context.diagnostics.emit(name.span, diag::AmbiguousAssocType, shown, context.interner.text(name.symbol));
  return types.error;
}

std::optional<TraitRef> lowerTraitRef(Context &context, const TypeScope &scope, ast::PathId id, TypeId subject, std::vector<Predicate> *bindings) {
  if (!id.valid())
    return std::nullopt;
  const ast::Path &path = (*scope.file)[id];
  auto segments = segmentsOf(scope, path);
  if (segments.empty())
    return std::nullopt;
  resolve::ResolvedPath found = resolve::resolvePath(context.world, context.interner, *scope.file, scope.module, path, Namespace::Types, context.diagnostics);
  if (found.def.kind == DefKind::Error)
    return std::nullopt;
  const ast::PathSegment &last = segments.back();
  const std::string_view name = context.interner.text(last.name.symbol);
  if (found.def.kind == DefKind::None) {
    if (!last.name.symbol.empty()) {
      auto similar = resolve::suggest(context.world, context.interner, scope.module, last.name.symbol, Namespace::Types);
      auto built = context.diagnostics.emit(last.name.span, diag::UnknownName, name, resolve::didYouMean(context.interner, similar));
      resolve::offer(built.help(diag::DeclareOrImport), last.name.span, context.interner, similar);
    }
    return std::nullopt;
  }
  if (found.def.kind != DefKind::Trait || found.used != segments.size()) {
    context.diagnostics.emit(last.name.span, diag::NotATrait, name, resolve::kindText(found.def.kind));
    return std::nullopt;
  }
  TraitRef trait{TraitId{found.def.index}, {}};
  // Bindings are no arguments: they are taken out before these are counted.
  ast::PathSegment plain = last;
  auto given = ast::File::run(scope.file->typeArgs, last.args);
  size_t positional = 0;
  while (positional < given.size() && given[positional].name.symbol.empty())
    ++positional;
  plain.args.count = static_cast<uint32_t>(positional);
  trait.args = lowerArgs(context, scope, plain, context.program.trait(trait.trait).generics, 1, subject);
  for (const ast::TypeArg &arg : given.subspan(positional)) {
    if (arg.name.symbol.empty()) {
      context.diagnostics.emit(arg.span, diag::ArgumentCount, name, static_cast<int64_t>(trait.args.size()), static_cast<int64_t>(given.size()));
      continue;
    }
    auto projection = assocInTrait(context.program, trait, subject, arg.name.symbol);
    if (!projection || !bindings) {
      context.diagnostics.emit(arg.name.span, diag::NoAssocType, name, context.interner.text(arg.name.symbol), "");
      continue;
    }
    Predicate equals{Predicate::Kind::Equals, *projection, {}, {}, {}, arg.span};
    equals.target = arg.type.valid() ? lowerSized(context, scope, arg.type) : context.program.types.constInt(arg.constant);
    bindings->push_back(std::move(equals));
  }
  return trait;
}

void lowerBound(Context &context, const TypeScope &scope, const ast::Bound &bound, TypeId subject, std::vector<Predicate> &out) {
  if (bound.function.valid()) {
    Predicate calls{Predicate::Kind::Calls, subject, {}, {}, {}, bound.span};
    calls.signature = lowerFunction(context, scope, (*scope.file)[bound.function]);
    out.push_back(std::move(calls));
    return;
  }
  std::vector<Predicate> bindings;
  auto trait = lowerTraitRef(context, scope, bound.path, subject, &bindings);
  if (!trait)
    return;
  out.push_back({Predicate::Kind::Implements, subject, std::move(*trait), {}, {}, bound.span});
  for (Predicate &binding : bindings)
    out.push_back(std::move(binding));
}

} // namespace async::typeck
