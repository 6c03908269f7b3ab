#include "typeck/types/Program.h"

#include "typeck/mir/Mir.h"

namespace async::typeck {

Program::Program() = default;
Program::~Program() = default;

} // namespace async::typeck
