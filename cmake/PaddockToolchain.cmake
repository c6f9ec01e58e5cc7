# Language level, warnings, assertions and ccache: what every target of the project has in common.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo)
endif()

# NDEBUG is never set: assertions stay on in release builds.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1")

find_program(CCACHE ccache)
if(CCACHE)
  # Base directory and no directory hash: a second clone of the same commit hits the same cache. With
  # CCACHE_DEPEND a miss does not run the preprocessor, whose work the compiler does once more.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env "CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}" CCACHE_NOHASHDIR=1 CCACHE_DEPEND=1
      "CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime" ${CCACHE})
endif()

add_library(paddock_options INTERFACE)
target_compile_definitions(paddock_options INTERFACE _GLIBCXX_ASSERTIONS)
target_compile_options(paddock_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wdouble-promotion -Wformat=2 -Wimplicit-fallthrough -Wswitch-enum -Werror)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports a false positive inside std::string assignment at -O2, and one inside
  # std::variant and protobuf moves.
  target_compile_options(paddock_options INTERFACE -Wno-restrict -Wno-maybe-uninitialized)
endif()

set(PADDOCK_TEST_FLAGS "" CACHE STRING "Flags for the unit tests themselves, not for what they test")
set(PADDOCK_SANITIZE "" CACHE STRING "Sanitizers for all targets, as -fsanitize= takes them")
if(PADDOCK_SANITIZE)
  set(PADDOCK_SANITIZER_FLAGS
      -fsanitize=${PADDOCK_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_compile_options(${PADDOCK_SANITIZER_FLAGS})
  add_link_options(-fsanitize=${PADDOCK_SANITIZE})
  if(PADDOCK_SANITIZE STREQUAL "thread" AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # Boost.Asio has fences, which ThreadSanitizer does not see and g++ warns of; its locks are seen.
    add_compile_options(-Wno-tsan)
  endif()
endif()
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # libstdc++ 12 hides std::expected from compilers that report an older concepts level, and its
  # stable_sort() uses what it has deprecated.
  set(PADDOCK_COMPILER_FLAGS
      -Wno-builtin-macro-redefined -D__cpp_concepts=202002L -Wno-deprecated-declarations)
  foreach(flag IN LISTS PADDOCK_COMPILER_FLAGS)
    add_compile_options("$<$<COMPILE_LANGUAGE:CXX>:${flag}>")
  endforeach()
endif()
