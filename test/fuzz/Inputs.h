// Inputs.h: the inputs of a run, each made from the seed, its number, and what is in the pool.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "test/fuzz/Random.h"
#include "test/fuzz/Targets.h"

namespace async::fuzz {

struct Seed {
  std::string path, text;
};

// The files below `paths` that are inputs of the target, in order of their paths. Std's stored form is named as a file.
std::vector<Seed> readSeeds(const std::vector<std::string> &paths, Target target);

class Inputs {
public:
  Inputs(std::vector<Seed> seeds, Target target, uint64_t seed) : seeds(std::move(seeds)), target(target), seed(seed) {}

  std::string make(uint64_t number) const;
  // Of what reached something new, others are made.
  void add(std::string input) { found.push_back(std::move(input)); }
  size_t foundCount() const { return found.size(); }
  bool empty() const { return seeds.empty(); }

private:
  std::vector<Seed> seeds;
  std::vector<std::string> found;
  Target target;
  uint64_t seed;
};

} // namespace async::fuzz
