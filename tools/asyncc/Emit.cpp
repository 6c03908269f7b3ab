// Emit.cpp: --emit: every representation as text, to standard output or to -o.
#include "frontend/syntax/Parse.h"
#include "tools/asyncc/Backend.h"
#include "tools/asyncc/Output.h"
#include "tools/asyncc/Timings.h"
#include "typeck/infer/PrintThir.h"
#include "typeck/mir/Dot.h"
#include "typeck/mir/Print.h"
#include "typeck/types/TypeText.h"

namespace async::cli {
namespace {

int put(const Options &options, std::string_view text) {
  if (options.output.empty()) {
    fwrite(text.data(), 1, text.size(), stdout);
    return Good;
  }
  std::string error;
  return writeOutput(options.output, text, error) ? static_cast<int>(Good) : fail(error);
}

bool wanted(const driver::Session &session, const Options &options, typeck::FnId fn) {
  if (options.function.empty())
    return true;
  return pathText(session.program, session.interner, fn).find(options.function) != std::string::npos;
}

// What needs no lowering: gathered while the session checks.
int emitChecked(const Options &options, driver::Session &session) {
  std::string text;
  auto mirOf = [&](typeck::FnId fn, const mir::Body &body) {
    if (wanted(session, options, fn))
      text += options.emit == "dot" ? printDot(session.program, session.interner, body, pathText(session.program, session.interner, fn))
                                    : print(session.program, session.interner, body);
  };
  if (options.emit == "types") {
    session.observer.inferred = [&](typeck::FnId fn, const thir::Body &body) {
      if (wanted(session, options, fn))
        text += signatureText(session.program, session.interner, fn) + "\n" + infer::printLocals(session.program, session.interner, body);
    };
  } else if (options.after == "build") {
    session.observer.built = mirOf;
  } else {
    session.observer.elaborated = mirOf;
  }
  if (!load(session, options))
    return HasErrors;
  session.check(false);
  int status = report(session, options);
  int written = put(options, text);
  return status != Good ? status : written;
}

int emitParsed(const Options &options, driver::Session &session) {
  std::string text;
  session.observer.parsed = [&](const ast::File &file) {
    text += options.emit == "ast" ? syntax::printAst(file, session.interner) : syntax::printTokens(session.sources, file.file);
  };
  std::string error;
  if (!session.loadUser(options.input, error))
    return fail(error);
  int status = report(session, options);
  int written = put(options, text);
  return status != Good ? status : written;
}

int emitLowered(const Options &options, driver::Session &session) {
  driver::Lowering lowering(session);
  if (!load(session, options))
    return HasErrors;
  lowering.mono.isLibrary = !options.library.empty();
  bool good = session.check(options.library.empty()) && lower(lowering);
  int status = report(session, options);
  if (status != Good || !good)
    return status != Good ? status : static_cast<int>(HasErrors);
  if (options.emit == "dot")
    return put(options, printStatesDot(lowering.mono, lowering.states, session.interner, session.sources, options.function));
  if (options.emit == "states")
    return put(options, printStates(lowering.mono, lowering.states, session.interner, session.sources, options.function));
  if (options.emit == "mir") {
    std::string text;
    for (uint32_t i = 0; i < lowering.mono.count(); ++i) {
      const mono::Instance &instance = lowering.mono.instance(i);
      if (instance.body && instance.name.find(options.function) != std::string::npos)
        text += fmt::format("// {}\n{}", instance.name, print(session.program, session.interner, *instance.body));
    }
    return put(options, text);
  }
  llvmgen::Form form = options.emit == "asm" ? llvmgen::Form::Assembly : options.emit == "obj" ? llvmgen::Form::Object : llvmgen::Form::Ir;
  std::string bytes = generate(lowering, options, form, status);
  return bytes.empty() ? status : put(options, bytes);
}

} // namespace

const std::vector<std::string> &emitKinds() {
  static const std::vector<std::string> kinds = {"tokens", "ast", "types", "mir", "states", "llvm-ir", "asm", "obj", "dot"};
  return kinds;
}

bool isKnownAfter(const std::string &kind, const std::string &pass) {
  if (pass.empty())
    return true;
  const bool isMir = kind == "mir", isDot = kind == "dot";
  return ((isMir || isDot) && (pass == "build" || pass == "elaborate-drops")) || (isMir && pass == "mono") || (isDot && pass == "states");
}

int emit(const Options &options) {
  driver::Session session;
  Timings timings(session, options.timings);
  if (options.emit == "tokens" || options.emit == "ast")
    return emitParsed(options, session);
  bool beforeMono = options.emit == "types" || (options.emit == "dot" && options.after != "states") || (options.emit == "mir" && options.after != "mono");
  return beforeMono ? emitChecked(options, session) : emitLowered(options, session);
}

} // namespace async::cli
