# One folder = one module = one library. Each module has its own include root that holds a single
# symbolic link to its folder; roots travel only along declared dependencies, so an include of an
# undeclared module does not compile.

# paddock_module(<name> [DIR <folder>] [DEPS <module>...] [LIBS <target>...]): includes are spelled
# "<name>/…"; the folder has the module's name unless DIR says otherwise.
function(paddock_module name)
  cmake_parse_arguments(ARG "" "DIR" "DEPS;LIBS" ${ARGN})
  if(NOT ARG_DIR)
    set(ARG_DIR "${name}")
  endif()
  set(root "${CMAKE_BINARY_DIR}/include/${name}")
  file(MAKE_DIRECTORY "${root}")
  file(CREATE_LINK "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DIR}" "${root}/${name}" SYMBOLIC)
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DIR}/*.cpp")
  list(TRANSFORM ARG_DEPS PREPEND paddock_)
  if(sources)
    add_library(paddock_${name} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(paddock_${name} PRIVATE paddock_options)
    paddock_use_precompiled(paddock_${name} common)
  else()
    add_library(paddock_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(paddock_${name} ${scope} "${root}")
  target_link_libraries(paddock_${name} ${scope} ${ARG_DEPS} ${ARG_LIBS})
endfunction()

# paddock_protobuf(<name> <file.proto>): adds the generated code to a library `paddock_<name>_proto`,
# compiled without the project's warnings; its header is included as "<name>/<file>.pb.h".
function(paddock_protobuf name proto)
  set(out "${CMAKE_BINARY_DIR}/proto/${name}")
  file(MAKE_DIRECTORY "${out}/${name}")
  get_filename_component(stem "${proto}" NAME_WE)
  set(source "${CMAKE_CURRENT_SOURCE_DIR}/${name}/${proto}")
  add_custom_command(
    OUTPUT "${out}/${name}/${stem}.pb.cc" "${out}/${name}/${stem}.pb.h"
    COMMAND protobuf::protoc "--cpp_out=${out}" "-I${CMAKE_CURRENT_SOURCE_DIR}" "${source}"
    DEPENDS "${source}")
  add_library(paddock_${name}_proto STATIC "${out}/${name}/${stem}.pb.cc" "${out}/${name}/${stem}.pb.h")
  target_include_directories(paddock_${name}_proto SYSTEM PUBLIC "${out}")
  target_link_libraries(paddock_${name}_proto PUBLIC protobuf::libprotobuf)
endfunction()

# paddock_test(<name> [DIR <folder>] [DEPS <module>...] [LIBS <target>...]): one GoogleTest binary of a
# folder's *_test.cpp (and helpers), one ctest entry.
function(paddock_test name)
  cmake_parse_arguments(ARG "" "DIR" "DEPS;LIBS" ${ARGN})
  if(NOT ARG_DIR)
    set(ARG_DIR "${name}")
  endif()
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${ARG_DIR}/*.cpp")
  list(TRANSFORM ARG_DEPS PREPEND paddock_)
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE paddock_options ${ARG_DEPS} ${ARG_LIBS} GTest::gtest_main GTest::gmock)
  target_compile_options(${name}_test PRIVATE ${PADDOCK_TEST_FLAGS})
  paddock_use_precompiled(${name}_test tests)
  add_test(NAME ${name} COMMAND ${name}_test)
endfunction()
