// Imports and lookups on small worlds without std.
#include <gtest/gtest.h>

#include "frontend/resolve/Resolve.h"
#include "frontend/syntax/Parse.h"

namespace async::resolve {
namespace {

struct Entered {
  frontend::SourceMap sources;
  Interner interner;
  Diagnostics diagnostics;
  World world;
  std::vector<SourceModule> files;

  Entered &add(const std::string &text, std::vector<std::string> path = {}) {
    auto id = sources.add(path.empty() ? "main" : path.back(), text);
    SourceModule module;
    for (const std::string &name : path)
      module.path.push_back(interner.intern(name));
    module.file = std::make_unique<ast::File>(syntax::parse(sources, *id, interner, diagnostics));
    files.push_back(std::move(module));
    return *this;
  }

  Entered &enter() {
    enterModules(world, std::move(files), interner, diagnostics);
    return *this;
  }

  std::string errors() const {
    std::string all;
    for (const frontend::Diagnostic *found : diagnostics.sorted())
      all += std::string(found->code) + " " + found->message + "\n";
    return all;
  }

  Def find(std::string_view name, Namespace space) { return lookup(world, interner, world.root, interner.intern(name), space); }
};

TEST(Imports, ReexportsAreFollowedToAFixedPoint) {
  Entered all;
  all.add("use a::*; use one as two;")
      .add("pub use b::*;", {"a"})
      .add("pub use c::{deep as one, Thing}; pub use a::*;", {"b"})
      .add("pub fn deep() {} pub struct Thing; fn hidden() {}", {"c"})
      .enter();
  EXPECT_EQ(all.errors(), "");
  EXPECT_EQ(all.find("two", Namespace::Values), (Def{DefKind::Fn, 0}));
  EXPECT_EQ(all.find("Thing", Namespace::Types), (Def{DefKind::Adt, 0}));
  EXPECT_EQ(all.find("Thing", Namespace::Values), (Def{DefKind::Adt, 0}));
  EXPECT_EQ(all.find("hidden", Namespace::Values), Def{});
}

TEST(Imports, NamesGoBeforeGlobs) {
  Entered all;
  all.add("use a::*; use b::f; fn g() {}").add("pub fn f() {} pub fn g() {} pub fn h() {}", {"a"}).add("pub fn f() {}", {"b"}).enter();
  EXPECT_EQ(all.errors(), "");
  EXPECT_EQ(all.find("g", Namespace::Values).index, 0u);
  EXPECT_EQ(all.find("f", Namespace::Values).index, 4u);
  EXPECT_EQ(all.find("h", Namespace::Values).index, 3u);
}

TEST(Imports, MistakesAreReportedOnce) {
  Entered all;
  all.add("use a::missing; use missing::more; use nowhere::x; use a::hidden; use a::f::x; use a::loop_here; use a::Light::{Red, Gren}; fn Red() {}")
      .add("pub fn fine() {} fn hidden() {} pub fn f() {} pub use super::loop_here; pub enum Light { Red, Green }", {"a"})
      .enter();
  EXPECT_EQ(all.errors(), "N0002 `a` has no `missing`\n"
                          "N0001 `nowhere` is not known here\n"
                          "N0003 `hidden` is private to `a`\n"
                          "N0006 `f` is a function, not a module\n"
                          "N0007 the import of `loop_here` leads back to itself\n"
                          "N0004 `Red` is defined twice\n"
                          "N0010 the enum has no variant `Gren`; did you mean `Green`?\n"
                          "N0007 the import of `loop_here` leads back to itself\n");
}

TEST(Imports, VisibilityGoesDown) {
  Entered all;
  all.add("fn top() {}").add("use super::top; use below::inner;", {"a"}).add("use super::super::top; pub fn inner() {} fn own() {}", {"a", "below"}).enter();
  EXPECT_EQ(all.errors(), "");
}

} // namespace
} // namespace async::resolve
