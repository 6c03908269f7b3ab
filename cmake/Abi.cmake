# ASYNC_ABI_NAME: what compiler and runtime must have in common: the version, and a hash of what generated code takes for granted. The runtime's archive
# holds it behind ASYNC_ABI_MARK, by which the compiler finds it there.
set(ASYNC_ABI_MARK "asyncc runtime, ABI ")
file(GLOB async_abi_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/runtime/abi/*.h ${CMAKE_SOURCE_DIR}/runtime/core/Hot.cpp)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${async_abi_files})
set(async_abi_hashes)
foreach(file IN LISTS async_abi_files)
  file(SHA256 ${file} hash)
  string(APPEND async_abi_hashes ${hash})
endforeach()
string(SHA256 async_abi_hash "${async_abi_hashes}")
string(SUBSTRING ${async_abi_hash} 0 12 async_abi_hash)
set(ASYNC_ABI_NAME "${PROJECT_VERSION}-${async_abi_hash}")
