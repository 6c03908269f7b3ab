// Fields.h: the fields of everything that is stored, once for both directions. A field that is added to a struct belongs here, and `formatVersion` grows.
#pragma once
#include "frontend/resolve/Resolve.h"
#include "typeck/mir/Mir.h"
#include "typeck/snapshot/Archive.h"
#include "typeck/types/Program.h"

namespace async::snapshot {

constexpr uint32_t formatVersion = 6;

// Declarations of one struct may name another's, so all are declared first.
#define ASYNC_STORED(Type) template <typename A> void io(A &a, Type &x)
ASYNC_STORED(frontend::Span);
ASYNC_STORED(typeck::TraitRef);
ASYNC_STORED(typeck::Predicate);
ASYNC_STORED(typeck::GenericParam);
ASYNC_STORED(typeck::Generics);
ASYNC_STORED(typeck::ParamDecl);
ASYNC_STORED(typeck::FieldDecl);
ASYNC_STORED(typeck::VariantDecl);
ASYNC_STORED(typeck::AssocBinding);
ASYNC_STORED(typeck::ClosureDecl::Capture);
ASYNC_STORED(mir::Projection);
ASYNC_STORED(mir::Place);
ASYNC_STORED(mir::Constant);
ASYNC_STORED(mir::Operand);
ASYNC_STORED(mir::Callee);
ASYNC_STORED(mir::Rvalue);
ASYNC_STORED(mir::Statement);
ASYNC_STORED(mir::Terminator);
ASYNC_STORED(mir::Block);
ASYNC_STORED(mir::Local);

ASYNC_STORED(frontend::Span) {
  // Lengths are small, positions are not.
  uint64_t lo = x.lo, length = uint64_t{x.hi} - x.lo;
  all(a, lo, length);
  if constexpr (A::reads)
    x = {static_cast<uint32_t>(lo), static_cast<uint32_t>(lo + length)};
}
ASYNC_STORED(typeck::TraitRef) { all(a, x.trait, x.args); }
ASYNC_STORED(typeck::Predicate) { all(a, x.kind, x.subject, x.trait, x.signature, x.target, x.span); }
ASYNC_STORED(typeck::GenericParam) { all(a, x.name, x.isConst, x.isHidden, x.span, x.fallback); }
ASYNC_STORED(typeck::Generics) { all(a, x.parentCount, x.params, x.predicates); }
ASYNC_STORED(typeck::ParamDecl) { all(a, x.name, x.type, x.span, x.hasDefault, x.defaultFn); }
ASYNC_STORED(typeck::FnDecl) {
  all(a, x.name, x.module, x.span, x.generics, x.params, x.result, x.self, x.abi, x.isPublic, x.isAsync, x.isUnsafe, x.isBlocking, x.isDeterministic);
  all(a, x.inlineNever, x.inlineAlways, x.isCold, x.trackCaller, x.isConst, x.hasBody, x.takes, x.isStream, x.isSink, x.fromParams, x.awaitedParams, x.modeParams, x.frameSize, x.impl, x.trait,
      x.lang, x.linkName);
}
ASYNC_STORED(typeck::FieldDecl) { all(a, x.name, x.type, x.span, x.isPublic); }
ASYNC_STORED(typeck::VariantDecl) { all(a, x.name, x.span, x.shape, x.fields, x.discriminant); }
ASYNC_STORED(typeck::AdtDecl) {
  all(a, x.name, x.module, x.span, x.generics, x.isEnum, x.isCopy, x.isShared, x.isPublic, x.isReprC, x.mustUse, x.mayIgnore, x.variants, x.derives, x.dropFn, x.lang);
}
ASYNC_STORED(typeck::AssocTypeDecl) { all(a, x.name, x.trait, x.bounds, x.span, x.fallback, x.hides, x.hidden); }
ASYNC_STORED(typeck::TraitDecl) { all(a, x.name, x.module, x.span, x.generics, x.supertraits, x.methods, x.assocTypes, x.isPublic, x.lang); }
ASYNC_STORED(typeck::AssocBinding) { all(a, x.assoc, x.type); }
ASYNC_STORED(typeck::ImplDecl) { all(a, x.module, x.span, x.generics, x.trait, x.self, x.methods, x.assocTypes); }
ASYNC_STORED(typeck::AliasDecl) { all(a, x.name, x.module, x.span, x.generics, x.type, x.state); }
ASYNC_STORED(typeck::ConstDecl) { all(a, x.name, x.module, x.span, x.type, x.valueFn, x.isStatic, x.isPublic, x.literal); }
ASYNC_STORED(typeck::ClosureDecl::Capture) { all(a, x.name, x.mode, x.type); }
ASYNC_STORED(typeck::ClosureDecl) { all(a, x.owner, x.span, x.kind, x.callKind, x.params, x.result, x.captures); }
ASYNC_STORED(typeck::ModuleDecl) { all(a, x.name, x.parent, x.span); }

ASYNC_STORED(mir::Projection) { all(a, x.kind, x.index, x.local, x.fromEndCount); }
ASYNC_STORED(mir::Place) { all(a, x.base, x.path); }
ASYNC_STORED(mir::Constant) { all(a, x.kind, x.type, x.value, x.text, x.item); }
ASYNC_STORED(mir::Operand) {
  io(a, x.kind);
  if (x.kind == mir::Operand::Kind::Const)
    io(a, x.constant);
  else
    io(a, x.place);
}
ASYNC_STORED(mir::Callee) { all(a, x.fn, x.args, x.instance); }
ASYNC_STORED(mir::Rvalue) { all(a, x.kind, x.op, x.place, x.operands, x.type, x.adt, x.variant, x.callee, x.closure); }
ASYNC_STORED(mir::Statement) {
  all(a, x.kind, x.span);
  switch (x.kind) {
  case mir::Statement::Kind::Assign:
    all(a, x.place, x.value);
    return;
  case mir::Statement::Kind::TakeUnwind:
    io(a, x.place);
    return;
  case mir::Statement::Kind::StorageLive:
  case mir::Statement::Kind::StorageDead:
    io(a, x.local);
    return;
  case mir::Statement::Kind::Nop:
    return;
  }
}
ASYNC_STORED(mir::Terminator) {
  all(a, x.kind, x.span, x.place, x.operands, x.callee, x.targets, x.values, x.unwind, x.assertKind, x.op, x.expected, x.isReplace, x.callKind, x.settle, x.hasScope,
      x.isShielded);
}
ASYNC_STORED(mir::Block) { all(a, x.statements, x.terminator, x.isCleanup); }
ASYNC_STORED(mir::Local) { all(a, x.name, x.type, x.span); }
ASYNC_STORED(mir::Body) { all(a, x.fn, x.closure, x.stage, x.isAsync, x.paramCount, x.locals, x.blocks, x.span); }

ASYNC_STORED(resolve::Def) { all(a, x.kind, x.index, x.variant); }
ASYNC_STORED(resolve::Binding) { all(a, x.def, x.isPublic, x.span, x.isGlob); }
ASYNC_STORED(resolve::ItemRef) { io(a, x.module); }
ASYNC_STORED(resolve::FnRef) { all(a, x.module, x.parent, x.parentIndex, x.abi); }
#undef ASYNC_STORED

} // namespace async::snapshot
