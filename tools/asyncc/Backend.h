// Backend.h: the code generator's library, opened when it is first needed.
#pragma once
#include <string>

#include "lowering/link/library/Library.h"
#include "tools/asyncc/Options.h"
#include "tools/driver/Lower.h"

namespace async::cli {

// Null: `error` says why it cannot be had.
const CodegenLibrary *backend(std::string &error);
std::string backendVersion();
// The folder of std's sources: beside the installed compiler, or that of the build.
std::string stdFolder();
// The folder of the pages of error codes.
std::string errorPages();
// The file of the stored form; it may be missing.
std::string storedStd();
// What each link has in common. False: the runtime was not built for this compiler, as `error` says.
bool beginLink(const CodegenLibrary &library, const Options &options, link::Options &settings, std::string &error);
// Whether the compiler lies in an installation, whose parts belong together; a build folder may be half built.
bool isInstalled();

// The bytes of a form of the program; empty: `status` is that of the driver and it was said why.
std::string generate(driver::Lowering &lowering, const Options &options, llvmgen::Form form, int &status);

} // namespace async::cli
