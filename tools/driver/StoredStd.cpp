// StoredStd.cpp: std from its stored form.
#include "tools/driver/Session.h"
#include "typeck/mir/Mir.h"
#include "typeck/snapshot/Snapshot.h"

namespace async::driver {

bool Session::loadStoredStd(const std::string &path, const std::string &stdFolder, std::string_view compilerVersion, std::string &error) {
  uint64_t hash = snapshot::hashOfFolder(compilerVersion, stdFolder);
  if (!snapshot::load(path, hash, {program, world, interner, sources}, error))
    return false;
  frontend::FileId last{sources.fileCount() - 1};
  stdEnd = sources.start(last) + static_cast<uint32_t>(sources.text(last).size());
  return true;
}

std::string Session::storedStd(std::string_view compilerVersion) const {
  return snapshot::write(program, world, interner, sources, snapshot::hashOf(compilerVersion, sources));
}

} // namespace async::driver
