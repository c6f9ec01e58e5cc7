# Headers that most files include, compiled once in a tree (clang only: g++ gains too little).
#
# CMake's own precompiled headers hold the tree's path, and so no second clone would find anything in
# ccache. These are the same bytes in every tree with the same flags: the compiler reads the list of
# headers from its standard input, in /, and keeps no times. ccache takes their content for what they
# are, and the headers in them stay in the dependencies of every object.
set(PADDOCK_PRECOMPILED_FLAGS ${PADDOCK_COMPILER_FLAGS} ${PADDOCK_SANITIZER_FLAGS}
    -D_GLIBCXX_ASSERTIONS -DFMT_SHARED -fpch-instantiate-templates -Xclang -fno-pch-timestamp)
list(JOIN PADDOCK_PRECOMPILED_FLAGS " " PADDOCK_PRECOMPILED_FLAGS)

# paddock_precompile(<name> [<flag>...]): makes precompiled/<name>.pch in the build folder of
# cmake/precompiled/<name>.h. What uses it must be compiled with the same flags.
function(paddock_precompile name)
  string(TOUPPER "${CMAKE_BUILD_TYPE}" config)
  set(flags "${CMAKE_CXX23_STANDARD_COMPILE_OPTION} ${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${config}}")
  list(JOIN ARGN " " own_flags)
  set(header "${PROJECT_SOURCE_DIR}/cmake/precompiled/${name}.h")
  set(out "${PROJECT_BINARY_DIR}/precompiled/${name}.pch")
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/precompiled")
  add_custom_command(
    OUTPUT "${out}"
    COMMAND sh -c "cd / && ${CMAKE_CXX_COMPILER} ${flags} ${PADDOCK_PRECOMPILED_FLAGS} ${own_flags} -MD -MF ${out}.d \
-x c++-header - -o ${out} <${header}"
    DEPENDS "${header}"
    DEPFILE "${out}.d"
    VERBATIM)
  add_custom_target(paddock_precompiled_${name} DEPENDS "${out}")
endfunction()

# The sources of `target`, which the calling folder has made, see precompiled/<name>.pch.
function(paddock_use_precompiled target name)
  if(NOT PADDOCK_PRECOMPILE)
    return()
  endif()
  set(out "${PROJECT_BINARY_DIR}/precompiled/${name}.pch")
  get_target_property(sources ${target} SOURCES)
  set_property(SOURCE ${sources} APPEND PROPERTY OBJECT_DEPENDS "${out}")
  add_dependencies(${target} paddock_precompiled_${name})
  # Ninja compiles in the build folder.
  target_compile_options(${target} PRIVATE -include-pch "precompiled/${name}.pch")
endfunction()

if(PADDOCK_PRECOMPILE)
  paddock_precompile(common)
  if(PADDOCK_BUILD_TESTS)
    paddock_precompile(tests -DGTEST_HAS_PTHREAD=1 ${PADDOCK_TEST_FLAGS})
  endif()
endif()
