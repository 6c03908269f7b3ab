#include "typeck/infer/ExhaustivenessMatrix.h"

#include <algorithm>
#include <set>
#include <tuple>

namespace async::infer {

using namespace typeck;
using PK = thir::PatternKind;
using CK = Constructor::Kind;

static uint64_t flip(int64_t value, bool isSigned) { return static_cast<uint64_t>(value) ^ (isSigned ? uint64_t{1} << 63 : 0); }
static bool isSigned(const Type &type) { return type.kind == TypeKind::Int && static_cast<IntKind>(type.sub) <= IntKind::I64; }

uint32_t Matrix::wild(TypeId type) {
  patterns.push_back({FlatPattern::Kind::Wild, type, {}, {}});
  return static_cast<uint32_t>(patterns.size() - 1);
}

bool Matrix::isInterval(TypeId type) const {
  TypeKind kind = program.types[type].kind;
  return kind == TypeKind::Int || kind == TypeKind::Bool || kind == TypeKind::Char;
}

std::pair<uint64_t, uint64_t> Matrix::bounds(TypeId id) const {
  const Type &type = program.types[id];
  if (type.kind == TypeKind::Bool)
    return {0, 1};
  if (type.kind == TypeKind::Char)
    return {0, 0x10FFFF};
  unsigned bits = 8u << (static_cast<unsigned>(type.sub) % 4);
  if (!isSigned(type))
    return {0, bits == 64 ? UINT64_MAX : (uint64_t{1} << bits) - 1};
  int64_t high = bits == 64 ? INT64_MAX : (int64_t{1} << (bits - 1)) - 1;
  return {flip(-high - 1, true), flip(high, true)};
}

std::optional<uint64_t> Matrix::key(thir::ExprId id, TypeId type) {
  const thir::Expr &expr = body[id];
  bool sign = isSigned(program.types[type]);
  if (expr.kind == thir::ExprKind::Literal)
    return flip(expr.integer, sign);
  if (expr.kind == thir::ExprKind::Unary && body[expr.a].kind == thir::ExprKind::Literal && static_cast<thir::UnaryOp>(expr.op) == thir::UnaryOp::Neg)
    return flip(static_cast<int64_t>(-static_cast<uint64_t>(body[expr.a].integer)), sign);
  return std::nullopt;
}

// Nothing for what matches no value, as an empty range.
std::optional<Constructor> Matrix::literal(const thir::Pattern &pattern) {
  Constructor made;
  if (isInterval(pattern.type)) {
    made.kind = CK::Interval;
    std::tie(made.low, made.high) = bounds(pattern.type);
    bool isKnown = true;
    if (pattern.lo.valid()) {
      std::optional<uint64_t> low = key(pattern.lo, pattern.type);
      isKnown = low.has_value();
      made.low = low.value_or(0);
    }
    if (pattern.kind == PK::Literal)
      made.high = made.low;
    else if (pattern.hi.valid()) {
      std::optional<uint64_t> high = key(pattern.hi, pattern.type);
      isKnown = isKnown && high;
      if (high && !pattern.inclusive && *high == 0)
        return std::nullopt;
      made.high = high ? *high - (pattern.inclusive ? 0 : 1) : 0;
    }
    if (isKnown)
      return made.low <= made.high ? std::optional(made) : std::nullopt;
  }
  // A text, a float, or a constant whose value is not known here: equal only to itself.
  made = {};
  made.kind = CK::Opaque;
  made.low = UINT64_MAX - patterns.size();
  if (pattern.kind == PK::Literal && body[pattern.lo].kind == thir::ExprKind::Literal)
    made.low = opaque.try_emplace({body[pattern.lo].text.index, body[pattern.lo].integer}, opaque.size()).first->second;
  return made;
}

uint32_t Matrix::flatten(thir::PatternId id) {
  const thir::Pattern &pattern = body[id];
  FlatPattern flat;
  flat.type = pattern.type;
  auto addAll = [&](thir::List list) {
    for (uint32_t i = 0; i < list.count; ++i)
      flat.args.push_back(flatten(body.patternLists[list.begin + i]));
  };
  switch (pattern.kind) {
  case PK::Wildcard:
    return wild(pattern.type);
  case PK::Binding:
    return pattern.sub.valid() ? flatten(pattern.sub) : wild(pattern.type);
  case PK::Literal:
    if (pattern.type == program.types.unit)
      return wild(pattern.type);
    [[fallthrough]];
  case PK::Range:
    if (std::optional<Constructor> made = literal(pattern)) {
      flat.kind = FlatPattern::Kind::Made;
      flat.made = *made;
    } else {
      flat.kind = FlatPattern::Kind::Or; // of nothing
    }
    break;
  case PK::Tuple:
    flat.kind = FlatPattern::Kind::Made;
    addAll(pattern.list);
    break;
  case PK::Deref:
    flat.kind = FlatPattern::Kind::Made;
    flat.args.push_back(flatten(pattern.sub));
    break;
  case PK::Variant:
    flat.kind = FlatPattern::Kind::Made;
    flat.made.kind = program.adt(AdtId{pattern.def}).isEnum ? CK::Variant : CK::Single;
    flat.made.variant = pattern.index;
    addAll(pattern.list);
    break;
  case PK::Or:
    flat.kind = FlatPattern::Kind::Or;
    addAll(pattern.list);
    break;
  case PK::Slice:
    flat.kind = FlatPattern::Kind::Made;
    flat.made.kind = CK::Slice;
    flat.made.prefix = pattern.list.count;
    flat.made.suffix = pattern.list2.count;
    flat.made.isOpen = pattern.hasRest;
    addAll(pattern.list);
    addAll(pattern.list2);
    break;
  }
  patterns.push_back(std::move(flat));
  return static_cast<uint32_t>(patterns.size() - 1);
}

// Rows without alternatives at their head.
Matrix::Rows Matrix::expandOr(const Rows &rows) const {
  Rows result;
  for (const Row &row : rows) {
    if (patterns[row[0]].kind != FlatPattern::Kind::Or) {
      result.push_back(row);
      continue;
    }
    Rows alternatives;
    for (uint32_t alternative : patterns[row[0]].args) {
      Row made = row;
      made[0] = alternative;
      alternatives.push_back(std::move(made));
    }
    for (Row &made : expandOr(alternatives))
      result.push_back(std::move(made));
  }
  return result;
}

// Whether every value made by `value` (a split, so never cut by a pattern) is matched at its head by `pattern`.
bool Matrix::covers(const Constructor &pattern, const Constructor &value) {
  if (pattern.kind != value.kind)
    return false;
  switch (pattern.kind) {
  case CK::Single:
    return true;
  case CK::Variant:
    return pattern.variant == value.variant;
  case CK::Interval:
    return pattern.low <= value.low && value.high <= pattern.high;
  case CK::Opaque:
    return pattern.low == value.low;
  case CK::Slice: {
    uint32_t wanted = pattern.prefix + pattern.suffix, has = value.prefix + value.suffix;
    return pattern.isOpen ? wanted <= has : !value.isOpen && wanted == has;
  }
  }
  return false;
}

void Matrix::splitIntervals(TypeId type, const std::vector<Constructor> &heads, uint64_t low, uint64_t high, std::vector<Split> &into) const {
  std::vector<uint64_t> starts{low};
  for (const Constructor &head : heads) {
    if (head.kind != CK::Interval)
      continue;
    if (head.low > low && head.low <= high)
      starts.push_back(head.low);
    if (head.high >= low && head.high < high)
      starts.push_back(head.high + 1);
  }
  bool isChar = program.types[type].kind == TypeKind::Char;
  if (isChar)
    for (uint64_t edge : {uint64_t{0xD800}, uint64_t{0xE000}})
      if (edge > low && edge <= high)
        starts.push_back(edge);
  std::sort(starts.begin(), starts.end());
  starts.erase(std::unique(starts.begin(), starts.end()), starts.end());
  std::vector<std::pair<uint64_t, uint64_t>> covered;
  for (const Constructor &head : heads)
    if (head.kind == CK::Interval)
      covered.emplace_back(head.low, head.high);
  std::sort(covered.begin(), covered.end());
  bool hasMissing = false, isAny = false;
  uint64_t reach = 0; // the end of what the intervals that have begun cover, if any has
  size_t next = 0;
  for (size_t i = 0; i < starts.size(); ++i) {
    Constructor made;
    made.kind = CK::Interval;
    made.low = starts[i];
    made.high = i + 1 < starts.size() ? starts[i + 1] - 1 : high;
    if (isChar && made.low >= 0xD800 && made.high < 0xE000)
      continue; // surrogates are no characters
    for (; next < covered.size() && covered[next].first <= made.low; ++next) {
      reach = isAny ? std::max(reach, covered[next].second) : covered[next].second;
      isAny = true;
    }
    bool isMissing = !isAny || reach < made.high;
    // All missing ones behave alike; the first is the example.
    if (!isMissing || !hasMissing)
      into.push_back({made, isMissing});
    hasMissing |= isMissing;
  }
}

void Matrix::splitSlices(TypeId type, const std::vector<Constructor> &heads, std::vector<Split> &into) const {
  uint32_t prefix = 0, suffix = 0, fixed = 0;
  bool hasFixed = false;
  for (const Constructor &head : heads) {
    if (head.kind != CK::Slice)
      continue;
    if (head.isOpen) {
      prefix = std::max(prefix, head.prefix);
      suffix = std::max(suffix, head.suffix);
    } else {
      hasFixed = true;
      fixed = std::max(fixed, head.prefix + head.suffix);
    }
  }
  auto add = [&](uint32_t before, uint32_t after, bool isOpen) {
    Constructor made;
    made.kind = CK::Slice;
    made.prefix = before;
    made.suffix = after;
    made.isOpen = isOpen;
    bool isMissing = std::none_of(heads.begin(), heads.end(), [&](const Constructor &head) { return covers(head, made); });
    into.push_back({made, isMissing});
  };
  // An array has one length; a pattern without a rest names it.
  if (program.types[type].kind == TypeKind::Array)
    return hasFixed ? add(fixed, 0, false) : add(prefix, suffix, true);
  if (hasFixed && fixed + 1 >= prefix + suffix)
    prefix = fixed + 1 - std::min(suffix, fixed + 1);
  for (uint32_t length = 0; length < prefix + suffix; ++length)
    add(length, 0, false);
  add(prefix, suffix, true);
}

void Matrix::splitVariants(size_t count, const std::vector<Constructor> &heads, std::vector<Split> &into) {
  std::vector<bool> has(count);
  for (const Constructor &head : heads)
    if (head.kind == CK::Variant && head.variant < count)
      has[head.variant] = true;
  bool hasMissing = false;
  for (uint32_t i = 0; i < count; ++i) {
    Constructor made;
    made.kind = CK::Variant;
    made.variant = i;
    // All missing ones behave alike; the first is the example.
    if (has[i] || !hasMissing)
      into.push_back({made, !has[i]});
    hasMissing |= !has[i];
  }
}

std::vector<Matrix::Split> Matrix::split(TypeId id, const Rows &rows, const FlatPattern &query) {
  std::vector<Constructor> heads;
  for (const Row &row : rows)
    if (patterns[row[0]].kind == FlatPattern::Kind::Made)
      heads.push_back(patterns[row[0]].made);
  bool isWild = query.kind == FlatPattern::Kind::Wild;
  std::vector<Constructor> all = heads;
  if (!isWild)
    all.push_back(query.made);
  std::vector<Split> result;
  const Type &type = program.types[id];
  bool isSlice = std::any_of(all.begin(), all.end(), [](const Constructor &head) { return head.kind == CK::Slice; });
  if (isInterval(id) && std::none_of(all.begin(), all.end(), [](const Constructor &head) { return head.kind == CK::Opaque; })) {
    auto [low, high] = isWild ? bounds(id) : std::pair(query.made.low, query.made.high);
    splitIntervals(id, heads, low, high, result);
  } else if (isSlice) {
    splitSlices(id, all, result);
    if (!isWild)
      std::erase_if(result, [&](const Split &split) { return !covers(query.made, split.made); });
  } else if (!isWild) {
    result.push_back({query.made, false});
  } else if (type.kind == TypeKind::Adt && program.adt(AdtId{type.index}).isEnum) {
    splitVariants(program.adt(AdtId{type.index}).variants.size(), heads, result);
  } else if (type.kind != TypeKind::Never) {
    bool hasOpaque = false;
    std::set<std::tuple<CK, uint64_t, uint64_t>> known;
    for (const Constructor &head : heads) {
      if (known.emplace(head.kind, head.low, head.high).second)
        result.push_back({head, false});
      hasOpaque |= head.kind == CK::Opaque || head.kind == CK::Interval;
    }
    if (hasOpaque || heads.empty()) {
      Constructor rest;
      rest.kind = CK::Opaque;
      rest.low = UINT64_MAX;
      result.push_back({rest, true});
    }
  }
  return result;
}

std::vector<TypeId> Matrix::fieldTypes(TypeId id, const Constructor &made) {
  Type type = program.types[id];
  if (made.kind == CK::Slice)
    return std::vector<TypeId>(made.prefix + made.suffix, type.args.empty() ? program.types.error : type.args[0]);
  if (made.kind != CK::Single && made.kind != CK::Variant)
    return {};
  std::vector<TypeId> fields;
  if (type.kind == TypeKind::Tuple) {
    fields.assign(type.args.begin(), type.args.end());
  } else if (type.kind == TypeKind::Ref) {
    fields.push_back(type.args[0]);
  } else if (type.kind == TypeKind::Adt) {
    const AdtDecl &adt = program.adt(AdtId{type.index});
    if (interner.text(adt.lang) == "box")
      fields.push_back(type.args[0]); // what a pattern for its content looks at
    else if (made.variant < adt.variants.size())
      for (const FieldDecl &field : adt.variants[made.variant].fields)
        fields.push_back(substitute(program.types, field.type, type.args));
  }
  return fields;
}

// The row below the constructor, or nothing if its head does not match it.
std::optional<Matrix::Row> Matrix::specialise(const Row &row, const Constructor &made, const std::vector<TypeId> &fields) {
  Row result;
  FlatPattern head = patterns[row[0]];
  if (head.kind == FlatPattern::Kind::Wild) {
    for (TypeId field : fields)
      result.push_back(wild(field));
  } else if (!covers(head.made, made)) {
    return std::nullopt;
  } else if (made.kind == CK::Slice) {
    for (uint32_t i = 0; i < fields.size(); ++i) {
      uint32_t fromEnd = static_cast<uint32_t>(fields.size()) - i;
      if (i < head.made.prefix)
        result.push_back(head.args[i]);
      else if (fromEnd <= head.made.suffix)
        result.push_back(head.args[head.made.prefix + head.made.suffix - fromEnd]);
      else
        result.push_back(wild(fields[i]));
    }
  } else {
    result = head.args;
    while (result.size() < fields.size())
      result.push_back(wild(fields[result.size()]));
    result.resize(fields.size());
  }
  result.insert(result.end(), row.begin() + 1, row.end());
  return result;
}

std::optional<uint64_t> Matrix::point(const Constructor &made) {
  switch (made.kind) {
  case CK::Variant:
    return made.variant;
  case CK::Opaque:
    return made.low;
  case CK::Interval:
    return made.low == made.high ? std::optional(made.low) : std::nullopt;
  case CK::Single:
  case CK::Slice:
    return std::nullopt;
  }
  return std::nullopt;
}

void Matrix::addHead(Heads &heads, const Row &row, uint32_t index) const {
  const FlatPattern &head = patterns[row[0]];
  std::optional<uint64_t> at = head.kind == FlatPattern::Kind::Made ? point(head.made) : std::nullopt;
  (at ? heads.ofPoint[*at] : heads.others).push_back(index);
}

template <typename F> void Matrix::forRowsOf(const Heads &heads, const Split &split, size_t count, F &&f) {
  std::optional<uint64_t> at = point(split.made);
  if (!at && !split.isMissing) {
    for (uint32_t i = 0; i < count; ++i)
      f(i);
    return;
  }
  for (uint32_t index : heads.others)
    f(index);
  if (split.isMissing)
    return;
  if (auto found = heads.ofPoint.find(*at); found != heads.ofPoint.end())
    for (uint32_t index : found->second)
      f(index);
}

void Matrix::peel(uint32_t pattern, std::vector<uint32_t> &into) {
  const FlatPattern head = patterns[pattern];
  if (head.kind == FlatPattern::Kind::Or) {
    for (uint32_t alternative : head.args)
      peel(alternative, into);
  } else if (!isReference(head.type)) {
    into.push_back(pattern);
  } else if (head.kind == FlatPattern::Kind::Made) {
    namesReference = true;
    peel(head.args[0], into);
  } else {
    peel(wild(program.types[head.type].args[0]), into);
  }
}

void Matrix::addRow(uint32_t pattern) {
  std::vector<uint32_t> heads;
  peel(pattern, heads);
  for (uint32_t head : heads) {
    addHead(armHeads, Row{head}, static_cast<uint32_t>(arms.size()));
    arms.push_back(Row{head});
  }
}

std::optional<Witness> Matrix::useful(uint32_t query) {
  const TypeId type = patterns[query].type;
  if (!isReference(type))
    return usefulPeeled(query);
  if (!namesReference) // all rows match whatever comes
    return arms.empty() ? useful(arms, Row{query}) : std::nullopt;
  std::vector<uint32_t> behind;
  peel(query, behind);
  for (uint32_t head : behind) {
    std::optional<Witness> found = usefulPeeled(head);
    if (!found)
      continue;
    std::vector<TypeId> references;
    for (TypeId at = type; isReference(at); at = program.types[at].args[0])
      references.push_back(at);
    for (size_t i = references.size(); i-- > 0;)
      found = Witness{text(references[i], {}, *found)};
    return found;
  }
  return std::nullopt;
}

std::optional<Witness> Matrix::usefulPeeled(uint32_t query) {
  const FlatPattern head = patterns[query];
  if (head.kind == FlatPattern::Kind::Or) {
    for (uint32_t alternative : head.args)
      if (std::optional<Witness> found = usefulPeeled(alternative))
        return found;
    return std::nullopt;
  }
  if (head.kind != FlatPattern::Kind::Made || !point(head.made))
    return useful(arms, Row{query});
  Rows rows;
  forRowsOf(armHeads, {head.made, false}, arms.size(), [&](uint32_t index) { rows.push_back(arms[index]); });
  return useful(rows, Row{query});
}

std::optional<Witness> Matrix::useful(const Rows &given, const Row &query) {
  if (query.empty())
    return given.empty() ? std::optional(Witness{}) : std::nullopt;
  FlatPattern head = patterns[query[0]];
  if (head.kind == FlatPattern::Kind::Or) {
    for (uint32_t alternative : head.args) {
      Row row = query;
      row[0] = alternative;
      if (std::optional<Witness> found = useful(given, row))
        return found;
    }
    return std::nullopt;
  }
  steps += 1 + given.size() / rowsInStep;
  if (isExhausted())
    return std::nullopt;
  Rows rows = expandOr(given);
  Heads heads;
  for (uint32_t i = 0; i < rows.size(); ++i)
    addHead(heads, rows[i], i);
  bool noHeads = std::all_of(rows.begin(), rows.end(), [&](const Row &row) { return patterns[row[0]].kind == FlatPattern::Kind::Wild; });
  for (const Split &split : split(head.type, rows, head)) {
    std::vector<TypeId> fields = split.isMissing && head.kind == FlatPattern::Kind::Wild ? std::vector<TypeId>() : fieldTypes(head.type, split.made);
    bool isMissing = fields.empty() && split.isMissing;
    Rows below;
    forRowsOf(heads, split, rows.size(), [&](uint32_t index) {
      const Row &row = rows[index];
      if (isMissing) {
        if (patterns[row[0]].kind == FlatPattern::Kind::Wild)
          below.emplace_back(row.begin() + 1, row.end());
      } else if (std::optional<Row> made = specialise(row, split.made, fields)) {
        below.push_back(std::move(*made));
      }
    });
    Row next = isMissing ? Row(query.begin() + 1, query.end()) : *specialise(query, split.made, fields);
    std::optional<Witness> found = useful(below, next);
    if (!found)
      continue;
    std::string example = isMissing && noHeads ? "_" : text(head.type, split, std::span(*found).first(fields.size()));
    Witness result{std::move(example)};
    result.insert(result.end(), found->begin() + static_cast<ptrdiff_t>(fields.size()), found->end());
    return result;
  }
  return std::nullopt;
}

} // namespace async::infer
