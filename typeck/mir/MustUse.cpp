#include "typeck/mir/MustUse.h"

#include "frontend/diagnostics/Structure.h"
#include "typeck/mir/Dataflow.h"
#include "typeck/mir/Places.h"
#include "typeck/mir/Visit.h"

namespace async::mir {
namespace {

namespace diag = frontend::diag;

enum class Kind : uint8_t { None, Future, Stream, Result, Other, Task };

class Checker {
public:
  Checker(Program &program, const frontend::Interner &interner, const Body &body, frontend::Diagnostics &diagnostics)
      : program(program), interner(interner), body(body), diagnostics(diagnostics), bits(body.locals.size()) {
    kinds.resize(bits, Kind::None);
    endSpan.resize(bits);
    // Parameters are their caller's business, the result is the caller's to use.
    for (uint32_t i = body.paramCount + 1; i < bits; ++i)
      kinds[i] = kindOf(body.locals[i].type);
    findTasks();
    findEnds();
  }

  void run() {
    bool any = false;
    for (Kind kind : kinds)
      any |= kind != Kind::None;
    if (!any)
      return;
    givenAt.resize(bits);
    Flow flow = solveForward(body, *this);
    for (BlockId id : flow.order) {
      const Block &block = body.blocks[id.index];
      BitSet state = flow.entry[id.index];
      for (uint32_t i = 0; i < block.statements.size(); ++i) {
        const Statement &statement = block.statements[i];
        if (!block.isCleanup && statement.kind == Statement::Kind::StorageDead && state.test(statement.local.index))
          ended(statement.local, statement.span);
        this->statement(state, statement, id, i);
      }
    }
  }

  // For Dataflow.h. Bit i: local i has a value that nothing has used.
  void entry(BitSet &) {}
  void statement(BitSet &state, const Statement &statement, BlockId, uint32_t) {
    visitUses(statement, [&](const Place &place, UseKind kind) { used(state, place, kind); });
    if (statement.kind == Statement::Kind::TakeUnwind)
      state.clear(); // what was not used yet was given up by the unwinding that ends here
    if (statement.kind == Statement::Kind::StorageDead || statement.kind == Statement::Kind::StorageLive)
      state.reset(statement.local.index);
    if (const Place *to = destination(statement))
      given(state, *to, statement.span);
  }
  void terminator(BitSet &state, const Terminator &terminator, BlockId) {
    visitUses(terminator, [&](const Place &place, UseKind kind) { used(state, place, kind); });
  }
  void edge(BitSet &state, const Terminator &terminator, BlockId, size_t successor) {
    if (successor >= terminator.targets.size())
      state.clear(); // what unwinds need not be used
    const Place *to = destination(terminator);
    if (to && successor == 0 && !terminator.targets.empty())
      given(state, *to, terminator.span);
  }

private:
  Kind kindOf(TypeId id) const {
    const Type &type = program.types[id];
    switch (type.kind) {
    case TypeKind::Async:
      return Kind::Future;
    case TypeKind::Stream:
      return Kind::Stream;
    case TypeKind::Adt: {
      const AdtDecl &adt = program.adt(AdtId{type.index});
      if (interner.text(adt.lang) == "result")
        return type.args.size() == 2 && mayIgnore(type.args[1]) ? Kind::None : Kind::Result;
      return adt.mustUse ? Kind::Other : Kind::None;
    }
    default:
      return Kind::None;
    }
  }

  bool mayIgnore(TypeId error) const {
    const Type &type = program.types[error];
    return type.kind == TypeKind::Never || (type.kind == TypeKind::Adt && program.adt(AdtId{type.index}).mayIgnore);
  }

  void used(BitSet &state, const Place &place, UseKind kind) {
    if (kind != UseKind::Drop)
      state.reset(place.base.index);
  }

  void given(BitSet &state, const Place &place, Span span) {
    uint32_t local = place.base.index;
    if (!place.path.empty() || kinds[local] == Kind::None)
      return;
    state.set(local);
    if (!givenAt[local].known())
      givenAt[local] = span;
  }

