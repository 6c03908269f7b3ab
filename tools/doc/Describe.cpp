// Describe.cpp: gathers the public items of each module.
#include <algorithm>
#include <map>
#include <set>

#include "tools/doc/Doc.h"
#include "tools/doc/Signatures.h"
#include "typeck/types/TypeText.h"

namespace async::doc {

using namespace typeck;
using resolve::FnRef;
using resolve::ItemRef;

namespace {

class Describer {
public:
  Describer(const driver::Session &session, std::string name, bool isStd)
      : session(session), program(session.program), world(session.world), signatures(session), isStd(isStd) {
    package.name = std::move(name);
    package.isStd = isStd;
  }

  Package all() {
    modules();
    for (uint32_t i = 0; i < world.adts.size(); ++i)
      adt(i);
    for (uint32_t i = 0; i < world.aliases.size(); ++i)
      alias(i);
    for (uint32_t i = 0; i < world.traits.size(); ++i)
      trait(i);
    for (uint32_t i = 0; i < world.impls.size(); ++i)
      inherent(i);
    for (uint32_t i = 0; i < world.fns.size(); ++i)
      if (world.fns[i].parent != FnRef::Parent::Impl && world.fns[i].parent != FnRef::Parent::Trait)
        free(i);
    for (uint32_t i = 0; i < world.consts.size(); ++i)
      constant(i);
    finish();
    return std::move(package);
  }

private:
  const ast::Item &tree(const ast::File *file, ast::ItemId item) const { return (*file)[item]; }

  // A page for each file of the package that holds the module itself.
  void modules() {
    for (const std::unique_ptr<ast::File> &file : world.files) {
      const uint32_t module = moduleOf(*file);
      if (module == UINT32_MAX || world.modules[module].isStd != isStd)
        continue;
      Page &page = pages[module];
      page.comment = commentOfFile(session.sources, file->file);
      page.span = {session.sources.start(file->file), session.sources.start(file->file)};
      for (uint32_t at = module; at != UINT32_MAX; at = world.modules[at].parent)
        if (std::string_view name = signatures.name(world.modules[at].name); !name.empty())
          page.path.insert(page.path.begin(), std::string(name));
      if (page.path.empty())
        page.path.push_back(package.name);
      for (ast::ItemId id : ast::File::run(file->itemLists, file->items))
        if (id.valid() && tree(file.get(), id).kind == ast::ItemKind::Use && tree(file.get(), id).isPublic)
          page.reexports.emplace_back(session.sources.text(tree(file.get(), id).span));
    }
  }

  // The module that a file is: that of any of its items that are not in a block.
  uint32_t moduleOf(const ast::File &file) {
    if (modulesOfFiles.empty())
      for (const std::vector<ItemRef> *refs : {&world.adts, &world.traits, &world.impls, &world.consts, &world.aliases, &world.tests})
        for (const ItemRef &ref : *refs)
          note(ref.file, ref.module);
    if (!notedFns)
      for (const FnRef &ref : world.fns)
        note(ref.file, ref.module);
    notedFns = true;
    auto found = modulesOfFiles.find(file.file.index);
    return found != modulesOfFiles.end() ? found->second : moduleByPath(file);
  }

  void note(const ast::File *file, uint32_t module) {
    if (file && module < world.modules.size() && !world.modules[module].isBlock)
      modulesOfFiles[file->file.index] = module;
  }

  // A file of nothing but `use` is known by its path alone.
  uint32_t moduleByPath(const ast::File &file) const {
    std::string_view path = session.sources.path(file.file);
    for (uint32_t i = 0; i < world.modules.size(); ++i) {
      std::string text = ".async";
      for (uint32_t at = i; at != UINT32_MAX; at = world.modules[at].parent)
        text.insert(0, fmt::format("/{}", signatures.name(world.modules[at].name)));
      if (world.modules[i].hasFile && !world.modules[i].isBlock && fmt::format("/{}", path).ends_with(text))
        return i;
    }
    return isStd ? UINT32_MAX : world.root;
  }

