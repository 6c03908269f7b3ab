#include "tools/async-opt/MirInput.h"

#include <fmt/format.h>

#include "typeck/mir/Parse.h"
#include "typeck/mir/Verify.h"

namespace async::opt_tool {

bool MirInput::read(const std::string &name, std::string text, std::string &error) {
  std::optional<frontend::FileId> id = sources.add(name, std::move(text));
  if (!id) {
    error = "it is larger than 1 GiB";
    return false;
  }
  mir::Parsed parsed = mir::parse(program, interner, sources.text(*id), sources.start(*id));
  if (!parsed.error.empty()) {
    error = std::move(parsed.error);
    return false;
  }
  program.fnBodies.resize(program.fns.size());
  program.closureBodies.resize(program.closures.size());
  for (std::unique_ptr<mir::Body> &body : parsed.bodies) {
    bodies.push_back(body.get());
    auto &slot = body->closure.valid() ? program.closureBodies[body->closure.index] : program.fnBodies[body->fn.index];
    if (slot) {
      error = "a function has two bodies";
      return false;
    }
    slot = std::move(body);
  }
  return true;
}

std::vector<std::string> MirInput::verify() {
  std::vector<std::string> lines;
  for (const mir::Body *body : bodies)
    for (std::string &line : mir::verify(program, interner, *body))
      lines.push_back(std::move(line));
  return lines;
}

} // namespace async::opt_tool
