// Derive.cpp: Eq, Ord, Hash, Clone and Debug by the structure of a type.
#include <functional>

#include "lowering/mono/Maker.h"
#include "typeck/types/TypeFacts.h"

namespace async::mono {

using mir::BinaryOp;
using mir::BlockId;
using mir::LocalId;
using mir::Operand;
using mir::Place;
using mir::Terminator;

namespace {

class Deriver {
public:
  Deriver(Maker &maker, TraitId trait, TypeId type)
      : maker(maker), program(maker.program), types(maker.program.types), trait(trait), typeId(type), type(maker.program.types[type]) {}

  bool run() {
    const Lang &lang = maker.lang;
    TypeId self = types.reference(Mutability::Shared, typeId);
    if (trait == lang.eq) {
      maker.signature(types.boolean, {self, self});
      return eq();
    }
    if (trait == lang.ord && lang.ordering.valid()) {
      maker.signature(types.adt(lang.ordering, {}), {self, self});
      return ord();
    }
    if (trait == lang.hash && lang.hasher.valid() && lang.hasherWord.valid()) {
      maker.signature(types.unit, {self, types.reference(Mutability::Exclusive, types.adt(lang.hasher, {}))});
      return hash();
    }
    if (trait == lang.clone) {
      maker.signature(typeId, {self});
      return clone();
    }
    if (trait == lang.debug && lang.formatter.valid() && lang.debugBegin.valid() && lang.debugField.valid() && lang.debugEnd.valid() && lang.debugOpaque.valid()) {
      maker.signature(types.unit, {self, types.reference(Mutability::Exclusive, types.adt(lang.formatter, {}))});
      return debug();
    }
    return false;
  }

private:
  Maker &maker;
  Program &program;
  Types &types;
  TraitId trait;
  TypeId typeId;
  Type type; // a copy: the table grows
  const LocalId result{0}, first{1}, second{2};
  Place self = Maker::deref(LocalId{1}), other = Maker::deref(LocalId{2});

  bool isScalar(TypeId id) const {
    TypeKind kind = types[id].kind;
    return kind == TypeKind::Bool || kind == TypeKind::Char || kind == TypeKind::Int || kind == TypeKind::Float || kind == TypeKind::Pointer;
  }
  bool hasFields() const { return type.kind == TypeKind::Tuple || type.kind == TypeKind::Adt; }
  FnId method() const {
    for (FnId fn : program.trait(trait).methods)
      if (!program.fn(fn).hasBody)
        return fn;
    return {};
  }
  // The same operation on a part: a call of the trait's method.
  void callPart(TypeId part, Maker::Operands operands, Place to, BlockId unwind = {}) {
    maker.call(method(), {part}, std::move(operands), std::move(to), unwind);
  }
  Operand refTo(const Place &place, TypeId of) { return Maker::copy(Maker::place(maker.reference(place, of))); }
  Operand value(LocalId local) { return Maker::copy(Maker::place(local)); }

  // `part(variant, field, type)` for each field in order, behind a switch for an enum; each way ends with a jump to `end`.
  void eachVariant(const std::function<void(uint32_t)> &variantCode, BlockId end) {
    if (!maker.isEnum(typeId)) {
      variantCode(0);
      maker.jump(end);
      return;
    }
    LocalId which = maker.discriminant(self);
    BlockId from = maker.current;
    std::vector<int64_t> values;
    std::vector<BlockId> targets;
    for (uint32_t i = 0; i < maker.variantCount(typeId); ++i) {
      maker.current = maker.block();
      values.push_back(i);
      targets.push_back(maker.current);
      variantCode(i);
      maker.jump(end);
    }
    targets.push_back(maker.block()); // no other number occurs
    maker.current = from;
    Terminator &choose = maker.end(Terminator::Kind::Switch);
    choose.operands = {value(which)};
    choose.values = std::move(values);
    choose.targets = std::move(targets);
  }