  Page *pageOf(const ast::File *file, uint32_t module) {
    auto found = file ? pages.find(module) : pages.end();
    return found == pages.end() ? nullptr : &found->second;
  }

  std::string commentOf(const ast::File *file, ast::ItemId item, Span name) const {
    return commentAbove(session.sources, tree(file, item).span.lo, name.known() ? name.lo : tree(file, item).span.hi);
  }

  Item made(std::string heading, std::string signature, const ast::File *file, ast::ItemId item, Span span) const {
    Item made;
    made.heading = std::move(heading);
    made.signature = std::move(signature);
    made.comment = commentOf(file, item, span);
    made.span = span;
    return made;
  }

  void adt(uint32_t index) {
    const ItemRef &ref = world.adts[index];
    Page *page = pageOf(ref.file, ref.module);
    const AdtDecl &decl = program.adts[index];
    if (!page || !decl.isPublic)
      return;
    Item item = made(std::string(signatures.name(decl.name)), signatures.adt(AdtId{index}), ref.file, ref.item, decl.span);
    if (decl.mustUse)
      item.note += "A value that is not used is an error.\n";
    if (decl.isShared)
      item.note += "Copies share and are counted.\n";
    std::set<std::string> implemented;
    for (Symbol derived : decl.derives)
      implemented.emplace(signatures.name(derived));
    for (const ImplDecl &impl : program.impls)
      if (impl.trait && program.trait(impl.trait->trait).isPublic && program.types[impl.self].kind == TypeKind::Adt && program.types[impl.self].index == index)
        implemented.insert(traitText(program, session.interner, *impl.trait));
    std::string names;
    for (const std::string &name : implemented)
      names += fmt::format("{}`{}`", names.empty() ? "" : ", ", name);
    if (!names.empty())
      item.note += fmt::format("Implements {}.\n", names);
    types[index] = {ref.module, page->types.size()};
    page->types.push_back(std::move(item));
  }

  void alias(uint32_t index) {
    const ItemRef &ref = world.aliases[index];
    Page *page = pageOf(ref.file, ref.module);
    if (!page || !tree(ref.file, ref.item).isPublic)
      return;
    const AliasDecl &decl = program.aliases[index];
    page->types.push_back(made(std::string(signatures.name(decl.name)), signatures.alias(index), ref.file, ref.item, decl.span));
  }

  void trait(uint32_t index) {
    const ItemRef &ref = world.traits[index];
    Page *page = pageOf(ref.file, ref.module);
    const TraitDecl &decl = program.traits[index];
    if (!page || !decl.isPublic)
      return;
    const std::string name(signatures.name(decl.name));
    Item item = made(name, signatures.trait(TraitId{index}), ref.file, ref.item, decl.span);
    for (FnId method : decl.methods) {
      item.members.push_back(function(method, name));
      if (program.fn(method).hasBody)
        item.members.back().note += "Provided.\n";
    }
    page->traits.push_back(std::move(item));
  }

  Item function(FnId id, const std::string &owner) const {
    const FnDecl &decl = program.fn(id);
    const FnRef &ref = world.fns[id.index];
    std::string heading = owner.empty() ? std::string(signatures.name(decl.name)) : fmt::format("{}::{}", owner, signatures.name(decl.name));
    Item item = made(std::move(heading), signatures.function(id), ref.file, ref.item, decl.span);
    std::string deciding;
    for (uint32_t param : decl.modeParams)
      if (param < decl.params.size())
        deciding += fmt::format("{}`{}`", deciding.empty() ? "" : " or ", signatures.name(decl.params[param].name));
    if (!deciding.empty())
      item.note += fmt::format("Asynchronous where {} is.\n", deciding);
    return item;
  }

