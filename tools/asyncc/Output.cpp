#include "tools/asyncc/Output.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace async::cli {
namespace {

// One output at a time; the name lies where a signal handler can read it.
char unfinished[4096];
std::atomic<bool> hasUnfinished{false};

void onInterrupt(int number) {
  removeUnfinished();
  signal(number, SIG_DFL);
  raise(number);
}

} // namespace

void removeUnfinished() {
  if (hasUnfinished.exchange(false))
    unlink(unfinished);
}

void watchInterrupts() {
  for (int number : {SIGINT, SIGTERM, SIGHUP})
    if (signal(number, onInterrupt) == SIG_IGN)
      signal(number, SIG_IGN);
}

namespace fs = std::filesystem;

static bool cannotWrite(const std::string &target, const char *why, std::string &error) {
  error = fmt::format("cannot write {}: {}", target, why);
  return false;
}

bool beginOutput(const std::string &target, unsigned rights, Output &output, std::string &error) {
  std::error_code code;
  fs::path place = fs::weakly_canonical(target, code);
  if (code)
    place = target;
  fs::file_status status = fs::status(place, code);
  if (fs::is_directory(status))
    return cannotWrite(target, "it is a folder", error);
  output = {target, place, {}, !fs::exists(status) || fs::is_regular_file(status)};
  fs::path folder = output.isFile ? place.parent_path() : fs::temp_directory_path(code);
  output.temporary = folder / fmt::format(".asyncc-{}.tmp", getpid());
  if (output.temporary.size() >= sizeof unfinished)
    return cannotWrite(target, strerror(ENAMETOOLONG), error);
  unlink(output.temporary.c_str());
  int file = open(output.temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, rights);
  if (file < 0)
    return cannotWrite(target, strerror(errno), error);
  close(file);
  memcpy(unfinished, output.temporary.c_str(), output.temporary.size() + 1);
  hasUnfinished = true;
  return true;
}

void abandonOutput(const Output &output) {
  hasUnfinished = false;
  unlink(output.temporary.c_str());
}

// False: errno says why.
static bool writeAll(const std::string &path, std::string_view bytes) {
  int file = open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC);
  bool good = file >= 0;
  while (good && !bytes.empty()) {
    ssize_t count = write(file, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR)
      continue;
    good = count > 0;
    if (good)
      bytes.remove_prefix(static_cast<size_t>(count));
  }
  int why = errno;
  if (file >= 0 && close(file) != 0 && good)
    return false;
  errno = why;
  return good;
}

static bool copyInto(const std::string &from, const std::string &to) {
  std::ifstream file(from, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  return writeAll(to, bytes);
}

bool finishOutput(const Output &output, std::string &error) {
  bool good = output.isFile ? rename(output.temporary.c_str(), output.place.c_str()) == 0 : copyInto(output.temporary, output.place);
  if (!good)
    cannotWrite(output.target, strerror(errno), error);
  if (good && output.isFile)
    hasUnfinished = false;
  else
    abandonOutput(output);
  return good;
}

static bool writeBegun(const Output &output, std::string_view bytes, std::string &error) {
  if (writeAll(output.temporary, bytes))
    return finishOutput(output, error);
  cannotWrite(output.target, strerror(errno), error);
  abandonOutput(output);
  return false;
}

bool writeOutput(const std::string &target, std::string_view bytes, std::string &error) {
  Output output;
  return beginOutput(target, 0666, output, error) && writeBegun(output, bytes, error);
}

bool replaceFile(const std::string &target, std::string_view bytes, std::string &error) {
  struct stat status{};
  if (access(target.c_str(), W_OK) != 0 || stat(target.c_str(), &status) != 0)
    return cannotWrite(target, strerror(errno), error);
  Output output;
  if (!beginOutput(target, 0600, output, error))
    return false;
  if (chmod(output.temporary.c_str(), status.st_mode & 07777) == 0)
    return writeBegun(output, bytes, error);
  cannotWrite(target, strerror(errno), error);
  abandonOutput(output);
  return false;
}

} // namespace async::cli