  bool isLang(FnId fn, std::string_view lang) const { return fn.valid() && fn.index < program.fns.size() && interner.text(program.fn(fn).lang) == lang; }

  // Handles of tasks whose error no scope takes: it is no `Result` and does not say that it reports.
  void findTasks() {
    std::vector<LocalId> refersTo(bits);
    std::vector<bool> drops(bits);
    for (const Block &block : body.blocks) {
      for (const Statement &statement : block.statements)
        if (statement.kind == Statement::Kind::Assign && statement.value.kind == Rvalue::Kind::Ref && statement.place.path.empty() &&
            statement.value.place.path.empty())
          refersTo[statement.place.base.index] = statement.value.place.base;
      const Terminator &call = block.terminator;
      if (call.kind == Terminator::Kind::Call && isLang(call.callee.fn, "scope_open") && !call.operands.empty())
        drops[call.place.base.index] = call.operands[0].kind == Operand::Kind::Const && call.operands[0].constant.value == 0;
    }
    for (const Block &block : body.blocks) {
      const Terminator &spawn = block.terminator;
      if (spawn.kind != Terminator::Kind::Spawn || !spawn.hasScope || !isLang(spawn.settle.fn, "settle_report") || !spawn.place.path.empty() ||
          spawn.operands[0].kind == Operand::Kind::Const)
        continue;
      LocalId scope = refersTo[spawn.operands[0].place.base.index];
      if (scope.valid() && drops[scope.index])
        kinds[spawn.place.base.index] = Kind::Task;
    }
  }

  // A block's end ends storage with the span of the block; other ways out end it with that of the local itself.
  void findEnds() {
    for (const Block &block : body.blocks) {
      if (block.isCleanup)
        continue;
      for (const Statement &statement : block.statements) {
        if (statement.kind != Statement::Kind::StorageDead)
          continue;
        Span &end = endSpan[statement.local.index];
        const Span &own = body.locals[statement.local.index].span;
        bool isNamed = !body.locals[statement.local.index].name.empty();
        bool isEnd = isNamed ? !(statement.span == own) : statement.span == own;
        if (isEnd && (!end.known() || statement.span.hi > end.hi))
          end = statement.span;
      }
    }
  }

  void ended(LocalId local, Span span) {
    if (!endSpan[local.index].known() || !(endSpan[local.index] == span) || kinds[local.index] == Kind::None)
      return;
    const Local &decl = body.locals[local.index];
    std::string name(interner.text(decl.name));
    std::string what = name.empty() ? "this " : "`" + name + "`, a ";
    Span at = name.empty() || !givenAt[local.index].known() ? decl.span : givenAt[local.index];
    Kind kind = kinds[local.index];
    kinds[local.index] = Kind::None; // once
    switch (kind) {
    case Kind::Future:
      diagnostics.emit(at, diag::UnusedFuture, what + "future").help(diag::AwaitOrDrop);
      return;
    case Kind::Stream:
      diagnostics.emit(at, diag::UnusedStream, what + "stream").help(diag::ReadOrDrop);
      return;
    case Kind::Result:
      diagnostics.emit(at, diag::UnusedResult, what + "`Result`").help(diag::HandleOrDrop);
      return;
    case Kind::Other:
      diagnostics.emit(at, diag::UnusedResult, what + "value").help(diag::HandleOrDrop);
      return;
    case Kind::Task:
      diagnostics.emit(at, diag::LostTask).help(diag::AwaitOrReport);
      return;
    case Kind::None:
      return;
    }
  }

  Program &program;
  const frontend::Interner &interner;
  const Body &body;
  frontend::Diagnostics &diagnostics;
  std::vector<Kind> kinds;
  std::vector<Span> endSpan, givenAt;

public:
  size_t bits;
};

} // namespace

void checkMustUse(Program &program, const frontend::Interner &interner, const Body &body, frontend::Diagnostics &diagnostics) {
  Checker(program, interner, body, diagnostics).run();
}

} // namespace async::mir
