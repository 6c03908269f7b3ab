#include "typeck/mir/BitSet.h"

#include <memory>
#include <new>
#include <vector>

namespace async::mir {

namespace {

struct FreeNode {
  FreeNode *next;
};
thread_local FreeNode *freeNodes = nullptr;

// What the nodes of a thread lie in; it lasts as long as the thread.
thread_local std::vector<std::unique_ptr<std::byte[]>> nodeBlocks;

void refill(size_t size) {
  constexpr size_t count = 256;
  std::byte *block = nodeBlocks.emplace_back(std::make_unique<std::byte[]>(count * size)).get();
  for (size_t i = 0; i < count; ++i)
    freeNodes = new (block + i * size) FreeNode{freeNodes};
}

} // namespace

void *BitSet::Node::operator new(size_t size) {
  if (!freeNodes)
    refill(size);
  return std::exchange(freeNodes, freeNodes->next);
}

void BitSet::Node::operator delete(void *node) { freeNodes = new (node) FreeNode{freeNodes}; }

void BitSet::release(Node *node, unsigned level) {
  if (--node->owners > 0)
    return;
  if (level > 0)
    for (Node *child : node->children)
      if (child)
        release(child, level - 1);
  delete node;
}

// Makes the node this set's alone, so that it may be changed.
void BitSet::own(Node *&node, unsigned level) {
  if (!node) {
    node = new Node;
    return;
  }
  if (node->owners == 1)
    return;
  Node *copy = new Node(*node);
  copy->owners = 1;
  if (level > 0)
    for (Node *child : copy->children)
      share(child);
  --node->owners;
  node = copy;
}

void BitSet::dropIfEmpty(Node *&node, unsigned level) {
  for (size_t i = 0; i < fanout; ++i)
    if (level > 0 ? node->children[i] != nullptr : node->words[i] != 0)
      return;
  release(std::exchange(node, nullptr), level);
}

// A node that others have too is copied only if `change` changes its child.
template <typename F> void BitSet::changeChild(Node *&node, unsigned level, size_t index, F change) {
  if (node->owners == 1)
    return change(node->children[index]);
  Node *before = node->children[index], *after = share(before);
  change(after);
  if (after == before) {
    if (before)
      --before->owners;
    return;
  }
  own(node, level);
  node->children[index] = after;
  if (before)
    release(before, level - 1);
}

void BitSet::set(size_t bit) {
  if (test(bit))
    return;
  Node **at = &root;
  for (unsigned level = levels; level > 0; --level) {
    own(*at, level);
    at = &(*at)->children[branch(bit, level)];
  }
  own(*at, 0);
  (*at)->words[word(bit)] |= mask(bit);
}

// The range counts from the first bit of the node.
void BitSet::setIn(Node *&node, unsigned level, size_t from, size_t to) {
  own(node, level);
  for (size_t i = 0; i < fanout; ++i) {
    if (level == 0) {
      node->words[i] |= within(0, i, from, to);
      continue;
    }
    size_t low = i * span(level - 1), high = low + span(level - 1);
    if (low < to && high > from)
      setIn(node->children[i], level - 1, from > low ? from - low : 0, to < high ? to - low : span(level - 1));
  }
}

void BitSet::resetIn(Node *&node, unsigned level, size_t from, size_t to) {
  if (level == 0) {
    for (size_t i = from / 64; i < fanout && i * 64 < to; ++i) {
      uint64_t gone = node->words[i] & within(0, i, from, to);
      if (!gone)
        continue;
      own(node, 0);
      node->words[i] &= ~gone;
    }
    return dropIfEmpty(node, 0);
  }
  for (size_t i = 0; i < fanout; ++i) {
    size_t low = i * span(level - 1), high = low + span(level - 1);
    if (low < to && high > from && node->children[i])
      changeChild(node, level, i, [&](Node *&child) { resetIn(child, level - 1, from > low ? from - low : 0, to < high ? to - low : span(level - 1)); });
  }
  dropIfEmpty(node, level);
}

bool BitSet::uniteLeaf(Node *&node, Node *other) {
  uint64_t more = 0, missing = 0;
  for (size_t i = 0; i < fanout; ++i) {
    more |= other->words[i] & ~node->words[i];
    missing |= node->words[i] & ~other->words[i];
  }
  if (!missing)
    release(std::exchange(node, share(other)), 0);
  if (!more || !missing)
    return more != 0;
  own(node, 0);
  for (size_t i = 0; i < fanout; ++i)
    node->words[i] |= other->words[i];
  return true;
}

bool BitSet::uniteChildren(Node *&node, Node *other, unsigned level, Unions *unions) {
  bool changed = false, isSame = true;
  for (size_t i = 0; i < fanout; ++i) {
    changeChild(node, level, i, [&](Node *&child) { changed |= uniteIn(child, other->children[i], level - 1, unions); });
    isSame &= node->children[i] == other->children[i];
  }
  if (isSame)
    release(std::exchange(node, share(other)), level);
  return changed;
}

bool BitSet::uniteIn(Node *&node, Node *other, unsigned level, Unions *unions) {
  if (node == other || !other)
    return false;
  if (!node) {
    node = share(other);
    return true;
  }
  if (level == 0)
    return uniteLeaf(node, other);
  if (!unions)
    return uniteChildren(node, other, level, nullptr);
  if (Unions::Entry &known = unions->entry(node, other); known.into == node && known.other == other) {
    release(std::exchange(node, share(known.result)), level);
    return known.changed;
  }
  Node *into = share(node);
  const bool changed = uniteChildren(node, other, level, unions);
  Unions::Entry &made = unions->entry(into, other);
  Unions::forget(made);
  made = {into, share(other), share(node), level, changed};
  return changed;
}

BitSet::Unions::Entry &BitSet::Unions::entry(const Node *into, const Node *other) {
  constexpr size_t count = 4096;
  if (entries.empty())
    entries.resize(count);
  const size_t hash = (reinterpret_cast<uintptr_t>(into) * 31 + reinterpret_cast<uintptr_t>(other)) * size_t{0x9E3779B97F4A7C15};
  return entries[hash >> 52];
}

void BitSet::Unions::forget(Entry &entry) {
  for (Node *node : {entry.into, entry.other, entry.result})
    if (node)
      release(node, entry.level);
}

BitSet::Unions::~Unions() {
  for (Entry &entry : entries)
    forget(entry);
}

void BitSet::subtractIn(Node *&node, const Node *other, unsigned level) {
  if (!node || !other)
    return;
  if (node == other) {
    release(std::exchange(node, nullptr), level);
    return;
  }
  for (size_t i = 0; i < fanout; ++i) {
    if (level > 0) {
      changeChild(node, level, i, [&](Node *&child) { subtractIn(child, other->children[i], level - 1); });
    } else if (node->words[i] & other->words[i]) {
      own(node, 0);
      node->words[i] &= ~other->words[i];
    }
  }
  dropIfEmpty(node, level);
}

bool BitSet::intersectsIn(const Node *a, const Node *b, unsigned level) {
  if (!a || !b)
    return false;
  if (a == b)
    return true;
  for (size_t i = 0; i < fanout; ++i)
    if (level == 0 ? (a->words[i] & b->words[i]) != 0 : intersectsIn(a->children[i], b->children[i], level - 1))
      return true;
  return false;
}

bool BitSet::isEqual(const Node *a, const Node *b, unsigned level) {
  if (a == b)
    return true;
  if (!a || !b)
    return false;
  for (size_t i = 0; i < fanout; ++i)
    if (level == 0 ? a->words[i] != b->words[i] : !isEqual(a->children[i], b->children[i], level - 1))
      return false;
  return true;
}

} // namespace async::mir
