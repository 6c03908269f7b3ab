#include "lowering/link/Link.h"

#include <dlfcn.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <vector>

#include <fmt/format.h>

#include "lld/Common/Driver.h"
#include "llvm/Object/Archive.h"
#include "llvm/Object/ArchiveWriter.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

LLD_HAS_DRIVER(elf)

namespace async::link {

namespace fs = std::filesystem;

namespace {

// A file that exists only in memory; the linker reads it by its path in /proc.
class MemoryFile {
public:
  explicit MemoryFile(std::string_view bytes) : fd(memfd_create("program.o", MFD_CLOEXEC)) {
    while (fd >= 0 && !bytes.empty()) {
      ssize_t written = ::write(fd, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR)
        continue;
      if (written <= 0) {
        ::close(fd);
        fd = -1;
        return;
      }
      bytes.remove_prefix(static_cast<size_t>(written));
    }
  }
  MemoryFile(const MemoryFile &) = delete;
  MemoryFile &operator=(const MemoryFile &) = delete;
  ~MemoryFile() {
    if (fd >= 0)
      ::close(fd);
  }
  bool valid() const { return fd >= 0; }
  std::string path() const { return fmt::format("/proc/self/fd/{}", fd); }

private:
  int fd;
};

// The folders of the C library and of gcc's own objects, as Debian and the other usual systems lay them out.
struct System {
  std::string crt; // holds Scrt1.o, crti.o, crtn.o
  std::string gcc; // holds crtbeginS.o, libgcc.a, libgcc_eh.a
};

bool exists(const std::string &path) {
  std::error_code error;
  return fs::exists(path, error);
}

// Orders version names ("9" before "12").
int versionOf(const std::string &name) { return std::atoi(name.c_str()); }

bool findSystem(System &system, std::string &errors) {
  for (const char *folder : {"/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib64"})
    if (exists(std::string(folder) + "/Scrt1.o")) {
      system.crt = folder;
      break;
    }
  if (system.crt.empty()) {
    errors = "the start files of the C library (Scrt1.o) were not found; install libc6-dev";
    return false;
  }
  int best = -1;
  for (const char *root : {"/usr/lib/gcc/x86_64-linux-gnu", "/usr/lib/gcc/x86_64-pc-linux-gnu", "/usr/lib/gcc/x86_64-redhat-linux"}) {
    std::error_code error;
    for (const fs::directory_entry &entry : fs::directory_iterator(root, error)) {
      std::string folder = entry.path().string();
      int version = versionOf(entry.path().filename().string());
      if (version > best && exists(folder + "/crtbeginS.o") && exists(folder + "/libgcc_eh.a")) {
        best = version;
        system.gcc = folder;
      }
    }
  }
  if (best < 0) {
    errors = "the unwinder (libgcc_eh.a) was not found; install libgcc-12-dev";
    return false;
  }
  return true;
}

// What a runtime built with a sanitizer needs; the C library calls into the sanitizer, so its functions are exported.
void addNeeds(const std::string &runtimeArchive, std::vector<std::string> &words) {
  std::ifstream list(runtimeArchive + ".needs");
  for (std::string archive; std::getline(list, archive);)
    words.insert(words.end(), {"--export-dynamic", "--whole-archive", archive, "--no-whole-archive"});
}

// lld gives up on a failed write by way of LLVM's handler of fatal errors.
void onFatal(void *options, const char *reason, bool) {
  constexpr std::string_view what = "IO failure on output stream: ";
  bool isWrite = std::string_view(reason).starts_with(what);
  if (const auto &tell = static_cast<const Options *>(options)->onFailedWrite)
    tell(isWrite ? reason + what.size() : reason);
}

// The object, and all of the runtime's beside it.
bool makeArchive(std::string_view object, const std::string &output, const Options &options, std::string &errors) {
  using namespace llvm;
  std::vector<NewArchiveMember> members;
  members.emplace_back(MemoryBufferRef(StringRef(object.data(), object.size()), options.name));
  auto buffer = MemoryBuffer::getFile(options.runtimeArchive);
  auto failed = [&](Error error) {
    errors = toString(std::move(error));
    return false;
  };
  if (!buffer)
    return failed(errorCodeToError(buffer.getError()));
  Expected<std::unique_ptr<object::Archive>> runtime = object::Archive::create((*buffer)->getMemBufferRef());
  if (!runtime)
    return failed(runtime.takeError());
  Error error = Error::success();
  for (const object::Archive::Child &child : (*runtime)->children(error)) {
    Expected<NewArchiveMember> member = NewArchiveMember::getOldMember(child, true);
    if (!member) {
      consumeError(std::move(error));
      return failed(member.takeError());
    }
    members.push_back(std::move(*member));
  }
  if (error)
    return failed(std::move(error));
  if (Error written = writeArchive(output, members, SymtabWritingMode::NormalSymtab, object::Archive::K_GNU, true, false))
    return failed(std::move(written));
  return true;
}

} // namespace

std::string findRuntime(std::string_view fileName) {
  if (const char *folder = std::getenv("ASYNC_RUNTIME")) {
    std::string path = fmt::format("{}/{}", folder, fileName);
    if (exists(path))
      return path;
  }
  std::error_code error;
  std::vector<fs::path> places;
  Dl_info info;
  if (dladdr(reinterpret_cast<const void *>(&findRuntime), &info) && info.dli_fname)
    places.push_back(fs::canonical(info.dli_fname, error).parent_path());
  places.push_back(fs::read_symlink("/proc/self/exe", error).parent_path());
  for (const fs::path &place : places)
    for (const char *step : {"", "../lib", "../lib/asyncc", "../../runtime", "../runtime", "../../runtime/core", "../runtime/core"}) {
      fs::path path = place / step / fileName;
      if (fs::exists(path, error))
        return fs::weakly_canonical(path, error).string();
    }
  return {};
}

bool linkProgram(std::string_view object, const std::string &output, const Options &options, std::string &errors) {
  System system;
  if (!findSystem(system, errors))
    return false;
  if (options.runtimeArchive.empty() || !exists(options.runtimeArchive)) {
    errors = "the runtime (libasync_rt.a) was not found beside the compiler";
    return false;
  }
  if (options.kind == Kind::Archive)
    return makeArchive(object, output, options, errors);
  MemoryFile file(object);
  if (!file.valid()) {
    errors = fmt::format("no memory for the object file: {}", std::strerror(errno));
    return false;
  }
  const bool isShared = options.kind == Kind::Shared;
  std::vector<std::string> words = {"ld.lld", "-zrelro", "-znow", "-znoexecstack", "--gc-sections", "--hash-style=gnu", "--build-id=none", "--eh-frame-hdr",
                                    "--as-needed",
                                    // A full disk is an error of a write; of a mapped file it is a signal.
                                    "--no-mmap-output-file", "-O1",
                                    // A small link is over before a pool of threads has started.
                                    fmt::format("--threads={}", object.size() < (4u << 20) ? 1 : options.threads), "-o", output};
  // A library may call functions of the program that loads it.
  if (isShared)
    words.insert(words.end(), {"-shared", "-soname=" + options.name, "--exclude-libs=ALL"});
  else
    words.insert(words.end(), {"--no-undefined", "-pie", "--dynamic-linker=/lib64/ld-linux-x86-64.so.2", system.crt + "/Scrt1.o"});
  if (options.stripAll)
    words.push_back("--strip-all");
  else if (!options.keepDebugInfo)
    words.push_back("--strip-debug");
  addNeeds(options.runtimeArchive, words);
  words.insert(words.end(), {system.crt + "/crti.o", system.gcc + "/crtbeginS.o", "-L" + system.gcc, "-L" + system.crt,
                             "-L/lib/x86_64-linux-gnu", file.path(), options.runtimeArchive, "-lm", "--start-group", "-lgcc", "-lgcc_eh", "-lc", "--end-group",
                             system.gcc + "/crtendS.o", system.crt + "/crtn.o"});
  std::vector<const char *> args;
  for (const std::string &word : words)
    args.push_back(word.c_str());
  std::string said;
  llvm::raw_string_ostream stream(said);
  llvm::ScopedFatalErrorHandler handler(onFatal, const_cast<Options *>(&options));
  lld::Result result = lld::lldMain(args, stream, stream, {{lld::Gnu, &lld::elf::link}});
  while (said.ends_with('\n'))
    said.pop_back();
  if (result.retCode != 0)
    errors = said.empty() ? "the linker failed" : said;
  return result.retCode == 0;
}

} // namespace async::link
