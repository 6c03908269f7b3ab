// System.h: see System.cpp.
#pragma once

namespace async::core {

void setArguments(int count, char **arguments);

} // namespace async::core
