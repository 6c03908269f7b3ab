#include "lowering/llvm/Debug.h"

namespace async::llvmgen {

using namespace llvm;

DebugInfo::DebugInfo(Module &module, const frontend::SourceMap &sources, StringRef version, bool optimised) : builder(module), sources(sources) {
  module.addModuleFlag(Module::Warning, "Debug Info Version", DEBUG_METADATA_VERSION);
  module.addModuleFlag(Module::Max, "Dwarf Version", 5);
  // No folder of this machine is written down: the same program gives the same bytes anywhere. Debuggers know no language of ours; Rust's paths,
  // type arguments and number types are written like ours. By the word clang gdb knows that a function's second line entry is behind its prologue.
  std::string producer = ("clang LLVM (asyncc " + version + ")").str();
  unit = builder.createCompileUnit(dwarf::DW_LANG_Rust, builder.createFile(module.getSourceFileName(), "."), producer, optimised, "", 0, "",
                                   DICompileUnit::FullDebug);
  anyType = builder.createSubroutineType(builder.getOrCreateTypeArray({}));
}

DIFile *DebugInfo::file(frontend::FileId id) {
  DIFile *&known = files[id.index];
  if (!known) {
    StringRef path = sources.path(id);
    size_t cut = path.rfind('/');
    known = cut == StringRef::npos ? builder.createFile(path, ".") : builder.createFile(path.substr(cut + 1), path.substr(0, cut));
  }
  return known;
}

void DebugInfo::beginFunction(Function &function, StringRef name, frontend::Span span) {
  frontend::Location place = span.known() ? sources.locate(span.lo) : frontend::Location{};
  DIFile *in = span.known() ? file(place.file) : unit->getFile();
  DISubprogram *subprogram = builder.createFunction(in, name, function.getName(), in, place.line, anyType, place.line, DINode::FlagPrototyped,
                                                    DISubprogram::SPFlagDefinition | DISubprogram::SPFlagLocalToUnit);
  function.setSubprogram(subprogram);
}

DILocation *DebugInfo::location(Function &function, frontend::Span span) {
  DISubprogram *scope = function.getSubprogram();
  if (!scope)
    return nullptr;
  if (!span.known())
    return DILocation::get(function.getContext(), 0, 0, scope);
  frontend::Location place = sources.locate(span.lo);
  DIScope *in = scope;
  if (file(place.file) != scope->getFile())
    in = builder.createLexicalBlockFile(scope, file(place.file));
  return DILocation::get(function.getContext(), place.line, place.column, in);
}

} // namespace async::llvmgen
