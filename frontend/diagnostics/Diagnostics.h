// Diagnostics.h: mistakes in programs: declared once, collected, sorted, shown.
//
// Each diagnostic stands in a .def file of its phase (architecture.md, "Diagnostics are declared once"),
//   ASYNC_DIAG(code, Name, Severity, "text with {}", argument types…)
//   ASYNC_LABEL(code, Name, "text", …)  ASYNC_NOTE(code, Name, "text", …)  ASYNC_HELP(code, Name, "text", …)
// and is declared in the header of that name (Types.h of Types.def), which those who emit it include.
// Argument types are Text (names and types, already in the user's words) and Count. The number of {} is checked when the
// compiler is compiled. Use:
//   diagnostics.emit(span, diag::Mismatch, expected, found).label(other, diag::MismatchOrigin, expected).help(diag::AddAwait);
// Not thread-safe: each worker has its own and they are merged in order of definition.
#pragma once
#include <fmt/format.h>

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "frontend/source/SourceMap.h"

namespace async::frontend {

enum class Severity : uint8_t { Error, Warning };

using Text = std::string_view;
using Count = int64_t;

template <typename... Args> struct Diag {
  const char *code;
  const char *name;
  Severity severity;
  fmt::format_string<Args...> text;
};

// A label, note or help text.
template <typename... Args> struct DiagPart {
  fmt::format_string<Args...> text;
};

namespace diag {} // filled by the headers of the phases

// Whether a tool may make the change without asking.
enum class Applicability : uint8_t { MachineApplicable, MaybeIncorrect };

struct Fix {
  Span span;
  std::string replacement;
  Applicability applicability;
};

struct Diagnostic {
  const char *code = "";
  Severity severity = Severity::Error;
  Span span;
  std::string message;
  struct Label {
    Span span;
    std::string text;
  };
  std::vector<Label> labels;
  std::vector<std::string> notes, helps;
  std::vector<Fix> fixes;
};

// Adds to a diagnostic that has been emitted.
class DiagnosticBuilder {
public:
  explicit DiagnosticBuilder(Diagnostic &diagnostic) : diagnostic(diagnostic) {}

  template <typename... Args> DiagnosticBuilder &label(Span span, const DiagPart<Args...> &part, std::type_identity_t<Args>... args) {
    if (span.known())
      diagnostic.labels.push_back({span, fmt::format(part.text, std::move(args)...)});
    return *this;
  }
  template <typename... Args> DiagnosticBuilder &note(const DiagPart<Args...> &part, std::type_identity_t<Args>... args) {
    diagnostic.notes.push_back(fmt::format(part.text, std::move(args)...));
    return *this;
  }
  template <typename... Args> DiagnosticBuilder &help(const DiagPart<Args...> &part, std::type_identity_t<Args>... args) {
    diagnostic.helps.push_back(fmt::format(part.text, std::move(args)...));
    return *this;
  }
  DiagnosticBuilder &fix(Span span, std::string replacement, Applicability applicability) {
    diagnostic.fixes.push_back({span, std::move(replacement), applicability});
    return *this;
  }

private:
  Diagnostic &diagnostic;
};

class Diagnostics {
public:
  template <typename... Args> DiagnosticBuilder emit(Span span, const Diag<Args...> &diag, std::type_identity_t<Args>... args) {
    Diagnostic &made = list.emplace_back();
    made.code = diag.code;
    made.severity = diag.severity;
    made.span = span;
    made.message = fmt::format(diag.text, std::move(args)...);
    if (diag.severity == Severity::Error)
      ++errors;
    return DiagnosticBuilder(made);
  }

  uint32_t errorCount() const { return errors; }
  bool empty() const { return list.empty(); }
  // By place, then in the order found; of those with the same place and message only the first, and of errors in names and types that say the same five.
  std::vector<const Diagnostic *> sorted() const;
  // Forgets what was emitted after `count` diagnostics: for attempts that are taken back.
  void truncate(size_t count);
  size_t size() const { return list.size(); }

private:
  std::vector<const Diagnostic *> fold(const std::vector<const Diagnostic *> &all) const;

  std::deque<Diagnostic> list;
  mutable std::deque<Diagnostic> folded; // copies with a note of how often they are said
  uint32_t errors = 0;
};

} // namespace async::frontend
