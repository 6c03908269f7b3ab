// Output.h: files appear whole or not at all: they are written under a temporary name beside the target and renamed.
#pragma once
#include <string>
#include <string_view>

namespace async::cli {

// A temporary name in the folder of `target`, removed when the process is interrupted before `finish`.
std::string beginOutput(const std::string &target);
// Renames it to the target. False: `error` says why, and nothing is left.
bool finishOutput(const std::string &temporary, const std::string &target, std::string &error);
void abandonOutput(const std::string &temporary);
bool writeOutput(const std::string &target, std::string_view bytes, std::string &error);

void removeUnfinished(); // may be called from a signal handler
void watchInterrupts();

} // namespace async::cli
