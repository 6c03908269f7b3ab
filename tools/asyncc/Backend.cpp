#include "tools/asyncc/Backend.h"

#include <dlfcn.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "Version.h"

namespace async::cli {

namespace fs = std::filesystem;

static fs::path executableFolder() {
  std::error_code code;
  return fs::read_symlink("/proc/self/exe", code).parent_path();
}

// Empty: the compiler lies in its build folder.
static const fs::path &installedParts() {
  static const fs::path folder = [] {
    std::error_code code;
    fs::path found = fs::canonical(executableFolder() / ".." / "lib" / "asyncc", code);
    return code ? fs::path() : found;
  }();
  return folder;
}

bool isInstalled() { return !installedParts().empty(); }

// An installed compiler finds its parts in ../lib/asyncc and nowhere else; one in its build folder where they were built.
static std::string findPart(const char *name, const char *built) { return isInstalled() ? (installedParts() / name).string() : built; }

std::string storedStd() {
  std::string path = findPart("std.stored", ASYNC_BUILD_STORED_STD);
  // In a build folder it is made last: an older one was made by another compiler.
  std::error_code code;
  bool isStale = path == ASYNC_BUILD_STORED_STD && fs::last_write_time(path, code) < fs::last_write_time("/proc/self/exe", code);
  return isStale || code ? std::string() : path;
}

std::string stdFolder() { return findPart("std", ASYNC_SOURCE_STD); }

std::string errorPages() { return findPart("errors", ASYNC_SOURCE_ERRORS); }

static std::string runtimeArchive(const CodegenLibrary &library) {
  std::string found = library.findRuntime("libasync_rt.a");
  return found.empty() ? findPart("libasync_rt.a", ASYNC_BUILD_RUNTIME) : found;
}

static bool fitsRuntime(const std::string &archive, std::string &error) {
  constexpr std::string_view head = ASYNC_ABI_MARK, own = ASYNC_ABI_NAME;
  std::string bytes;
  if (!driver::readFile(archive, bytes, error))
    return false;
  size_t at = bytes.find(head);
  std::string_view found = at == std::string::npos ? "" : std::string_view(bytes).substr(at + head.size());
  found = found.substr(0, std::min(found.find('\0'), size_t{64}));
  if (found == own)
    return true;
  error = fmt::format("the runtime {} is of another version: its ABI is {}, this compiler needs {}", archive, found.empty() ? "not said" : found, own);
  return false;
}

bool beginLink(const CodegenLibrary &library, const Options &options, link::Options &settings, std::string &error) {
  settings.runtimeArchive = runtimeArchive(library);
  settings.keepDebugInfo = options.debugInfo;
  settings.stripAll = options.strip;
  settings.threads = options.jobs ? options.jobs : std::max(std::thread::hardware_concurrency(), 1u);
  return fitsRuntime(settings.runtimeArchive, error);
}

// Empty: the runtime has none.
static std::string inlinePart() {
  std::error_code code;
  std::string path = findPart("async_inline.bc", ASYNC_BUILD_INLINE_PART);
  return fs::exists(path, code) ? path : std::string();
}

const CodegenLibrary *backend(std::string &error) {
  static const CodegenLibrary *library = nullptr;
  if (library)
    return library;
  std::string path = findPart(codegenLibraryFile, ASYNC_BUILD_CODEGEN);
  void *handle = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  auto *function = handle ? reinterpret_cast<CodegenLibraryFunction *>(dlsym(handle, codegenLibraryFunction)) : nullptr;
  if (!function) {
    error = fmt::format("cannot load the code generator: {}", dlerror());
    return nullptr;
  }
  if (function()->abi != CodegenLibrary::currentAbi) {
    error = fmt::format("the code generator {} is of another version of asyncc", path);
    return nullptr;
  }
  return library = function();
}

std::string backendVersion() {
  std::string error;
  const CodegenLibrary *library = backend(error);
  return library ? fmt::format("LLVM {}, target {}", library->llvmVersion, library->target) : "no code generator: " + error;
}

std::string generate(driver::Lowering &lowering, const Options &options, llvmgen::Form form, int &status) {
  std::string error;
  const CodegenLibrary *library = backend(error);
  if (!library) {
    status = fail(error);
    return {};
  }
  driver::Session &session = lowering.session;
  llvmgen::Input input{session.program, lowering.mono, lowering.states, session.sources, session.interner};
  llvmgen::Options settings;
  settings.level = options.level;
  settings.debugInfo = options.debugInfo;
  settings.isLibrary = lowering.mono.isLibrary;
  settings.inlinePart = inlinePart();
  settings.onlyFunction = options.function;
  settings.version = ASYNC_VERSION;
  llvmgen::Result result = library->generate(input, settings, form);
  if (!result.errors.empty() || result.bytes.empty()) {
    status = internalError(result.errors.empty() ? "the code generator gave nothing" : result.errors);
    return {};
  }
  session.phaseEnds("code", result.bytes.size(), "bytes");
  return std::move(result.bytes);
}

} // namespace async::cli
