// Personality.cpp: reads the tables that LLVM writes for landing pads, as the personality of C++ does, with two kinds of pads only: cleanups, and
// pads that catch everything.
//
// The format is that of the Itanium C++ ABI: a header, call sites (start, length, pad, action), actions (filter, next).
#include <stdint.h>
#include <unwind.h>

namespace {

enum Encoding : uint8_t { Absolute = 0, Unsigned = 1, Udata2 = 2, Udata4 = 3, Udata8 = 4, Signed = 9, Sdata2 = 10, Sdata4 = 11, Sdata8 = 12, Omitted = 0xff };

uint64_t readUnsigned(const uint8_t *&at) {
  uint64_t value = 0;
  for (unsigned shift = 0;; shift += 7) {
    uint8_t byte = *at++;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (!(byte & 0x80))
      return value;
  }
}

int64_t readSigned(const uint8_t *&at) {
  uint64_t value = 0;
  unsigned shift = 0;
  uint8_t byte;
  do {
    byte = *at++;
    value |= static_cast<uint64_t>(byte & 0x7f) << shift;
    shift += 7;
  } while (byte & 0x80);
  if (shift < 64 && (byte & 0x40))
    value |= ~uint64_t{0} << shift;
  return static_cast<int64_t>(value);
}

template <typename T> uint64_t readWord(const uint8_t *&at) {
  T value;
  __builtin_memcpy(&value, at, sizeof value);
  at += sizeof value;
  return static_cast<uint64_t>(value);
}

// Values of the call sites; they are relative to starts that the caller adds.
uint64_t readEncoded(const uint8_t *&at, uint8_t encoding) {
  switch (encoding & 0x0f) {
  case Absolute: return readWord<uint64_t>(at);
  case Unsigned: return readUnsigned(at);
  case Udata2: return readWord<uint16_t>(at);
  case Udata4: return readWord<uint32_t>(at);
  case Udata8: return readWord<uint64_t>(at);
  case Signed: return static_cast<uint64_t>(readSigned(at));
  case Sdata2: return readWord<int16_t>(at);
  case Sdata4: return readWord<int32_t>(at);
  case Sdata8: return readWord<int64_t>(at);
  default: __builtin_trap();
  }
}

struct Pad {
  uintptr_t address = 0; // 0: none
  bool catches = false;
};

Pad findPad(_Unwind_Context *context) {
  Pad pad;
  const auto *at = reinterpret_cast<const uint8_t *>(_Unwind_GetLanguageSpecificData(context));
  if (!at)
    return pad;
  uintptr_t function = _Unwind_GetRegionStart(context), padStart = function;
  int before = 0;
  uintptr_t ip = _Unwind_GetIPInfo(context, &before);
  uintptr_t offset = ip - (before ? 0 : 1) - function; // a return address is behind its call
  uint8_t padEncoding = *at++;
  if (padEncoding != Omitted)
    padStart = readEncoded(at, padEncoding);
  if (*at++ != Omitted)
    readUnsigned(at); // where the types are: there are none
  uint8_t siteEncoding = *at++;
  uint64_t sitesLength = readUnsigned(at);
  const uint8_t *actions = at + sitesLength;
  while (at < actions) {
    uint64_t start = readEncoded(at, siteEncoding), length = readEncoded(at, siteEncoding), target = readEncoded(at, siteEncoding);
    uint64_t action = readUnsigned(at);
    if (offset < start)
      break;
    if (offset >= start + length)
      continue;
    if (target == 0)
      return pad;
    pad.address = padStart + target;
    for (const uint8_t *record = action ? actions + action - 1 : nullptr; record;) {
      const uint8_t *link = record;
      if (readSigned(link) > 0)
        pad.catches = true;
      const uint8_t *from = link;
      int64_t next = readSigned(link);
      record = next ? from + next : nullptr;
    }
    return pad;
  }
  return pad;
}

} // namespace

extern "C" int async_personality(int version, int actions, uint64_t, void *exception, void *unwindContext) {
  if (version != 1)
    return _URC_FATAL_PHASE1_ERROR;
  auto *context = static_cast<_Unwind_Context *>(unwindContext);
  Pad pad = findPad(context);
  if (pad.address == 0)
    return _URC_CONTINUE_UNWIND;
  if (actions & _UA_SEARCH_PHASE)
    return pad.catches ? _URC_HANDLER_FOUND : _URC_CONTINUE_UNWIND;
  if ((actions & _UA_FORCE_UNWIND) && pad.catches)
    return _URC_CONTINUE_UNWIND;
  _Unwind_SetGR(context, __builtin_eh_return_data_regno(0), reinterpret_cast<uintptr_t>(exception));
  _Unwind_SetGR(context, __builtin_eh_return_data_regno(1), pad.catches ? 1 : 0);
  _Unwind_SetIP(context, pad.address);
  return _URC_INSTALL_CONTEXT;
}
