// Layout.h: size, alignment and inner places of every type without parameters. The same at every -O.
//
// Fields are sorted by alignment, so that padding is least; ties stand in order of declaration; those of #[repr(C)] stand as they are declared. An enum is a tag beside the largest variant, or, where one
// variant alone has data that contains a value that cannot be (a reference, Box, bool, char, tag of another enum), the others are told by such a value (niche).
// Async<T>, Stream<T>, Sink<T, E>, Box and references are a pointer; a fat reference (slice, dyn) is a pointer and a word; Fn is a pointer and the
// address of its table.
// Cost: each type once.
#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "lowering/mono/Select.h"
#include "typeck/types/Program.h"

namespace async::mono {

using namespace typeck;

struct VariantLayout {
  std::vector<uint64_t> offsets; // by field
  std::vector<TypeId> fields; // their types, with no parameters left
};

struct Layout {
  uint64_t size = 0;
  uint32_t align = 1;
  enum class Tag : uint8_t {
    None, // no enum, or an enum of one variant
    Direct, // an unsigned number of tagSize bytes at tagOffset: the index of the variant
    Niche, // the same, but `dataVariant` is any value not in nicheStart ‥ nicheStart + (variants - 2); the others, in order, are those values
  } tag = Tag::None;
  uint64_t tagOffset = 0;
  uint8_t tagSize = 0;
  uint32_t dataVariant = 0;
  uint64_t nicheStart = 0;
  std::vector<VariantLayout> variants; // structs, tuples, closures: one; arrays and scalars: none
  bool uninhabited = false;
  // Values that can never be in this type, for an enum around it: `nicheCount` of them from `nicheFirst` on, nicheBytes wide at nicheOffset.
  uint64_t nicheOffset = 0, nicheFirst = 0, nicheCount = 0;
  uint8_t nicheBytes = 0;
};

class Layouts {
public:
  explicit Layouts(Program &program) : program(program), select(program) {}
  const Layout &of(TypeId type);
  // The type of a field: of a struct, tuple, closure environment (variant ignored), or of a variant.
  TypeId fieldType(TypeId type, uint32_t variant, uint32_t field);
  uint64_t arrayLength(TypeId type) const;
  // Whether a reference or raw pointer to it is two words.
  bool isUnsized(TypeId type) const;
  bool needsDrop(TypeId type);
  // More than any memory holds: such a type is an error of the program. Sizes saturate there.
  static constexpr uint64_t sizeLimit = uint64_t{1} << 47;

private:
  friend class Mono;
  using Fields = std::vector<TypeId>;
  void compute(TypeId type, Layout &layout);
  void placeFields(Layout &layout, Fields fields, bool inOrder = false);
  void layEnum(Layout &layout, const AdtDecl &adt, TypeId type);
  bool chooseNiche(Layout &layout);
  bool computeNeedsDrop(TypeId type);
  Fields fieldTypes(TypeId type, uint32_t variant);

  Program &program;

public:
  Select select;
  AdtId box; // std's: never null. Set by collectInstances

private:
  std::unordered_map<uint32_t, bool> drops;
  // A type that holds itself with ever new arguments has been reported; here it is cut.
  static constexpr unsigned maxDepth = 1000;
  unsigned depth = 0;
  std::unordered_map<uint32_t, std::unique_ptr<Layout>> known;
};

} // namespace async::mono
