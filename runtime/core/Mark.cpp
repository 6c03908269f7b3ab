// Which compiler the archive belongs to (cmake/Abi.cmake): it looks for this text in the archive's bytes.
extern "C" const char async_abi_mark[];
const char async_abi_mark[] = ASYNC_ABI_MARK ASYNC_ABI_NAME;
