// Doc.cpp: doc: the reference pages of a package, or of std.
#include <filesystem>

#include "tools/asyncc/Backend.h"
#include "tools/asyncc/Output.h"
#include "tools/doc/Doc.h"

namespace async::cli {

namespace fs = std::filesystem;

// A page's path is made of names of modules, which are words: nothing leaves the folder.
static int writePages(const std::vector<doc::File> &files, const Options &options) {
  std::string error;
  for (const doc::File &file : files) {
    const fs::path target = fs::path(options.output) / file.path;
    std::error_code code;
    fs::create_directories(target.parent_path(), code);
    if (code)
      return fail(fmt::format("cannot make the folder {}: {}", target.parent_path().string(), code.message()));
    if (!writeOutput(target.string(), file.text, error))
      return fail(error);
  }
  return Good;
}

static int listMissing(const driver::Session &session, const doc::Package &package) {
  const std::vector<doc::Missing> missing = doc::undocumented(package);
  for (const doc::Missing &item : missing) {
    const frontend::Location place = session.sources.locate(item.span.lo);
    printf("%s\n", fmt::format("{}:{}:{}: {} has no doc comment", session.sources.path(place.file), place.line, place.column, item.name).c_str());
  }
  return missing.empty() ? Good : HasErrors;
}

static bool loadForDoc(driver::Session &session, const Options &options) {
  if (!options.docStd)
    return load(session, options);
  if (session.loadStd(stdFolder()))
    return true;
  fail(fmt::format("cannot read the standard library in {}", stdFolder()));
  return false;
}

int document(const Options &options) {
  driver::Session session;
  if (!loadForDoc(session, options))
    return HasErrors;
  session.check(false);
  if (int status = report(session, options); status != Good)
    return status;
  std::error_code code;
  fs::path path = fs::absolute(options.input, code).lexically_normal();
  if (!path.has_filename()) // it ended with `/` or `.`
    path = path.parent_path();
  const doc::Package package = doc::describe(session, options.docStd ? "std" : path.stem().string(), options.docStd);
  if (options.docMissing)
    return listMissing(session, package);
  const std::vector<doc::File> files = doc::markdown(package);
  if (!options.output.empty())
    return writePages(files, options);
  std::string text;
  for (size_t i = 1; i < files.size(); ++i)
    text += (i == 1 ? "" : "\n") + files[i].text;
  fwrite(text.data(), 1, text.size(), stdout);
  return Good;
}

} // namespace async::cli
