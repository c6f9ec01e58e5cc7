// SPDX-License-Identifier: Apache-2.0
#include "client_cli/file_bytes.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>

#include <fmt/format.h>

namespace paddock::cli {

namespace {

Result<std::string> read_all(std::FILE* file, const std::string& name) {
  std::string bytes;
  std::array<char, std::size_t{64} << 10U> piece{};
  while (const std::size_t count = std::fread(piece.data(), 1, piece.size(), file)) {
    bytes.append(piece.data(), count);
  }
  if (std::ferror(file) != 0)
    return fail(fmt::format("cannot read {}: {}", name, errno_text(errno)));
  return bytes;
}

}  // namespace

Result<std::string> read_file(const std::string& name) {
  if (name == "-") return read_all(stdin, "standard input");
  const auto close = [](std::FILE* file) {
    std::fclose(file);
  };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(name.c_str(), "rb"));
  if (file == nullptr) return fail(fmt::format("cannot read {}: {}", name, errno_text(errno)));
  return read_all(file.get(), name);
}

}  // namespace paddock::cli
