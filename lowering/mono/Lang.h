// Lang.h: the definitions of std that mono itself calls or knows, found by their #[lang] names. Missing ones are invalid ids.
#pragma once
#include "typeck/types/Program.h"

namespace async::mono {

using namespace typeck;

struct Lang {
  Lang(const Program &program, const frontend::Interner &interner);

  TraitId eq, ord, hash, clone, debug, retain;
  FnId retainMethod, floatBits; // `Retain::retain`; the intrinsic float_bits
  AdtId ordering, box, formatter, hasher;
  FnId hasherWord, fmtStr, debugBegin, debugField, debugEnd, debugOpaque, mainError;
  FnId measure, measureWith; // around #[bench] functions without and with a parameter
  FnId decodeResult; // the intrinsic
  FnId streamStop, streamDrop, sinkStop, sinkDrop; // the end of streams and sinks: where it can wait, and what then is left
  AdtId str, result;
};

} // namespace async::mono
