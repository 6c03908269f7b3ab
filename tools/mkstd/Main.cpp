// mkstd STD OUT: checks the standard library in the folder STD and writes its stored form to OUT.
#include <cstdio>

#include "Version.h"
#include "frontend/diagnostics/Render.h"
#include "tools/driver/Session.h"

int main(int count, char **arguments) {
  if (count != 3) {
    fmt::print(stderr, "usage: mkstd STD OUT\n");
    return 2;
  }
  async::driver::Session session;
  if (!session.loadStd(arguments[1])) {
    fmt::print(stderr, "error: cannot read the standard library in {}\n", arguments[1]);
    return 1;
  }
  bool good = session.check(false);
  for (const async::frontend::Diagnostic *diagnostic : session.diagnostics.sorted())
    fmt::print(stderr, "{}", async::frontend::renderTerminal(*diagnostic, session.sources, {}));
  fmt::print(stderr, "{}", session.internalErrors);
  if (!good || !session.internalErrors.empty()) {
    remove(arguments[2]);
    return good ? 70 : 1;
  }
  std::string bytes = session.storedStd(ASYNC_VERSION);
  // Under its name only once it is whole.
  std::string unfinished = std::string(arguments[2]) + ".new";
  FILE *file = fopen(unfinished.c_str(), "wb");
  bool written = file && fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size();
  written = file && fclose(file) == 0 && written;
  if (!written || rename(unfinished.c_str(), arguments[2]) != 0) {
    fmt::print(stderr, "error: cannot write {}\n", arguments[2]);
    return 1;
  }
  return 0;
}
