// Parts.h: the parts of a stored std, in their order in the file.
#pragma once
#include <algorithm>

#include "typeck/snapshot/Fields.h"

namespace async::snapshot {

// In order of the key, so that the file is the same for the same std.
template <typename A, typename Key, typename Value, typename KeyIo> void ioMap(A &a, std::unordered_map<Key, Value> &map, KeyIo &&keyIo) {
  if constexpr (A::reads) {
    for (size_t i = 0, count = a.count(); i < count; ++i) {
      Key key{};
      Value value{};
      keyIo(a, key);
      io(a, value);
      map.emplace(key, value);
    }
  } else {
    std::vector<Key> keys;
    for (const auto &[key, value] : map)
      keys.push_back(key);
    std::sort(keys.begin(), keys.end());
    a.number(keys.size());
    for (Key key : keys) {
      keyIo(a, key);
      io(a, map[key]);
    }
  }
}

template <typename A> void ioDeclarations(A &a, typeck::Program &program) {
  all(a, program.modules, program.fns, program.adts, program.traits, program.impls, program.assocTypes, program.consts, program.aliases, program.closures);
  auto symbolIndex = [](auto &archive, uint32_t &key) { io(archive, key); };
  ioMap(a, program.langAdts, symbolIndex);
  ioMap(a, program.langTraits, symbolIndex);
  ioMap(a, program.langFns, symbolIndex);
}

template <typename A> void ioWorld(A &a, resolve::World &world) {
  auto symbol = [](auto &archive, frontend::Symbol &key) { io(archive, key); };
  uint64_t count = world.modules.size();
  io(a, count);
  if constexpr (A::reads) {
    if (count > a.left())
      return a.fail();
    world.modules.resize(count);
  }
  for (resolve::Module &module : world.modules) {
    all(a, module.name, module.parent, module.isBlock, module.isStd, module.hasFile);
    ioMap(a, module.types, symbol);
    ioMap(a, module.values, symbol);
  }
  all(a, world.root, world.fns, world.adts, world.traits, world.impls, world.consts, world.aliases, world.tests, world.assocTypes, world.adtVariants,
      world.assocTypeTraits, world.preludeModule);
}

} // namespace async::snapshot
