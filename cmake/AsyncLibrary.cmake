# Compiler settings that all layers share, and the function that declares one.

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
endif()
add_link_options(-fuse-ld=lld)

# A finding of a sanitizer ends the program, so that no test passes over it.
set(ASYNC_SANITIZE "" CACHE STRING "address (with undefined) or thread: builds everything with that sanitizer")
if(ASYNC_SANITIZE STREQUAL address)
  # Without vptr: it needs the type information that our code is built without.
  add_compile_options(-fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(ASYNC_SANITIZE STREQUAL thread)
  add_compile_options(-fsanitize=thread)
  add_link_options(-fsanitize=thread)
elseif(ASYNC_SANITIZE)
  message(FATAL_ERROR "ASYNC_SANITIZE is address or thread, not ${ASYNC_SANITIZE}")
endif()

# A library without a PCH of its own takes this one: most of what a small file costs are standard headers.
find_package(fmt REQUIRED)
set(async_options -Wall -Wextra -Werror -Wno-deprecated-declarations -fno-rtti)
add_library(async_pch STATIC ${CMAKE_SOURCE_DIR}/cmake/Pch.cpp)
target_link_libraries(async_pch PUBLIC fmt::fmt)
target_compile_options(async_pch PRIVATE ${async_options} -fno-exceptions -Xclang -fno-pch-timestamp)
target_precompile_headers(async_pch PRIVATE <algorithm> <array> <cstdint> <cstring> <deque> <functional> <map> <memory> <optional> <set> <span> <string>
                          <string_view> <unordered_map> <unordered_set> <utility> <variant> <vector> <fmt/format.h>)

# async_library(NAME [PCH header] [DEPENDS target...] [EXCEPTIONS]): the static library of the folder it is called in, of all its sources.
function(async_library name)
  cmake_parse_arguments(ARG "EXCEPTIONS" "PCH" "DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  add_library(${name} STATIC ${sources})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR})
  target_link_libraries(${name} PUBLIC ${ARG_DEPENDS} fmt::fmt)
  target_compile_options(${name} PRIVATE ${async_options} $<$<NOT:$<BOOL:${ARG_EXCEPTIONS}>>:-fno-exceptions>)
  if(ARG_PCH)
    target_precompile_headers(${name} PRIVATE ${ARG_PCH})
    target_compile_options(${name} PRIVATE -Xclang -fno-pch-timestamp)
  elseif(NOT ARG_EXCEPTIONS)
    target_precompile_headers(${name} REUSE_FROM async_pch)
  endif()
endfunction()
