# cmake -DOUT=… -DFILES=a;b -P embed.cmake: writes a C++ source with the bytes of files, for server/console.
set(arrays "")
set(entries "")
set(count 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" hex HEX)
  string(REGEX REPLACE "(..)" "'\\\\x\\1'," bytes "${hex}")
  string(APPEND arrays "constexpr char kBytes${count}[] = {${bytes}};\n")
  string(APPEND entries "    {\"${name}\", {kBytes${count}, sizeof kBytes${count}}},\n")
  math(EXPR count "${count} + 1")
endforeach()
file(WRITE "${OUT}" "// Made by cmake/embed.cmake.
#include \"console/assets.h\"

namespace paddock::console {
namespace {
${arrays}
constexpr Asset kAssets[] = {
${entries}};
}  // namespace
std::span<const Asset> assets() { return kAssets; }
}  // namespace paddock::console
")
