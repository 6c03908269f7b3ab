// MovePaths.h: the places of a body whose initialisation is tracked one by one.
//
// A path is a local, or a field, variant or fixed array element of a path. What is behind a reference, pointer or box or at a computed index
// belongs to no path of its own; it shares the fate of the nearest path above. The paths are all locals, and every place that is moved from or
// assigned, with all above it.
#pragma once
#include <unordered_map>
#include <vector>

#include "typeck/mir/BitSet.h"
#include "typeck/mir/Mir.h"

namespace async::mir {

using PathId = Id<struct MovePathTag>;

struct MovePath {
  Place place;
  PathId parent, firstChild, nextSibling;
};

class MovePaths {
public:
  MovePaths(Program &program, const Body &body);

  struct Found {
    PathId path;
    bool isExact; // false: the place lies below the path
  };
  Found find(const Place &place) const;

  size_t size() const { return paths.size(); }
  const MovePath &operator[](PathId id) const { return paths[id.index]; }
  PathId ofLocal(LocalId local) const { return PathId{local.index}; }

  // The path and all below it.
  template <typename F> void forSubtree(PathId root, F &&f) const {
    f(root);
    for (PathId child = paths[root.index].firstChild; child.valid(); child = paths[child.index].nextSibling)
      forSubtree(child, f);
  }

  PathId child(PathId parent, const Projection &projection) const;

  // With elements counted from the front; empty if the step leaves the paths. `type` is the type before the step.
  bool normalise(TypeId type, Projection &projection) const;

private:
  // Steps that paths take are told apart by kind and index.
  struct Step {
    uint32_t parent, index;
    Projection::Kind kind;
    friend bool operator==(const Step &, const Step &) = default;
  };
  struct HashStep {
    size_t operator()(const Step &step) const { return (size_t{step.parent} << 34 | size_t{step.index} << 2 | static_cast<size_t>(step.kind)) * 0x9e3779b97f4a7c15; }
  };

  PathId add(const Place &place);

  Program &program;
  const Body &body;
  std::vector<MovePath> paths;
  std::unordered_map<Step, PathId, HashStep> children;
};

} // namespace async::mir
