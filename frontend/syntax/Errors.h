// Errors.h: where the parts of the parser report; a file gives a hundred syntax errors at most.
//
// Spans come in as byte offsets into the file. Errors from `silentFrom` on are dropped: they follow from one that was told.
#pragma once
#include <algorithm>

#include "frontend/diagnostics/Syntax.h"

namespace async::syntax {

using frontend::Span;
namespace diag = frontend::diag;

class Errors {
public:
  Errors(frontend::Diagnostics &diagnostics, uint32_t start) : diagnostics(diagnostics), start(start) {}

  template <typename... Args> frontend::DiagnosticBuilder emit(Span at, const frontend::Diag<Args...> &diag, std::type_identity_t<Args>... args) {
    any = true;
    if (given >= most || at.lo - start >= silentFrom)
      return discarded.emit(at, diag, args...);
    ++given;
    return diagnostics.emit(at, diag, args...);
  }

  Span span(uint32_t lo, uint32_t hi) const { return {start + lo, start + hi}; }
  void stopBehind(Span at) { silentFrom = std::min(silentFrom, at.lo - start); }
  bool full() const { return given >= most; }

  static constexpr uint32_t most = 100;
  uint32_t silentFrom = UINT32_MAX;
  bool any = false;

private:
  frontend::Diagnostics &diagnostics;
  frontend::Diagnostics discarded;
  uint32_t start;
  uint32_t given = 0;
};

} // namespace async::syntax
