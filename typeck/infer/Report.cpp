// Errors that several constructs share, and types in the user's words: literals that nothing fixed yet read as their default.
#include "typeck/infer/Inferer.h"
#include "frontend/diagnostics/Names.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/TypeText.h"

namespace async::infer {

namespace {

using frontend::Applicability;

TypeId defaulted(Inferer &inferer, TypeId id, uint32_t depth) {
  const Type &type = inferer.types[inferer.resolve(id)];
  if (type.kind == TypeKind::Var) {
    VarKind kind = inferer.varKind(inferer.resolve(id));
    return kind == VarKind::Int ? inferer.types.i64 : kind == VarKind::Float ? inferer.types.f64 : inferer.resolve(id);
  }
  if (depth > 8)
    return inferer.resolve(id);
  return inferer.mapArgs(inferer.resolve(id), [&](TypeId arg) { return defaulted(inferer, arg, depth + 1); });
}

// Whether a prefix in front of it takes all of it: no blank and no operator outside of brackets and quotes.
bool isOperand(std::string_view text) {
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && inString)
      ++i;
    else if (c == '"')
      inString = !inString;
    else if (inString)
      continue;
    else if (c == '(' || c == '[')
      ++depth;
    else if (c == ')' || c == ']')
      --depth;
    else if (depth == 0 && !isalnum(static_cast<unsigned char>(c)) && c != '_' && c != '.' && c != ':')
      return false;
  }
  return true;
}

void offerPrefix(frontend::DiagnosticBuilder built, const frontend::SourceMap &sources, Span span, std::string word, bool isSure) {
  const Applicability sure = isSure ? Applicability::MachineApplicable : Applicability::MaybeIncorrect;
  if (isOperand(sources.text(span)))
    built.fix({span.lo, span.lo}, std::move(word), sure);
  else
    built.fix({span.lo, span.lo}, word + "(", sure).fix({span.hi, span.hi}, ")", sure);
}

// A last line of a block, indented as the one before it; where the block is one line, on it.
void offerEnd(frontend::DiagnosticBuilder built, std::string_view block, Span span, std::string value) {
  size_t end = block.find_last_not_of(" \t\r\n", block.size() - 2) + 1, line = block.rfind('\n', end - 1);
  if (line == std::string_view::npos || block.find('\n', end) == std::string_view::npos) {
    built.fix({span.hi - 1, span.hi - 1}, (block[block.size() - 2] == ' ' ? "" : " ") + value + " ", Applicability::MachineApplicable);
    return;
  }
  const size_t first = block.find_first_not_of(" \t", line + 1);
  const std::string newLine = (line > 0 && block[line - 1] == '\r' ? "\r\n" : "\n") + std::string(block.substr(line + 1, first - line - 1));
  const auto place = span.lo + static_cast<uint32_t>(end);
  built.fix({place, place}, newLine + value, Applicability::MachineApplicable);
}

// A loop that ends its block: the value follows it.
bool offerBehindLoop(frontend::DiagnosticBuilder &built, const frontend::SourceMap &sources, Span span, const std::string &value) {
  const frontend::FileId file = sources.fileOf(span.lo);
  const std::string_view text = sources.text(file);
  const size_t from = span.lo - sources.start(file), to = span.hi - sources.start(file), next = text.find_first_not_of(" \t\r\n", to);
  if ((!text.substr(from).starts_with("for ") && !text.substr(from).starts_with("while ")) || next == std::string_view::npos || text[next] != '}')
    return false;
  const size_t line = text.rfind('\n', from), first = text.find_first_not_of(" \t", line + 1);
  const bool isOneLine = text.substr(to, next - to).find('\n') == std::string_view::npos || first != from;
  const std::string newLine = (line != std::string_view::npos && line > 0 && text[line - 1] == '\r' ? "\r\n" : "\n") + std::string(text.substr(line + 1, first - line - 1));
  built.help(diag::EndWithValue, value).fix({span.hi, span.hi}, (isOneLine ? " " : newLine) + value, Applicability::MachineApplicable);
  return true;
}

} // namespace

std::string Inferer::text(TypeId type) const { return typeText(program, context.interner, defaulted(const_cast<Inferer &>(*this), zonk(type), 0)); }

std::string Inferer::traitText(const TraitRef &trait) const {
  TraitRef shown{trait.trait, {}};
  for (TypeId arg : trait.args)
    shown.args.push_back(defaulted(const_cast<Inferer &>(*this), zonk(arg), 0));
  return typeck::traitText(program, context.interner, shown);
}

void Inferer::mismatch(Span span, TypeId expected, TypeId found, bool isValue) {
  expected = zonk(expected);
  found = zonk(found);
  if ((types[expected].flags | types[found].flags) & HasError) {
    hasErrors = true;
    return;
  }
  if (isInfinite) {
    isInfinite = false;
    error(span, diag::InfiniteType, text(found));
    return;
  }
  if (types[found].kind == TypeKind::Async && types[expected].kind != TypeKind::Async) {
    const bool isSure = isValue && body().isAsync && canUnify(expected, types[found].args[0]);
    offerPrefix(error(span, diag::NotAwaited, text(expected), text(found)).help(diag::AddAwait), context.sources, span, "await ", isSure);
    return;
  }
  auto builder = error(span, diag::Mismatch, text(expected), text(found));
  if (isValue)
    offerValue(builder, span, expected, found);
}

void Inferer::offerValue(frontend::DiagnosticBuilder built, Span span, TypeId expected, TypeId found) {
  const Type &wanted = types[expected];
  if (thrownAway.known()) {
    built.help(diag::LeaveOutSemicolon).fix(thrownAway, "", Applicability::MachineApplicable);
    return;
  }
  if (isGeneralVar(found))
    return;
  if (wanted.kind == TypeKind::Ref) {
    const bool isExclusive = static_cast<Mutability>(wanted.sub) == Mutability::Exclusive;
    if (types[found].kind != TypeKind::Ref && canUnify(wanted.args[0], found))
      offerPrefix(built.help(isExclusive ? diag::BorrowMutably : diag::BorrowShared), context.sources, span, isExclusive ? "&mut " : "&", true);
    return;
  }
  const bool isOption = isLangAdt(expected, "option");
  if ((!isOption && !isLangAdt(expected, "result")) || isGeneralVar(wanted.args[0]) || !canUnify(wanted.args[0], found))
    return;
  const char *wrapper = isOption ? "Some" : "Ok";
  std::string_view written = context.sources.text(span);
  const bool isUnit = types[found].kind == TypeKind::Tuple && types[found].args.empty();
  if (isUnit && offerBehindLoop(built, context.sources, span, fmt::format("{}(())", wrapper)))
    return;
  if (isUnit && written.starts_with('{'))
    offerEnd(built.help(diag::EndWithValue, fmt::format("{}(())", wrapper)), written, span, fmt::format("{}(())", wrapper));
  else
    built.help(diag::WrapIt, wrapper)
        .fix({span.lo, span.lo}, fmt::format("{}(", wrapper), Applicability::MachineApplicable)
        .fix({span.hi, span.hi}, ")", Applicability::MachineApplicable);
}

ExprId Inferer::unsupported(Span span, std::string_view what) {
  error(span, diag::NotSupportedYet, what);
  return errorExpr(span);
}

} // namespace async::infer
