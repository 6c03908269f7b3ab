// Mark.h: the text in the runtime's archive that says which compiler it belongs to.
//
// It is looked for in the archive's bytes (tools/asyncc/Backend.cpp). Its end changes with the version and with any file of runtime/abi (cmake/Abi.cmake).
#pragma once

#define ASYNC_ABI_MARK_HEAD "asyncc runtime, ABI "
