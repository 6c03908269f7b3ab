// Names of MIR text.
#include "typeck/mir/Print.h"
#include "typeck/types/TypeText.h"

namespace async::mir {

std::string printType(const Program &program, const frontend::Interner &interner, TypeId type) {
  return typeText(program, interner, type, TypeStyle::Exact);
}

std::string printPath(const Program &program, const frontend::Interner &interner, FnId fn) { return exactPathText(program, interner, fn); }

std::vector<std::string> localNames(const frontend::Interner &interner, const Body &body) {
  std::vector<std::string> names;
  std::unordered_map<std::string, uint32_t> used;
  for (uint32_t i = 0; i < body.locals.size(); ++i) {
    std::string_view given = interner.text(body.locals[i].name);
    std::string name(i == 0 ? "result" : given.empty() ? "tmp" : given);
    uint32_t count = used[name]++;
    names.push_back(count == 0 ? name : name + "#" + std::to_string(count));
  }
  return names;
}

} // namespace async::mir
