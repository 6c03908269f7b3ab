#include "runtime/abi/Mark.h"

extern "C" const char async_abi_mark[];
const char async_abi_mark[] = ASYNC_ABI_MARK_HEAD ASYNC_ABI_NAME;
