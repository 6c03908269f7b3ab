// Rewriter.h: the state of Rewrite.h.
#pragma once
#include "lowering/mono/Rewrite.h"

namespace async::mono {

class Rewriter {
public:
  Rewriter(Collector &collector, Instance &instance, std::vector<TypeId> args)
      : collector(collector), program(collector.program), types(collector.program.types), layouts(collector.layouts), body(*instance.body),
        name(instance.name), args(std::move(args)) {}

  void run();

private:
  Collector &collector;
  Program &program;
  Types &types;
  Layouts &layouts;
  mir::Body &body;
  std::string name;
  std::vector<TypeId> args;
  std::unordered_map<uint32_t, TypeId> closedTypes;
  std::vector<bool> awaited; // locals that hold what a mode-polymorphic call gave, awaited already
  uint32_t current = 0; // the block that is written

  // A way of calling a function value.
  struct Callable {
    mir::Place at; // where it lies, references followed
    TypeId type; // Closure, FnDef, Fn
    bool isOwned = false; // it was given by value
    bool isDirect = false; // the operand is a reference to it
  };

  TypeId close(TypeId type);
  std::vector<TypeId> close(const std::vector<TypeId> &types);
  TypeId placeType(const mir::Place &place);
  TypeId operandType(const mir::Operand &operand);
  TypeId targetOf(TypeId type) const;

  void findAwaited();
  void closeConstants(mir::Operand &operand, frontend::Span span);
  void block(uint32_t index);
  void statement(mir::Statement &statement);
  void rvalue(mir::Statement &statement);
  void coercion(mir::Statement &statement);
  void terminator(mir::Terminator end);
  void call(mir::Terminator &end);
  void awaitResult(mir::Terminator call, TypeId futureType);
  void callValue(mir::Terminator end);
  void takeStarted(mir::Operand &reference, frontend::Span span);
  void await(mir::Terminator end);
  void spawn(mir::Terminator &end);
  Callable callableOf(const mir::Operand &operand, CallKind kind);
  uint32_t callee(mir::Callee &callee, frontend::Span span);

  // Counts are explicit calls before the instruction.
  void retainShares(std::vector<mir::Operand> &operands, frontend::Span span);
  mir::LocalId newLocal(TypeId type, frontend::Span span);
  mir::BlockId newBlock(bool isCleanup, frontend::Span span);
  mir::Block &here() { return body.blocks[current]; }
  void assign(mir::Place to, mir::Rvalue value, frontend::Span span);
  mir::LocalId reference(mir::Place to, TypeId type, Mutability mutability, frontend::Span span);
  // Ends the block with a call and goes on behind it.
  void callHere(uint32_t instance, std::vector<mir::Operand> operands, frontend::Span span);
  // A block that drops the place and goes on at `then`; invalid: leaves the body.
  mir::BlockId dropThen(const mir::Place &place, bool isCleanup, mir::BlockId then, frontend::Span span);
  bool isBorrowedByCall(const Type &callable) const;
  void makeFuture(mir::Terminator call, uint32_t instance, std::vector<mir::Operand> operands);
  void dropAfter(mir::Terminator &end, const Callable &callable);
  void stopBeforeDrop(const mir::Terminator &drop, TypeId type);
  void finish(mir::Terminator end) { here().terminator = std::move(end); }
  mir::Terminator jump(mir::BlockId to, frontend::Span span) const;
};

} // namespace async::mono
