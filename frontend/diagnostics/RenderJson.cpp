#include <nlohmann/json.hpp>

#include "frontend/diagnostics/Render.h"

namespace async::frontend {

using nlohmann::ordered_json;

static void addPlace(ordered_json &object, Span span, const SourceMap &sources) {
  if (!span.known()) {
    object["file"] = nullptr;
    return;
  }
  const Location from = sources.locate(span.lo), to = sources.locate(span.hi);
  object["file"] = sources.path(from.file);
  object["line"] = from.line;
  object["column"] = from.column;
  object["end_line"] = to.line;
  object["end_column"] = to.column;
  object["column_utf16"] = sources.columnUtf16(span.lo);
  object["end_column_utf16"] = sources.columnUtf16(span.hi);
}

std::string renderJson(const Diagnostic &diagnostic, const SourceMap &sources) {
  ordered_json object;
  object["severity"] = diagnostic.severity == Severity::Error ? "error" : "warning";
  object["code"] = diagnostic.code;
  object["message"] = diagnostic.message;
  addPlace(object, diagnostic.span, sources);
  object["labels"] = ordered_json::array();
  for (const auto &label : diagnostic.labels) {
    ordered_json one;
    one["message"] = label.text;
    addPlace(one, label.span, sources);
    object["labels"].push_back(one);
  }
  object["notes"] = ordered_json::array();
  for (const auto &note : diagnostic.notes)
    object["notes"].push_back({{"kind", "note"}, {"message", note}});
  for (const auto &help : diagnostic.helps)
    object["notes"].push_back({{"kind", "help"}, {"message", help}});
  object["fixes"] = ordered_json::array();
  for (const auto &fix : diagnostic.fixes) {
    ordered_json one;
    addPlace(one, fix.span, sources);
    one["replacement"] = fix.replacement;
    one["machine_applicable"] = fix.applicability == Applicability::MachineApplicable;
    object["fixes"].push_back(one);
  }
  // Bytes that are no UTF-8 (they can be in a message that quotes the source) are replaced.
  return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

} // namespace async::frontend