  Maker::Loop overArray() { return maker.beginLoop(maker.integer(types.i64, static_cast<int64_t>(maker.layouts.arrayLength(typeId)))); }

  // Eq

  LocalId equal(const Place &a, const Place &b, TypeId of) {
    if (isScalar(of))
      return maker.binary(BinaryOp::Eq, types.boolean, Maker::copy(a), Maker::copy(b));
    LocalId same = maker.local(types.boolean);
    callPart(of, {refTo(a, of), refTo(b, of)}, Maker::place(same));
    return same;
  }

  bool eq() {
    BlockId entry = maker.current, differ = maker.block(), end = maker.block();
    maker.current = differ;
    maker.assign(Maker::place(result), maker.integer(types.boolean, 0));
    maker.ret();
    maker.current = end;
    maker.assign(Maker::place(result), maker.integer(types.boolean, 1));
    maker.ret();
    maker.current = entry;
    if (isScalar(typeId)) {
      maker.assign(Maker::place(result), value(equal(self, other, typeId)));
      maker.ret();
    } else if (type.kind == TypeKind::Ref) {
      callPart(type.args[0], {Maker::copy(self), Maker::copy(other)}, Maker::place(result));
      maker.ret();
    } else if (type.kind == TypeKind::Array) {
      Maker::Loop loop = overArray();
      maker.unlessZero(value(equal(Maker::element(self, loop.index), Maker::element(other, loop.index), type.args[0])), differ);
      maker.endLoop(loop);
      maker.jump(end);
    } else if (hasFields()) {
      if (maker.isEnum(typeId)) {
        LocalId a = maker.discriminant(self), b = maker.discriminant(other);
        maker.unlessZero(value(maker.binary(BinaryOp::Eq, types.boolean, value(a), value(b))), differ);
      }
      eachVariant([&](uint32_t variant) {
        const std::vector<TypeId> fields = maker.fieldTypes(typeId, variant);
        for (uint32_t i = 0; i < fields.size(); ++i)
          maker.unlessZero(value(equal(maker.fieldOf(typeId, self, variant, i), maker.fieldOf(typeId, other, variant, i), fields[i])), differ);
      }, end);
    } else if (type.kind == TypeKind::FnDef) {
      maker.jump(end);
    } else if (type.kind == TypeKind::Never) {
      maker.end(Terminator::Kind::Unreachable);
    } else {
      return false;
    }
    return true;
  }

  // Ord; the variants of Ordering are Less, Equal, Greater

  void giveOrder(uint32_t variant) {
    maker.assign(Maker::place(result), maker.aggregate(maker.body->localType(result), variant, {}));
    maker.ret();
  }

  // Goes on where a and b are equal.
  void orderNumbers(const Operand &a, const Operand &b, bool isFloat) {
    BlockId less = maker.block(), greater = maker.block();
    BlockId start = maker.current;
    maker.current = less;
    giveOrder(0);
    maker.current = greater;
    giveOrder(2);
    maker.current = start;
    auto when = [&](LocalId condition, BlockId to) {
      BlockId next = maker.block();
      Terminator &choose = maker.end(Terminator::Kind::Switch);
      choose.operands = {value(condition)};
      choose.values = {0};
      choose.targets = {next, to};
      maker.current = next;
    };
    when(maker.binary(BinaryOp::Lt, types.boolean, a, b), less);
    when(maker.binary(BinaryOp::Gt, types.boolean, a, b), greater);
    if (!isFloat)
      return;
    // NaN is behind all numbers and equal to itself.
    LocalId aNan = maker.binary(BinaryOp::Ne, types.boolean, a, a), bNan = maker.binary(BinaryOp::Ne, types.boolean, b, b);
    when(maker.binary(BinaryOp::Lt, types.boolean, value(aNan), value(bNan)), less);
    when(maker.binary(BinaryOp::Gt, types.boolean, value(aNan), value(bNan)), greater);
  }

