// Fix.cpp: check --fix: makes the changes that diagnostics offer as sure, until none is left.
#include <algorithm>
#include <filesystem>
#include <map>

#include "tools/asyncc/Backend.h"
#include "tools/asyncc/Output.h"

namespace async::cli {
namespace {

namespace fs = std::filesystem;
using frontend::Fix;

// A change can bring out what it hid; this ends changes that undo each other.
constexpr unsigned mostRounds = 100;

struct Change {
  std::string path;
  uint32_t start = 0; // position of the file
  std::string_view text;
  std::vector<const Fix *> edits; // disjoint
  unsigned fixes = 0; // diagnostics that they belong to
};

using Changes = std::map<uint32_t, Change>; // by file

// The user's own: not std, and no link that leads out of the package.
bool mayChange(const std::string &path, const Options &options) {
  std::error_code code;
  auto isBelow = [&](const fs::path &folder) {
    const fs::path inside = fs::canonical(path, code).lexically_relative(fs::canonical(folder, code));
    return !code && !inside.empty() && *inside.begin() != "..";
  };
  const bool isFolder = fs::is_directory(options.input, code);
  return !isBelow(stdFolder()) && (!isFolder || isBelow(options.input));
}

// Insertions at one place count too: which comes first would be a guess.
bool overlaps(const Change &change, const Fix &fix) {
  return std::any_of(change.edits.begin(), change.edits.end(), [&](const Fix *other) {
    return fix.span == other->span || (fix.span.lo < other->span.hi && other->span.lo < fix.span.hi);
  });
}

// The fixes of one diagnostic are one change: all are made or none.
bool fits(const frontend::Diagnostic &diagnostic, const frontend::SourceMap &sources, const Changes &changes, const Options &options) {
  return !diagnostic.fixes.empty() && std::all_of(diagnostic.fixes.begin(), diagnostic.fixes.end(), [&](const Fix &fix) {
    if (fix.applicability != frontend::Applicability::MachineApplicable || !fix.span.known())
      return false;
    const frontend::FileId file = sources.fileOf(fix.span.lo);
    auto at = changes.find(file.index);
    return at == changes.end() ? mayChange(std::string(sources.path(file)), options) : !overlaps(at->second, fix);
  });
}

Changes changesOf(const driver::Session &session, const Options &options) {
  Changes changes;
  for (const frontend::Diagnostic *diagnostic : session.diagnostics.sorted()) {
    if (!fits(*diagnostic, session.sources, changes, options))
      continue;
    for (const Fix &fix : diagnostic->fixes) {
      const frontend::FileId file = session.sources.fileOf(fix.span.lo);
      Change &change = changes[file.index];
      change.path = session.sources.path(file);
      change.start = session.sources.start(file);
      change.text = session.sources.text(file);
      change.edits.push_back(&fix);
      change.fixes += &fix == diagnostic->fixes.data();
    }
  }
  return changes;
}

std::string changed(Change &change) {
  std::sort(change.edits.begin(), change.edits.end(), [](const Fix *a, const Fix *b) { return a->span.lo < b->span.lo; });
  std::string made;
  uint32_t at = 0;
  for (const Fix *fix : change.edits) {
    made += change.text.substr(at, fix->span.lo - change.start - at);
    made += fix->replacement;
    at = fix->span.hi - change.start;
  }
  return made += change.text.substr(at);
}

void say(const std::map<std::string, unsigned> &done) {
  unsigned all = 0;
  for (const auto &[path, count] : done) {
    fmt::print("{}: {} {}\n", path, count, count == 1 ? "fix" : "fixes");
    all += count;
  }
  if (done.size() != 1)
    fmt::print("{} {} in {} files\n", all, all == 1 ? "fix" : "fixes", done.size());
}

} // namespace

int fix(const Options &options) {
  std::map<std::string, unsigned> done;
  for (unsigned round = 0;; ++round) {
    driver::Session session;
    if (!load(session, options))
      return HasErrors;
    session.check(false);
    Changes changes = round < mostRounds ? changesOf(session, options) : Changes();
    if (changes.empty()) {
      say(done);
      return report(session, options);
    }
    for (auto &[file, change] : changes) {
      std::string error;
      if (!replaceFile(change.path, changed(change), error)) {
        say(done);
        return fail(error);
      }
      done[change.path] += change.fixes;
    }
  }
}

} // namespace async::cli
