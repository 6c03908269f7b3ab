// Contexts.h: ANTLR's contexts of rules, of which each rule that is entered makes one; without its tree nothing is kept in them but a mistake.
//
// They lie side by side and live as long as the parser, since an error may be reported in one that was left.
#pragma once
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include "antlr4-runtime.h"

namespace async::syntax {

class Contexts {
public:
  Contexts() = default;
  Contexts(const Contexts &) = delete;
  Contexts &operator=(const Contexts &) = delete;
  ~Contexts() {
    for (antlr4::ParserRuleContext *context : broken)
      context->exception = nullptr;
  }

  // As ANTLR's ParseTreeTracker, for the generated code.
  template <typename T, typename... Args> T *createInstance(Args &&...args) {
    static_assert(alignof(T) <= unit);
    return new (take((sizeof(T) + unit - 1) / unit * unit)) T(std::forward<Args>(args)...);
  }
  // Its rule ends. One without a mistake owns nothing, so that nothing has to be undone.
  void leave(antlr4::ParserRuleContext *context) {
    if (context->exception)
      broken.push_back(context);
  }

private:
  static constexpr size_t unit = alignof(std::max_align_t), blockSize = 1 << 16;

  void *take(size_t size) {
    if (size > left) {
      blocks.push_back(std::make_unique_for_overwrite<std::byte[]>(blockSize));
      next = blocks.back().get();
      left = blockSize;
    }
    left -= size;
    return std::exchange(next, next + size);
  }

  std::vector<std::unique_ptr<std::byte[]>> blocks;
  std::byte *next = nullptr;
  size_t left = 0;
  std::vector<antlr4::ParserRuleContext *> broken;
};

} // namespace async::syntax