  void order(const Place &a, const Place &b, TypeId of) {
    if (isScalar(of)) {
      orderNumbers(Maker::copy(a), Maker::copy(b), types[of].kind == TypeKind::Float);
      return;
    }
    callPart(of, {refTo(a, of), refTo(b, of)}, Maker::place(result));
    LocalId which = maker.discriminant(Maker::place(result));
    LocalId same = maker.binary(BinaryOp::Eq, types.boolean, value(which), maker.integer(types.i64, 1));
    BlockId decided = maker.block(), start = maker.current;
    maker.current = decided;
    maker.ret();
    maker.current = start;
    maker.unlessZero(value(same), decided);
  }

  bool ord() {
    BlockId entry = maker.current, end = maker.block();
    maker.current = end;
    giveOrder(1);
    maker.current = entry;
    if (isScalar(typeId)) {
      order(self, other, typeId);
      maker.jump(end);
    } else if (type.kind == TypeKind::Ref) {
      callPart(type.args[0], {Maker::copy(self), Maker::copy(other)}, Maker::place(result));
      maker.ret();
    } else if (type.kind == TypeKind::Array) {
      Maker::Loop loop = overArray();
      order(Maker::element(self, loop.index), Maker::element(other, loop.index), type.args[0]);
      maker.endLoop(loop);
      maker.jump(end);
    } else if (hasFields()) {
      if (maker.isEnum(typeId)) {
        LocalId a = maker.discriminant(self), b = maker.discriminant(other);
        orderNumbers(value(a), value(b), false);
      }
      eachVariant([&](uint32_t variant) {
        const std::vector<TypeId> fields = maker.fieldTypes(typeId, variant);
        for (uint32_t i = 0; i < fields.size(); ++i)
          order(maker.fieldOf(typeId, self, variant, i), maker.fieldOf(typeId, other, variant, i), fields[i]);
      }, end);
    } else if (type.kind == TypeKind::FnDef || type.kind == TypeKind::Never) {
      maker.jump(end);
    } else {
      return false;
    }
    return true;
  }

  // Hash

  LocalId castTo(TypeId to, Operand of) {
    mir::Rvalue made;
    made.kind = mir::Rvalue::Kind::Cast;
    made.type = to;
    made.operands.push_back(std::move(of));
    LocalId local = maker.local(to);
    maker.assign(Maker::place(local), std::move(made));
    return local;
  }

  void hashWord(Operand word) { maker.callVoid(maker.lang.hasherWord, {}, {value(second), std::move(word)}); }

  void hashScalar(const Place &of, TypeId id) {
    if (types[id].kind != TypeKind::Float) {
      hashWord(types[id].kind == TypeKind::Int && id == types.u64 ? Maker::copy(of) : value(castTo(types.u64, Maker::copy(of))));
      return;
    }
    // -0.0 equals 0.0, so both hash alike.
    LocalId wide = castTo(types.f64, Maker::copy(of));
    Operand zero = maker.integer(types.f64, 0);
    zero.constant.kind = mir::Constant::Kind::Float;
    LocalId sum = maker.binary(BinaryOp::Add, types.f64, value(wide), zero);
    LocalId bits = maker.local(types.u64);
    maker.call(maker.lang.floatBits, {}, {value(sum)}, Maker::place(bits));
    hashWord(value(bits));
  }

  void hashPart(const Place &of, TypeId id) {
    if (isScalar(id))
      hashScalar(of, id);
    else
      callPart(id, {refTo(of, id), value(second)}, Maker::place(maker.local(types.unit)));
  }

