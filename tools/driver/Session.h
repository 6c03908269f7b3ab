// Session.h: one compilation: it owns every arena, and takes a program from files to checked MIR.
//
// In      std's sources (or its stored form) and the user's file or folder.
// Out     diagnostics, and Program with the MIR of every body at stage Elaborated.
// How     parse, enterModules, collect, then for each body inferBody, buildMir, checkMoves, checkMustUse, elaborateDrops; then checkLoans for all, which
//         may ask what the results of other bodies carry. Bodies are independent but for that; their
//         diagnostics are sorted by place at the end.
// Holds   in builds with assertions the verifier runs after each pass on MIR.
// Errors  a pass after one that reported errors in a body leaves that body out; the other bodies go on.
#pragma once
#include <functional>
#include <string>

#include "typeck/types/Collect.h"

namespace async::thir {
struct Body;
}

namespace async::driver {

// Called with what a pass made, for dumps. Any may be empty.
struct Observer {
  std::function<void(const ast::File &)> parsed; // the user's files
  std::function<void(typeck::FnId, const thir::Body &)> inferred;
  std::function<void(typeck::FnId, const mir::Body &)> built, elaborated; // with the closures inside, after it
  bool bodiesOfStd = false; // observe these too
  // A phase has ended, and made so many of something.
  std::function<void(const char *phase, size_t count, const char *what)> phase;
};

class Session {
public:
  frontend::SourceMap sources;
  frontend::Interner interner;
  frontend::Diagnostics diagnostics;
  typeck::Program program;
  resolve::World world;
  typeck::Bodies bodies;
  Observer observer;
  std::string internalErrors; // what a pass left broken, a line each; a mistake of the compiler

  typeck::Context context() { return {program, world, sources, interner, diagnostics, lookup}; }

  // The standard library's sources lie below `stdFolder`. False: it cannot be read.
  bool loadStd(const std::string &stdFolder);
  // The same from its stored form (typeck/snapshot), checked already. False: it does not fit, for the reason in `error`; loadStd can still be called.
  // `stdFolder`: the sources that it must have been made from; where they cannot be read it is taken as it is.
  bool loadStoredStd(const std::string &path, const std::string &stdFolder, std::string_view compilerVersion, std::string &error);
  // After loadStd and check, before anything else was loaded: the stored form.
  std::string storedStd(std::string_view compilerVersion) const;
  // A file is the root module; in a folder each file is a module and main.async the root. False: `error` says why nothing was read.
  bool loadUser(const std::string &path, std::string &error);
  // What was loaded, to checked MIR. True if no errors were reported. `needsMain`: for a program: report a missing `main`, and leave
  // out the bodies of tests.
  bool check(bool needsMain);

  // Tells the observer.
  void phaseEnds(const char *phase, size_t count, const char *what) const {
    if (observer.phase)
      observer.phase(phase, count, what);
  }
  // Notes what the verifier finds in a body that `pass` has made.
  void verifyAfter(std::string_view pass, const mir::Body &body);

  // Whether a function comes from std.
  bool isStd(typeck::FnId fn) const;

private:
  void checkBody(typeck::FnId fn);
  std::shared_ptr<infer::Lookup> lookup; // of inference
  std::vector<const mir::Body *> unchecked; // bodies whose loans are still to be checked
  void store(typeck::FnId fn, std::unique_ptr<mir::Body> body);

  std::vector<resolve::SourceModule> pending;
  uint32_t stdEnd = 0; // first position behind std's files
};

// Reads a file whole. False: `error` says why.
bool readFile(const std::string &path, std::string &text, std::string &error);

} // namespace async::driver
