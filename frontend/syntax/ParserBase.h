// ParserBase.h: what the generated parser does at each rule and token: it notes them in a Cst and counts nesting.
#pragma once
#include "antlr4-runtime.h"

#include "frontend/syntax/Contexts.h"
#include "frontend/syntax/Cst.h"
#include "frontend/syntax/TokenInput.h"

namespace async::syntax {

class ParserBase : public antlr4::Parser {
public:
  explicit ParserBase(antlr4::TokenStream *input);

  // Expressions, blocks, arms, types, patterns and `use` groups within each other; the stack of the parser and of all that walk trees is
  // bounded by it.
  static constexpr uint32_t nestingLimit = 256;

  void enterRule(antlr4::ParserRuleContext *context, size_t state, size_t rule) override;
  void exitRule(); // hides that of Parser: the generated code calls this one
  antlr4::Token *consume() override;

  // These hide ANTLR's from the generated code, which calls them at each choice and rule: a cast that cannot fail, no function object, and
  // contexts without an allocation each.
  template <typename T> T *getInterpreter() const { return static_cast<T *>(_interpreter); }
  template <typename F> struct AtEnd {
    F act;
    ~AtEnd() { act(); }
  };
  template <typename F> static AtEnd<F> finally(F act) { return {act}; }
  Contexts _tracker;

  // The rule that is being parsed is incomplete.
  void markBroken() { cst.nodes[open.back()].broken = true; }
  uint32_t firstTokenOfRule() const { return cst.nodes[open.back()].firstToken; }
  TokenInput &input() const { return *static_cast<TokenInput *>(_input); }

  Cst cst;
  bool tooDeep = false; // set when the limit was met, until it is reported

private:
  std::vector<Node> open;
  uint32_t depth = 0;
};

} // namespace async::syntax
