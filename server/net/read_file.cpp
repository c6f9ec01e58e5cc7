// SPDX-License-Identifier: Apache-2.0
#include "net/read_file.h"

#include <array>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

#include "net/fd.h"

namespace paddock::net {

namespace {

/// Far more than certificates and keys ever take.
constexpr std::size_t kFileBytesMax = std::size_t{16} << 20U;

}  // namespace

Result<std::string> read_file(const std::string& name) {
  const Fd file(::open(name.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open()) return fail("cannot read " + name + ": " + errno_text(errno));
  std::string bytes;
  std::array<char, 16384> block{};
  for (;;) {
    const auto count = ::read(file.get(), block.data(), block.size());
    if (count == 0) return bytes;
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail("cannot read " + name + ": " + errno_text(errno));
    bytes.append(block.data(), static_cast<std::size_t>(count));
    if (bytes.size() > kFileBytesMax) return fail(name + " is larger than 16 MiB");
  }
}

}  // namespace paddock::net
