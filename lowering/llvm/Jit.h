// Jit.h: runs an object file inside this process.
//
// In      the bytes of the object that Codegen.h makes: the same that a native program is linked of.
// How     ORC with JITLink: pages are written, then made executable, never both. The runtime and the C library are
//         those of this process; unwind tables are registered, so panics behave as in a native program.
// Out     what the program's `main` gives; it may also end the process itself.
// Errors  `errors` says why nothing was run, and the result is -1.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace async::llvmgen {

int runObject(std::string_view object, const std::vector<std::string> &args, std::string &errors);

} // namespace async::llvmgen
