// Collect.h: the state of collecting instances: what is known, what waits for its body. Rewrite.h makes one body ready.
#pragma once
#include <deque>
#include <set>

#include "lowering/mono/Lang.h"
#include "lowering/mono/Maker.h"
#include "lowering/mono/Mono.h"

namespace async::mono {

using frontend::Interner;

class Collector {
public:
  Collector(Mono &mono, const Interner &interner, frontend::Diagnostics &diagnostics);

  Mono &mono;
  Program &program;
  Layouts &layouts;
  Select &select;
  const Interner &interner;
  frontend::Diagnostics &diagnostics;
  Lang lang;

  bool run();

  // Numbers of instances; their bodies are made later. `fn` may be a trait's method; arguments are closed.
  uint32_t function(FnId fn, std::vector<TypeId> args, Span span);
  uint32_t closure(ClosureId closure, std::vector<TypeId> args, Span span);
  uint32_t dropGlue(TypeId type, Span span);
  uint32_t retain(TypeId type, Span span);
  uint32_t owningCall(TypeId closure, std::vector<TypeId> params, TypeId result, Span span);
  uint32_t table(TypeId callable, TypeId fn, Span span);
  // What becomes a future drops its parameters if it never starts.
  void futureOf(uint32_t instance, Span span);
  void useStatic(ConstId item, Span span);

  const mir::Body *bodyOf(FnId fn);
  const mir::Body *bodyOf(ClosureId closure);
  void internalError(std::string text);
  void unsupported(Span span, std::string_view what);
  void checkSize(TypeId type, Span span);

private:
  friend void settleModes(Collector &collector);
  enum class Glue : uint32_t { Function, Closure, Drop, Retain, Derived, BoxedCall, OwningCall, Report, Wrapper };
  using Key = std::vector<uint32_t>;

  uint32_t *find(const Key &key);
  Instance &add(const Key &key, std::string name);
  // The body is made by hand; it goes through Rewrite like any other.
  uint32_t addMade(const Key &key, std::string name, std::unique_ptr<mir::Body> body, TypeId of, Span span);
  uint32_t derived(const FnDecl &decl, FnId fn, std::vector<TypeId> args, const Key &key, Span span);
  uint32_t wrapper(uint32_t of, Span span);
  void describe(Instance &instance, const FnDecl &decl);
  bool tooDeep(FnId fn, ClosureId closure, bool isGeneric, Span span);
  void process(uint32_t index);
  bool drain();
  void roots();
  void start(FnId fn);
  void makeReport(Entry &entry);
  void makeBody(Entry &entry, FnId fn);
  void makeEntries();
  void makeLibraryStart();
  void setStatics(Maker &making);
  void callInstance(Maker &making, mir::Terminator::Kind kind, uint32_t instance, mir::Place to, Maker::Operands operands);
  Maker maker(Span span) { return Maker(layouts, program, lang, span); }

  std::string textOf(TypeId type);
  std::string textOf(const std::vector<TypeId> &types);
  std::string nameOf(FnId fn, const std::vector<TypeId> &args);
  std::string modulePath(ModuleId module);
  uint32_t sizeOfText(TypeId type);

  struct KeyHash {
    size_t operator()(const Key &key) const;
  };
  std::unordered_map<Key, uint32_t, KeyHash> known;
  std::unordered_map<std::string, uint32_t> names;
  std::unordered_map<uint32_t, uint32_t> textSizes;
  std::unordered_map<uint64_t, uint32_t> tables;
  std::deque<uint32_t> waiting;
  std::vector<uint32_t> parents; // by instance: which one asked for it first
  std::set<uint32_t> futures; // instances that are used as futures
  std::set<uint32_t> usedStatics;
  std::vector<std::pair<ConstId, uint32_t>> staticValues;
  uint32_t processing = UINT32_MAX;
  bool failed = false;
};

// Decides which functions wait, and makes synchronous ones of those that do not (Mono.h, "modes").
void settleModes(Collector &collector);

} // namespace async::mono
