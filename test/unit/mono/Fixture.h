// Fixture.h: programs made by hand for the tests of mono.
#pragma once
#include <gtest/gtest.h>

#include "lowering/mono/Mono.h"

namespace async::mono {

struct Fixture : testing::Test {
  frontend::Interner interner;
  Program program;
  frontend::Diagnostics diagnostics;
  Types &types = program.types;

  Symbol name(const char *text) { return interner.intern(text); }
  AdtId addStruct(const char *text, std::vector<TypeId> fields, unsigned params = 0) {
    AdtDecl adt;
    adt.name = name(text);
    generics(adt.generics, params);
    adt.variants.push_back(variant(text, std::move(fields)));
    program.adts.push_back(std::move(adt));
    return AdtId{static_cast<uint32_t>(program.adts.size() - 1)};
  }
  AdtId addEnum(const char *text, std::vector<std::vector<TypeId>> variants, unsigned params = 0) {
    AdtDecl adt;
    adt.name = name(text);
    adt.isEnum = true;
    generics(adt.generics, params);
    for (size_t i = 0; i < variants.size(); ++i) {
      adt.variants.push_back(variant("V", std::move(variants[i])));
      adt.variants.back().discriminant = static_cast<int64_t>(i);
    }
    program.adts.push_back(std::move(adt));
    return AdtId{static_cast<uint32_t>(program.adts.size() - 1)};
  }
  TraitId addTrait(const char *text, unsigned params = 1, bool withAssoc = false) {
    TraitDecl trait;
    trait.name = name(text);
    generics(trait.generics, params);
    TraitId id{static_cast<uint32_t>(program.traits.size())};
    if (withAssoc) {
      AssocTypeDecl &assoc = program.assocTypes.emplace_back();
      assoc.name = name("Item");
      assoc.trait = id;
      trait.assocTypes.push_back(AssocTypeId{static_cast<uint32_t>(program.assocTypes.size() - 1)});
    }
    program.traits.push_back(std::move(trait));
    return id;
  }
  ImplId addImpl(TraitId trait, TypeId self, unsigned params = 0, std::vector<TypeId> args = {}) {
    ImplDecl impl;
    generics(impl.generics, params);
    impl.trait = TraitRef{trait, std::move(args)};
    impl.self = self;
    program.impls.push_back(std::move(impl));
    return ImplId{static_cast<uint32_t>(program.impls.size() - 1)};
  }
  FnId addFn(const char *text, std::vector<TypeId> params, TypeId result, unsigned generic = 0) {
    FnDecl fn;
    fn.name = name(text);
    fn.hasBody = true;
    generics(fn.generics, generic);
    for (TypeId param : params)
      fn.params.push_back({name("p"), param, {}, false, {}});
    fn.result = result;
    program.fns.push_back(std::move(fn));
    program.fnBodies.resize(program.fns.size());
    return FnId{static_cast<uint32_t>(program.fns.size() - 1)};
  }
  TypeId param(uint32_t index) { return types.param(index, name("T")); }
  TypeId adt(AdtId id, std::vector<TypeId> args = {}) { return types.adt(id, args); }

private:
  void generics(Generics &made, unsigned count) {
    for (unsigned i = 0; i < count; ++i)
      made.params.push_back({name("T"), false, false, {}});
  }
  VariantDecl variant(const char *text, std::vector<TypeId> fields) {
    VariantDecl made;
    made.name = name(text);
    made.shape = VariantDecl::Shape::Tuple;
    for (TypeId field : fields)
      made.fields.push_back({name("f"), field, {}, true});
    return made;
  }
};

} // namespace async::mono
