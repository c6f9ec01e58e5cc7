// SPDX-License-Identifier: Apache-2.0
#include "backup/scratch.h"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

namespace paddock::backup {

Scratch::Scratch(std::string path) : path_(std::move(path)) {}

Scratch::Scratch(Scratch&& other) noexcept : path_(std::exchange(other.path_, {})) {}

Scratch::~Scratch() {
  if (path_.empty()) return;
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Result<Scratch> Scratch::create() {
  std::error_code error;
  const std::filesystem::path root = std::filesystem::temp_directory_path(error);
  if (error) return fail("there is no directory for temporary files: " + error.message());
  std::string path = (root / "paddock-backup-XXXXXX").string();
  if (::mkdtemp(path.data()) == nullptr) {
    return fail("no directory can be made in " + path + ": " + errno_text(errno));
  }
  return Scratch(std::move(path));
}

}  // namespace paddock::backup
