// Snapshot.h: a checked std as one file, so that no compilation parses or infers it again.
//
// In      write: Program with the MIR of all bodies (stage Elaborated), the World of its names, Interner and SourceMap, all of std alone.
// Out     load: the same as the prefix of a new program: equal ids, Symbols and positions. All four arenas must be empty before.
// Form    head: magic, format version, hash of compiler version and std's sources, length, checksum. Then texts, files, types, declarations, names, and
//         a table of places of the bodies, which follow. Numbers are LEB128. A body is decoded when it is first asked for (Program::loader).
// Errors  `error` says what is wrong with the file (missing, foreign, of another version, damaged); the caller then takes the sources. Nothing that the
//         checksum lets through is trusted with memory: each read is checked against the end.
// Cost    load: one pass over the declarations (the file is mapped); bodies cost when used.
#pragma once
#include <string>
#include <string_view>

#include "frontend/resolve/Resolve.h"
#include "typeck/types/Program.h"

namespace async::snapshot {

// What the stored form depends on: the compiler's version, and paths and texts of std's files in the order of the SourceMap.
uint64_t hashOf(std::string_view compilerVersion, const frontend::SourceMap &sources);
// The same from the folder, in the order in which std's loader adds its files (sorted by path). 0: it cannot be read.
uint64_t hashOfFolder(std::string_view compilerVersion, const std::string &stdFolder);

std::string write(const typeck::Program &program, const resolve::World &world, const frontend::Interner &interner, const frontend::SourceMap &sources,
                  uint64_t hash);

struct Into {
  typeck::Program &program;
  resolve::World &world;
  frontend::Interner &interner;
  frontend::SourceMap &sources;
};

// On an error the arenas are in no use any more. `hash` 0: any version of the sources is good.
bool load(const std::string &path, uint64_t hash, Into into, std::string &error);
// The same from memory, which has to live as long as the program.
bool loadBytes(std::string_view bytes, uint64_t hash, Into into, std::string &error);

} // namespace async::snapshot
