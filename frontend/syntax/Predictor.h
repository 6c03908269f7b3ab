// Predictor.h: ANTLR's choice between alternatives, with what it has found out read without a lock or a hash.
//
// The first time a way through the tokens is taken ANTLR simulates its automaton and keeps the states; this class keeps an array of transitions for
// each choice, filled from them. What it does not know, and every error, it leaves to ANTLR. In SLL mode only: no context decides.
#pragma once
#include <vector>

#include "antlr4-runtime.h"

#include "frontend/syntax/TokenInput.h"

namespace async::syntax {

class Predictor final : public antlr4::atn::ParserATNSimulator {
public:
  Predictor(antlr4::Parser *parser, const antlr4::atn::ATN &atn, ParserATNSimulator &old)
      : ParserATNSimulator(parser, atn, old.decisionToDFA, old.getSharedContextCache()), symbols(atn.maxTokenType + 2), choices(old.decisionToDFA.size()) {}

  size_t adaptivePredict(antlr4::TokenStream *input, size_t decision, antlr4::ParserRuleContext *context) override {
    Choice &choice = choices[decision];
    const State *state = choice.start;
    for (ssize_t ahead = 1; state; ++ahead) {
      state = next(choice, *state, static_cast<TokenInput *>(input)->LA(ahead));
      if (state && state->isAcceptState)
        return state->prediction;
    }
    const size_t chosen = ParserATNSimulator::adaptivePredict(input, decision, context);
    choice.start = decisionToDFA[decision].s0;
    return chosen;
  }

private:
  using State = antlr4::dfa::DFAState;
  struct Choice {
    State *start = nullptr;
    std::vector<State *> targets; // by number of the state and token
  };

  // Null: not known here.
  const State *next(Choice &choice, const State &from, size_t symbol) {
    // EOF is one before the first.
    const size_t at = static_cast<size_t>(from.stateNumber) * symbols + (symbol + 1);
    if (at >= choice.targets.size())
      choice.targets.resize((static_cast<size_t>(from.stateNumber) + 1) * symbols);
    State *&target = choice.targets[at];
    if (!target) {
      State *found = getExistingTargetState(const_cast<State *>(&from), symbol);
      // A predicate is asked anew each time.
      if (found && found != ERROR.get() && found->predicates.empty())
        target = found;
    }
    return target;
  }

  const size_t symbols;
  std::vector<Choice> choices; // by number of the decision
};

} // namespace async::syntax
