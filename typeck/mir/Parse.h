// Parse.h: reads MIR text back, with the declarations that a test needs.
//
// In      text: declarations, then bodies as Print.h writes them. `//` begins a comment.
//           #[lang("option")] enum Option<T> { None, Some(T) }      also #[copy] #[shared] #[drop] #[may_ignore] #[must_use]
//           struct Pair { left: List<i64>, right: List<i64> }       opaque without braces: struct List<T>
//           async fn Task::cancel<T>(self: Task<T>) -> ()           a first parameter `self` makes it a method; the path is its name
//           closure#0 of main async (x: i64) -> i64 [captured: &i64, …]
//         Names are declared before they are used.
// Out     definitions appended to `program`, and the bodies in order. Each instruction's span is its line, counted from position `base`.
// Errors  the first one, as `line N: text`; what was read before it stays. Any text may be given.
// Tests   test/unit/mir/Text.cpp, test/mir/*.mir
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "frontend/source/Interner.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

struct Parsed {
  std::vector<std::unique_ptr<Body>> bodies;
  std::string error; // empty: none
};

Parsed parse(Program &program, frontend::Interner &interner, std::string_view text, uint32_t base = 1);

} // namespace async::mir
