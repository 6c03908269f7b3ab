// Output.h: files appear whole or not at all: they are written under a temporary name beside the target and renamed.
//
// A target that is a link stands for what it leads to. What is no file, such as /dev/null or a pipe, is not replaced but written to at the end.
#pragma once
#include <string>
#include <string_view>

namespace async::cli {

struct Output {
  std::string target;    // as the user named it
  std::string place;     // where it leads to
  std::string temporary; // an empty file that is there; removed when the process is interrupted
  bool isFile = true;
};

// Makes the temporary file, with these rights less the umask. False: `error` says why the target cannot be written.
bool beginOutput(const std::string &target, unsigned rights, Output &output, std::string &error);
// The temporary file becomes the target. False: `error` says why, and nothing is left.
bool finishOutput(const Output &output, std::string &error);
void abandonOutput(const Output &output);
bool writeOutput(const std::string &target, std::string_view bytes, std::string &error);
// Other bytes for a file that is there, which keeps its rights.
bool replaceFile(const std::string &target, std::string_view bytes, std::string &error);

void removeUnfinished(); // may be called from a signal handler
void watchInterrupts();

} // namespace async::cli
