// TextParser.h: the parser behind Parse.h: tokens, types and declarations here (ParseDecls.cpp), bodies in ParseBodies.cpp.
//
// After the first error every function returns at once with something harmless; loops test `failed`.
#pragma once
#include <unordered_map>

#include "typeck/mir/Parse.h"
#include "typeck/mir/TextLexer.h"

namespace async::mir {

class TextParser {
public:
  TextParser(Program &program, frontend::Interner &interner, std::string_view text, uint32_t base);
  Parsed run();

private:
  // Tokens.
  const Token &peek(size_t ahead = 0) const { return tokens[std::min(at + ahead, tokens.size() - 1)]; }
  bool is(std::string_view text) const;
  bool accept(std::string_view text);
  void expect(std::string_view text);
  std::string_view name();
  int64_t number();
  void fail(const std::string &message);
  // f() for each element up to `end`, which is taken too.
  template <typename F> void list(std::string_view end, F &&f) {
    while (!failed && !accept(end)) {
      f();
      if (!is(end))
        expect(",");
    }
  }

  // Types.
  TypeId type();
  TypeId namedType(std::string_view word);
  std::vector<TypeId> typeArgs();
  TypeId function(CallKind kind);

  // Declarations.
  struct Attributes {
    bool copy = false, shared = false, drop = false, mayIgnore = false, mustUse = false;
    Symbol lang;
  };
  Attributes attributes();
  Generics generics();
  void adt(const Attributes &attributes, bool isEnum);
  void fields(VariantDecl &variant, std::string_view end, bool isNamed);
  void fn(const Attributes &attributes, bool isAsync, Abi abi);
  void closure();
  std::optional<FnId> findFn(std::string_view path);
  std::string_view path();

  // Bodies.
  void body();
  void blocks();
  void locals();
  LocalId local();
  BlockId block();
  Place place();
  void projection(Place &place);
  Operand operand();
  Operand constantOperand();
  std::vector<Operand> operands();
  Callee callee();
  Rvalue rvalue(TypeId type);
  bool operatorRvalue(Rvalue &made, std::string_view word);
  void instruction();
  void terminator(Terminator made);
  bool destinationTerminator(const Place &to, frontend::Span span);
  bool plainTerminator(frontend::Span span);
  void targets(Terminator &made);
  void statement(Statement made);

  Program &program;
  frontend::Interner &interner;
  std::vector<Token> tokens;
  size_t at = 0;
  bool failed = false;
  uint32_t depth = 0; // of types
  Parsed parsed;
  std::unordered_map<std::string, AdtId> adts;
  std::unordered_map<std::string, TraitId> traits;
  std::unordered_map<std::string, FnId> fns;
  std::vector<GenericParam> scope; // type parameters in force
  Body *out = nullptr;
  bool blockEnded = true;
  std::unordered_map<std::string, LocalId> localByName;
};

} // namespace async::mir