  bool hash() {
    BlockId entry = maker.current, end = maker.block();
    maker.current = end;
    maker.ret();
    maker.current = entry;
    if (isScalar(typeId)) {
      hashScalar(self, typeId);
      maker.jump(end);
    } else if (type.kind == TypeKind::Ref) {
      callPart(type.args[0], {Maker::copy(self), value(second)}, Maker::place(result));
      maker.jump(end);
    } else if (type.kind == TypeKind::Array) {
      Maker::Loop loop = overArray();
      hashPart(Maker::element(self, loop.index), type.args[0]);
      maker.endLoop(loop);
      maker.jump(end);
    } else if (hasFields()) {
      if (maker.isEnum(typeId))
        hashWord(value(castTo(types.u64, value(maker.discriminant(self)))));
      eachVariant([&](uint32_t variant) {
        const std::vector<TypeId> fields = maker.fieldTypes(typeId, variant);
        for (uint32_t i = 0; i < fields.size(); ++i)
          hashPart(maker.fieldOf(typeId, self, variant, i), fields[i]);
      }, end);
    } else if (type.kind == TypeKind::FnDef || type.kind == TypeKind::Never) {
      maker.jump(end);
    } else {
      return false;
    }
    return true;
  }

  // Clone; what was cloned already is dropped if a later part panics

  LocalId clonePart(const Place &of, TypeId id, BlockId unwind) {
    LocalId made = maker.local(id);
    if (isCopy(program, id))
      maker.assign(Maker::place(made), Maker::copy(of));
    else if (isShared(program, id))
      maker.assign(Maker::place(made), Maker::use(Operand::Kind::Share, of));
    else
      callPart(id, {refTo(of, id)}, Maker::place(made), unwind);
    return made;
  }

  bool clone() {
    if (isCopy(program, typeId)) {
      maker.assign(Maker::place(result), Maker::copy(self));
      maker.ret();
      return true;
    }
    if (isShared(program, typeId)) {
      maker.assign(Maker::place(result), Maker::use(Operand::Kind::Share, self));
      maker.ret();
      return true;
    }
    if (type.kind == TypeKind::Array) {
      Maker::Loop loop = overArray();
      maker.assign(Maker::element(Maker::place(result), loop.index), Maker::move(Maker::place(clonePart(Maker::element(self, loop.index), type.args[0], {}))));
      maker.endLoop(loop);
      maker.ret();
      return true;
    }
    if (!hasFields())
      return false;
    BlockId entry = maker.current, end = maker.block();
    maker.current = end;
    maker.ret();
    maker.current = entry;
    eachVariant([&](uint32_t variant) {
      const std::vector<TypeId> fields = maker.fieldTypes(typeId, variant);
      BlockId cleanup;
      Maker::Operands parts;
      for (uint32_t i = 0; i < fields.size(); ++i) {
        LocalId part = clonePart(maker.fieldOf(typeId, self, variant, i), fields[i], cleanup);
        if (maker.layouts.needsDrop(fields[i]))
          cleanup = dropBefore(part, cleanup);
        parts.push_back(Maker::move(Maker::place(part)));
      }
      maker.assign(Maker::place(result), maker.aggregate(typeId, variant, std::move(parts)));
    }, end);
    return true;
  }

  BlockId dropBefore(LocalId local, BlockId next) {
    BlockId here = maker.current;
    if (!next.valid()) {
      maker.current = next = maker.block(true);
      maker.end(Terminator::Kind::Unwind);
    }
    BlockId made = maker.current = maker.block(true);
    Terminator &drop = maker.end(Terminator::Kind::Drop);
    drop.place = Maker::place(local);
    drop.targets = {next};
    maker.current = here;
    return made;
  }

  // Debug

  Operand text(Symbol symbol) {
    TypeId str = types.adt(maker.lang.str, {});
    LocalId local = maker.local(str);
    Operand constant = maker.integer(str, 0);
    constant.constant.kind = mir::Constant::Kind::Str;
    constant.constant.text = symbol;
    maker.assign(Maker::place(local), std::move(constant));
    return refTo(Maker::place(local), str);
  }

