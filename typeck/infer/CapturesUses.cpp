#include "typeck/infer/CapturesUses.h"

#include <algorithm>

#include "typeck/infer/ThirWalk.h"
#include "typeck/types/TypeFacts.h"

namespace async::infer {
namespace {

using namespace typeck;
using EK = thir::ExprKind;
using thir::ExprId;

class UseFinder {
public:
  UseFinder(const Program &program, const thir::Body &body, const std::vector<bool> &isCaptured) : program(program), body(body), isCaptured(isCaptured) {}

  void value(ExprId id);
  std::vector<CaptureUse> uses;

private:
  struct PatternUse {
    UseMode mode = UseMode::Borrow;
    bool isBehindReference = false;
  };

  static bool isPlace(EK kind) { return kind == EK::Local || kind == EK::Field || kind == EK::Index || kind == EK::Deref; }
  bool isMutRef(TypeId type) const {
    const Type &of = program.types[type];
    return of.kind == TypeKind::Ref && static_cast<Mutability>(of.sub) == Mutability::Exclusive;
  }
  void placeUse(ExprId id, UseMode mode, bool isBehindMut = false);
  void matched(ExprId scrutinee, const std::vector<thir::PatternId> &patterns);
  void patternUse(thir::PatternId id, bool isBehind, PatternUse &use) const;
  void closure(uint32_t index);
  void block(const thir::Expr &expr);
  void consumed(ExprId id);
  bool isPlainBinding(thir::PatternId id) const {
    const thir::Pattern &pattern = body[id];
    return pattern.kind == thir::PatternKind::Binding && pattern.mode == thir::BindingMode::Value && !pattern.sub.valid();
  }

