// Link.h: makes a program or a library of an object file, with the linker inside this process.
//
// In      the bytes of a relocatable ELF object, of a program one that defines `main`; libasync_rt.a; the C library of this system.
// Out     a position-independent executable at `output`, with RELRO, without executable stack or build id; a shared object of the same kind, which shows
//         the exported functions only; or an archive of the object and the runtime's. The same bytes for the same object, wherever and whenever it is
//         made. It needs only libc (and libm) at run time; who links an archive needs the unwinder too, which compilers link by themselves.
// Errors  what the linker or the search for its inputs says, in `errors`; then there is no file.
// Thread  one call at a time in a process (lld keeps global state).
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace async::link {

enum class Kind : uint8_t { Program, Shared, Archive };

struct Options {
  Kind kind = Kind::Program;
  std::string name; // of a library: what the loader knows it by, or the object in the archive
  // Path of libasync_rt.a; see findRuntime. Archives that it needs besides are named in a file of that name and `.needs`, one a line, and are
  // linked whole: a runtime that was built with a sanitizer names that.
  std::string runtimeArchive;
  bool keepDebugInfo = false; // else .debug_* sections are left out
  bool stripAll = false;      // the symbol table too
  unsigned threads = 1;       // at most so many; the bytes do not depend on it
  // Called, in place of a return, with the reason when `output` cannot be written to its end; it ends the process.
  std::function<void(const char *)> onFailedWrite;
};

// Where the runtime's archive is: $ASYNC_RUNTIME, or beside the executable or library that holds this code, or in ../lib of it.
// Empty: nowhere.
std::string findRuntime(std::string_view fileName);

bool linkProgram(std::string_view object, const std::string &output, const Options &options, std::string &errors);

} // namespace async::link
