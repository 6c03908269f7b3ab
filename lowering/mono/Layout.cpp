#include "lowering/mono/Layout.h"

#include <algorithm>
#include <numeric>

namespace async::mono {
namespace {

uint64_t saturatingAdd(uint64_t a, uint64_t b) { return std::min(Layouts::sizeLimit, a + b); }
uint64_t roundUp(uint64_t size, uint64_t align) { return (size + align - 1) / align * align; }

uint64_t multiply(uint64_t size, uint64_t count) {
  uint64_t product = 0;
  return __builtin_mul_overflow(size, count, &product) ? Layouts::sizeLimit : std::min(product, Layouts::sizeLimit);
}

void scalar(Layout &layout, uint32_t size) {
  layout.size = size;
  layout.align = size;
}

void niche(Layout &layout, uint64_t offset, uint8_t bytes, uint64_t first, uint64_t count) {
  layout.nicheOffset = offset;
  layout.nicheBytes = bytes;
  layout.nicheFirst = first;
  layout.nicheCount = count;
}

} // namespace

bool Layouts::isUnsized(TypeId id) const {
  TypeKind kind = program.types[id].kind;
  return kind == TypeKind::Slice || kind == TypeKind::Dyn;
}

uint64_t Layouts::arrayLength(TypeId id) const {
  const Type &type = program.types[id];
  if (type.kind != TypeKind::Array || program.types[type.args[1]].kind != TypeKind::ConstInt)
    return 0;
  int64_t length = program.types[type.args[1]].value;
  return length > 0 ? static_cast<uint64_t>(length) : 0;
}

Layouts::Fields Layouts::fieldTypes(TypeId id, uint32_t variant) {
  const Type type = program.types[id];
  Fields fields;
  switch (type.kind) {
  case TypeKind::Tuple:
    return {type.args.begin(), type.args.end()};
  case TypeKind::Closure:
    for (const ClosureDecl::Capture &capture : program.closure(ClosureId{type.index}).captures)
      fields.push_back(select.closed(capture.type, type.args));
    return fields;
  case TypeKind::Adt: {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    size_t at = adt.isEnum ? variant : 0;
    if (at < adt.variants.size())
      for (const FieldDecl &field : adt.variants[at].fields)
        fields.push_back(select.closed(field.type, type.args));
    return fields;
  }
  case TypeKind::Error: case TypeKind::Never: case TypeKind::Bool: case TypeKind::Char: case TypeKind::Int: case TypeKind::Float: case TypeKind::Array:
  case TypeKind::Slice: case TypeKind::Ref: case TypeKind::Pointer: case TypeKind::FnDef: case TypeKind::Fn: case TypeKind::Async: case TypeKind::Stream:
  case TypeKind::Sink: case TypeKind::Param: case TypeKind::Projection: case TypeKind::Dyn: case TypeKind::Var: case TypeKind::ConstInt:
  case TypeKind::Frame: case TypeKind::BoxedAsync:
    return fields;
  }
  return fields;
}

TypeId Layouts::fieldType(TypeId type, uint32_t variant, uint32_t field) {
  const Layout &layout = of(type);
  bool isEnum = program.types[type].kind == TypeKind::Adt && program.adt(AdtId{program.types[type].index}).isEnum;
  size_t at = isEnum ? variant : 0;
  if (at < layout.variants.size() && field < layout.variants[at].fields.size())
    return layout.variants[at].fields[field];
  return program.types.error;
}

const Layout &Layouts::of(TypeId type) {
  if (auto found = known.find(type.index); found != known.end())
    return *found->second;
  Layout layout;
  // A type that holds itself without a pointer has been reported; here it ends.
  known.emplace(type.index, std::make_unique<Layout>());
  if (++depth <= maxDepth)
    compute(type, layout);
  --depth;
  auto &slot = known[type.index];
  *slot = std::move(layout);
  return *slot;
}

void Layouts::placeFields(Layout &layout, Fields fields, bool inOrder) {
  VariantLayout &variant = layout.variants.emplace_back();
  std::vector<uint32_t> order(fields.size());
  std::iota(order.begin(), order.end(), 0u);
  if (!inOrder)
    std::stable_sort(order.begin(), order.end(), [&](uint32_t a, uint32_t b) { return of(fields[a]).align > of(fields[b]).align; });
  variant.offsets.resize(fields.size());
  uint64_t at = 0;
  for (uint32_t index : order) {
    const Layout &field = of(fields[index]);
    at = saturatingAdd(roundUp(at, field.align), 0);
    variant.offsets[index] = at;
    at = saturatingAdd(at, field.size);
    layout.align = std::max(layout.align, field.align);
    layout.uninhabited |= field.uninhabited;
    if (field.nicheCount > layout.nicheCount)
      niche(layout, variant.offsets[index] + field.nicheOffset, field.nicheBytes, field.nicheFirst, field.nicheCount);
  }
  layout.size = std::max(layout.size, at);
  variant.fields = std::move(fields);
}

// One variant alone has data, and that data has enough values that cannot be.
bool Layouts::chooseNiche(Layout &layout) {
  uint32_t data = UINT32_MAX;
  for (uint32_t i = 0; i < layout.variants.size(); ++i)
    for (TypeId field : layout.variants[i].fields)
      if (of(field).size > 0) {
        if (data != UINT32_MAX && data != i)
          return false;
        data = i;
      }
  if (data == UINT32_MAX)
    return false;
  Layout inner;
  placeFields(inner, layout.variants[data].fields);
  uint64_t others = layout.variants.size() - 1;
  if (inner.nicheCount < others)
    return false;
  layout.tag = Layout::Tag::Niche;
  layout.tagOffset = inner.nicheOffset;
  layout.tagSize = inner.nicheBytes;
  layout.dataVariant = data;
  layout.nicheStart = inner.nicheFirst;
  niche(layout, inner.nicheOffset, inner.nicheBytes, inner.nicheFirst + others, inner.nicheCount - others);
  return true;
}

void Layouts::layEnum(Layout &layout, const AdtDecl &adt, TypeId type) {
  auto count = static_cast<uint32_t>(adt.variants.size());
  bool uninhabited = true;
  for (uint32_t i = 0; i < count; ++i) {
    layout.uninhabited = false;
    placeFields(layout, fieldTypes(type, i));
    uninhabited &= layout.uninhabited;
  }
  layout.uninhabited = uninhabited;
  if (count > 1) {
    niche(layout, 0, 0, 0, 0);
    if (!chooseNiche(layout)) {
      layout.tag = Layout::Tag::Direct;
      layout.tagSize = count <= 0x100 ? 1 : count <= 0x10000 ? 2 : 4;
      layout.tagOffset = roundUp(layout.size, layout.tagSize);
      layout.align = std::max<uint32_t>(layout.align, layout.tagSize);
      layout.size = saturatingAdd(layout.tagOffset, layout.tagSize);
      niche(layout, layout.tagOffset, layout.tagSize, count, (uint64_t{1} << (8 * layout.tagSize)) - count);
    }
  }
}

void Layouts::compute(TypeId id, Layout &layout) {
  const Type type = program.types[id];
  switch (type.kind) {
  case TypeKind::Never:
    layout.uninhabited = true;
    return;
  case TypeKind::Bool:
    scalar(layout, 1);
    niche(layout, 0, 1, 2, 254);
    return;
  case TypeKind::Char:
    scalar(layout, 4);
    niche(layout, 0, 4, 0x110000, 0xFFFFFFFFu - 0x110000u + 1);
    return;
  case TypeKind::Int:
    scalar(layout, 1u << (type.sub & 3));
    return;
  case TypeKind::Float:
    scalar(layout, static_cast<FloatKind>(type.sub) == FloatKind::F32 ? 4 : 8);
    return;
  case TypeKind::Ref:
  case TypeKind::Pointer:
    scalar(layout, 8);
    if (isUnsized(type.args[0]))
      layout.size = 16;
    if (type.kind == TypeKind::Ref)
      niche(layout, 0, 8, 0, 1);
    return;
  case TypeKind::Async:
  case TypeKind::Stream:
  case TypeKind::Sink:
  case TypeKind::Frame:
  case TypeKind::BoxedAsync:
    scalar(layout, 8);
    niche(layout, 0, 8, 0, 1);
    return;
  case TypeKind::Fn:
    scalar(layout, 8);
    layout.size = 16;
    niche(layout, 8, 8, 0, 1);
    return;
  case TypeKind::Array: {
    const Layout &element = of(type.args[0]);
    uint64_t length = arrayLength(id);
    layout.align = element.align;
    layout.size = multiply(element.size, length);
    layout.uninhabited = length > 0 && element.uninhabited;
    if (length > 0)
      niche(layout, element.nicheOffset, element.nicheBytes, element.nicheFirst, element.nicheCount);
    return;
  }
  case TypeKind::Slice:
    layout.align = of(type.args[0]).align;
    return;
  case TypeKind::Adt: {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    if (adt.isEnum)
      layEnum(layout, adt, id);
    else
      placeFields(layout, fieldTypes(id, 0), adt.isReprC);
    layout.size = roundUp(layout.size, layout.align);
    if (box.valid() && AdtId{type.index} == box && !layout.variants[0].offsets.empty())
      niche(layout, layout.variants[0].offsets[0], 8, 0, 1);
    return;
  }
  case TypeKind::Tuple:
  case TypeKind::Closure:
    placeFields(layout, fieldTypes(id, 0));
    layout.size = roundUp(layout.size, layout.align);
    return;
  case TypeKind::FnDef: case TypeKind::Dyn: case TypeKind::Error: case TypeKind::Param: case TypeKind::Projection: case TypeKind::Var:
  case TypeKind::ConstInt:
    return;
  }
}

bool Layouts::needsDrop(TypeId type) {
  if (auto found = drops.find(type.index); found != drops.end())
    return found->second;
  drops[type.index] = false; // met again below itself it adds nothing
  bool result = ++depth <= maxDepth && computeNeedsDrop(type);
  --depth;
  drops[type.index] = result;
  return result;
}

bool Layouts::computeNeedsDrop(TypeId id) {
  const Type type = program.types[id];
  switch (type.kind) {
  case TypeKind::Error: case TypeKind::Never: case TypeKind::Bool: case TypeKind::Char: case TypeKind::Int: case TypeKind::Float: case TypeKind::Ref:
  case TypeKind::Pointer: case TypeKind::FnDef: case TypeKind::ConstInt: case TypeKind::Param: case TypeKind::Projection: case TypeKind::Var:
    return false;
  case TypeKind::Fn: case TypeKind::Async: case TypeKind::Stream: case TypeKind::Sink: case TypeKind::Dyn: case TypeKind::Frame: case TypeKind::BoxedAsync:
    return true;
  case TypeKind::Slice:
    return needsDrop(type.args[0]);
  case TypeKind::Array:
    return arrayLength(id) > 0 && needsDrop(type.args[0]);
  case TypeKind::Tuple:
  case TypeKind::Closure:
    break;
  case TypeKind::Adt: {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    if (adt.dropFn)
      return true;
    for (uint32_t i = 0; i < adt.variants.size(); ++i)
      for (TypeId field : fieldTypes(id, i))
        if (needsDrop(field))
          return true;
    return false;
  }
  }
  for (TypeId field : fieldTypes(id, 0))
    if (needsDrop(field))
      return true;
  return false;
}

} // namespace async::mono
