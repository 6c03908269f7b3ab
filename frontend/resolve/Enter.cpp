// Items → numbered definitions and names of modules.
#include <algorithm>

#include "frontend/resolve/Imports.h"

#include "frontend/diagnostics/Names.h"

namespace async::resolve {

using namespace frontend;

namespace {

class Entering {
public:
  Entering(World &world, Interner &interner, Diagnostics &diagnostics) : world(world), interner(interner), diagnostics(diagnostics) {}

  void enter(SourceModule source) {
    const uint32_t module = moduleOf(source);
    world.modules[module].hasFile = true;
    file = source.file.get();
    world.files.push_back(std::move(source.file));
    items(ast::File::run(file->itemLists, file->items), module);
    blocks(module);
  }

  std::vector<Import> imports;

private:
  uint32_t moduleOf(const SourceModule &source) {
    uint32_t at = rootFor(source.isStd);
    size_t from = source.isStd ? 1 : 0; // the path of std's modules begins with `std`
    for (size_t i = from; i < source.path.size(); ++i)
      at = child(at, source.path[i], source.isStd);
    if (source.isStd && source.path.size() == 2 && interner.text(source.path[1]) == "prelude")
      world.preludeModule = at;
    return at;
  }

  uint32_t rootFor(bool isStd) {
    if (isStd && !world.modules.empty() && world.modules[0].isStd)
      return 0;
    if (!isStd && userRoot != UINT32_MAX)
      return userRoot;
    const uint32_t made = addModule(isStd ? interner.intern("std") : Symbol{}, UINT32_MAX, isStd);
    if (!isStd)
      world.root = userRoot = made;
    return made;
  }

  uint32_t addModule(Symbol name, uint32_t parent, bool isStd) {
    Module &module = world.modules.emplace_back();
    module.name = name;
    module.parent = parent;
    module.isStd = isStd;
    return static_cast<uint32_t>(world.modules.size() - 1);
  }

  uint32_t child(uint32_t parent, Symbol name, bool isStd) {
    if (const Binding *found = ownBinding(world, parent, name, Namespace::Types); found && found->def.kind == DefKind::Module)
      return found->def.index;
    const uint32_t made = addModule(name, parent, isStd);
    world.modules[parent].types.insert_or_assign(name, Binding{{DefKind::Module, made}, true, {}});
    return made;
  }

  void items(std::span<const ast::ItemId> ids, uint32_t module) {
    for (ast::ItemId id : ids)
      if (id.valid())
        item(id, module);
  }

  template <typename T> static uint32_t add(std::vector<T> &all, T value) {
    all.push_back(std::move(value));
    return static_cast<uint32_t>(all.size() - 1);
  }

  void item(ast::ItemId id, uint32_t module) {
    const ast::Item &item = (*file)[id];
    switch (item.kind) {
    case ast::ItemKind::Function:
    case ast::ItemKind::Export:
      function(id, item, module);
      break;
    case ast::ItemKind::Struct:
      structItem(id, item, module);
      break;
    case ast::ItemKind::Enum:
      enumItem(id, item, module);
      break;
    case ast::ItemKind::Trait:
      trait(id, item, module);
      break;
    case ast::ItemKind::Impl: {
      const uint32_t index = add(world.impls, ItemRef{file, id, module});
      members(item, module, FnRef::Parent::Impl, index, {});
      break;
    }
    case ast::ItemKind::Const:
    case ast::ItemKind::Static:
      define(module, Namespace::Values, item, {DefKind::Const, add(world.consts, ItemRef{file, id, module})});
      break;
    case ast::ItemKind::TypeAlias:
      define(module, Namespace::Types, item, {DefKind::Alias, add(world.aliases, ItemRef{file, id, module})});
      break;
    case ast::ItemKind::AssocType:
      break; // entered by its trait; in an impl it declares nothing
    case ast::ItemKind::Use:
      if (item.useTree < file->useTrees.size())
        use(file->useTrees[item.useTree], {}, module, item.isPublic);
      break;
    case ast::ItemKind::Extern:
      members(item, module, FnRef::Parent::Extern, 0, item.name.symbol);
      break;
    case ast::ItemKind::Test:
      add(world.tests, ItemRef{file, id, module});
      break;
    }
  }

  void function(ast::ItemId id, const ast::Item &item, uint32_t module) {
    if (!item.function.valid())
      return;
    const bool isExport = item.kind == ast::ItemKind::Export;
    FnRef ref{file, item.function, id, module, isExport ? FnRef::Parent::Export : FnRef::Parent::None, 0, isExport ? item.abi : Symbol{}};
    const ast::Name &name = (*file)[item.function].name;
    define(module, Namespace::Values, name, item.isPublic, {DefKind::Fn, add(world.fns, ref)});
  }

  void structItem(ast::ItemId id, const ast::Item &item, uint32_t module) {
    const Def def{DefKind::Adt, addAdt(id, module)};
    define(module, Namespace::Types, item, def);
    const bool isNamed = item.variant < file->variants.size() && file->variants[item.variant].shape == ast::VariantShape::Named;
    // A second definition has been reported for the type.
    if (!isNamed && !twice)
      define(module, Namespace::Values, item, def);
  }

  void enumItem(ast::ItemId id, const ast::Item &item, uint32_t module) {
    const uint32_t index = addAdt(id, module);
    define(module, Namespace::Types, item, {DefKind::Adt, index});
    auto variants = ast::File::run(file->variants, item.list);
    for (size_t i = 0; i < variants.size(); ++i) {
      const ast::Name &name = variants[i].name;
      auto &names = world.adtVariants[index];
      auto first = std::find(names.begin(), names.end(), name.symbol);
      if (first != names.end() && !name.symbol.empty())
        diagnostics.emit(name.span, diag::DefinedTwice, interner.text(name.symbol))
            .label(variants[static_cast<size_t>(first - names.begin())].name.span, diag::FirstDefinition);
      names.push_back(name.symbol);
    }
  }

