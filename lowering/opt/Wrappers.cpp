// Wrappers.cpp: an async function that does nothing but await a leaf with its arguments has no frame: its callers await the leaf.
#include "lowering/opt/Optimize.h"

namespace async::opt {

using mir::Body;
using mir::Operand;
using mir::Statement;
using mir::Terminator;

namespace {

// Of a wrapper: the await of its leaf. Its operands are constants and whole parameters.
using Wrappers = std::vector<const Terminator *>; // by instance, or null

bool isWholeParam(const Operand &operand, const Body &body) {
  return operand.place.path.empty() && operand.place.base.index >= 1 && operand.place.base.index <= body.paramCount;
}

// Marks of storage, and the value of a result that has no size.
bool hasNoEffect(const Statement &statement, mono::Mono &mono, const Body &body) {
  if (statement.kind != Statement::Kind::Assign)
    return statement.kind != Statement::Kind::TakeUnwind;
  return statement.place.path.empty() && statement.place.base.index == 0 && mono.layouts.of(body.locals[0].type).size == 0;
}

const Terminator *awaitOfLeaf(mono::Mono &mono, const mono::Instance &instance) {
  if (!instance.isAsync || !instance.body || instance.inlineNever)
    return nullptr;
  const Body &body = *instance.body;
  const Terminator &await = body.blocks[0].terminator;
  if (await.kind != Terminator::Kind::AwaitCall || await.unwind.valid() || await.targets.size() != 1 || !await.place.path.empty() ||
      mono.instance(await.callee.instance).kind != mono::Instance::Kind::Leaf)
    return nullptr;
  const mir::Block &end = body.blocks[await.targets[0].index];
  if (end.terminator.kind != Terminator::Kind::Return)
    return nullptr;
  for (const mir::Block *block : {&body.blocks[0], &end})
    for (const Statement &statement : block->statements)
      if (!hasNoEffect(statement, mono, body))
        return nullptr;
  bool givesResult = await.place.base.index == 0 || mono.layouts.of(body.locals[0].type).size == 0;
  if (!givesResult || mono.layouts.of(body.localType(await.place.base)).size != mono.layouts.of(body.locals[0].type).size)
    return nullptr;
  std::vector<bool> passed(body.locals.size());
  for (const Operand &operand : await.operands) {
    if (operand.kind == Operand::Kind::Const)
      continue;
    if (operand.kind == Operand::Kind::Share || !isWholeParam(operand, body) || passed[operand.place.base.index])
      return nullptr;
    passed[operand.place.base.index] = true;
  }
  return &await;
}

void awaitLeaf(Terminator &call, const Terminator &leaf) {
  std::vector<Operand> operands;
  for (const Operand &operand : leaf.operands)
    operands.push_back(operand.kind == Operand::Kind::Const ? operand : call.operands[operand.place.base.index - 1]);
  call.callee = leaf.callee;
  call.operands = std::move(operands);
  call.isShielded |= leaf.isShielded;
}

} // namespace

void removeWrappers(mono::Mono &mono) {
  Wrappers wrappers;
  for (auto &instance : mono.instances)
    wrappers.push_back(awaitOfLeaf(mono, *instance));
  for (auto &instance : mono.instances) {
    if (!instance->body)
      continue;
    for (mir::Block &block : instance->body->blocks) {
      Terminator &call = block.terminator;
      if (call.kind == Terminator::Kind::AwaitCall && wrappers[call.callee.instance])
        awaitLeaf(call, *wrappers[call.callee.instance]);
    }
  }
}

} // namespace async::opt
