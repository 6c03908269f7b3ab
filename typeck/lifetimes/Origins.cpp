#include "typeck/lifetimes/Origins.h"

#include <algorithm>

#include "typeck/lifetimes/Fits.h"
#include "typeck/mir/Places.h"
#include "typeck/mir/Visit.h"
#include "typeck/types/TypeFacts.h"

namespace async::lifetimes {

using mir::Operand;
using mir::Projection;
using mir::Rvalue;
using mir::Statement;
using mir::Terminator;

// Beyond that much work the body is accepted without a look.
constexpr size_t maxWork = size_t{1} << 26;

Origins::Origins(Program &program, const frontend::Interner &interner, const mir::Body &body, uint32_t depth)
    : program(program), interner(interner), body(body), depth(depth) {
  for (const mir::Local &local : body.locals)
    mayHold.push_back(mayHoldReference(program, local.type));
  findDefinitions();
  backEdges.resize(2 * body.locals.size());
  collect();
  sortLoans();
  for (uint32_t i = 0; i <= body.paramCount && i < body.locals.size(); ++i)
    if (i > 0 && mayHold[i]) {
      seeds.emplace_back(outerNode(LocalId{i}), static_cast<uint32_t>(loanList.size() + i));
      seeds.emplace_back(innerNode(LocalId{i}), static_cast<uint32_t>(loanList.size() + i));
    }
  edges.resize(2 * body.locals.size() + taskList.size());
  typedEdges.resize(edges.size());
  backEdges.resize(edges.size());
  solved = solve();
  findGiven();
}

void Origins::sortLoans() {
  firstLoan.assign(body.locals.size() + 1, 0);
  for (const Loan &loan : loanList)
    ++firstLoan[loan.place.base.index + 1];
  for (size_t i = 1; i < firstLoan.size(); ++i)
    firstLoan[i] += firstLoan[i - 1];
  std::vector<uint32_t> next(firstLoan.begin(), firstLoan.end() - 1);
  std::vector<Loan> sorted(loanList.size());
  for (Loan &loan : loanList) {
    inOrder.push_back(next[loan.place.base.index]++);
    sorted[inOrder.back()] = std::move(loan);
  }
  loanList = std::move(sorted);
  for (auto &[node, loan] : seeds)
    loan = inOrder[loan];
  wholeLoans = BitSet(size());
  for (size_t i = 0; i < loanList.size(); ++i)
    if (loanList[i].mutability == Mutability::Exclusive && loanList[i].place.path.empty())
      wholeLoans.set(i);
}

size_t Origins::loanAt(BlockId block, uint32_t statement) const {
  auto isBefore = [&](uint32_t loan, std::pair<uint32_t, uint32_t> at) {
    return std::pair(loanList[loan].block.index, loanList[loan].statement) < at;
  };
  auto found = std::lower_bound(inOrder.begin(), inOrder.end(), std::pair(block.index, statement), isBefore);
  if (found == inOrder.end() || loanList[*found].block != block || loanList[*found].statement != statement)
    return SIZE_MAX;
  return *found;
}

bool Origins::isScope(TypeId type) const {
  if (isRef(type))
    type = program.types[type].args[0];
  return mir::isLangAdt(program, interner, type, "scope");
}

void Origins::findDefinitions() {
  size_t count = body.locals.size();
  assignments.assign(count, 0);
  movedFrom.resize(count);
  refersTo.resize(count);
  taskStarted.assign(count, SIZE_MAX);
  for (const mir::Block &block : body.blocks) {
    for (const Statement &statement : block.statements) {
      const Place *to = mir::destination(statement);
      if (!to)
        continue;
      ++assignments[to->base.index];
      if (statement.kind != Statement::Kind::Assign || !to->path.empty())
        continue;
      const Rvalue &value = statement.value;
      if (value.kind == Rvalue::Kind::Use && value.operands[0].kind != Operand::Kind::Const && value.operands[0].place.path.empty())
        movedFrom[to->base.index] = value.operands[0].place.base;
      if (value.kind == Rvalue::Kind::Ref) {
        const Place &of = value.place;
        // The same reference taken again says nothing new.
        if (of.path.empty() && refersTo[to->base.index] == of.base)
          --assignments[to->base.index];
        if (of.path.empty())
          refersTo[to->base.index] = of.base;
        else if (of.path.size() == 1 && of.path[0].kind == Projection::Kind::Deref)
          movedFrom[to->base.index] = of.base;
      }
    }
    if (const Place *to = mir::destination(block.terminator))
      ++assignments[to->base.index];
  }
}

LocalId Origins::scopeOf(const Operand &operand) const {
  if (operand.kind == Operand::Kind::Const || !operand.place.path.empty())
    return {};
  LocalId at = operand.place.base;
  for (uint32_t steps = 0; at.valid() && steps < 64; ++steps) {
    if (!isRef(body.localType(at)))
      return isScope(body.localType(at)) ? at : LocalId{};
    if (assignments[at.index] != 1)
      return {};
    at = refersTo[at.index].valid() ? refersTo[at.index] : movedFrom[at.index];
  }
  return {};
}

size_t Origins::taskOf(LocalId local) const {
  for (uint32_t steps = 0; local.valid() && steps < 64; ++steps) {
    if (assignments[local.index] != 1)
      return SIZE_MAX;
    if (taskStarted[local.index] != SIZE_MAX)
      return taskStarted[local.index];
    local = movedFrom[local.index];
  }
  return SIZE_MAX;
}

void Origins::include(Node to, Node from) {
  if (to == from)
    return;
  if (edges.size() <= from)
    edges.resize(from + 1);
  edges[from].push_back(to);
}

bool Origins::writesTo(TypeId type) {
  auto [known, isNew] = writing.try_emplace(type.index, false);
  if (isNew)
    known->second = writesReferences(program, type);
  return known->second;
}

// What is put behind an exclusive reference by whoever has been given the value of `type` is found by its giver, too.
void Origins::includeBack(const Source &from, Node to, TypeId type) {
  if (!writesTo(type))
    return;
  for (Node node : from.inner)
    if (node != to)
      backEdges[to].push_back({LocalId{node / 2}, true});
}

void Origins::includeAll(Node to, const Source &from) {
  for (Node node : from.outer)
    include(to, node);
  for (Node node : from.inner)
    include(to, node);
}

// What a call's result holds of what was given to the call.
void Origins::includeResult(Node to, const std::vector<Node> &from, TypeId type) {
  auto [known, isNew] = telling.try_emplace(type.index, false);
  if (isNew)
    known->second = tellsReferences(program, type);
  for (Node node : from) {
    if (!known->second) {
      include(to, node);
      continue;
    }
    if (typedEdges.size() <= node)
      typedEdges.resize(node + 1);
    typedEdges[node].push_back({to, type});
  }
}

// The loans that no reference in a value of the type could be of.
const BitSet &Origins::unfitFor(TypeId type) {
  auto [known, isNew] = unfitResults.try_emplace(type.index, size());
  if (!isNew)
    return known->second;
  for (size_t loan = 0; loan < loanList.size(); ++loan)
    if (!fitsPointerInto(program, mir::placeType(program, body, loanList[loan].place), type))
      known->second.set(loan);
  for (uint32_t param = 1; param <= body.paramCount; ++param)
    if (!fits(program, body.localType(LocalId{param}), type))
      known->second.set(loanList.size() + param);
  return known->second;
}

Origins::Source Origins::source(const Place &place) {
  Node inner = innerNode(place.base);
  if (place.path.empty() && hasOuter(body.localType(place.base)))
    return {{outerNode(place.base)}, {inner}};
  return {{inner}, {inner}};
}

void Origins::flow(const Place &to, TypeId type, const Source &from) {
  if (!mayHold[to.base.index] || !mayHoldReference(program, type))
    return;
  includeBack(from, innerNode(to.base), type);
  if (to.path.empty() && hasOuter(type) && program.types[body.localType(to.base)].kind == program.types[type].kind) {
    for (Node node : from.outer)
      include(outerNode(to.base), node);
    for (Node node : from.inner)
      include(innerNode(to.base), node);
    return;
  }
  Node inner = innerNode(to.base);
  if (hasOuter(type))
    for (Node node : from.outer)
      include(inner, node);
  for (Node node : from.inner)
    include(inner, node);
}

void Origins::collect() {
  for (uint32_t b = 0; b < body.blocks.size(); ++b) {
    const mir::Block &block = body.blocks[b];
    for (uint32_t i = 0; i < block.statements.size(); ++i)
      statement(block.statements[i], BlockId{b}, i);
    terminator(block.terminator, BlockId{b});
  }
}

void Origins::statement(const Statement &statement, BlockId block, uint32_t index) {
  if (statement.kind != Statement::Kind::Assign)
    return;
  if (statement.value.kind == Rvalue::Kind::Ref)
    return reference(statement, block, index);
  for (const Operand &operand : statement.value.operands)
    if (operand.kind != Operand::Kind::Const)
      flow(statement.place, mir::operandType(program, body, operand), source(operand.place));
}

void Origins::reference(const Statement &statement, BlockId block, uint32_t index) {
  const Place &of = statement.value.place;
  const Place &to = statement.place;
  bool intoRef = to.path.empty() && isRef(body.localType(to.base));
  Node outer = intoRef ? outerNode(to.base) : innerNode(to.base);
  Node inner = innerNode(to.base);
  bool isRaw = false;
  // From the last reference that is followed upwards: behind a shared one nothing further up matters.
  for (size_t i = of.path.size(); i-- > 0;) {
    if (of.path[i].kind != Projection::Kind::Deref)
      continue;
    mir::DerefKind kind = mir::derefKind(program, mir::placeType(program, body, of, i));
    if (kind == mir::DerefKind::Owner)
      continue;
    if (kind == mir::DerefKind::Pointer) {
      isRaw = true;
      break;
    }
    include(outer, i == 0 ? outerNode(of.base) : innerNode(of.base));
    if (kind == mir::DerefKind::Reference)
      break;
  }
  Mutability mutability = static_cast<Mutability>(statement.value.op);
  if (!isRaw) {
    seeds.emplace_back(outer, static_cast<uint32_t>(loanList.size()));
    loanList.push_back({of, mutability, statement.span, block, index});
  }
  if (!mayHold[of.base.index] || !mayHoldReference(program, mir::placeType(program, body, of)))
    return;
  Source content = source(of);
  includeAll(inner, content);
  // What is put in through an exclusive reference is in its owner.
  if (mutability != Mutability::Exclusive)
    return;
  for (Node node : content.inner)
    backEdges[inner].push_back({LocalId{node / 2}, false});
  if (of.path.empty() && isRef(body.localType(of.base)))
    include(outerNode(of.base), inner);
}

void Origins::terminator(const Terminator &terminator, BlockId block) {
  switch (terminator.kind) {
  case Terminator::Kind::Call:
  case Terminator::Kind::AwaitCall:
    return call(terminator, block);
  case Terminator::Kind::CallValue:
    return callValue(terminator);
  case Terminator::Kind::Await:
    return await(terminator);
  case Terminator::Kind::Spawn:
    return startTask(terminator, block);
  case Terminator::Kind::Goto:
  case Terminator::Kind::Switch:
  case Terminator::Kind::Return:
  case Terminator::Kind::Unwind:
  case Terminator::Kind::Unreachable:
  case Terminator::Kind::Drop:
  case Terminator::Kind::Assert:
    return;
  }
}

// A future needs the function value that made it until it has ended; its value holds a reference to that only where its type says so.
void Origins::callValue(const Terminator &terminator) {
  TypeId result = mir::placeType(program, body, terminator.place);
  bool isFuture = terminator.place.path.empty() && program.types[result].kind == TypeKind::Async;
  for (size_t i = 0; i < terminator.operands.size(); ++i) {
    const Operand &operand = terminator.operands[i];
    if (operand.kind == Operand::Kind::Const)
      continue;
    TypeId type = mir::operandType(program, body, operand);
    if (fits(program, type, result))
      flow(terminator.place, i == 0 && isFuture ? result : type, source(operand.place));
  }
  intoArguments(terminator, nullptr);
}

void Origins::await(const Terminator &terminator) {
  if (terminator.operands[0].kind == Operand::Kind::Const)
    return;
  TypeId type = mir::placeType(program, body, terminator.place);
  Source future = source(terminator.operands[0].place);
  flow(terminator.place, type, {future.inner, future.inner});
  if (ownReferences(program, type) != OwnReferences::None)
    flow(terminator.place, type, {future.outer, future.outer});
}

bool Origins::isScopeProtocol(FnId fn) const { return interner.text(program.fn(fn).lang).starts_with("scope_"); }

void Origins::call(const Terminator &terminator, BlockId block) {
  FnId id = terminator.callee.fn;
  if (!id.valid() || id.index >= program.fns.size())
    return;
  if (mayHold[terminator.place.base.index])
    callResult(terminator, program.fn(id));
  if (isScopeProtocol(id))
    return;
  intoArguments(terminator, &program.fn(id));
  for (const Operand &operand : terminator.operands) {
    TypeId type = mir::operandType(program, body, operand);
    if (!isRef(type) || !isScope(type))
      continue;
    size_t task = taskList.size();
    taskList.push_back({block, scopeOf(operand), {}, false});
    for (const Operand &other : terminator.operands)
      if (&other != &operand && other.kind != Operand::Kind::Const && mayHoldReference(program, mir::operandType(program, body, other)))
        includeAll(taskNode(task), source(other.place));
  }
}

// Nothing is known without a body: it is declared by a trait, foreign, or has errors.
const Origins::Flows &Origins::flowsOf(FnId fn, const FnDecl &decl) {
  auto [known, isNew] = flows.try_emplace(fn.index);
  Flows &made = known->second;
  const mir::Body *callee = fn.index < program.fnBodies.size() ? program.fnBodies[fn.index].get() : nullptr;
  if (!isNew || !callee || decl.isStream || decl.isSink || depth >= 3 || callee == &body)
    return made;
  Origins origins(program, interner, *callee, depth + 1);
  if (!origins.isSolved())
    return made;
  made.isKnown = true;
  made.hasRawPointers =
      std::any_of(callee->locals.begin(), callee->locals.end(), [&](const mir::Local &local) { return program.types[local.type].kind == TypeKind::Pointer; });
  for (uint32_t from = 1; from <= callee->paramCount; ++from) {
    const size_t bit = origins.loans().size() + from;
    made.carried.push_back(origins.outer(LocalId{0}).test(bit) || origins.inner(LocalId{0}).test(bit));
    std::vector<bool> &put = made.put.emplace_back();
    for (uint32_t into = 1; into <= callee->paramCount; ++into)
      put.push_back(origins.inner(LocalId{into}).test(bit));
  }
  return made;
}

// Whether the body of `fn` lets what parameter `param` came with into its result; asked where the type of the result does not tell.
bool Origins::carries(FnId fn, const FnDecl &decl, uint32_t param) {
  const bool isBuilt = fn.index < program.fnBodies.size() && program.fnBodies[fn.index];
  if (!isBuilt && decl.hasBody) // it has errors, which have been reported
    return false;
  const Flows &known = flowsOf(fn, decl);
  return !known.isKnown || param >= known.carried.size() || known.carried[param];
}

// Whether it may put what parameter `from` came with behind the exclusive reference that parameter `into` is. What a trait declares may be another's body.
bool Origins::puts(FnId fn, const FnDecl &decl, uint32_t from, uint32_t into) {
  if (decl.trait)
    return true;
  const Flows &known = flowsOf(fn, decl);
  return !known.isKnown || known.hasRawPointers || std::max(from, into) >= known.put.size() || known.put[from][into];
}

bool isResultSource(Program &program, const FnDecl &fn, uint32_t param, TypeId given, TypeId result) {
  if (!fn.fromParams.empty())
    return std::find(fn.fromParams.begin(), fn.fromParams.end(), param) != fn.fromParams.end();
  return fn.self != SelfKind::None ? param == 0 : fits(program, given, result);
}

void Origins::callResult(const Terminator &terminator, const FnDecl &fn) {
  TypeId type = mir::placeType(program, body, terminator.place);
  if (!mayHoldReference(program, type))
    return;
  OwnReferences own = ownReferences(program, fn.result);
  for (uint32_t i = 0; i < terminator.operands.size(); ++i) {
    const Operand &operand = terminator.operands[i];
    if (operand.kind == Operand::Kind::Const)
      continue;
    TypeId given = mir::operandType(program, body, operand);
    if (!mayHoldReference(program, given))
      continue;
    TypeId declared = i < fn.params.size() ? fn.params[i].type : TypeId{};
    bool isSource = isResultSource(program, fn, i, given, type);
    bool isNamed = declared.valid() && program.types[declared].kind == TypeKind::Param && mentions(program, fn.result, program.types[declared].index);
    if (isSource && own == OwnReferences::Opaque && !carries(terminator.callee.fn, fn, i))
      isSource = false;
    if (!isSource && !isNamed && !contains(program, type, given))
      continue;
    // What came by reference: only a result with references of its own can refer to that itself.
    bool isBehind = declared.valid() && isRef(declared) && isRef(given) && !(isSource && own != OwnReferences::None);
    Source from = source(operand.place);
    if (program.types[given].kind == TypeKind::Async) {
      if (own == OwnReferences::None && !contains(program, type, given))
        from.outer = from.inner; // it has ended by then
      if (program.types[type].kind == TypeKind::Async) {
        flow(terminator.place, type, from);
        continue;
      }
    }
    Source all = isBehind ? Source{from.inner, from.inner} : from;
    bool isWholeRef = terminator.place.path.empty() && isRef(body.localType(terminator.place.base));
    Node to = isWholeRef ? outerNode(terminator.place.base) : innerNode(terminator.place.base);
    includeResult(to, all.outer, type);
    includeResult(to, all.inner, type);
    if (isWholeRef)
      includeResult(innerNode(terminator.place.base), from.inner, type);
    includeBack(from, innerNode(terminator.place.base), type);
  }
}

// What can be put behind an exclusive reference that is given along. `fn` is null where nothing is declared.
void Origins::intoArguments(const Terminator &terminator, const FnDecl *fn) {
  auto declared = [&](size_t i) { return fn && i < fn->params.size() ? fn->params[i].type : TypeId{}; };
  for (size_t i = 0; i < terminator.operands.size(); ++i) {
    const Operand &into = terminator.operands[i];
    TypeId type = mir::operandType(program, body, into);
    if (into.kind == Operand::Kind::Const || !isRef(type) || static_cast<Mutability>(program.types[type].sub) != Mutability::Exclusive)
      continue;
    TypeId target = program.types[type].args[0];
    if (!mayHoldReference(program, target))
      continue;
    // A place for values of a type parameter takes in what lies behind a reference, never the reference itself; `Self` is known to its impl.
    TypeId place = isRef(declared(i)) ? program.types[declared(i)].args[0] : TypeId{};
    bool isSelf = place.valid() && fn->trait && program.types[place].kind == TypeKind::Param && program.types[place].index == 0;
    bool takesReferences = !place.valid() || ownReferences(program, isSelf ? target : place) != OwnReferences::None;
    for (size_t k = 0; k < terminator.operands.size(); ++k) {
      const Operand &other = terminator.operands[k];
      if (k == i || other.kind == Operand::Kind::Const)
        continue;
      TypeId given = mir::operandType(program, body, other);
      if (!mayHoldReference(program, given) || !fits(program, given, target))
        continue;
      if (fn && fn->hasBody && !puts(terminator.callee.fn, *fn, static_cast<uint32_t>(k), static_cast<uint32_t>(i)))
        continue;
      Source all = source(other.place);
      if (isRef(declared(k)) && isRef(given) && !takesReferences)
        all.outer = all.inner;
      includeAll(innerNode(into.place.base), all);
    }
  }
}

void Origins::startTask(const Terminator &terminator, BlockId block) {
  size_t task = taskList.size();
  TaskStart start{block, {}, {}, !terminator.hasScope};
  size_t first = 0;
  if (terminator.hasScope) {
    start.scope = scopeOf(terminator.operands[0]);
    first = 1;
  }
  if (terminator.place.path.empty()) {
    start.handle = terminator.place.base;
    taskStarted[start.handle.index] = task;
  }
  taskList.push_back(start);
  for (size_t i = first; i < terminator.operands.size(); ++i) {
    const Operand &operand = terminator.operands[i];
    if (operand.kind != Operand::Kind::Const && mayHoldReference(program, mir::operandType(program, body, operand)))
      includeAll(taskNode(task), source(operand.place));
  }
}

// No value holds an exclusive loan of itself, though what holds the loan gives back all that it may hold.
BitSet Origins::givenBack(const BitSet &found, const BackEdge &edge) {
  BitSet result = found;
  auto [first, end] = loansOf(edge.to);
  wholeLoans.forEachIn(first, end, [&](size_t loan) { result.reset(loan); });
  if (!edge.isTyped)
    return result;
  TypeId type = body.localType(edge.to);
  if (isRef(type))
    type = program.types[type].args[0];
  auto [known, isNew] = unfit.try_emplace(type.index, size());
  if (isNew) {
    known->second.setRange(loanList.size(), size());
    for (size_t loan = 0; loan < loanList.size(); ++loan)
      if (!fitsPointerInto(program, mir::placeType(program, body, loanList[loan].place), type))
        known->second.set(loan);
  }
  result.subtract(known->second);
  return result;
}

// False if that is too much work.
bool Origins::solve() {
  sets.assign(edges.size(), BitSet(size()));
  std::vector<Node> work;
  for (auto &[node, loan] : seeds) {
    sets[node].set(loan);
    work.push_back(node);
  }
  std::vector<bool> waits(edges.size());
  for (Node node : work)
    waits[node] = true;
  size_t done = 0;
  while (!work.empty()) {
    Node node = work.back();
    work.pop_back();
    waits[node] = false;
    done += edges[node].size() + typedEdges[node].size() + backEdges[node].size() + 1;
    if (done > maxWork)
      return false;
    auto give = [&](Node to, const BitSet &found) {
      if (sets[to].unite(found) && !waits[to]) {
        work.push_back(to);
        waits[to] = true;
      }
    };
    for (Node to : edges[node])
      give(to, sets[node]);
    for (const TypedEdge &edge : typedEdges[node]) {
      BitSet found = sets[node];
      found.subtract(unfitFor(edge.type));
      give(edge.to, found);
    }
    for (const BackEdge &edge : backEdges[node])
      give(innerNode(edge.to), givenBack(sets[node], edge));
  }
  return true;
}

void Origins::findGiven() {
  givenLoans = BitSet(size());
  for (uint32_t i = 1; i <= body.paramCount && i < body.locals.size(); ++i)
    if (writesTo(body.localType(LocalId{i})))
      givenLoans.unite(inner(LocalId{i}));
}

} // namespace async::lifetimes
