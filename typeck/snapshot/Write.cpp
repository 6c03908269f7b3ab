#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "typeck/snapshot/Head.h"
#include "typeck/snapshot/Parts.h"
#include "typeck/snapshot/Snapshot.h"

namespace async::snapshot {

uint64_t checksumOf(std::string_view bytes, uint64_t seed) {
  uint64_t a = seed ^ 0x9E3779B97F4A7C15, b = bytes.size() ^ 0xE7037ED1A0B428DB;
  auto mix = [](uint64_t x, uint64_t y) {
    unsigned __int128 product = static_cast<unsigned __int128>(x) * y;
    return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
  };
  size_t at = 0;
  for (; at + 16 <= bytes.size(); at += 16) {
    uint64_t low = 0, high = 0;
    memcpy(&low, bytes.data() + at, 8);
    memcpy(&high, bytes.data() + at + 8, 8);
    a = mix(a ^ low, b ^ high) + 0x9E3779B97F4A7C15;
    b += a ^ high;
  }
  for (; at < bytes.size(); ++at)
    a = (a ^ static_cast<uint8_t>(bytes[at])) * 0x100000001B3;
  return mix(a, b ^ 0xA0761D6478BD642F);
}

static uint64_t addFile(uint64_t hash, std::string_view text) { return checksumOf(text, hash * 31 + text.size()); }

uint64_t hashOf(std::string_view compilerVersion, const frontend::SourceMap &sources) {
  uint64_t hash = checksumOf(compilerVersion, formatVersion);
  for (uint32_t i = 0; i < sources.fileCount(); ++i)
    hash = addFile(hash, sources.text(frontend::FileId{i}));
  return hash ? hash : 1;
}

uint64_t hashOfFolder(std::string_view compilerVersion, const std::string &stdFolder) {
  namespace fs = std::filesystem;
  std::error_code code;
  std::vector<std::string> files;
  for (fs::recursive_directory_iterator entry(stdFolder, code), end; !code && entry != end; entry.increment(code))
    if (entry->is_regular_file(code) && entry->path().extension() == ".async")
      files.push_back(entry->path().string());
  if (code || files.empty())
    return 0;
  std::sort(files.begin(), files.end());
  uint64_t hash = checksumOf(compilerVersion, formatVersion);
  for (const std::string &file : files) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in)
      return 0;
    hash = addFile(hash, text.view());
  }
  return hash ? hash : 1;
}

static void writeTypes(Writer &out, const typeck::Types &types) {
  out.number(types.size());
  for (uint32_t i = 0; i < types.size(); ++i) {
    typeck::Type type = types[typeck::TypeId{i}];
    std::vector<typeck::TypeId> args(type.args.begin(), type.args.end());
    all(out, type.kind, type.sub, type.index, type.value, args);
  }
}

// Places of the bodies relative to the first; an empty one is none.
static void writeBodies(Writer &out, const std::vector<std::unique_ptr<mir::Body>> &bodies, std::string &bytes) {
  out.number(bodies.size());
  for (const auto &body : bodies) {
    Writer one;
    if (body)
      io(one, *body);
    out.number(one.out.size());
    bytes += one.out;
  }
}

std::string write(const typeck::Program &program, const resolve::World &world, const frontend::Interner &interner, const frontend::SourceMap &sources,
                  uint64_t hash) {
  Writer out;
  out.number(interner.size());
  for (uint32_t i = 0; i < interner.size(); ++i)
    out.text(interner.text(frontend::Symbol{i}));
  out.number(sources.fileCount());
  for (uint32_t i = 0; i < sources.fileCount(); ++i) {
    out.text(sources.path(frontend::FileId{i}));
    out.text(sources.text(frontend::FileId{i}));
  }
  writeTypes(out, program.types);
  // Writing changes nothing; the descriptions serve reading too.
  ioDeclarations(out, const_cast<typeck::Program &>(program));
  ioWorld(out, const_cast<resolve::World &>(world));
  std::string bytes;
  writeBodies(out, program.fnBodies, bytes);
  writeBodies(out, program.closureBodies, bytes);
  out.out += bytes;

  Head head{};
  memcpy(head.magic, magicWord, sizeof head.magic);
  head.format = formatVersion;
  head.headSize = sizeof head;
  head.hash = hash;
  head.size = out.out.size();
  head.checksum = checksumOf(out.out);
  std::string file(reinterpret_cast<const char *>(&head), sizeof head);
  return file + out.out;
}

} // namespace async::snapshot
