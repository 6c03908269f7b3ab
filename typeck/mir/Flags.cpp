#include "typeck/mir/Flags.h"

#include "typeck/mir/Visit.h"

namespace async::mir {

const Operand *testedLocal(const Terminator &terminator) {
  bool tests = terminator.kind == Terminator::Kind::Switch && terminator.operands[0].kind == Operand::Kind::Copy && terminator.operands[0].place.path.empty();
  return tests ? &terminator.operands[0] : nullptr;
}

bool assignsFlag(const Statement &statement) {
  if (statement.kind != Statement::Kind::Assign || !statement.place.path.empty() || statement.value.kind != Rvalue::Kind::Use)
    return false;
  const Operand &operand = statement.value.operands[0];
  return operand.kind == Operand::Kind::Const && operand.constant.kind == Constant::Kind::Int && (operand.constant.value == 0 || operand.constant.value == 1);
}

int valueOnEdge(const Terminator &terminator, size_t edge) {
  if (edge < terminator.values.size())
    return terminator.values[edge] != 0;
  return terminator.values.size() == 1 ? terminator.values[0] == 0 : -1;
}

std::vector<bool> findFlags(const Body &body) {
  std::vector<bool> isFlag(body.locals.size(), true), isTested(body.locals.size(), false);
  auto exclude = [&](const Place &place) {
    isFlag[place.base.index] = false;
    for (const Projection &step : place.path)
      if (step.kind == Projection::Kind::Index)
        isFlag[step.local.index] = false;
  };
  for (uint32_t i = 0; i <= body.paramCount && i < isFlag.size(); ++i)
    isFlag[i] = false;
  for (const Block &block : body.blocks) {
    for (const Statement &statement : block.statements) {
      visitUses(statement, [&](const Place &place, UseKind) { exclude(place); });
      if (const Place *to = destination(statement); to && !assignsFlag(statement))
        exclude(*to);
    }
    const Terminator &end = block.terminator;
    if (const Operand *on = testedLocal(end)) {
      isTested[on->place.base.index] = true;
      continue;
    }
    visitUses(end, [&](const Place &place, UseKind) { exclude(place); });
    if (const Place *to = destination(end))
      exclude(*to);
  }
  for (size_t i = 0; i < isFlag.size(); ++i)
    isFlag[i] = isFlag[i] && isTested[i];
  return isFlag;
}

} // namespace async::mir
