// Tests, and functions to be measured: what they have to look like, and what a test gives.
#include <algorithm>
#include <string>

#include "frontend/diagnostics/Types.h"
#include "frontend/resolve/AstWalk.h"
#include "typeck/types/Collector.h"

namespace async::typeck {

namespace diag = frontend::diag;
using resolve::ItemRef;

namespace {

// Whether `?`, or `return` with a value, leaves the body itself.
bool leavesWithValue(const ast::File &file, ast::BlockId body) {
  return !resolve::walk(file, {}, {body}, [](const ast::Expr &expr) {
    if (expr.kind == ast::ExprKind::Question || (expr.kind == ast::ExprKind::Return && expr.a.valid()))
      return resolve::Into::Stop;
    if (expr.kind == ast::ExprKind::Scope) // `?` in a scope gives the value of the scope
      return resolve::Into::Exprs;
    return isBodyOfItsOwn(expr.kind) ? resolve::Into::None : resolve::Into::All;
  });
}

// Names stand in symbols and on terminals.
std::string withoutControls(std::string_view text) {
  std::string made(text);
  std::replace_if(made.begin(), made.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return made;
}

} // namespace

TypeId Collector::testResult(const ast::File &file, ast::BlockId body) const {
  Types &types = program.types;
  auto result = langAdt(context, "result"), error = langAdt(context, "error");
  if (!result || !error || !leavesWithValue(file, body))
    return types.unit;
  TypeId args[] = {types.unit, types.adt(*error, {})};
  return types.adt(*result, args);
}

void Collector::declareTest(const ItemRef &ref) {
  const ast::Function &from = (*ref.file)[item(ref).function];
  FnDecl fn;
  fn.name = context.interner.intern(withoutControls(name(from.name.symbol)));
  fn.module = ModuleId{ref.module};
  fn.span = from.name.span;
  fn.isTest = fn.hasBody = true;
  const uint32_t errors = diagnostics.errorCount();
  attributes(*ref.file, item(ref).attributes, ref.module, nullptr, &fn, nullptr);
  if (from.params.count > 0 && diagnostics.errorCount() == errors)
    notYet(from.span, "a `test` with parameters");
  if (diagnostics.errorCount() != errors || !from.body.valid())
    return;
  fn.result = testResult(*ref.file, from.body);
  const FnId id = appendFn(std::move(fn), {ref.file, ref.module, item(ref).function, {}});
  scanBody(id.index);
  if (!inStd(ref.module))
    program.tests.push_back(id);
}

void Collector::collectTests() {
  for (const ItemRef &ref : world.tests)
    if (ref.file)
      declareTest(ref);
  // Those in the blocks of functions were found last.
  std::stable_sort(program.tests.begin(), program.tests.end(), [&](FnId a, FnId b) { return program.fn(a).span.lo < program.fn(b).span.lo; });
}

// Null: it can be measured.
const char *Collector::problemOfBench(const FnDecl &fn) const {
  Types &types = program.types;
  if (fn.impl || fn.trait)
    return "is no method";
  if (!fn.generics.params.empty())
    return "has no type parameters";
  if (fn.isStream || fn.isSink || fn.abi != Abi::Async || fn.isUnsafe)
    return "is an ordinary function";
  auto bencher = langAdt(context, "bencher");
  const bool takesBencher = bencher && fn.params.size() == 1 && fn.params[0].type == types.reference(Mutability::Exclusive, types.adt(*bencher, {}));
  const bool isBroken = !fn.params.empty() && (types[fn.params[0].type].flags & HasError);
  return fn.params.empty() || takesBencher || isBroken ? nullptr : "takes nothing, or a `&mut Bencher`";
}

void Collector::collectBenches(uint32_t end) {
  for (uint32_t i = firstFn; i < end; ++i) {
    const FnDecl &fn = program.fns[i];
    if (!fn.isBench)
      continue;
    if (const char *problem = problemOfBench(fn))
      diagnostics.emit(fn.span, diag::WrongBench, problem).help(diag::BenchForm);
    else if (!inStd(fn.module.index))
      program.benches.push_back(FnId{i});
  }
}

} // namespace async::typeck