  // Methods stand at their type where it is of the same module, else below a head of their own.
  void inherent(uint32_t index) {
    const ItemRef &ref = world.impls[index];
    Page *page = pageOf(ref.file, ref.module);
    const ImplDecl &impl = program.impls[index];
    if (!page || impl.trait)
      return;
    const Type &self = program.types[impl.self];
    const bool isAdt = self.kind == TypeKind::Adt;
    if (isAdt && !program.adt(AdtId{self.index}).isPublic)
      return;
    const std::string owner = isAdt ? std::string(signatures.name(program.adt(AdtId{self.index}).name)) : signatures.type(impl.self);
    std::vector<Item> methods;
    for (FnId method : impl.methods)
      if (program.fn(method).isPublic)
        methods.push_back(function(method, owner));
    if (methods.empty())
      return;
    Item *home = nullptr;
    if (auto found = isAdt ? types.find(self.index) : types.end(); found != types.end() && found->second.first == ref.module)
      home = &page->types[found->second.second];
    const std::string about = fmt::format("Methods of `{}`", owner);
    for (Item &item : page->types)
      if (!home && item.about == about)
        home = &item;
    if (!home) {
      home = &page->types.emplace_back();
      home->about = about;
      home->span = impl.span;
    }
    home->members.insert(home->members.end(), std::make_move_iterator(methods.begin()), std::make_move_iterator(methods.end()));
  }

  void free(uint32_t index) {
    const FnRef &ref = world.fns[index];
    if (Page *page = pageOf(ref.file, ref.module); page && program.fns[index].isPublic)
      page->functions.push_back(function(FnId{index}, {}));
  }

  void constant(uint32_t index) {
    const ItemRef &ref = world.consts[index];
    const ConstDecl &decl = program.consts[index];
    if (Page *page = pageOf(ref.file, ref.module); page && decl.isPublic)
      page->constants.push_back(made(std::string(signatures.name(decl.name)), signatures.constant(ConstId{index}), ref.file, ref.item, decl.span));
  }

  void finish() {
    for (auto &[module, page] : pages) {
      const auto byPlace = [](const Item &a, const Item &b) { return a.span.lo < b.span.lo; };
      for (std::vector<Item> *items : {&page.types, &page.traits, &page.functions, &page.constants})
        std::stable_sort(items->begin(), items->end(), byPlace);
      if (!page.types.empty() || !page.traits.empty() || !page.functions.empty() || !page.constants.empty() || !page.reexports.empty() || !page.comment.empty())
        package.pages.push_back(std::move(page));
    }
    std::sort(package.pages.begin(), package.pages.end(), [](const Page &a, const Page &b) { return a.path < b.path; });
  }

  const driver::Session &session;
  const Program &program;
  const resolve::World &world;
  Signatures signatures;
  const bool isStd;
  Package package;
  bool notedFns = false;
  std::map<uint32_t, uint32_t> modulesOfFiles;
  std::map<uint32_t, Page> pages;                        // by module
  std::map<uint32_t, std::pair<uint32_t, size_t>> types; // by AdtId: module and place on its page
};

void gather(const std::vector<Item> &items, std::vector<Missing> &missing) {
  for (const Item &item : items) {
    if (item.about.empty() && item.comment.empty())
      missing.push_back({item.span, item.heading});
    gather(item.members, missing);
  }
}

} // namespace

Package describe(const driver::Session &session, std::string name, bool isStd) { return Describer(session, std::move(name), isStd).all(); }

std::vector<Missing> undocumented(const Package &package) {
  std::vector<Missing> missing;
  for (const Page &page : package.pages) {
    if (page.comment.empty())
      missing.push_back({page.span, "the module"});
    for (const std::vector<Item> *items : {&page.types, &page.traits, &page.functions, &page.constants})
      gather(*items, missing);
  }
  std::stable_sort(missing.begin(), missing.end(), [](const Missing &a, const Missing &b) { return a.span.lo < b.span.lo; });
  return missing;
}

} // namespace async::doc
