#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "typeck/snapshot/Head.h"
#include "typeck/snapshot/Parts.h"
#include "typeck/snapshot/Snapshot.h"

namespace async::snapshot {
namespace {

// A file in memory while somebody needs it.
class Mapping {
public:
  Mapping() = default;
  Mapping(const Mapping &) = delete;
  Mapping &operator=(const Mapping &) = delete;
  ~Mapping() {
    if (at)
      munmap(at, size);
  }
  bool open(const std::string &path) {
    int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    struct stat status {};
    if (file >= 0 && fstat(file, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
      size = static_cast<size_t>(status.st_size);
      at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
      if (at == MAP_FAILED)
        at = nullptr;
    }
    if (file >= 0)
      close(file);
    return at != nullptr;
  }
  std::string_view bytes() const { return {static_cast<const char *>(at), size}; }

private:
  void *at = nullptr;
  size_t size = 0;
};

struct BodyTable {
  std::vector<std::string_view> bodies;

  void read(Reader &in, std::vector<uint64_t> &sizes) {
    sizes.resize(in.count());
    for (uint64_t &size : sizes)
      size = in.number();
  }
  bool place(const std::vector<uint64_t> &sizes, std::string_view &bytes) {
    for (uint64_t size : sizes) {
      if (size > bytes.size())
        return false;
      bodies.push_back(bytes.substr(0, size));
      bytes.remove_prefix(size);
    }
    return true;
  }
  std::unique_ptr<mir::Body> decode(uint32_t index) const {
    if (index >= bodies.size() || bodies[index].empty())
      return nullptr;
    Reader in(bodies[index]);
    auto body = std::make_unique<mir::Body>();
    io(in, *body);
    return in.failed() ? nullptr : std::move(body);
  }
};

class Loader : public typeck::BodyLoader {
public:
  std::unique_ptr<Mapping> mapping;
  BodyTable fns, closures;

  std::unique_ptr<mir::Body> fnBody(typeck::FnId fn) override { return fns.decode(fn.index); }
  std::unique_ptr<mir::Body> closureBody(typeck::ClosureId closure) override { return closures.decode(closure.index); }
};

bool checkHead(std::string_view bytes, uint64_t hash, std::string &error) {
  Head head{};
  if (bytes.size() < sizeof head || memcmp(bytes.data(), magicWord, sizeof magicWord) != 0) {
    error = "it is no stored standard library";
    return false;
  }
  memcpy(&head, bytes.data(), sizeof head);
  if (head.format != formatVersion || head.headSize != sizeof head || (hash != 0 && head.hash != hash)) {
    error = "it belongs to another version of the compiler or the standard library";
    return false;
  }
  bytes.remove_prefix(sizeof head);
  if (head.size != bytes.size() || head.checksum != checksumOf(bytes)) {
    error = "it is damaged";
    return false;
  }
  return true;
}

bool readTexts(Reader &in, Into into) {
  uint32_t count = static_cast<uint32_t>(in.count());
  for (uint32_t i = 0; i < count && !in.failed(); ++i)
    if (into.interner.intern(in.text()).index != i)
      return false;
  size_t files = in.count();
  for (size_t i = 0; i < files && !in.failed(); ++i) {
    std::string path(in.text()), text(in.text());
    if (!into.sources.add(std::move(path), std::move(text)))
      return false;
  }
  return !in.failed();
}

bool readTypes(Reader &in, typeck::Types &types) {
  uint32_t count = static_cast<uint32_t>(in.count());
  std::vector<typeck::TypeId> args;
  for (uint32_t i = 0; i < count; ++i) {
    typeck::Type type{};
    all(in, type.kind, type.sub, type.index, type.value, args);
    for (typeck::TypeId arg : args)
      if (arg.index >= i)
        return false;
    if (in.failed() || types.intern(type.kind, type.sub, type.index, type.value, args).index != i)
      return false;
  }
  return true;
}

bool loadInto(std::string_view bytes, uint64_t hash, Into into, std::unique_ptr<Mapping> mapping, std::string &error) {
  if (into.interner.size() != 1 || into.sources.fileCount() != 0 || !into.program.fns.empty() || !into.world.modules.empty()) {
    error = "something was loaded before it";
    return false;
  }
  if (!checkHead(bytes, hash, error))
    return false;
  error = "it is damaged";
  Reader in(bytes.substr(sizeof(Head)));
  if (!readTexts(in, into) || !readTypes(in, into.program.types))
    return false;
  ioDeclarations(in, into.program);
  ioWorld(in, into.world);
  // Functions that only typeck knows are numbered behind those with a name.
  if (into.world.fns.size() < into.program.fns.size())
    into.world.fns.resize(into.program.fns.size());
  auto loader = std::make_unique<Loader>();
  std::vector<uint64_t> fnSizes, closureSizes;
  loader->fns.read(in, fnSizes);
  loader->closures.read(in, closureSizes);
  std::string_view bodies(in.position(), in.left());
  if (in.failed() || !loader->fns.place(fnSizes, bodies) || !loader->closures.place(closureSizes, bodies))
    return false;
  loader->mapping = std::move(mapping);
  into.program.loader = std::move(loader);
  error.clear();
  return true;
}

} // namespace

bool loadBytes(std::string_view bytes, uint64_t hash, Into into, std::string &error) { return loadInto(bytes, hash, into, nullptr, error); }

bool load(const std::string &path, uint64_t hash, Into into, std::string &error) {
  auto mapping = std::make_unique<Mapping>();
  if (!mapping->open(path)) {
    error = fmt::format("{} cannot be read", path);
    return false;
  }
  std::string_view bytes = mapping->bytes();
  bool good = loadInto(bytes, hash, into, std::move(mapping), error);
  if (!good)
    error = fmt::format("{}: {}", path, error);
  return good;
}

} // namespace async::snapshot
