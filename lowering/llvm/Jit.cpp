#include "lowering/llvm/Jit.h"

#include <dlfcn.h>

#include <llvm/ExecutionEngine/Orc/EPCDynamicLibrarySearchGenerator.h>
#include <llvm/ExecutionEngine/Orc/EPCEHFrameRegistrar.h>
#include <llvm/ExecutionEngine/Orc/ExecutionUtils.h>
#include <llvm/ExecutionEngine/Orc/ExecutorProcessControl.h>
#include <llvm/ExecutionEngine/Orc/ObjectLinkingLayer.h>

namespace async::llvmgen {

using namespace llvm;
using namespace llvm::orc;

namespace {

// Symbols of the library that holds this code (the runtime is linked into it), then of the process.
class OwnSymbols : public DefinitionGenerator {
public:
  explicit OwnSymbols(void *library) : library(library) {}
  Error tryToGenerate(LookupState &, LookupKind, JITDylib &dylib, JITDylibLookupFlags,
                      const SymbolLookupSet &names) override {
    SymbolMap found;
    for (const auto &[name, flags] : names) {
      std::string text((*name).str());
      void *address = library ? dlsym(library, text.c_str()) : nullptr;
      if (!address)
        address = dlsym(RTLD_DEFAULT, text.c_str());
      if (address)
        found[name] = ExecutorSymbolDef(ExecutorAddr::fromPtr(address), JITSymbolFlags::Exported);
    }
    return found.empty() ? Error::success() : dylib.define(absoluteSymbols(std::move(found)));
  }

private:
  void *library;
};

void *ownLibrary() {
  Dl_info info;
  if (!dladdr(reinterpret_cast<const void *>(&runObject), &info) || !info.dli_fname)
    return nullptr;
  return dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD);
}

Expected<int> run(std::string_view object, const std::vector<std::string> &args) {
  auto control = SelfExecutorProcessControl::Create();
  if (!control)
    return control.takeError();
  ExecutionSession session(std::move(*control));
  // The session must have ended before it is destroyed, whatever happens.
  struct End {
    ExecutionSession &session;
    ~End() { consumeError(session.endSession()); }
  } end{session};
  session.setErrorReporter([](Error error) { consumeError(std::move(error)); });

  ObjectLinkingLayer layer(session);
  auto registrar = EPCEHFrameRegistrar::Create(session);
  if (!registrar)
    return registrar.takeError();
  layer.addPlugin(std::make_unique<EHFrameRegistrationPlugin>(session, std::move(*registrar)));
  JITDylib &dylib = session.createBareJITDylib("program");
  dylib.addGenerator(std::make_unique<OwnSymbols>(ownLibrary()));
  if (Error error = layer.add(dylib, MemoryBuffer::getMemBuffer(StringRef(object), "program.o", false)))
    return std::move(error);
  auto symbol = session.lookup({&dylib}, "main");
  if (!symbol)
    return symbol.takeError();

  std::vector<char *> argv;
  for (const std::string &arg : args)
    argv.push_back(const_cast<char *>(arg.c_str()));
  argv.push_back(nullptr);
  auto *entry = symbol->getAddress().toPtr<int (*)(int, char **)>();
  return entry(static_cast<int>(args.size()), argv.data());
}

} // namespace

int runObject(std::string_view object, const std::vector<std::string> &args, std::string &errors) {
  Expected<int> result = run(object, args);
  if (result)
    return *result;
  errors = toString(result.takeError());
  return -1;
}

} // namespace async::llvmgen