  Operand number(int64_t n) { return maker.integer(types.i64, n); }
  void begin(Symbol name, int64_t shape) { maker.callVoid(maker.lang.debugBegin, {}, {value(second), text(name), number(shape)}); }
  void endStructure(int64_t shape, int64_t count, bool named) {
    maker.callVoid(maker.lang.debugEnd, {}, {value(second), number(shape), number(count), maker.integer(types.boolean, named)});
  }
  void debugPart(Symbol name, int64_t shape, Operand index, const Place &of, TypeId id) {
    maker.callVoid(maker.lang.debugField, {}, {value(second), text(name), number(shape), std::move(index)});
    callPart(id, {refTo(of, id), value(second)}, Maker::place(maker.local(types.unit)));
  }

  void debugVariant(uint32_t variant) {
    const VariantDecl *decl = nullptr;
    Symbol name;
    int64_t shape = 2;
    if (type.kind == TypeKind::Adt) {
      const AdtDecl &adt = program.adt(AdtId{type.index});
      decl = variant < adt.variants.size() ? &adt.variants[variant] : nullptr;
      name = adt.isEnum && decl ? decl->name : adt.name;
      shape = !decl || decl->shape == VariantDecl::Shape::Unit ? 0 : decl->shape == VariantDecl::Shape::Named ? 1 : 2;
      // `Point { }` shows as its name.
      if (decl && decl->fields.empty() && shape == 1)
        shape = 0;
    }
    const std::vector<TypeId> fields = maker.fieldTypes(typeId, variant);
    begin(name, shape);
    for (uint32_t i = 0; i < fields.size(); ++i)
      debugPart(decl ? decl->fields[i].name : Symbol{}, shape, number(i), maker.fieldOf(typeId, self, variant, i), fields[i]);
    endStructure(shape, static_cast<int64_t>(fields.size()), decl != nullptr);
  }

  bool debug() {
    BlockId entry = maker.current, end = maker.block();
    maker.current = end;
    maker.ret();
    maker.current = entry;
    if (hasFields()) {
      eachVariant([&](uint32_t variant) { debugVariant(variant); }, end);
      return true;
    }
    if (type.kind == TypeKind::Array) {
      begin({}, 3);
      Maker::Loop loop = overArray();
      debugPart({}, 3, value(loop.index), Maker::element(self, loop.index), type.args[0]);
      maker.endLoop(loop);
      endStructure(3, static_cast<int64_t>(maker.layouts.arrayLength(typeId)), true);
    } else if (type.kind == TypeKind::Ref) {
      callPart(type.args[0], {Maker::copy(self), value(second)}, Maker::place(maker.local(types.unit)));
    } else {
      maker.callVoid(maker.lang.debugOpaque, {}, {value(second), number(opaque())});
    }
    maker.jump(end);
    return true;
  }

  int64_t opaque() const {
    switch (type.kind) {
    case TypeKind::FnDef: case TypeKind::Closure: case TypeKind::Fn:
      return 0;
    case TypeKind::Async: case TypeKind::Frame: case TypeKind::BoxedAsync:
      return 1;
    case TypeKind::Stream:
      return 2;
    case TypeKind::Sink:
      return 3;
    case TypeKind::Pointer:
      return 4;
    case TypeKind::Error: case TypeKind::Never: case TypeKind::Bool: case TypeKind::Char: case TypeKind::Int: case TypeKind::Float: case TypeKind::Tuple:
    case TypeKind::Array: case TypeKind::Slice: case TypeKind::Ref: case TypeKind::Adt: case TypeKind::Param: case TypeKind::Projection: case TypeKind::Dyn:
    case TypeKind::Var: case TypeKind::ConstInt:
      return 5;
    }
    return 5;
  }
};

} // namespace

std::unique_ptr<mir::Body> makeDerived(Maker &maker, TraitId trait, TypeId type) {
  if (!Deriver(maker, trait, type).run())
    return nullptr;
  return std::move(maker.body);
}

} // namespace async::mono
