// ExhaustivenessMatrix.h: patterns as constructors, and the matrix that usefulness is decided on.
#pragma once
#include <map>
#include <optional>
#include <unordered_map>

#include "typeck/infer/Thir.h"

namespace async::infer {

// What a value is made by, at one level. Integers, bool and char are intervals of keys that keep their order as unsigned numbers.
struct Constructor {
  enum class Kind : uint8_t {
    Single, // tuple, struct, reference
    Variant,
    Interval,
    Opaque, // a literal of a type that is not enumerated
    Slice, // `prefix` first and `suffix` last elements; open: any number between them
  } kind = Kind::Single;
  uint32_t variant = 0;
  uint64_t low = 0, high = 0; // Interval; Opaque: low names the literal
  uint32_t prefix = 0, suffix = 0;
  bool isOpen = false;
};

struct FlatPattern {
  enum class Kind : uint8_t { Wild, Made, Or } kind = Kind::Wild;
  typeck::TypeId type;
  Constructor made;
  std::vector<uint32_t> args; // of the constructor, or alternatives; indices into Matrix::patterns
};

using Witness = std::vector<std::string>; // texts of the patterns of the columns

class Matrix {
public:
  Matrix(typeck::Program &program, const frontend::Interner &interner, const thir::Body &body) : program(program), interner(interner), body(body) {}

  uint32_t flatten(thir::PatternId pattern);
  uint32_t wild(typeck::TypeId type);
  // Rows of one pattern.
  void addRow(uint32_t pattern);
  // An example of what `query` matches and no row does.
  std::optional<Witness> useful(uint32_t query);
  bool isExhausted() const { return steps > maxSteps; }

private:
  using Row = std::vector<uint32_t>;
  using Rows = std::vector<Row>;
  static constexpr size_t maxSteps = size_t{1} << 18;
  static constexpr size_t rowsInStep = 16;

  // Rows by what stands at their head: a point (a variant, one number, one literal) meets only its like, and what is no point.
  struct Heads {
    std::unordered_map<uint64_t, std::vector<uint32_t>> ofPoint;
    std::vector<uint32_t> others;
  };

  struct Split {
    Constructor made;
    bool isMissing = false; // no row has it at the head: all such are one
  };

  static std::optional<uint64_t> point(const Constructor &made);
  // What stands behind references at the head, each alternative by itself.
  void peel(uint32_t pattern, std::vector<uint32_t> &into);
  bool isReference(typeck::TypeId type) const { return program.types[type].kind == typeck::TypeKind::Ref; }
  void addHead(Heads &heads, const Row &row, uint32_t index) const;
  // f(index) for each row that a value made by `made` can match.
  template <typename F> static void forRowsOf(const Heads &heads, const Split &split, size_t count, F &&f);
  std::optional<Witness> useful(const Rows &rows, const Row &query);
  std::optional<Witness> usefulPeeled(uint32_t query);
  std::optional<Constructor> literal(const thir::Pattern &pattern);
  std::optional<uint64_t> key(thir::ExprId expr, typeck::TypeId type);
  bool isInterval(typeck::TypeId type) const;
  std::pair<uint64_t, uint64_t> bounds(typeck::TypeId type) const;
  Rows expandOr(const Rows &rows) const;
  std::vector<Split> split(typeck::TypeId type, const Rows &rows, const FlatPattern &query);
  void splitIntervals(typeck::TypeId type, const std::vector<Constructor> &heads, uint64_t low, uint64_t high, std::vector<Split> &into) const;
  static void splitVariants(size_t count, const std::vector<Constructor> &heads, std::vector<Split> &into);
  void splitSlices(typeck::TypeId type, const std::vector<Constructor> &heads, std::vector<Split> &into) const;
  static bool covers(const Constructor &pattern, const Constructor &value);
  std::vector<typeck::TypeId> fieldTypes(typeck::TypeId type, const Constructor &made);
  std::optional<Row> specialise(const Row &row, const Constructor &made, const std::vector<typeck::TypeId> &fields);
  std::string text(typeck::TypeId type, const Split &split, std::span<const std::string> fields) const;
  std::string keyText(typeck::TypeId type, uint64_t key) const;
  std::string variantText(const typeck::AdtDecl &adt, uint32_t variant, std::span<const std::string> fields) const;

  typeck::Program &program;
  const frontend::Interner &interner;
  const thir::Body &body;
  std::vector<FlatPattern> patterns;
  std::map<std::pair<uint32_t, int64_t>, uint64_t> opaque; // text and bits of a literal: its number
  Rows arms; // without alternatives and references at their head
  Heads armHeads;
  bool namesReference = false; // a row has a pattern for a reference at its head
  size_t steps = 0; // each looks at a number of rows
};

} // namespace async::infer
