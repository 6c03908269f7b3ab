// Collector.h: the state of collection (Collect.h); its steps stand in Collect*.cpp and Check*.cpp, in this order.
#pragma once
#include <string_view>
#include <unordered_set>

#include "typeck/types/Collect.h"
#include "typeck/types/Lowering.h"

namespace async::typeck {

// Futures and functions of their own: their awaits, and their `?`, are not those of the body around them.
bool isBodyOfItsOwn(ast::ExprKind kind);

// An awaited call that is given parameters of the function around it.
struct HandedOn {
  FnId callee;
  struct Param {
    Symbol name; // of the argument, or none
    uint32_t position, own; // in the call; of the function around it
  };
  std::vector<Param> params;
};

// A function whose mode, or what it awaits, hangs on others.
struct HandingOn {
  FnId fn;
  std::vector<uint32_t> direct; // parameters whose calls it awaits itself
  bool decides; // nothing else makes it asynchronous
  std::vector<HandedOn> calls;
};

class Collector {
public:
  Collector(Context &context, Bodies &bodies);
  void run();

private:
  // CollectDeclare.cpp: names, flags and attributes of everything, so that what follows can refer to all of it.
  void declareModules();
  void declareAdt(uint32_t index);
  void declareVariants(const ast::File &file, const ast::Item &item, AdtDecl &adt);
  void declareTrait(uint32_t index);
  void declareFn(uint32_t index);
  void declareConst(uint32_t index);
  void paramDefaults(const resolve::ItemRef &ref, Generics &generics, bool isTrait);
  void declareConstMember(uint32_t index);
  void declareAbi(const resolve::FnRef &ref, FnDecl &fn);
  void declareAll();

  // CollectAttributes.cpp
  void attributes(const ast::File &file, ast::List list, uint32_t module, AdtDecl *adt, FnDecl *fn, TraitDecl *trait);
  void derive(const ast::File &file, const ast::Attribute &attribute, AdtDecl &adt);
  void frame(const ast::File &file, const ast::Attribute &attribute, FnDecl &fn);
  Symbol langName(const ast::File &file, const ast::Attribute &attribute, uint32_t module);

  // CollectGenerics.cpp: bounds. `where` comes apart, so that it can speak of Self.
  class Bounds;
  bool needsTrait(TraitId from, TraitId wanted) const;
  void traitHeader(uint32_t index);
  void traitBounds(uint32_t index);
  void assocBounds(uint32_t index);

  // CollectAdts.cpp
  void adtGenerics(uint32_t index);
  void adtFields(uint32_t index);
  void discriminants(const ast::File &file, const ast::Item &item, AdtDecl &adt, const TypeScope &scope);
  // CheckAdts.cpp
  void checkCopies(uint32_t index);
  void checkRecursion();

  // CollectImpls.cpp
  void implHeader(uint32_t index);
  void implAssocTypes(uint32_t index);
  void checkInherent(uint32_t index);
  void checkOpenParams(uint32_t index);
  void collectDrop(uint32_t index);
  // CheckImpls.cpp
  void checkMembers(uint32_t index);
  void checkMethod(const ImplDecl &impl, FnId declared, FnId made);
  void checkBounds(const FnDecl &declared, const FnDecl &made, std::span<const TypeId> args);
  // Coherence.cpp
  void checkOverlaps();
  void checkDoubleMethods();
  void checkDerived(uint32_t index);
  frontend::Span headSpan(uint32_t impl) const;

  // CollectFns.cpp
  void signature(uint32_t index);
  void fnParams(const resolve::FnRef &ref, FnDecl &fn, TypeScope &scope);
  TypeId paramType(const TypeScope &scope, const FnDecl &fn, Generics &generics, ast::TypeId written);
  void fnResult(const resolve::FnRef &ref, FnId fn, const TypeScope &scope);
  TypeId hide(FnId fn, const TypeScope &scope, const ast::Type &type); // Hidden.cpp
  void defaults(uint32_t index);
  void constType(uint32_t index);
  FnId appendFn(FnDecl fn, BodySource source);
  void checkMain();
  bool isMainResult(TypeId type) const;

  // CollectTests.cpp
  void declareTest(const resolve::ItemRef &ref);
  TypeId testResult(const ast::File &file, ast::BlockId body) const;
  void collectTests();
  const char *problemOfBench(const FnDecl &fn) const;
  void collectBenches(uint32_t end);

  // ConstCycles.cpp
  void checkConstCycles();
  // CheckForeign.cpp
  bool hasFormInC(TypeId type, bool inStruct) const;
  void notForC(frontend::Span span, TypeId type);
  void checkForeign(const ast::File &file, const ast::Function &function, FnDecl &fn);
  void checkReprC(uint32_t adt);
  void checkExports();

  // CollectBodies.cpp
  void inferNeeds(FnDecl &fn, const ast::File &file, ast::BlockId body);
  void scanBody(uint32_t index);
  bool settleHandedOn(const HandingOn &of);
  void settleHandedOn();
  void unsupported();

  const ast::Item &item(const resolve::ItemRef &ref) const { return (*ref.file)[ref.item]; }
  TypeScope scopeIn(const ast::File *file, uint32_t module, const Generics *generics) const;
  bool inStd(uint32_t module) const;
  std::string_view name(Symbol symbol) const { return context.interner.text(symbol); }
  void notYet(frontend::Span span, std::string_view what);

  Context &context;
  Program &program;
  resolve::World &world;
  frontend::Diagnostics &diagnostics;
  Bodies &bodies;
  // What stood in Program before: loaded, and not looked at again.
  uint32_t firstFn, firstAdt, firstTrait, firstImpl, firstAssoc, firstConst, firstAlias;
  std::vector<HandingOn> handingOn;
  std::unordered_set<uint32_t> brokenImpls; // of a trait that is not known
};

} // namespace async::typeck
