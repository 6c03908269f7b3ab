// Modes.cpp: awaits of what never waits are free.
#include <fmt/format.h>

#include "lowering/mono/Collect.h"

namespace async::mono {

using mir::Rvalue;
using mir::Statement;
using mir::Terminator;

namespace {

// The least set of instances that can wait.
std::vector<bool> whoWaits(const Mono &mono) {
  std::vector<bool> waits(mono.count(), false);
  std::vector<std::vector<uint32_t>> callers(mono.count());
  std::vector<uint32_t> work;
  auto mark = [&](uint32_t index) {
    if (!waits[index]) {
      waits[index] = true;
      work.push_back(index);
    }
  };
  for (uint32_t i = 0; i < mono.count(); ++i) {
    const Instance &instance = mono.instance(i);
    if (instance.kind == Instance::Kind::Leaf)
      mark(i);
    if (!instance.body)
      continue;
    for (const mir::Block &block : instance.body->blocks) {
      const Terminator &end = block.terminator;
      if (end.kind == Terminator::Kind::Await)
        mark(i);
      if (end.kind == Terminator::Kind::AwaitCall && end.callee.instance < mono.count())
        callers[end.callee.instance].push_back(i);
    }
  }
  while (!work.empty()) {
    uint32_t next = work.back();
    work.pop_back();
    for (uint32_t caller : callers[next])
      mark(caller);
  }
  return waits;
}

template <typename F> void eachCall(Mono &mono, F &&f) {
  for (auto &instance : mono.instances)
    if (instance->body)
      for (mir::Block &block : instance->body->blocks)
        if (block.terminator.kind == Terminator::Kind::AwaitCall || block.terminator.kind == Terminator::Kind::Call)
          f(*instance, block.terminator);
}

} // namespace

// An async function that is synchronous for its direct callers, as a future.
uint32_t Collector::wrapper(uint32_t of, Span span) {
  Key key{static_cast<uint32_t>(Glue::Wrapper), of, 1};
  if (uint32_t *found = find(key))
    return *found;
  const Instance &instance = mono.instance(of);
  Maker making = maker(span);
  bool isLeaf = instance.kind == Instance::Kind::Leaf;
  TypeId type = instance.result;
  std::string name = instance.name + ".future";
  auto body = makeAsyncWrapper(making, instance.params, instance.result, of, isLeaf);
  body->stage = mir::Stage::Mono;
  uint32_t index = addMade(key, std::move(name), std::move(body), type, span);
  waiting.pop_back();
  return index;
}

static bool isEntry(const Mono &mono, uint32_t instance) {
  return std::any_of(mono.entries.begin(), mono.entries.end(), [&](const Entry &entry) { return entry.body == instance; });
}

void settleModes(Collector &collector) {
  Mono &mono = collector.mono;
  std::vector<bool> waits = whoWaits(mono);
  std::vector<bool> called(mono.count(), false);
  eachCall(mono, [&](Instance &, Terminator &call) {
    if (call.callee.instance < mono.count())
      called[call.callee.instance] = true;
  });
  for (uint32_t i = 0; i < waits.size(); ++i) {
    Instance &instance = mono.instance(i);
    if (instance.kind != Instance::Kind::Body || !instance.body || !instance.isAsync || waits[i] || !called[i] || isEntry(mono, i))
      continue;
    instance.isAsync = instance.body->isAsync = false;
  }
  eachCall(mono, [&](Instance &from, Terminator &call) {
    if (call.callee.instance >= mono.count())
      return;
    const Instance &callee = mono.instance(call.callee.instance);
    if (!callee.isAsync)
      call.kind = Terminator::Kind::Call;
    else if (call.kind == Terminator::Kind::Call)
      collector.internalError(fmt::format("`{}` calls `{}`, which waits, without awaiting it", from.name, callee.name));
    else if (!from.isAsync)
      collector.internalError(fmt::format("`{}` waits in `{}`, but is not async", from.name, callee.name));
  });
  // Futures are of async functions of our own.
  auto asFuture = [&](uint32_t &index, Span span) {
    if (index < mono.count() && (!mono.instance(index).isAsync || mono.instance(index).kind == Instance::Kind::Leaf))
      index = collector.wrapper(index, span);
  };
  for (uint32_t i = 0, count = mono.count(); i < count; ++i) {
    if (!mono.instance(i).body)
      continue;
    for (mir::Block &block : mono.instance(i).body->blocks) {
      for (Statement &statement : block.statements)
        if (statement.kind == Statement::Kind::Assign && (statement.value.kind == Rvalue::Kind::Future || statement.value.kind == Rvalue::Kind::AsyncBlock))
          asFuture(statement.value.callee.instance, statement.span);
      if (block.terminator.kind == Terminator::Kind::Spawn && block.terminator.callee.instance != UINT32_MAX)
        asFuture(block.terminator.callee.instance, block.terminator.span);
    }
  }
}

} // namespace async::mono
