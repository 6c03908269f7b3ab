// `Error::Timeout(e)` in a pattern (rules.md S3): matches std's opaque `Error` by its kind and binds the whole error. It becomes a binding with a pattern of
// the fields below it, which are std's own (std/error.async).
#include "frontend/diagnostics/Types.h"
#include "typeck/infer/Inferer.h"

namespace async::infer {

using thir::BindingMode;

std::optional<PathTarget> Inferer::errorKindTarget(TypeId type, Symbol name) {
  std::optional<AdtId> error = langAdt("error"), kinds = langAdt("error_kind");
  if (!error || !kinds || adtOf(known(type)) != error)
    return std::nullopt;
  std::optional<uint32_t> variant = program.adt(*kinds).variantNamed(name);
  if (!variant)
    return std::nullopt;
  PathTarget target;
  target.kind = PathTarget::Kind::ErrorKind;
  target.adt = *error;
  target.index = *variant;
  return target;
}

// What holds of an error of that kind: its box, in it the data, in them the kind.
PatternId Inferer::errorKindTest(const PathTarget &target, TypeId type, Span span) {
  AdtId kinds = *langAdt("error_kind");
  TypeId boxed = program.adt(target.adt).variants[0].fields[0].type;
  TypeId dataType = types[boxed].args[0];
  AdtId data = *adtOf(dataType);
  std::vector<PatternId> fields;
  for (const FieldDecl &field : program.adt(data).variants[0].fields)
    fields.push_back(adtOf(field.type) == kinds ? variantPattern(kinds, target.index, {}, field.type, span) : wildcard(field.type, span));
  thir::Pattern content{};
  content.kind = thir::PatternKind::Deref;
  content.span = span;
  content.type = boxed;
  content.sub = variantPattern(data, 0, fields, dataType, span);
  PatternId box = addPattern(content);
  return variantPattern(target.adt, 0, std::span(&box, 1), type, span);
}

PatternId Inferer::errorKindPattern(const ast::Pattern &pattern, const PathTarget &target, TypeId type, BindingMode mode) {
  std::span<const ast::PatternId> written;
  if (pattern.kind == ast::PatternKind::TupleStruct)
    written = ast::File::run(file->patternLists, pattern.list);
  TypeId errorType = types.adt(target.adt, {});
  bool fits = unify(type, errorType);
  if (!fits)
    mismatch(pattern.span, type, errorType);
  if (written.size() != 1) {
    Symbol name = program.adt(*langAdt("error_kind")).variants[target.index].name;
    error(pattern.span, diag::PatternFields, text(name), int64_t{1}, static_cast<int64_t>(written.size()));
  }
  if (!fits || written.size() != 1) {
    for (ast::PatternId id : written)
      if ((*file)[id].kind != ast::PatternKind::Rest)
        checkPattern(id, types.error, mode);
    return errorPattern(type, pattern.span);
  }
  const ast::Pattern &inner = (*file)[written[0]];
  if (inner.kind == ast::PatternKind::Wildcard || inner.kind == ast::PatternKind::Rest)
    return errorKindTest(target, type, pattern.span);
  size_t before = context.diagnostics.errorCount();
  PatternId bound = checkPattern(written[0], type, mode);
  if (body().patterns[bound.index].kind == thir::PatternKind::Binding && !body().patterns[bound.index].sub.valid()) {
    PatternId test = errorKindTest(target, type, pattern.span);
    body().patterns[bound.index].sub = test;
    return bound;
  }
  if (context.diagnostics.errorCount() == before)
    error(inner.span, diag::PatternNotConstant);
  return errorPattern(type, pattern.span);
}

} // namespace async::infer
