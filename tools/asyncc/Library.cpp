// Library.cpp: build --lib: an archive or a shared object, and a header for C and C++ beside it.
#include <unistd.h>

#include <filesystem>

#include "tools/asyncc/Backend.h"
#include "tools/asyncc/Output.h"
#include "tools/driver/CHeader.h"

namespace async::cli {

namespace fs = std::filesystem;

namespace {

// Where things go, by the name of the input unless -o says more: libNAME.a and NAME.h.
struct Places {
  std::string library, header, name;
};

Places placesOf(const Options &options) {
  std::error_code code;
  fs::path input = fs::absolute(options.input, code).lexically_normal();
  if (!input.has_filename())
    input = input.parent_path();
  const std::string ending = options.library == "shared" ? ".so" : ".a";
  std::string name = fs::is_directory(input, code) ? input.filename().string() : input.stem().string();
  fs::path library = options.output;
  if (options.output.empty() || fs::is_directory(library, code))
    library /= "lib" + name + ending;
  name = library.stem().string();
  if (name.starts_with("lib") && name.size() > 3)
    name = name.substr(3);
  fs::path header = library.parent_path() / (name + ".h");
  return {library.string(), header.string(), name};
}

int link(const CodegenLibrary &library, const std::string &object, const Places &places, const Options &options) {
  link::Options settings;
  const bool isShared = options.library == "shared";
  settings.kind = isShared ? link::Kind::Shared : link::Kind::Archive;
  settings.name = isShared ? fs::path(places.library).filename().string() : places.name + ".o";
  std::string error;
  if (!beginLink(library, options, settings, error))
    return fail(error);
  Output output;
  if (!beginOutput(places.library, isShared ? 0777 : 0666, output, error))
    return fail(error);
  settings.onFailedWrite = [&](const char *reason) {
    abandonOutput(output);
    _exit(fail(fmt::format("cannot write {}: {}", output.target, reason)));
  };
  if (!library.linkProgram(object, output.temporary, settings, error)) {
    abandonOutput(output);
    if (size_t at = error.find(output.temporary); at != std::string::npos)
      error.replace(at, output.temporary.size(), output.target);
    return fail(error);
  }
  return finishOutput(output, error) ? static_cast<int>(Good) : fail(error);
}

} // namespace

int buildLibrary(const Options &options) {
  driver::Session session;
  driver::Lowering lowering(session);
  lowering.mono.isLibrary = true;
  if (!load(session, options))
    return HasErrors;
  bool good = session.check(false) && lower(lowering);
  int status = report(session, options);
  if (status != Good || !good)
    return status == Good ? static_cast<int>(HasErrors) : status;
  std::string object = generate(lowering, options, llvmgen::Form::Object, status);
  if (object.empty())
    return status;
  const Places places = placesOf(options);
  std::error_code code;
  for (const std::string &place : {places.library, places.header})
    if (fs::equivalent(place, options.input, code))
      return fail(fmt::format("the library would replace its source {}", options.input));
  std::string error;
  status = link(*backend(error), object, places, options);
  if (status != Good)
    return status;
  return writeOutput(places.header, driver::cHeader(session.program, session.interner, places.name), error) ? static_cast<int>(Good) : fail(error);
}

} // namespace async::cli
