// Copy types that hold what is not copied, and types that would be infinitely large.
#include <algorithm>

#include "typeck/types/Collector.h"
#include "frontend/diagnostics/Types.h"
#include "typeck/types/TypeFacts.h"

namespace async::typeck {

namespace diag = frontend::diag;

void Collector::checkCopies(uint32_t index) {
  const AdtDecl &adt = program.adts[index];
  if (!adt.isCopy)
    return;
  for (const VariantDecl &variant : adt.variants)
    for (const FieldDecl &field : variant.fields)
      if (usageIfArgumentsCopy(program, field.type) != Usage::Copies && !(program.types[field.type].flags & HasError))
        diagnostics.emit(field.span, diag::CopyField, text(context, field.type));
}

namespace {

// Which definitions lie inside which without a pointer between: an edge for each mention in a field, through the arguments of
// generic types only as far as these keep them inside. A cycle is a type that contains itself.
class Containment {
public:
  explicit Containment(const Program &program) : program(program), held(program.adts.size()), edges(program.adts.size()) {
    for (size_t i = 0; i < held.size(); ++i)
      held[i].resize(program.adts[i].generics.params.size());
    bool changed = true;
    while (changed) {
      changed = false;
      for (uint32_t i = 0; i < held.size(); ++i)
        eachField(i, [&](const FieldDecl &field) { changed |= hold(i, field.type); });
    }
    for (uint32_t i = 0; i < edges.size(); ++i)
      eachField(i, [&](const FieldDecl &field) { mention(i, field.type, &field); });
  }

  struct Edge {
    uint32_t to;
    const FieldDecl *field;
  };

  // The definitions that can reach themselves, with the fields they do it by, in order; depth-first with a stack of its own, by Tarjan's components.
  std::vector<std::pair<uint32_t, const FieldDecl *>> cycles() {
    std::vector<std::pair<uint32_t, const FieldDecl *>> found;
    order.assign(edges.size(), 0);
    low.assign(edges.size(), 0);
    component.assign(edges.size(), UINT32_MAX);
    for (uint32_t i = 0; i < edges.size(); ++i)
      if (order[i] == 0)
        visit(i);
    for (uint32_t i = 0; i < edges.size(); ++i)
      for (const Edge &edge : edges[i])
        if (component[edge.to] == component[i])
          found.emplace_back(i, edge.field);
    return found;
  }

private:
  template <typename Visit> void eachField(uint32_t adt, Visit visit) {
    for (const VariantDecl &variant : program.adts[adt].variants)
      for (const FieldDecl &field : variant.fields)
        visit(field);
  }

  // Notes the parameters of `adt` that `id` keeps inside.
  bool hold(uint32_t adt, TypeId id) {
    const Type &type = program.types[id];
    bool changed = false;
    if (!(type.flags & HasParam))
      return false;
    if (type.kind == TypeKind::Param) {
      if (type.index >= held[adt].size() || held[adt][type.index])
        return false;
      held[adt][type.index] = true;
      return true;
    }
    eachInside(type, [&](TypeId part) { changed |= hold(adt, part); });
    return changed;
  }

  void mention(uint32_t adt, TypeId id, const FieldDecl *field) {
    const Type &type = program.types[id];
    if (type.kind == TypeKind::Adt)
      edges[adt].push_back({type.index, field});
    eachInside(type, [&](TypeId part) { mention(adt, part, field); });
  }

  template <typename Visit> void eachInside(const Type &type, Visit visit) {
    if (type.kind == TypeKind::Tuple) {
      for (TypeId part : type.args)
        visit(part);
    } else if (type.kind == TypeKind::Array) {
      visit(type.args[0]);
    } else if (type.kind == TypeKind::Adt) {
      for (size_t i = 0; i < type.args.size(); ++i)
        if (i < held[type.index].size() && held[type.index][i])
          visit(type.args[i]);
    }
  }

  void visit(uint32_t start) {
    struct Frame {
      uint32_t at;
      size_t edge = 0;
    };
    std::vector<Frame> frames{{start}};
    open(start);
    while (!frames.empty()) {
      Frame &frame = frames.back();
      if (frame.edge < edges[frame.at].size()) {
        const uint32_t to = edges[frame.at][frame.edge++].to;
        if (order[to] == 0) {
          open(to);
          frames.push_back({to});
        } else if (component[to] == UINT32_MAX) {
          low[frame.at] = std::min(low[frame.at], order[to]);
        }
        continue;
      }
      const uint32_t done = frame.at;
      frames.pop_back();
      if (!frames.empty())
        low[frames.back().at] = std::min(low[frames.back().at], low[done]);
      if (low[done] == order[done])
        close(done);
    }
  }

  void open(uint32_t at) {
    order[at] = low[at] = ++count;
    stack.push_back(at);
  }

  void close(uint32_t root) {
    for (;;) {
      const uint32_t at = stack.back();
      stack.pop_back();
      component[at] = root;
      if (at == root)
        return;
    }
  }

  const Program &program;
  std::vector<std::vector<bool>> held; // by definition and parameter
  std::vector<std::vector<Edge>> edges;
  std::vector<uint32_t> order, low, component, stack;
  uint32_t count = 0;
};

} // namespace

void Collector::checkRecursion() {
  uint32_t last = UINT32_MAX;
  for (auto [adt, field] : Containment(program).cycles()) {
    if (adt < firstAdt)
      continue;
    if (adt != last)
      diagnostics.emit(program.adts[adt].span, diag::RecursiveType, name(program.adts[adt].name)).label(field->span, diag::RecursiveField).help(diag::BoxField);
    last = adt;
    // Facts and layouts of it would have no end: what is wrong here is not looked into further.
    for (VariantDecl &variant : program.adts[adt].variants)
      for (FieldDecl &inside : variant.fields)
        if (&inside == field)
          inside.type = program.types.error;
  }
}

} // namespace async::typeck
