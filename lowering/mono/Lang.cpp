#include "lowering/mono/Lang.h"

#include <string_view>

namespace async::mono {
namespace {

// By text: a const Interner cannot make symbols.
template <typename Item, typename Tag>
void findAll(const frontend::Interner &interner, const std::vector<Item> &items, std::initializer_list<std::pair<std::string_view, Id<Tag> *>> wanted) {
  for (uint32_t i = 0; i < items.size(); ++i) {
    if (items[i].lang.empty())
      continue;
    std::string_view text = interner.text(items[i].lang);
    for (auto [name, id] : wanted)
      if (name == text)
        *id = Id<Tag>{i};
  }
}

} // namespace

Lang::Lang(const Program &program, const frontend::Interner &interner) {
  findAll<TraitDecl, TraitTag>(interner, program.traits, {{"eq", &eq}, {"ord", &ord}, {"hash", &hash}, {"clone", &clone}, {"debug", &debug}, {"retain", &retain}});
  findAll<AdtDecl, AdtTag>(interner, program.adts, {{"ordering", &ordering}, {"box", &box}, {"formatter", &formatter}, {"hasher", &hasher}, {"str", &str}, {"result", &result}});
  findAll<FnDecl, FnTag>(interner, program.fns,
                         {{"hasher_word", &hasherWord}, {"fmt_str", &fmtStr}, {"debug_begin", &debugBegin}, {"debug_field", &debugField}, {"debug_end", &debugEnd}, {"debug_opaque", &debugOpaque}, {"main_error", &mainError},
                          {"measure", &measure}, {"measure_with", &measureWith}, {"stream_stop", &streamStop}, {"stream_drop", &streamDrop}, {"sink_stop", &sinkStop}, {"sink_drop", &sinkDrop}});
  for (uint32_t i = 0; i < program.fns.size(); ++i) {
    if (program.fns[i].abi != Abi::Intrinsic)
      continue;
    std::string_view name = interner.text(program.fns[i].name);
    if (name == "decode_result" && !decodeResult.valid())
      decodeResult = FnId{i};
    if (name == "float_bits" && !floatBits.valid())
      floatBits = FnId{i};
  }
  if (retain.valid() && !program.trait(retain).methods.empty())
    retainMethod = program.trait(retain).methods[0];
}

} // namespace async::mono
