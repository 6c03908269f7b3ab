#include "test/fuzz/Isolate.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "test/fuzz/Coverage.h"

namespace async::fuzz {
namespace {

constexpr int faultStatus = 99;
constexpr size_t framesCompared = 7;
constexpr size_t mostOutput = 20'000;

std::string readWhole(const std::string &path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str().substr(0, mostOutput);
}

// What tells one crash from another: the message of an assertion or a sanitizer, and the innermost frames by their place in the program.
std::string signatureOf(const std::string &output, int status) {
  std::stringstream lines(output);
  std::string line, signature;
  size_t frames = 0;
  while (std::getline(lines, line)) {
    size_t place = line.find("runtime error: ");
    if (line.find("Assertion `") != std::string::npos || place != std::string::npos)
      return line.substr(0, 300);
    size_t kind = line.find("ERROR: AddressSanitizer: ");
    if (kind != std::string::npos) {
      std::string text = line.substr(kind + 25);
      signature += text.substr(0, text.find(' '));
    }
    size_t number = line.find_first_not_of(' ');
    size_t offset = line.rfind("+0x");
    if (number != std::string::npos && line[number] == '#' && offset != std::string::npos && frames++ < framesCompared)
      signature += " " + line.substr(offset + 1, line.find_first_of(") ", offset) - offset - 1);
  }
  if (signature.empty())
    signature = WIFSIGNALED(status) ? fmt::format("signal {}", WTERMSIG(status)) : fmt::format("status {}", WEXITSTATUS(status));
  return signature;
}

void limit(int resource, uint64_t most) {
  rlimit value{most, most};
  setrlimit(resource, &value);
}

} // namespace

Isolate::Isolate(std::string scratch, unsigned limitSeconds) : scratch(std::move(scratch)), limitSeconds(limitSeconds) {
  void *memory = mmap(nullptr, sizeof(Board), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    perror("async-fuzz: mmap");
    exit(2);
  }
  board = static_cast<Board *>(memory);
}

void Isolate::child(uint64_t from, uint64_t to, const std::function<bool(uint64_t, std::string &)> &work) {
  int output = open(scratch.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0666);
  dup2(output, 1);
  dup2(output, 2);
  limit(RLIMIT_CORE, 0);
  for (uint64_t piece = from; piece < to; ++piece) {
    board->piece = piece;
    itimerval timer{};
    timer.it_value.tv_sec = limitSeconds;
    setitimer(ITIMER_PROF, &timer, nullptr); // its signal ends the process
    alarm(limitSeconds * 20);                // for what waits
    clearCoverage();
    std::string fault;
    bool goesOn = work(piece, fault);
    if (noteCoverage())
      board->newPieces[board->newCount++] = piece;
    if (!fault.empty()) {
      memcpy(board->fault, fault.c_str(), std::min(fault.size(), sizeof board->fault - 1));
      _exit(faultStatus);
    }
    board->next = piece + 1;
    if (!goesOn)
      break;
  }
  _exit(0);
}

Batch Isolate::run(uint64_t from, uint64_t to, const std::function<bool(uint64_t, std::string &)> &work) {
  memset(board, 0, sizeof *board);
  board->next = from;
  fflush(nullptr);
  pid_t process = fork();
  if (process == 0)
    child(from, std::min(to, from + batchLimit), work);
  if (process < 0) {
    perror("async-fuzz: fork");
    exit(2);
  }
  int status = 0;
  while (waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  Batch batch;
  batch.next = board->next;
  batch.newPieces.assign(board->newPieces, board->newPieces + board->newCount);
  if (status == 0)
    return batch;
  batch.next = board->piece + 1;
  Finding finding{board->piece, "crash", "", readWhole(scratch)};
  if (WIFEXITED(status) && WEXITSTATUS(status) == faultStatus) {
    std::string fault = board->fault;
    finding.kind = fault.substr(0, fault.find(' '));
    finding.signature = fault.substr(0, fault.find('\n'));
    finding.output = fault + "\n" + finding.output;
  } else if (WIFSIGNALED(status) && (WTERMSIG(status) == SIGPROF || WTERMSIG(status) == SIGALRM)) {
    finding.kind = finding.signature = "hang";
  } else {
    finding.signature = signatureOf(finding.output, status);
  }
  batch.findings.push_back(std::move(finding));
  return batch;
}

} // namespace async::fuzz
