# cmake --install: a tree that works wherever it lies. The compiler finds its parts in ../lib/asyncc, so nothing in it names a folder of this machine.
include(GNUInstallDirs)
set(parts lib/asyncc)
set(documents ${CMAKE_INSTALL_DATAROOTDIR}/doc/asyncc)

install(TARGETS asyncc RUNTIME DESTINATION bin)
install(TARGETS asyncc-codegen LIBRARY DESTINATION ${parts})
install(TARGETS async_rt ARCHIVE DESTINATION ${parts})
get_target_property(inline_part async_rt ASYNC_INLINE_PART)
if(inline_part)
  install(FILES ${inline_part} DESTINATION ${parts})
endif()
install(FILES ${CMAKE_BINARY_DIR}/std.stored DESTINATION ${parts})
install(DIRECTORY ${CMAKE_SOURCE_DIR}/runtime/std DESTINATION ${parts} FILES_MATCHING PATTERN *.async)
# Not below share/doc, which small systems leave out: asyncc explain shows them.
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/errors DESTINATION ${parts} FILES_MATCHING PATTERN *.md)
install(DIRECTORY ${CMAKE_SOURCE_DIR}/docs/guide DESTINATION ${documents} FILES_MATCHING PATTERN *.md)
install(FILES ${CMAKE_SOURCE_DIR}/LICENSE ${CMAKE_SOURCE_DIR}/NOTICE DESTINATION ${documents})
install(FILES ${CMAKE_SOURCE_DIR}/NOTICE DESTINATION ${documents} RENAME copyright)

# What asyncc says about itself: completions, and its help as one page.
set(said ${CMAKE_BINARY_DIR}/said)
file(GENERATE OUTPUT ${CMAKE_BINARY_DIR}/Say.cmake CONTENT "set(asyncc $<TARGET_FILE:asyncc>)\nset(said ${said})\ninclude(${CMAKE_SOURCE_DIR}/cmake/Say.cmake)\n")
install(SCRIPT ${CMAKE_BINARY_DIR}/Say.cmake)
install(FILES ${said}/asyncc DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/bash-completion/completions)
install(FILES ${said}/_asyncc DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/zsh/vendor-completions)
install(FILES ${said}/asyncc.fish DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/fish/vendor_completions.d)
install(FILES ${said}/asyncc.txt DESTINATION ${documents})

# The last: it lists what the others have put there.
install(SCRIPT ${CMAKE_SOURCE_DIR}/cmake/Manifest.cmake)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME asyncc)
set(CPACK_PACKAGE_VENDOR "the asyncc authors")
set(CPACK_PACKAGE_CONTACT "the asyncc authors <asyncc@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "compiler, runtime and standard library of the async language")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What programs are linked with: start files and the C library, and the unwinder.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "libc6-dev, libgcc-12-dev | libgcc-13-dev | libgcc-14-dev")
set(CPACK_STRIP_FILES OFF)
include(CPack)
