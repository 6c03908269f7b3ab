// Signatures.h: declarations as they are shown on a page, from what was checked.
#pragma once
#include "tools/driver/Session.h"

namespace async::doc {

// Prints declarations of one session; cheap to make.
class Signatures {
public:
  explicit Signatures(const driver::Session &session) : session(session), program(session.program) {}

  // `fn find<F: fn(&T) -> bool>(&self, from: i64 = 0, wanted: F) -> Option<&T> where T: Eq`; of a constant of an impl or a trait: `const MAX: i8 = 127`.
  std::string function(typeck::FnId id) const;
  // The head and what of it is public: `struct Point { x: f64, y: f64 }`.
  std::string adt(typeck::AdtId id) const;
  // The head, with its associated types; its methods are items of their own.
  std::string trait(typeck::TraitId id) const;
  std::string constant(typeck::ConstId id) const;
  std::string alias(uint32_t index) const;

  std::string type(typeck::TypeId id) const;
  std::string_view name(frontend::Symbol symbol) const { return session.interner.text(symbol); }

private:
  std::string generics(const typeck::Generics &generics) const;
  std::string where(const typeck::Generics &generics, bool ownToo, std::optional<typeck::TraitId> ofTrait) const;
  std::string bound(const typeck::Predicate &predicate) const;
  std::string fields(const typeck::VariantDecl &variant) const;
  std::string defaults(std::string signature, typeck::FnId id) const;
  std::string value(const ast::File *file, ast::ExprId expr) const;

  const driver::Session &session;
  const typeck::Program &program;
};

} // namespace async::doc
