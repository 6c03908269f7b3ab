// No type has two implementations of a trait, nor two methods of one name.
#include <algorithm>
#include <map>

#include "typeck/types/Collector.h"
#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/TypeHead.h"
#include "typeck/types/Heads.h"
#include "typeck/types/TypeText.h"

namespace async::typeck {

namespace diag = frontend::diag;

namespace {

constexpr unsigned depth = 3; // how far bounds of bounds are looked at before two impls count as overlapping

bool overlaps(Context &context, const ImplDecl &a, const ImplDecl &b) {
  Types &types = context.program.types;
  Heads heads(context);
  std::vector<TypeId> first = heads.fresh(a.generics.params.size()), second = heads.fresh(b.generics.params.size());
  if (!heads.unify(substitute(types, a.self, first), substitute(types, b.self, second)))
    return false;
  if (a.trait && b.trait)
    for (size_t i = 0; i < a.trait->args.size() && i < b.trait->args.size(); ++i)
      if (!heads.unify(substitute(types, a.trait->args[i], first), substitute(types, b.trait->args[i], second)))
        return false;
  return heads.mayHold(a.generics, first, depth) && heads.mayHold(b.generics, second, depth);
}

// Impls by the head of their type; each is compared with those of its own head and with the general ones.
class Buckets {
public:
  template <typename Visit> void add(Head key, uint32_t index, Visit visit) {
    if (key == anyHead) {
      for (const auto &[head, impls] : byKey)
        for (uint32_t other : impls)
          visit(other);
    } else {
      for (Head head : {anyHead, key})
        if (auto found = byKey.find(head); found != byKey.end())
          for (uint32_t other : found->second)
            visit(other);
    }
    byKey[key].push_back(index);
  }

private:
  std::map<Head, std::vector<uint32_t>> byKey;
};

} // namespace

void Collector::checkOverlaps() {
  std::map<uint32_t, Buckets> byTrait;
  for (uint32_t i = 0; i < program.impls.size(); ++i) {
    const ImplDecl &impl = program.impls[i];
    if (!impl.trait || (program.types[impl.self].flags & HasError))
      continue;
    auto isBroken = [&](TypeId arg) { return (program.types[arg].flags & HasError) != 0; };
    if (std::any_of(impl.trait->args.begin(), impl.trait->args.end(), isBroken))
      continue;
    byTrait[impl.trait->trait.index].add(headInImpl(program.types[impl.self]), i, [&](uint32_t other) {
      if (i < firstImpl || !overlaps(context, impl, program.impls[other]))
        return;
      diagnostics.emit(headSpan(i), diag::OverlappingImpls, traitText(program, context.interner, *impl.trait), text(context, impl.self))
          .label(headSpan(other), diag::OtherImpl);
    });
    checkDerived(i);
  }
}

// `#[derive(Eq)]` is an implementation too.
void Collector::checkDerived(uint32_t index) {
  const ImplDecl &impl = program.impls[index];
  const Type &self = program.types[impl.self];
  if (index < firstImpl || self.kind != TypeKind::Adt)
    return;
  const AdtDecl &adt = program.adt(AdtId{self.index});
  for (Symbol derived : adt.derives)
    for (const char *lang : {"eq", "ord", "hash", "clone"})
      if (langTrait(context, lang) == impl.trait->trait && program.trait(impl.trait->trait).name == derived)
        diagnostics.emit(headSpan(index), diag::OverlappingImpls, traitText(program, context.interner, *impl.trait), text(context, impl.self))
            .label(adt.span, diag::OtherImpl);
}

frontend::Span Collector::headSpan(uint32_t index) const {
  const auto &ref = world.impls[index];
  if (ref.file && item(ref).type2.valid())
    return (*ref.file)[item(ref).type2].span;
  return program.impls[index].span;
}

void Collector::checkDoubleMethods() {
  struct Method {
    uint32_t impl;
    FnId fn;
  };
  std::map<std::pair<uint64_t, Symbol>, std::vector<Method>> byHead;
  for (uint32_t i = 0; i < program.impls.size(); ++i) {
    const ImplDecl &impl = program.impls[i];
    if (impl.trait || brokenImpls.contains(i) || (program.types[impl.self].flags & HasError))
      continue;
    for (FnId fn : impl.methods) {
      auto &others = byHead[{headInImpl(program.types[impl.self]), program.fn(fn).name}];
      for (const Method &other : others)
        if (i >= firstImpl && !program.fn(fn).name.empty() && overlaps(context, impl, program.impls[other.impl])) {
          diagnostics.emit(program.fn(fn).span, diag::DoubleMethod, name(program.fn(fn).name), text(context, impl.self))
              .label(program.fn(other.fn).span, diag::FirstDefinition);
          break;
        }
      others.push_back({i, fn});
    }
  }
}

} // namespace async::typeck