  uint32_t addAdt(ast::ItemId id, uint32_t module) {
    world.adtVariants.emplace_back();
    return add(world.adts, ItemRef{file, id, module});
  }

  void trait(ast::ItemId id, const ast::Item &item, uint32_t module) {
    const uint32_t index = add(world.traits, ItemRef{file, id, module});
    define(module, Namespace::Types, item, {DefKind::Trait, index});
    for (ast::ItemId member : ast::File::run(file->itemLists, item.list))
      if (member.valid() && (*file)[member].kind == ast::ItemKind::AssocType) {
        add(world.assocTypes, ItemRef{file, member, module});
        world.assocTypeTraits.push_back(index);
      }
    members(item, module, FnRef::Parent::Trait, index, {});
  }

  void members(const ast::Item &item, uint32_t module, FnRef::Parent parent, uint32_t index, Symbol abi) {
    for (ast::ItemId id : ast::File::run(file->itemLists, item.list)) {
      if (!id.valid())
        continue;
      const ast::Item &member = (*file)[id];
      const bool isFunction = member.kind == ast::ItemKind::Function && member.function.valid();
      const bool isConst = member.kind == ast::ItemKind::Const && parent != FnRef::Parent::Extern;
      if (!isFunction && !isConst)
        continue;
      const uint32_t fn = add(world.fns, FnRef{file, member.function, id, module, parent, index, abi});
      if (parent == FnRef::Parent::Extern)
        define(module, Namespace::Values, (*file)[member.function].name, member.isPublic, {DefKind::Fn, fn});
    }
  }

  void define(uint32_t module, Namespace space, const ast::Item &item, Def def) { define(module, space, item.name, item.isPublic, def); }

  void define(uint32_t module, Namespace space, const ast::Name &name, bool isPublic, Def def) {
    twice = false;
    if (name.symbol.empty())
      return;
    Module &in = world.modules[module];
    auto &names = space == Namespace::Types ? in.types : in.values;
    auto [at, isNew] = names.try_emplace(name.symbol, Binding{def, isPublic, name.span});
    if (isNew)
      return;
    twice = true;
    diagnostics.emit(name.span, diag::DefinedTwice, interner.text(name.symbol)).label(at->second.span, diag::FirstDefinition);
  }

  void use(const ast::UseTree &tree, std::vector<ast::Name> prefix, uint32_t module, bool isPublic) {
    for (const ast::Name &name : ast::File::run(file->names, tree.segments))
      prefix.push_back(name);
    switch (tree.kind) {
    case ast::UseTree::Kind::Group:
      for (uint32_t child : ast::File::run(file->useTreeLists, tree.children))
        if (child < file->useTrees.size())
          use(file->useTrees[child], prefix, module, isPublic);
      return;
    case ast::UseTree::Kind::Glob:
      if (!prefix.empty())
        imports.push_back({module, std::move(prefix), {{}, tree.span}, true, isPublic, false});
      return;
    case ast::UseTree::Kind::Name:
      break;
    }
    // `m::{self}` names m.
    if (prefix.size() > 1 && interner.text(prefix.back().symbol) == "self")
      prefix.pop_back();
    if (prefix.empty() || prefix.back().symbol.empty())
      return;
    const ast::Name bindAs = tree.alias.symbol.empty() ? prefix.back() : tree.alias;
    imports.push_back({module, std::move(prefix), bindAs, false, isPublic, false});
  }

  // Blocks with items are modules of their own. Blocks nest, so their places tell which stands in which.
  void blocks(uint32_t module) {
    std::vector<uint32_t> withItems;
    for (uint32_t i = 0; i < file->blocks.size(); ++i)
      for (const ast::Stmt &stmt : ast::File::run(file->stmts, file->blocks[i].stmts))
        if (stmt.kind == ast::StmtKind::Item) {
          withItems.push_back(i);
          break;
        }
    auto span = [&](uint32_t block) { return file->blocks[block].span; };
    std::stable_sort(withItems.begin(), withItems.end(),
                     [&](uint32_t a, uint32_t b) { return span(a).lo != span(b).lo ? span(a).lo < span(b).lo : span(a).hi > span(b).hi; });
    std::vector<std::pair<uint32_t, uint32_t>> around; // end of the block, module
    for (uint32_t block : withItems) {
      while (!around.empty() && around.back().first <= span(block).lo)
        around.pop_back();
      const uint32_t parent = around.empty() ? module : around.back().second;
      const uint32_t made = addModule({}, parent, world.modules[module].isStd);
      world.modules[made].isBlock = true;
      world.blockModules[uint64_t{file->file.index} << 32 | block] = made;
      around.emplace_back(span(block).hi, made);
      for (const ast::Stmt &stmt : ast::File::run(file->stmts, file->blocks[block].stmts))
        if (stmt.kind == ast::StmtKind::Item && stmt.item.valid())
          item(stmt.item, made);
    }
  }

  World &world;
  Interner &interner;
  Diagnostics &diagnostics;
  const ast::File *file = nullptr;
  uint32_t userRoot = UINT32_MAX;
  bool twice = false;
};

} // namespace

void enterModules(World &world, std::vector<SourceModule> files, Interner &interner, Diagnostics &diagnostics) {
  Entering entering(world, interner, diagnostics);
  for (SourceModule &source : files)
    entering.enter(std::move(source));
  solveImports(world, std::move(entering.imports), interner, diagnostics);
}

} // namespace async::resolve
