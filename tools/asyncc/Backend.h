// Backend.h: the code generator's library, opened when it is first needed.
#pragma once
#include <string>

#include "lowering/link/library/Library.h"
#include "lowering/mono/Mono.h"
#include "lowering/states/Lowered.h"
#include "tools/asyncc/Options.h"

namespace async::cli {

// Null: `error` says why it cannot be had.
const CodegenLibrary *backend(std::string &error);
std::string backendVersion();
// The folder of std's sources: beside the installed compiler, or that of the build.
std::string stdFolder();
// The file of the stored form; it may be missing.
std::string storedStd();
std::string runtimeArchive(const CodegenLibrary &library);

// What is made of a checked program before LLVM.
struct Lowering {
  explicit Lowering(driver::Session &session) : session(session), mono(session.program) {}
  driver::Session &session;
  mono::Mono mono;
  states::LoweredSet states;
};
// False: errors were reported in the session.
bool lower(Lowering &lowering);
// The bytes of a form of the program; empty: `status` is that of the driver and it was said why.
std::string generate(Lowering &lowering, const Options &options, llvmgen::Form form, int &status);

} // namespace async::cli