  const Program &program;
  const thir::Body &body;
  const std::vector<bool> &isCaptured;
};

// A place whose value is taken.
void UseFinder::consumed(ExprId id) {
  TypeId type = body[id].type;
  if (isCopy(program, type) || isShared(program, type))
    return placeUse(id, UseMode::Read);
  if (isMutRef(type))
    return placeUse(id, UseMode::Change, true); // lent on
  placeUse(id, UseMode::Move);
}

// Notes the use if the place belongs to a captured local; the values on the way to it are uses, too.
void UseFinder::placeUse(ExprId id, UseMode mode, bool isBehindMut) {
  std::vector<ExprId> path;
  ExprId at = id;
  while (isPlace(body[at].kind)) {
    path.push_back(at);
    if (body[at].kind == EK::Index)
      value(body[at].b);
    if (body[at].kind == EK::Local)
      break;
    at = body[at].a;
  }
  if (body[at].kind != EK::Local)
    return value(at);
  if (body[at].index >= isCaptured.size() || !isCaptured[body[at].index])
    return;
  std::reverse(path.begin(), path.end());
  CaptureUse use;
  use.local = thir::LocalId{body[at].index};
  use.nodes.push_back(at);
  use.types.push_back(body[at].type);
  size_t i = 1;
  for (; i < path.size() && body[path[i]].kind == EK::Field; ++i) {
    use.fields.push_back(body[path[i]].index);
    use.nodes.push_back(path[i]);
    use.types.push_back(body[path[i]].type);
  }
  for (; i < path.size(); ++i) {
    if (body[path[i]].kind != EK::Deref)
      continue;
    const Type &pointer = program.types[body[body[path[i]].a].type];
    bool copies = pointer.kind == TypeKind::Pointer || (pointer.kind == TypeKind::Ref && static_cast<Mutability>(pointer.sub) == Mutability::Shared);
    if (copies) {
      // Only the reference is used; up to it the place is read, or looked through.
      mode = isBehindMut ? UseMode::Borrow : UseMode::Read;
      isBehindMut = false;
      break;
    }
    if (pointer.kind == TypeKind::Ref) {
      isBehindMut = true;
      mode = mode <= UseMode::Borrow ? UseMode::Borrow : UseMode::Change;
    }
  }
  // A copy out of what a `&mut` or a container holds needs no more than a look at it.
  if (mode == UseMode::Read && !isCopy(program, use.types.back()) && !isShared(program, use.types.back()))
    mode = UseMode::Borrow;
  use.mode = mode;
  use.isBehindMut = isBehindMut;
  uses.push_back(std::move(use));
}

void UseFinder::patternUse(thir::PatternId id, bool isBehind, PatternUse &use) const {
  const thir::Pattern &pattern = body[id];
  auto all = [&](thir::List list) {
    for (uint32_t i = 0; i < list.count; ++i)
      patternUse(body.patternLists[list.begin + i], isBehind, use);
  };
  if (pattern.kind == thir::PatternKind::Binding) {
    TypeId type = body[pattern.local].type;
    UseMode mode = UseMode::Borrow;
    if (pattern.mode == thir::BindingMode::RefMut)
      mode = UseMode::Change;
    else if (pattern.mode == thir::BindingMode::Value && isMutRef(type))
      mode = UseMode::Change;
    else if (pattern.mode == thir::BindingMode::Value && !isCopy(program, type) && !isShared(program, type))
      mode = UseMode::Move;
    if (mode > use.mode) {
      use.mode = mode;
      use.isBehindReference = isBehind;
    }
  }
  isBehind |= pattern.kind == thir::PatternKind::Deref;
  if (pattern.sub.valid())
    patternUse(pattern.sub, isBehind, use);
  all(pattern.list);
  all(pattern.list2);
}

void UseFinder::matched(ExprId scrutinee, const std::vector<thir::PatternId> &patterns) {
  if (!isPlace(body[scrutinee].kind))
    return value(scrutinee);
  TypeId type = body[scrutinee].type;
  bool copies = isCopy(program, type) || isShared(program, type);
  PatternUse use;
  for (thir::PatternId pattern : patterns)
    patternUse(pattern, false, use);
  if (use.mode == UseMode::Borrow && copies)
    use.mode = UseMode::Read;
  if (use.isBehindReference && use.mode == UseMode::Move)
    use.mode = UseMode::Borrow;
  placeUse(scrutinee, use.mode, use.isBehindReference && isMutRef(type));
}

void UseFinder::closure(uint32_t index) {
  const thir::ClosureExpr &closure = body.closures[index];
  const ClosureDecl &decl = program.closure(closure.decl);
  for (uint32_t i = 0; i < closure.captures.size(); ++i) {
    const thir::Capture &capture = closure.captures[i];
    if (capture.outer.index >= isCaptured.size() || !isCaptured[capture.outer.index])
      continue;
    CaptureUse use;
    use.local = capture.outer;
    use.fields = capture.fields;
    use.closure = index;
    use.capture = i;
    using Mode = ClosureDecl::Capture::Mode;
    TypeId placeType = closure.body ? (*closure.body)[capture.inner].type : decl.captures[i].type;
    switch (capture.mode) {
    case Mode::Copy:
      use.mode = UseMode::Read;
      break;
    case Mode::Ref:
      use.mode = UseMode::Borrow;
      break;
    case Mode::RefMut:
      use.mode = UseMode::Change;
      use.isBehindMut = decl.captures[i].type == placeType;
      break;
    case Mode::Move:
      use.mode = isMutRef(placeType) ? UseMode::Change : UseMode::Move;
      use.isBehindMut = isMutRef(placeType);
      break;
    }
    uses.push_back(std::move(use));
  }
}

void UseFinder::block(const thir::Expr &expr) {
  for (uint32_t i = 0; i < expr.list.count; ++i) {
    const thir::Stmt &stmt = body.stmts[expr.list.begin + i];
    if (stmt.expr.valid()) {
      if (stmt.kind == thir::Stmt::Kind::Let && !isPlainBinding(stmt.pattern))
        matched(stmt.expr, {stmt.pattern});
      else
        value(stmt.expr);
    }
    if (stmt.kind == thir::Stmt::Kind::Let && stmt.elseBlock.valid())
      value(stmt.elseBlock);
  }
  if (expr.a.valid())
    value(expr.a);
}

void UseFinder::value(ExprId id) {
  const thir::Expr &expr = body[id];
  switch (expr.kind) {
  case EK::Local:
  case EK::Field:
  case EK::Index:
  case EK::Deref:
    return consumed(id);
  case EK::Ref:
    return placeUse(expr.a, static_cast<Mutability>(expr.op) == Mutability::Exclusive ? UseMode::Change : UseMode::Borrow);
  case EK::Assign:
  case EK::AssignOp:
    value(expr.b);
    return placeUse(expr.a, UseMode::Change);
  case EK::Match: {
    std::vector<thir::PatternId> patterns;
    for (uint32_t i = 0; i < expr.list.count; ++i)
      patterns.push_back(body.arms[expr.list.begin + i].pattern);
    matched(expr.a, patterns);
    for (uint32_t i = 0; i < expr.list.count; ++i) {
      const thir::Arm &arm = body.arms[expr.list.begin + i];
      if (arm.guard.valid())
        value(arm.guard);
      value(arm.body);
    }
    return;
  }
  case EK::Let:
    return matched(expr.a, {thir::PatternId{expr.index}});
  case EK::Block:
    return block(expr);
  case EK::CallValue: {
    auto kind = static_cast<CallKind>(expr.op);
    TypeId callee = body[expr.a].type;
    while (program.types[callee].kind == TypeKind::Ref)
      callee = program.types[callee].args[0];
    if (program.types[callee].kind == TypeKind::Closure)
      kind = program.closure(ClosureId{program.types[callee].index}).callKind;
    bool isFn = program.types[callee].kind == TypeKind::FnDef;
    if (isFn || kind == CallKind::Shared)
      placeUse(expr.a, UseMode::Borrow);
    else if (kind == CallKind::Exclusive)
      placeUse(expr.a, UseMode::Change, isMutRef(body[expr.a].type));
    else
      value(expr.a);
    for (uint32_t i = 0; i < expr.list.count; ++i)
      value(body.exprLists[expr.list.begin + i]);
    return;
  }
  case EK::Closure:
  case EK::AsyncBlock:
    return closure(expr.index);
  default:
    thir::forEachChild(body, id, [&](ExprId child) { value(child); });
  }
}

} // namespace

std::vector<CaptureUse> findUses(const Program &program, const thir::Body &body, const std::vector<bool> &isCaptured) {
  UseFinder finder(program, body, isCaptured);
  if (body.value.valid())
    finder.value(body.value);
  return std::move(finder.uses);
}

} // namespace async::infer
