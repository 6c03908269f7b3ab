// Isolate.h: runs work in a child process, so that whatever it does leaves this one as it was.
//
// The child has a copy of all memory, a limit of processor time for each piece of work, and its output goes to a file. A piece that kills the child, runs
// out of time or finds a fault itself is a finding; the pieces behind it go to the next child.
#pragma once
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace async::fuzz {

constexpr unsigned batchLimit = 256; // pieces of work in one child

// What the child says, in memory that both see.
struct Board {
  uint64_t piece;     // what is being done
  uint64_t next;      // behind the last piece that came to its end
  char fault[2048];   // of the piece; empty: none
  uint32_t newCount;  // pieces that reached code which none before them did
  uint64_t newPieces[batchLimit];
};

struct Finding {
  uint64_t piece = 0;
  std::string kind;      // crash, hang, or the first word of what the piece found itself
  std::string signature; // equal for findings that are probably the same mistake
  std::string output;    // standard error of the child
};

struct Batch {
  uint64_t next = 0; // where to go on
  std::vector<uint64_t> newPieces;
  std::vector<Finding> findings; // at most one
};

class Isolate {
public:
  // `scratch`: a file for the output of children. `limitSeconds`: of processor time for each piece.
  Isolate(std::string scratch, unsigned limitSeconds);
  Isolate(const Isolate &) = delete;
  Isolate &operator=(const Isolate &) = delete;

  // Does the pieces from `from` until one says that its process is used up, one is a finding, or `to` is reached.
  // `work` gives true if the process can do another one, and writes what is wrong into `fault`.
  Batch run(uint64_t from, uint64_t to, const std::function<bool(uint64_t piece, std::string &fault)> &work);

private:
  [[noreturn]] void child(uint64_t from, uint64_t to, const std::function<bool(uint64_t, std::string &)> &work);

  std::string scratch;
  unsigned limitSeconds;
  Board *board;
};

} // namespace async::fuzz
