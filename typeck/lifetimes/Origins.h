// Origins.h: the loans of a body, and which locals and tasks may hold them.
//
// A loan is a reference that is taken. Each local has two sets: `outer`, the loans of the reference that it is, and `inner`, those of all that lies
// in it or behind it; a local that is no reference has only `inner`. Each place where a task is started has one. The sets are solved without
// regard to order (rules.md L7); who is live decides which of them count where (CheckLoans.cpp).
#pragma once
#include <unordered_map>
#include <vector>

#include "frontend/source/Interner.h"
#include "typeck/mir/BitSet.h"
#include "typeck/mir/Mir.h"

namespace async::lifetimes {

using namespace typeck;
using mir::BitSet;
using mir::BlockId;
using mir::LocalId;
using mir::Place;

struct Loan {
  Place place;
  Mutability mutability;
  frontend::Span span;
  BlockId block;
  uint32_t statement;
};

// A Spawn, or a call that is given a scope and may start tasks in it with its other arguments.
struct TaskStart {
  BlockId block;
  LocalId scope; // the local that is the scope; invalid: a scope of the caller
  LocalId handle; // the local that is given the task, if it is given nothing else
  bool isDetached = false;
};

// Whether the result carries what parameter `param`, of type `given`, came with (rules.md L1).
bool isResultSource(Program &program, const FnDecl &fn, uint32_t param, TypeId given, TypeId result);

class Origins {
public:
  Origins(Program &program, const frontend::Interner &interner, const mir::Body &body, uint32_t depth = 0);

  // False: the body is too large to be looked at.
  bool isSolved() const { return solved; }
  // Ordered by the local that is borrowed.
  const std::vector<Loan> &loans() const { return loanList; }
  // The loans of places of a local: from the first to before the second.
  std::pair<size_t, size_t> loansOf(LocalId local) const { return {firstLoan[local.index], firstLoan[local.index + 1]}; }
  // The loan that a statement takes; SIZE_MAX if none.
  size_t loanAt(BlockId block, uint32_t statement) const;
  const std::vector<TaskStart> &tasks() const { return taskList; }

  const BitSet &outer(LocalId local) const { return sets[2 * local.index]; }
  const BitSet &inner(LocalId local) const { return sets[2 * local.index + 1]; }
  const BitSet &task(size_t index) const { return sets[2 * body.locals.size() + index]; }
  // What may lie behind an exclusive reference that a parameter came with: the caller finds it there afterwards.
  const BitSet &given() const { return givenLoans; }
  // Loan `loans().size() + p` stands for all that parameter p came with.
  size_t size() const { return loanList.size() + body.paramCount + 1; }

  // The local that a reference to a scope refers to; invalid if it is another's.
  LocalId scopeOf(const mir::Operand &operand) const;
  // The start whose task a local holds, through moves between locals that are assigned once; SIZE_MAX if none.
  size_t taskOf(LocalId local) const;
  bool isScope(TypeId type) const;

private:
  using Node = uint32_t;
  // The nodes that the loans of a value come from: of the reference itself, and of the rest.
  struct Source {
    std::vector<Node> outer, inner;
  };

  // To what lies in a local, except exclusive loans of all of it.
  struct BackEdge {
    LocalId to;
    bool isTyped; // only what fits there
  };

  // What a function's body lets come out of what its parameters came with.
  struct Flows {
    bool isKnown = false; // else anything may
    bool hasRawPointers = false; // what goes through them is not followed
    std::vector<bool> carried; // by parameter: into the result
    std::vector<std::vector<bool>> put; // by parameter, and parameter that is an exclusive reference: behind it
  };

  // What fits into a value of the type, which tells of all its references.
  struct TypedEdge {
    Node to;
    TypeId type;
  };

  Node outerNode(LocalId local) const { return 2 * local.index; }
  Node innerNode(LocalId local) const { return 2 * local.index + 1; }
  Node taskNode(size_t index) const { return static_cast<Node>(2 * body.locals.size() + index); }
  bool isRef(TypeId type) const { return type.valid() && program.types[type].kind == TypeKind::Ref; }
  bool hasOuter(TypeId type) const { return isRef(type) || (type.valid() && program.types[type].kind == TypeKind::Async); }
  void include(Node to, Node from);
  bool writesTo(TypeId type);
  void includeBack(const Source &from, Node to, TypeId type);
  void includeAll(Node to, const Source &from);
  void includeResult(Node to, const std::vector<Node> &from, TypeId type);
  const BitSet &unfitFor(TypeId type);
  void callValue(const mir::Terminator &terminator);
  void await(const mir::Terminator &terminator);
  Source source(const Place &place);
  void flow(const Place &to, TypeId type, const Source &from);

  void collect();
  void sortLoans();
  void findDefinitions();
  void statement(const mir::Statement &statement, BlockId block, uint32_t index);
  void reference(const mir::Statement &statement, BlockId block, uint32_t index);
  void terminator(const mir::Terminator &terminator, BlockId block);
  void call(const mir::Terminator &terminator, BlockId block);
  void callResult(const mir::Terminator &terminator, const FnDecl &fn);
  void intoArguments(const mir::Terminator &terminator, const FnDecl *fn);
  void startTask(const mir::Terminator &terminator, BlockId block);
  bool carries(FnId fn, const FnDecl &decl, uint32_t param);
  bool puts(FnId fn, const FnDecl &decl, uint32_t from, uint32_t into);
  const Flows &flowsOf(FnId fn, const FnDecl &decl);
  bool isScopeProtocol(FnId fn) const;
  bool solve();
  void findGiven();
  BitSet givenBack(const BitSet &found, const BackEdge &edge);

  Program &program;
  const frontend::Interner &interner;
  const mir::Body &body;
  uint32_t depth;
  bool solved = false;
  std::vector<Loan> loanList;
  std::vector<uint32_t> firstLoan; // by local, and the end
  std::vector<uint32_t> inOrder; // loans in order of the instructions
  BitSet wholeLoans; // the exclusive ones of whole locals
  std::vector<TaskStart> taskList;
  std::vector<std::pair<Node, uint32_t>> seeds; // node, loan
  std::vector<std::vector<Node>> edges; // by source
  std::vector<std::vector<TypedEdge>> typedEdges; // by source
  std::vector<std::vector<BackEdge>> backEdges; // by source
  std::vector<BitSet> sets;
  BitSet givenLoans;
  std::vector<uint32_t> assignments; // by local: how often
  std::vector<LocalId> movedFrom, refersTo; // by local, if it is assigned once
  std::vector<size_t> taskStarted; // by local
  std::vector<bool> mayHold; // by local
  std::unordered_map<uint32_t, Flows> flows; // by function
  std::unordered_map<uint32_t, bool> writing; // by type
  std::unordered_map<uint32_t, bool> telling; // by type
  std::unordered_map<uint32_t, BitSet> unfitResults; // by type: the loans that no value of it that a call gives can hold
  std::unordered_map<uint32_t, BitSet> unfit; // by type: the loans that no value of it can hold
};

} // namespace async::lifetimes
